"""What the functions of each framework mean that say resizes by lengths or scales and a mode.

Knows: the words in `conformance.adapters`, and what they mean. Must not know: the frameworks.
"""

from conformance.adapters.keras.resize import RESIZE as OF_KERAS
from conformance.adapters.keras.resize import VOCABULARY as PHRASES_OF_KERAS
from conformance.adapters.mlx.resize import RULES
from conformance.adapters.mlx.words import UPSAMPLE as OF_MLX
from conformance.adapters.onnx.words import RESIZE as OF_ONNX
from conformance.adapters.openvino.words import INTERPOLATE as OF_OPENVINO
from conformance.adapters.paddle.resize import VOCABULARY as VOCABULARY_OF_PADDLE
from conformance.adapters.paddle.words import INTERPOLATE as OF_PADDLE
from conformance.adapters.paddle.words import RESIZE_LAYERS
from conformance.adapters.paddle.words import UPSAMPLE as UPSAMPLE_OF_PADDLE
from conformance.adapters.tinygrad.resize import WORDS as PHRASES_OF_TINYGRAD
from conformance.adapters.tinygrad.words import INTERPOLATE as OF_TINYGRAD
from conformance.adapters.torch.resize import INTERPOLATE, OF_IMAGES, UPSAMPLE, vocabulary
from conformance.operators.resize.readings.spoken import ResizeFunctions, Sizes, factors, lengths_or_scales, own_rule
from conformance.translation.arguments import CallArguments, Shape, integers
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeRule


def _check_torch(arguments: CallArguments) -> None:
    mode, align = arguments.said("method"), arguments.said("align_corners")
    if str(mode).startswith("nearest") and align is not None:
        raise arguments.wrong("align_corners", f"align_corners is of linear and cubic modes, not of {mode!r}")
    if arguments.flag("antialias") and align:
        raise arguments.wrong(
            "align_corners",
            "align_corners beside antialias has coordinates that no other framework has: half pixels scaled as corners",
        )


def _remark_on_torch(arguments: CallArguments) -> str:
    exact = "mode='nearest' rounds down without the half pixel; with it, it is 'nearest-exact'"
    return exact if arguments.said("method") == "nearest" else ""


TORCH = ResizeFunctions(
    lane="torch",
    functions=(INTERPOLATE,),
    layers={UPSAMPLE: {}, **OF_IMAGES},
    phrases=vocabulary,
    check=_check_torch,
    remark=_remark_on_torch,
)


def _paddle_rule(arguments: CallArguments, _lengths: Shape, _sizes: Sizes) -> ResizeRule | None:
    """align_mode is of linear weights alone, and says nothing beside align_corners."""
    linear = str(arguments.said("method")).endswith("linear")
    if arguments.said("align_mode") == 1 and linear and not arguments.said("align_corners"):
        return resize_rule("linear", "asymmetric")
    if arguments.said("align_mode") not in (0, 1):
        raise arguments.unexpected("align_mode", "0 or 1")
    return None


PADDLE = ResizeFunctions(
    lane="paddle",
    functions=(OF_PADDLE, UPSAMPLE_OF_PADDLE),
    layers=RESIZE_LAYERS,
    formats={theirs: ours.endswith("C") for ours, theirs in VOCABULARY_OF_PADDLE.formats.items()},
    phrases=VOCABULARY_OF_PADDLE.words,
    rule=_paddle_rule,
)
TINYGRAD = ResizeFunctions(lane="tinygrad", functions=(OF_TINYGRAD,), phrases=lambda rank: PHRASES_OF_TINYGRAD)
KERAS = ResizeFunctions(
    lane="keras",
    functions=(OF_KERAS,),
    last=True,
    formats={"channels_last": True, "channels_first": False},
    phrases=lambda rank: PHRASES_OF_KERAS,
)


def _mlx_sizes(arguments: CallArguments, rank: int, last: bool) -> tuple[Sizes, bool]:
    """Its nearest elements are those of the lengths."""
    found, last = lengths_or_scales(arguments, rank, last)
    if arguments.said("method") != "nearest":
        return found, last
    lengths = arguments.shape("value", rank + 2)[1:-1]
    outputs = tuple(int(scale * length) for scale, length in zip(found["scales"], lengths, strict=True))
    return {"output_size": outputs}, last


def _mlx_rule(arguments: CallArguments, lengths: Shape, sizes: Sizes) -> ResizeRule | None:
    """Nearest has another rule where all axes become longer than where none does."""
    if arguments.said("method") != "nearest":
        return None
    longer = {output > length for output, length in zip(sizes["output_size"], lengths, strict=True)}
    if len(longer) > 1:
        raise arguments.wrong("scales", "nearest has another rule for axes that become longer: these go both ways")
    return resize_rule("nearest") if longer == {True} else resize_rule("nearest", "asymmetric", "floor")


MLX = ResizeFunctions(
    lane="mlx", functions=(OF_MLX,), last=True, phrases=lambda rank: RULES, sizes=_mlx_sizes, rule=_mlx_rule
)


def _of_axes(arguments: CallArguments, rank: int, given: Shape, what: str) -> bool:
    """Whether the axes that are named are those of a value with its channels last."""
    for last, own in ((False, tuple(range(2, rank + 2))), (True, tuple(range(1, rank + 1)))):
        if given == own:
            return last
    raise arguments.wrong("axes", f"{what} of axes {list(given)}; they must be the {rank} spatial ones, in order")


def _onnx_sizes(arguments: CallArguments, rank: int, _last: bool) -> tuple[Sizes, bool]:
    """Of all axes, or of those that `axes` names."""
    named = arguments.said("axes")
    axes = tuple(range(rank + 2)) if named is None else integers(named) or ()
    last = False if named is None else _of_axes(arguments, rank, axes, "a resize")
    value = arguments.shape("value", rank + 2)
    scales, sizes = (arguments.said(role) or None for role in ("scales", "output_size"))
    if (scales is None) == (sizes is None):
        raise arguments.wrong(None, "scales or sizes is given, and not both")
    role = "output_size" if scales is None else "scales"
    if role == "scales":
        numbers: tuple[float, ...] = factors(arguments, "scales", len(axes))
        kept = tuple(numbers[axis] == 1 for axis in range(len(axes)))
    else:
        numbers = integers(sizes) or ()
        if len(numbers) != len(axes):
            raise arguments.unexpected("output_size", f"{len(axes)} integers")
        kept = tuple(number == value[axis] for number, axis in zip(numbers, axes, strict=True))
    if named is None:
        if kept[0] and kept[1]:
            numbers = numbers[2:]
        elif kept[0] and kept[-1]:
            numbers, last = numbers[1:-1], True
        else:
            raise arguments.wrong("scales" if scales else "output_size", "batch and channels keep their lengths")
    return {"scales" if scales else "output_size": numbers}, last


def _onnx_rule(arguments: CallArguments, _lengths: Shape, _sizes: Sizes) -> ResizeRule:
    method = arguments.said("method")
    return own_rule(arguments, str(method), bool(arguments.said("exclude_outside")))


ONNX = ResizeFunctions(lane="onnx", functions=(OF_ONNX,), sizes=_onnx_sizes, rule=_onnx_rule)
_METHODS = {"nearest": "nearest", "linear": "linear", "linear_onnx": "linear", "cubic": "cubic"}


def _openvino_sizes(arguments: CallArguments, rank: int, _last: bool) -> tuple[Sizes, bool]:
    axes, counted = arguments.said("axes"), arguments.said("counted_by")
    if counted not in ("sizes", "scales"):
        raise arguments.unexpected("counted_by", "'sizes' or 'scales'")
    last = _of_axes(arguments, rank, tuple(range(rank + 2)) if axes is None else integers(axes) or (), "a resize")
    numbers = factors(arguments, "output_size", rank)
    if counted == "scales":
        return {"scales": numbers}, last
    return {"output_size": tuple(map(int, numbers))}, last


def _openvino_rule(arguments: CallArguments, _lengths: Shape, _sizes: Sizes) -> ResizeRule:
    """Weights beyond the border are the border's element's, and antialias drops them."""
    method, antialias = arguments.said("method"), arguments.flag("antialias")
    if method not in _METHODS or (antialias and method != "linear"):
        alone = "'linear', the one mode of antialias" if antialias else ", ".join(map(repr, _METHODS))
        raise arguments.unexpected("method", alone)
    return own_rule(arguments, _METHODS[str(method)], None if antialias else False)


OPENVINO = ResizeFunctions(lane="openvino", functions=(OF_OPENVINO,), sizes=_openvino_sizes, rule=_openvino_rule)
SPOKEN = (TORCH, KERAS, PADDLE, TINYGRAD, MLX, ONNX, OPENVINO)

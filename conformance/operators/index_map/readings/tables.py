"""What the functions of each framework mean that say index maps.

Knows: the words in `conformance.adapters`, and the rules beside them. Must not know: the frameworks.
"""

from collections.abc import Callable, Mapping
from functools import partial

from conformance.adapters.function import Function
from conformance.adapters.keras import index_map_words as keras
from conformance.adapters.keras.index_map import MODES as MODES_OF_KERAS
from conformance.adapters.mlx.index_map import VOCABULARY as OF_MLX
from conformance.adapters.mlx.words import PAD as PAD_OF_MLX
from conformance.adapters.onnx import words as onnx
from conformance.adapters.onnx.index_map import MODES as MODES_OF_ONNX
from conformance.adapters.openvino import words as openvino
from conformance.adapters.openvino.index_map import MODES as MODES_OF_OPENVINO
from conformance.adapters.paddle import words as paddle
from conformance.adapters.paddle.index_map import VOCABULARY as OF_PADDLE
from conformance.adapters.tinygrad.index_map import VOCABULARY as OF_TINYGRAD
from conformance.adapters.tinygrad.words import PAD as PAD_OF_TINYGRAD
from conformance.adapters.torch.index_map import MODES as MODES_OF_TORCH
from conformance.adapters.torch.index_map import MOST_PADDED
from conformance.adapters.torch.index_map_words import FUNCTIONS, LAYERS, PADDING_LAYERS
from conformance.operators.index_map.readings.spoken import IndexMapFunctions, last_axis_first, pairs_of_all
from conformance.translation.arguments import CallArguments, Shape, integers
from conformance.translation.pads import Padding, Pairs


def _of(modes: Mapping[str, str]) -> Mapping[str, str]:
    """From the framework's words to the suite's."""
    return {theirs: ours for ours, theirs in modes.items()}


def _check_torch(arguments: CallArguments, shape: Shape, _widths: Pairs) -> None:
    rank, mode = len(shape), arguments.said("mode")
    named = len(integers(arguments.said("paddings")) or ()) // 2
    if mode != "constant" and not 1 <= named == rank - (2 if rank - named == 2 else 1) <= MOST_PADDED:
        message = f"pads of the mode {mode} are of 1 to {MOST_PADDED} last axes, with one or two before them"
        raise arguments.wrong("paddings", f"{message}; {named} of {rank} axes are named")
    if mode != "constant" and arguments.said("constant_values") is not None:
        raise arguments.wrong("constant_values", f"a value goes with the mode constant alone, not with {mode}")


def _layer(function: Function, arguments: CallArguments) -> CallArguments:
    """The function's call of a layer that takes all but the value as the function does."""
    shape = arguments.shape("value", 3 if function.operator == "fold" else 4)
    return arguments.as_call(function, {"value": shape}, {})


def _row(arguments: CallArguments, rank: int) -> Shape:
    """The pads of a layer: one number for all sides, or a row from the last axis on."""
    given = arguments.said("paddings")
    flat = integers(given)
    if flat is None or len(flat) != (2 * rank if isinstance(given, tuple) else 1):
        raise arguments.unexpected("paddings", f"an integer or {2 * rank} integers, the last axis' first")
    return flat if isinstance(given, tuple) else flat * (2 * rank)


def _pad_of_torch(arguments: CallArguments) -> CallArguments:
    mode, rank = PADDING_LAYERS[arguments.function]
    value, flat = arguments.shape("value", rank + 2), _row(arguments, rank)
    return arguments.as_call(LAYERS[arguments.function], {"value": value}, {"paddings": flat, "mode": mode})


def _pad_of_paddle(arguments: CallArguments) -> CallArguments:
    rank = paddle.PAD_LAYERS[arguments.function]
    value, flat = arguments.shape("value", rank + 2), _row(arguments, rank)
    return arguments.as_call(paddle.PAD, {"value": value}, {"paddings": flat})


def _layers(functions: Mapping[Function, Function]) -> Mapping[Function, Callable[[CallArguments], CallArguments]]:
    return {layer: partial(_layer, function) for layer, function in functions.items()}


TORCH = IndexMapFunctions(
    lane="torch",
    functions=FUNCTIONS,
    layers={**_layers(LAYERS), **dict.fromkeys(PADDING_LAYERS, _pad_of_torch)},
    modes=_of(MODES_OF_TORCH),
    check=_check_torch,
)


def _paddle_widths(arguments: CallArguments, shape: Shape) -> Pairs:
    """Constants for all axes are named from the first axis on; other pads from the last spatial one on."""
    flat, rank = integers(arguments.said("paddings")), len(shape)
    if flat is not None and len(flat) == 2 * rank and arguments.said("mode") == "constant":
        return tuple(zip(flat[::2], flat[1::2], strict=True))
    formats = {theirs: ours.endswith("C") for ours, theirs in paddle.FORMATS.items()}
    last = rank in (3, 4, 5) and arguments.is_last(formats, rank - 2, default=False)
    inner = rank - 2
    if flat is None or len(flat) % 2 or not 2 <= len(flat) <= 2 * inner:
        row = f"up to {inner} pairs of the spatial axes, the last one's first" if inner > 0 else ""
        raise arguments.unexpected("paddings", row or f"{rank} pairs, one for each axis")
    named = tuple(zip(flat[::2], flat[1::2], strict=True))[::-1]
    spatial = (*((0, 0),) * (inner - len(named)), *named)
    return ((0, 0), *spatial, (0, 0)) if last else ((0, 0), (0, 0), *spatial)


PADDLE = IndexMapFunctions(
    lane="paddle",
    functions=(paddle.PAD, paddle.PIXEL_SHUFFLE, paddle.PIXEL_UNSHUFFLE, paddle.UNFOLD, paddle.FOLD),
    layers={**_layers(paddle.INDEX_MAP_LAYERS), **dict.fromkeys(paddle.PAD_LAYERS, _pad_of_paddle)},
    formats={"NCHW": False, "NHWC": True},
    modes=_of(OF_PADDLE.modes),
    widths=_paddle_widths,
    negative=False,
    # (top, left, bottom, right)
    padding=Padding(forms=("numbers", "begins and ends")),
)
TINYGRAD = IndexMapFunctions(
    lane="tinygrad", functions=(PAD_OF_TINYGRAD,), modes=_of(OF_TINYGRAD.modes), widths=last_axis_first
)
MLX = IndexMapFunctions(
    lane="mlx", functions=(PAD_OF_MLX,), modes=_of(OF_MLX.modes), widths=pairs_of_all, negative=False
)
KERAS = IndexMapFunctions(
    lane="keras",
    functions=(keras.PAD, keras.DEPTH_TO_SPACE, keras.SPACE_TO_DEPTH, keras.PATCHES, keras.UNFOLD, keras.FOLD),
    last=True,
    formats={"channels_last": True, "channels_first": False},
    modes={theirs: ours for modes in MODES_OF_KERAS.values() for ours, theirs in modes.items()},
    widths=pairs_of_all,
    negative=False,
    order="DCR",
    padding=Padding(forms=("numbers",), words={"valid": "VALID", "same": "SAME"}),
    patches=(keras.PATCHES,),
)


def _onnx_widths(arguments: CallArguments, shape: Shape) -> Pairs:
    flat, rank = integers(arguments.said("paddings")), len(shape)
    if flat is None or len(flat) != 2 * rank:
        raise arguments.unexpected("paddings", f"{2 * rank} integers: what is before each axis, then what is after it")
    return tuple(zip(flat[:rank], flat[rank:], strict=True))


ONNX = IndexMapFunctions(
    lane="onnx",
    functions=(onnx.PAD, onnx.DEPTH_TO_SPACE, onnx.SPACE_TO_DEPTH, onnx.COL2IM),
    modes=_of(MODES_OF_ONNX),
    widths=_onnx_widths,
    orders={"DCR": "DCR", "CRD": "CRD"},
    order="DCR",
    padding=Padding(forms=("begins and ends",)),
)


def _openvino_widths(arguments: CallArguments, shape: Shape) -> Pairs:
    found = [integers(arguments.said("paddings")), integers(arguments.said("pads_after"))]
    sides = [side for side in found if side is not None and len(side) == len(shape)]
    if len(sides) != 2:
        raise arguments.unexpected("paddings", f"{len(shape)} integers, and as many after the axes")
    return tuple(zip(*sides, strict=True))


OPENVINO = IndexMapFunctions(
    lane="openvino",
    functions=(openvino.PAD, openvino.DEPTH_TO_SPACE, openvino.SPACE_TO_DEPTH, openvino.PATCHES, openvino.COL2IM),
    modes=_of(MODES_OF_OPENVINO),
    any_case=True,
    widths=_openvino_widths,
    orders={"blocks_first": "DCR", "depth_first": "CRD"},
    padding=Padding(words={"valid": "VALID", "same_upper": "SAME"}, any_case=True),
    patches=(openvino.PATCHES,),
)
SPOKEN = (TORCH, KERAS, PADDLE, TINYGRAD, MLX, ONNX, OPENVINO)

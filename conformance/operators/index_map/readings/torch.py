"""PyTorch's calls of index maps: pads from the last axis on, CRD, patches CHW in one row, channels first.

Knows: what `conformance.adapters.torch.index_map_words` has of its functions' parameters. Must not know: torch.
"""

from typing import Any

from conformance.adapters.notation import to_channels_first, to_channels_last
from conformance.adapters.plan import Reshape, Transpose
from conformance.adapters.torch.index_map import MODES, MOST_PADDED
from conformance.adapters.torch.index_map_words import FUNCTIONS as FUNCTIONALS
from conformance.adapters.torch.index_map_words import LAYERS, PADDING_LAYERS
from conformance.operators.index_map.readings.reading import BACK, FIRST, IndexMapReading, constant, read_map
from conformance.translation.arguments import CallArguments, Shape, integers
from reference.family import SPATIAL_NAMES
from reference.pooling.geometry import pooling_axis

__all__ = ["FUNCTIONS", "read"]
FUNCTIONS = (*FUNCTIONALS, *LAYERS)
NAMES = SPATIAL_NAMES[2]
OURS = {theirs: ours for ours, theirs in MODES.items()}


def read(arguments: CallArguments, dtype: str) -> IndexMapReading:
    """What the call means; raises CallError for one that PyTorch refuses."""
    if arguments.function.is_layer:
        return read(_function(arguments), dtype)
    match arguments.function.operator:
        case "pad":
            return _pad(arguments, dtype)
        case "extract_patches":
            return _unfold(arguments, dtype)
        case "fold":
            return _fold(arguments, dtype)
    shape, block = arguments.shape("value", 4), arguments.number("block_size")
    last = _last(shape)
    return read_map(
        arguments, "torch", last, dtype, value=FIRST, result=BACK, given=shape, block_size=block, mode="CRD"
    )


def _function(arguments: CallArguments) -> CallArguments:
    """The call of the function that a layer calls."""
    layer = arguments.function
    if layer not in PADDING_LAYERS:
        shape = arguments.shape("value", 3 if layer.operator == "fold" else 4)
        return arguments.as_call(LAYERS[layer], {"value": shape}, {})
    mode, rank = PADDING_LAYERS[layer]
    given = arguments.said("paddings")
    flat = integers(given)
    if flat is None or len(flat) != (2 * rank if isinstance(given, tuple) else 1):
        raise arguments.unexpected("paddings", f"an integer or {2 * rank} integers, the last axis' first")
    flat = flat if isinstance(given, tuple) else flat * (2 * rank)
    return arguments.as_call(
        LAYERS[layer], {"value": arguments.shape("value", rank + 2)}, {"paddings": flat, "mode": mode}
    )


def _pad(arguments: CallArguments, dtype: str) -> IndexMapReading:
    rank, mode = arguments.value_axes, arguments.said("mode")
    shape, flat = arguments.shape("value", rank), integers(arguments.said("paddings"))
    if flat is None or len(flat) % 2 or len(flat) > 2 * rank:
        raise arguments.unexpected("paddings", f"up to {rank} pairs of integers, the last axis' first")
    if mode not in OURS:
        raise arguments.unexpected("mode", ", ".join(map(repr, OURS)))
    named = list(zip(flat[::2], flat[1::2], strict=True))[::-1]
    if mode != "constant" and not 1 <= len(named) == rank - (2 if rank - len(named) == 2 else 1) <= MOST_PADDED:
        message = f"pads of the mode {mode} are of 1 to {MOST_PADDED} last axes, with one or two before them"
        raise arguments.wrong("paddings", f"{message}; {len(named)} of {rank} axes are named")
    widths = (*((0, 0),) * (rank - len(named)), *named)
    given = constant(arguments)
    words: dict[str, Any] = {"constant_values": given} if mode == "constant" else {}
    if mode != "constant" and arguments.said("constant_values") is not None:
        raise arguments.wrong("constant_values", f"a value goes with the mode constant alone, not with {mode}")
    return read_map(arguments, "torch", shape, dtype, paddings=widths, mode=OURS[str(mode)], **words)


def _unfold(arguments: CallArguments, dtype: str) -> IndexMapReading:
    shape = arguments.shape("value", 4)
    windows = _windows(arguments)
    grid = _grid(arguments, shape[2:])
    depth = windows["ksize"][0] * windows["ksize"][1] * shape[1]
    row = (Transpose("result", to_channels_first(2)), Reshape("result", (shape[0], depth, grid[0] * grid[1])))
    return read_map(
        arguments, "torch", _last(shape), dtype, value=FIRST, result=row, given=shape, patch_order="CHW", **windows
    )


def _fold(arguments: CallArguments, dtype: str) -> IndexMapReading:
    shape, size = arguments.shape("value", 3), _size(arguments)
    grid = _grid(arguments, size)
    if grid[0] * grid[1] != shape[2]:
        message = f"output_size {list(size)} has {grid[0]} x {grid[1]} windows; the value has {shape[2]} patches"
        raise arguments.wrong("output_size", message)
    table = (Reshape("value", (*shape[:2], *grid)), Transpose("value", to_channels_last(2)))
    return read_map(
        arguments, "torch", (shape[0], *grid, shape[1]), dtype, value=table, result=BACK, given=shape,
        output_size=size, patch_order="CHW", **_windows(arguments),
    )  # fmt: skip


def _windows(arguments: CallArguments) -> dict[str, Any]:
    pads = arguments.numbers("padding", NAMES)
    return {
        "ksize": arguments.numbers("kernel", NAMES),
        "strides": arguments.numbers("strides", NAMES),
        "dilations": arguments.numbers("dilations", NAMES),
        "padding": ((0, 0), *((pad, pad) for pad in pads), (0, 0)),
    }


def _grid(arguments: CallArguments, lengths: Shape) -> tuple[int, int]:
    """How many windows there are; raises CallError where there is none."""
    numbers = zip(
        NAMES,
        lengths,
        arguments.numbers("kernel", NAMES),
        arguments.numbers("strides", NAMES),
        arguments.numbers("dilations", NAMES),
        arguments.numbers("padding", NAMES),
        strict=True,
    )
    found = []
    for name, length, kernel, stride, dilation, pad in numbers:
        found.append(pooling_axis(length, kernel, stride, dilation, (pad, pad)).output)
        if found[-1] < 1:
            raise arguments.wrong("kernel", f"no window finds its place along the {name}")
    return found[0], found[1]


def _last(shape: Shape) -> Shape:
    return tuple(shape[axis] for axis in to_channels_last(2))


def _size(arguments: CallArguments) -> Shape:
    numbers = integers(arguments.said("output_size"))
    if numbers is None or len(numbers) not in (1, 2) or min(numbers) < 1:
        raise arguments.unexpected("output_size", "an integer or two, of at least 1")
    return numbers * (2 // len(numbers))

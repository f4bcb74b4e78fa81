"""Index maps in PyTorch's words: `pad`, `pixel_shuffle`, `pixel_unshuffle`, `unfold` and `fold` of torch.nn.functional.

Knows: torch's argument meanings, as integers. Must not know: torch.

Pads are named from the last axis on. Those that are no constants are of one to three axes, the last ones of a value
with one or two axes before them, and there is no SYMMETRIC. Blocks are CRD and patches CHW: another order is notation.
Patches have equal pads on both sides and lie in one row: others are put around the value, or cut off the sum.
"""

from math import prod

from conformance.adapters.index_map import (
    Keywords,
    Shape,
    channels_before,
    differentiated,
    exchanged,
    geometry_of,
    places_and_channels,
    places_first,
    said_in_rows,
)
from conformance.adapters.notation import spatial_of, to_channels_first, to_channels_last
from conformance.adapters.plan import Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, Padded, Patches

MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"}
MOST_PADDED = 3
"""axes that pads which are no constants may be of"""
FUNCTION = "torch.nn.functional"


def torch_index_map_plan(call: IndexMapCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongIndexMap) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    match geometry.map:
        case Padded() as padded:
            return _pad(call, padded)
        case Blocks() as blocks:
            return _blocks(call, blocks)
        case Patches() as patches if 0 in (*patches.source_shape[1:], *patches.target_shape[1:]):
            return Unsupported("torch has no patches of empty axes")
        case Patches() as patches:
            return said_in_rows(call, patches, FUNCTION)


def _pad(call: IndexMapCall, padded: Padded) -> Plan | Unsupported:
    if padded.mode not in MODES:
        return Unsupported(f"{FUNCTION}.pad has no mode {padded.mode}")
    pads = tuple((axis.pad_before, axis.pad_after) for axis in padded.axes)
    if padded.mode == "CONSTANT":
        return differentiated(Plan((_invoke_pad(call, pads, "constant"),)), call, call.output_shape)
    rank = len(pads)
    moved = [number for number, pair in enumerate(pads) if any(pair)] or [rank - 1]
    if len(moved) > MOST_PADDED:
        return Unsupported(f"{FUNCTION}.pad pads at most {MOST_PADDED} axes by what is no constant")
    others = [number for number in range(rank) if number not in moved]
    order = (*others, *moved)
    invoke = _invoke_pad(call, tuple(pads[number] for number in moved), MODES[padded.mode])
    # One or two axes come before the padded ones: fewer or more are written as one.
    before = tuple(padded.source_shape[number] for number in others)
    outer = before if len(before) in (1, 2) else (prod(before),)
    here, there = (
        (*outer, *(shape[number] for number in moved)) for shape in (padded.source_shape, padded.target_shape)
    )
    steps: list[Step] = []
    if order != tuple(range(rank)):
        steps.append(Transpose("value", order))
    if outer != before:
        steps.append(Reshape("value", here))
    steps.append(invoke)
    if outer != before:
        steps.append(Reshape("result", tuple(padded.target_shape[number] for number in order)))
    if order != tuple(range(rank)):
        steps.append(Transpose("result", tuple(order.index(number) for number in range(rank))))
    notes = ("only last axes are padded: their order is notation",) if len(steps) > 1 else ()
    return differentiated(Plan(tuple(steps), notes), call, there)


def _invoke_pad(call: IndexMapCall, pads: tuple[tuple[int, ...], ...], mode: str) -> Invoke:
    flat = tuple(number for pair in reversed(pads) for number in pair)
    constant: Keywords = (("value", call.constant),) if "constant_values" in call.words else ()
    return Invoke(f"{FUNCTION}.pad", (("", "value"),), (("pad", flat), ("mode", mode), *constant))


def _blocks(call: IndexMapCall, blocks: Blocks) -> Plan | Unsupported:
    """Channels first, each with its places side by side."""
    rank = len(blocks.size)
    places, channels = places_and_channels(blocks)
    deep = channels_before(blocks.source_shape)
    alike = not places_first(blocks) or 1 in (places, channels)
    forward, steps = call.operator == "depth_to_space", list[Step]()
    if call.last:
        steps.append(Transpose("value", to_channels_first(rank)))
    if forward and not alike:
        steps += exchanged("value", deep, 1, places, channels)
    function, factor = ("pixel_shuffle", "upscale") if forward else ("pixel_unshuffle", "downscale")
    steps.append(Invoke(f"{FUNCTION}.{function}", (("", "value"),), ((f"{factor}_factor", blocks.block),)))
    if not forward and not alike:
        steps += exchanged("result", deep, 1, channels, places)
    if call.last:
        steps.append(Transpose("result", to_channels_last(rank)))
    notes = () if alike else (f"{function} has the places of each channel side by side: their order is notation",)
    return differentiated(Plan(tuple(steps), notes), call, channels_before(blocks.target_shape) if forward else deep)


def _wrong(call: WrongIndexMap) -> Plan | Unsupported:
    """The same wrong numbers under torch's names, where torch has a name for them."""
    reason = call.fault.reason
    if call.operator == "pad":
        return _wrong_pad(call)
    if reason in ("data_format", "patch_order", "mode"):
        return Unsupported(f"torch has no {reason} here")
    if reason == "rank":
        return Unsupported("torch takes a value without its batch, too")
    turned: tuple[Step, ...] = (Transpose("value", to_channels_first(2)),) if call.last else ()
    if call.block_size is not None:
        function, factor = ("pixel_shuffle", "up") if call.operator == "depth_to_space" else ("pixel_unshuffle", "down")
        keywords: Keywords = ((f"{factor}scale_factor", call.block_size),)
        return differentiated(Plan((*turned, Invoke(f"{FUNCTION}.{function}", (("", "value"),), keywords))), call, ())
    return _wrong_patches(call, turned)


def _wrong_pad(call: WrongIndexMap) -> Plan | Unsupported:
    if call.mode == "SYMMETRIC":
        return Unsupported(f"{FUNCTION}.pad has no mode SYMMETRIC")
    pads = call.paddings or ()
    if call.fault.reason == "rank":
        return Unsupported(f"{FUNCTION}.pad takes pads of the last axes alone")
    if not all(len(pair) == 2 for pair in pads):
        return Unsupported(f"{FUNCTION}.pad takes numbers, and no pairs")
    mode = MODES.get(call.chosen_mode, call.chosen_mode)
    if mode != "constant":  # of the last axes alone: those before them are not padded
        padded = min((number for number, pair in enumerate(pads) if any(pair)), default=len(pads) - 1)
        pads = pads[padded:]
    return differentiated(Plan((_invoke_pad(call, pads, mode),)), call, ())


def _wrong_patches(call: WrongIndexMap, turned: tuple[Step, ...]) -> Plan | Unsupported:
    kernel, stride, dilation = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
    if None in (kernel, stride, dilation):
        return Unsupported("torch takes numbers of the spatial axes only")
    if call.padding != "VALID":
        return Unsupported("torch takes one number for the pads of both sides, and no words")
    windows: Keywords = (("kernel_size", kernel), ("dilation", dilation), ("padding", 0), ("stride", stride))
    if call.operator == "extract_patches":
        unfold = Invoke(f"{FUNCTION}.unfold", (("", "value"),), windows)
        return differentiated(Plan((*turned, unfold)), call, ())
    batch, *size, depth = _last(call.value_shape, call.last)
    fold = Invoke(f"{FUNCTION}.fold", (("", "value"),), (("output_size", call.output_size), *windows))
    return differentiated(Plan((*turned, Reshape("value", (batch, depth, prod(size))), fold)), call, ())


def _last(shape: Shape, last: bool) -> Shape:
    return shape if last else (shape[0], *shape[2:], shape[1])

"""Index maps in ONNX's words: Pad, DepthToSpace, SpaceToDepth and Col2Im.

Knows: what the attributes of the nodes mean, as integers. Must not know: onnx, the runtimes.
"""

from math import prod

from conformance.adapters.index_map import exchanged, geometry_of, places_and_channels, places_first
from conformance.adapters.onnx.spelling import Keywords, begins_and_ends
from conformance.adapters.plan import Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.adapters.toolkit import spatial_of, to_channels_first, to_channels_last
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, Padded, Patches

MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "edge", "WRAP": "wrap"}
VALUE = (("", "value"),)


def onnx_index_map_plan(call: IndexMapCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongIndexMap) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    match geometry.map:
        case Padded() as padded:
            pads = tuple((axis.pad_before, axis.pad_after) for axis in padded.axes)
            return _pad(call, padded.mode, pads)
        case Blocks() as blocks:
            return _blocks(call, blocks)
        case Patches() as patches if geometry.adjoint:
            return _fold(call, patches)
    return Unsupported("ONNX has no patches of images; a convolution by ones and zeros would say them")


def _pad(call: IndexMapCall, mode: str, pads: tuple[tuple[int, int], ...]) -> Plan | Unsupported:
    if mode == "SYMMETRIC":
        return Unsupported("Pad has no mode symmetric")
    constant: Keywords = (("constant_value", call.constant),) if "constant_values" in call.words else ()
    words: Keywords = (("mode", MODES.get(mode, mode)), ("pads", begins_and_ends(pads)), *constant)
    return Plan((Invoke("onnx.Pad", VALUE, words),))


def _blocks(call: IndexMapCall, blocks: Blocks) -> Plan:
    """DepthToSpace has both orders, SpaceToDepth the places of a block side by side, each with all channels."""
    rank, steps, forward = len(blocks.size), list[Step](), call.operator == "depth_to_space"
    if call.last:
        steps.append(Transpose("value", to_channels_first(rank)))
    mode: Keywords = (("mode", blocks.mode),) if forward else ()
    node = "DepthToSpace" if forward else "SpaceToDepth"
    steps.append(Invoke(f"onnx.{node}", VALUE, (("blocksize", blocks.block), *mode)))
    moved = list[Step]()
    if not forward and not places_first(blocks):
        batch, *size, depth = blocks.source_shape
        moved += exchanged("result", (batch, depth, *size), 1, *places_and_channels(blocks))
    steps += moved
    if call.last:
        steps.append(Transpose("result", to_channels_last(rank)))
    notes = ("SpaceToDepth has all channels of a place side by side: their order is notation",) if moved else ()
    return Plan(tuple(steps), notes)


def _fold(call: IndexMapCall, patches: Patches) -> Plan:
    """The windows of Col2Im lie in one row, the places of each channel side by side."""
    batch, *places, depth = patches.target_shape
    steps: list[Step] = [Transpose("value", to_channels_first(2))] if call.last else []
    if places_first(patches):
        steps += exchanged("value", (batch, depth, *places), 1, *places_and_channels(patches))
    steps.append(Reshape("value", (batch, depth, prod(places))))
    axes = patches.axes
    words: Keywords = (
        ("image_shape", tuple(axis.input for axis in axes)),
        ("block_shape", tuple(axis.kernel for axis in axes)),
        ("dilations", tuple(axis.dilation for axis in axes)),
        ("pads", begins_and_ends((axis.pad_before, axis.pad_after) for axis in axes)),
        ("strides", tuple(axis.stride for axis in axes)),
    )
    steps.append(Invoke("onnx.Col2Im", VALUE, words))
    steps += [Transpose("result", to_channels_last(2))] if call.last else []
    return Plan(tuple(steps), ("Col2Im has windows in one row: their order is notation",))


def _wrong(call: WrongIndexMap) -> Plan | Unsupported:
    """The same wrong numbers as attributes, where a node has one for them."""
    reason = call.fault.reason
    if call.operator == "pad":
        pads = call.paddings or ()
        if not pads or not all(len(pair) == 2 for pair in pads):
            return Unsupported("Pad's pads are numbers, and no pairs")
        return _pad(call, call.chosen_mode, tuple((pair[0], pair[1]) for pair in pads))
    if reason in ("data_format", "patch_order", "mode", "rank", "padding"):
        return Unsupported(f"ONNX has no such {reason} here")
    turned: tuple[Step, ...] = (Transpose("value", to_channels_first(2)),) if call.last else ()
    if call.block_size is not None:
        node = "DepthToSpace" if call.operator == "depth_to_space" else "SpaceToDepth"
        return Plan((*turned, Invoke(f"onnx.{node}", VALUE, (("blocksize", call.block_size),))))
    if call.operator == "extract_patches":
        return Unsupported("ONNX has no patches of images")
    kernel, stride, dilation = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
    if kernel is None or stride is None or dilation is None or call.padding != "VALID":
        return Unsupported("Col2Im takes numbers of the spatial axes only")
    batch, *places, depth = call.value_shape
    if not call.last:
        depth, *places = (places[0], *places[1:], depth)
    words: Keywords = (
        ("image_shape", call.output_size), ("block_shape", kernel), ("dilations", dilation), ("strides", stride),
    )  # fmt: skip
    return Plan((*turned, Reshape("value", (batch, depth, prod(places))), Invoke("onnx.Col2Im", VALUE, words)))

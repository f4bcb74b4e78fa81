"""Index maps in OpenVINO's words: Pad, DepthToSpace, SpaceToDepth, ExtractImagePatches and Col2Im.

Knows: what the operations' attributes mean, as integers. Must not know: openvino.

Both orders of blocks have a name. Patches are HWC and take words for pads; the windows of Col2Im are CHW, in one row.
"""

from math import prod

from conformance.adapters.index_map import exchanged, geometry_of, places_and_channels, places_first
from conformance.adapters.openvino.spelling import MODULE, Keywords, pads_of
from conformance.adapters.plan import Invoke, Pad, Plan, Reshape, Step, Transpose, Unsupported
from conformance.adapters.toolkit import spatial_of, to_channels_first, to_channels_last
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, Padded, Patches

MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "edge", "SYMMETRIC": "symmetric"}
VALUE = (("", "value"),)


def openvino_index_map_plan(call: IndexMapCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongIndexMap) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    match geometry.map:
        case Padded() as padded:
            return _pad(call, padded.mode, tuple((axis.pad_before, axis.pad_after) for axis in padded.axes))
        case Blocks() as blocks:
            mode = "blocks_first" if blocks.mode == "DCR" else "depth_first"
            words: Keywords = (("mode", mode), ("block_size", blocks.block))
            return _turned(call, Invoke(f"{MODULE}.{call.operator}", VALUE, words))
        case Patches() as patches:
            return _fold(call, patches) if geometry.adjoint else _patches(call, patches)


def _pad(call: IndexMapCall, mode: str, pads: tuple[tuple[int, int], ...]) -> Plan | Unsupported:
    if mode not in MODES:
        return Unsupported(f"Pad has no mode {mode}")
    constant: Keywords = (("arg_pad_value", call.constant),) if "constant_values" in call.words else ()
    return Plan((Invoke(f"{MODULE}.pad", VALUE, (*pads_of(pads), ("pad_mode", MODES[mode]), *constant)),))


def _turned(call: IndexMapCall, *steps: Step, notes: tuple[str, ...] = ()) -> Plan:
    """The steps on a value with its channels first, and their result in the call's layout."""
    there = [Transpose("value", to_channels_first(2))] if call.last else []
    back = [Transpose("result", to_channels_last(2))] if call.last else []
    return Plan((*there, *steps, *back), notes)


def _patches(call: IndexMapCall, patches: Patches) -> Plan:
    batch, *places, depth = patches.target_shape
    pads = tuple((axis.pad_before, axis.pad_after) for axis in patches.axes)
    around = (Pad("value", ((0, 0), (0, 0), *pads)),) if any(any(pair) for pair in pads) else ()
    words: Keywords = (
        ("sizes", tuple(axis.kernel for axis in patches.axes)),
        ("strides", tuple(axis.stride for axis in patches.axes)),
        ("rates", tuple(axis.dilation for axis in patches.axes)),
        ("auto_pad", "valid"),
    )
    moved = () if places_first(patches) else exchanged(
        "result", (batch, depth, *places), 1, *places_and_channels(patches)
    )  # fmt: skip
    notes = ("ExtractImagePatches has words for pads alone; these are put around the value: composed",)
    return _turned(
        call, *around, Invoke(f"{MODULE}.extract_image_patches", VALUE, words), *moved, notes=notes if around else ()
    )


def _fold(call: IndexMapCall, patches: Patches) -> Plan:
    batch, *places, depth = patches.target_shape
    moved = exchanged("value", (batch, depth, *places), 1, *places_and_channels(patches))
    axes = patches.axes
    words: Keywords = (
        ("output_size", tuple(axis.input for axis in axes)),
        ("kernel_size", tuple(axis.kernel for axis in axes)),
        ("strides", tuple(axis.stride for axis in axes)),
        ("dilations", tuple(axis.dilation for axis in axes)),
        *pads_of((axis.pad_before, axis.pad_after) for axis in axes),
    )
    return _turned(
        call,
        *(moved if places_first(patches) else ()),
        Reshape("value", (batch, depth, prod(places))),
        Invoke(f"{MODULE}.col2im", VALUE, words),
        notes=("Col2Im has windows in one row: their order is notation",),
    )


def _wrong(call: WrongIndexMap) -> Plan | Unsupported:
    """The same wrong numbers as attributes, where an operation has one for them."""
    if call.operator == "pad":
        pads = call.paddings or ()
        if not pads or not all(len(pair) == 2 for pair in pads):
            return Unsupported("Pad's pads are numbers, and no pairs")
        return _pad(call, call.chosen_mode, tuple((pair[0], pair[1]) for pair in pads))
    if call.fault.reason in ("data_format", "patch_order", "mode", "rank", "padding"):
        return Unsupported(f"OpenVINO has no such {call.fault.reason} here")
    if call.block_size is not None:
        words: Keywords = (("mode", "blocks_first"), ("block_size", call.block_size))
        return _turned(call, Invoke(f"{MODULE}.{call.operator}", VALUE, words))
    kernel, stride, dilation = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
    if call.operator == "fold" or None in (kernel, stride, dilation) or call.padding != "VALID":
        return Unsupported("OpenVINO takes numbers of the spatial axes only")
    words = (("sizes", kernel), ("strides", stride), ("rates", dilation), ("auto_pad", "valid"))
    return _turned(call, Invoke(f"{MODULE}.extract_image_patches", VALUE, words))

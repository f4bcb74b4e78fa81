"""Poolings in ONNX's words: MaxPool, AveragePool, LpPool, their Global forms, and MaxUnpool.

Knows: what the attributes of the nodes mean, as integers. Must not know: onnx, the runtimes.

Indices of a MaxPool are places in the whole value with its channels first.
"""

from conformance.adapters.axes import same_pads
from conformance.adapters.onnx.spelling import Keywords, Spelling, begins_and_ends
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.pooling import geometry_of, lowest, without_adaptive
from conformance.adapters.toolkit import Said, is_channels_last, planned, spatial_of
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from reference.pooling.geometry import Pooling

NODES = {
    "maximum": "MaxPool", "index": "MaxPool", "average": "AveragePool", "norm": "LpPool", "unpooled": "MaxUnpool",
}  # fmt: skip
"""by what an operator makes of a window"""
AROUND = "ONNX wants pads that are shorter than the window; these are put around the value: composed"


def onnx_pooling_plan(call: PoolingCall, spelling: Spelling) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry, reduction = geometry_of(call), call.definition.reduction
    if isinstance(call, WrongPooling) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if reduction == "unpooled":
        return _unpooled(call, geometry)
    if call.definition.adaptive and all(axis.output == 1 for axis in geometry.axes):
        return planned(call, Said(invoke=Invoke(f"onnx.Global{NODES[reduction]}", (("X", "value"),), ())))
    if call.definition.adaptive:
        return without_adaptive(call, "ONNX", lambda sliding: onnx_pooling_plan(sliding, spelling))
    if call.divisor_override is not None:
        return Unsupported("AveragePool has no divisor_override")
    counts_batches = geometry.batch == 1 or call.include_batch_in_index
    if reduction == "index" and not (counts_batches and (geometry.channels == 1 or not is_channels_last(call))):
        return Unsupported("MaxPool's indices are places in the whole value, channels first: others are arithmetic")
    return planned(call, _sliding(call, geometry, spelling))


def _sliding(call: PoolingCall, geometry: Pooling, spelling: Spelling) -> Said:
    axes = geometry.sliding
    pads, notes = tuple((axis.pad_before, axis.pad_after) for axis in axes), tuple[str, ...]()
    around = tuple[tuple[int, int], ...]()
    padding: Keywords = (("pads", begins_and_ends(pads)),)
    # Whether pads around the value mean what pads of the node do.
    may_pad = call.definition.reduction in ("maximum", "norm") or (call.averages and call.count_include_pad)
    if may_pad and any(max(pair) >= axis.kernel for pair, axis in zip(pads, axes, strict=True)):
        around, notes, padding = pads, (AROUND,), ()
    elif spelling == "auto_pad" and isinstance(call.padding, str):
        padding = (("auto_pad", "SAME_UPPER" if call.padding == "SAME" else "VALID"),)
    elif spelling == "auto_pad" and not call.ceil_mode and any(first != last for first, last in pads):
        numbers = [(axis.input, axis.kernel, axis.stride, axis.dilation) for axis in axes]
        if pads == tuple(same_pads(each, lower=True) for each in numbers):
            padding = (("auto_pad", "SAME_LOWER"),)
    windows: Keywords = (
        ("kernel_shape", tuple(axis.kernel for axis in axes)),
        ("strides", tuple(axis.stride for axis in axes)),
        *((("dilations", tuple(axis.dilation for axis in axes)),) if any(axis.dilation > 1 for axis in axes) else ()),
        *padding,
    )
    return Said(
        invoke=_node(call, (*windows, *((("ceil_mode", 1),) if call.ceil_mode and call.padding != "SAME" else ()))),
        pads=around,
        constant=0 if call.definition.reduction in ("average", "norm") else lowest(call),
        notes=notes,
    )


def _node(call: PoolingCall, windows: Keywords) -> Invoke:
    others: Keywords = (("count_include_pad", 1),) if call.averages and call.count_include_pad else ()
    if call.definition.reduction == "norm":
        others = (("p", call.norm_type),)
    leaves = "_, result" if call.definition.reduction == "index" else "result"
    return Invoke(f"onnx.{NODES[call.definition.reduction]}", (("X", "value"),), (*windows, *others), leaves=leaves)


def _unpooled(call: PoolingCall, geometry: Pooling) -> Plan | Unsupported:
    if geometry.batch * geometry.channels != 1:
        return Unsupported("MaxUnpool's indices are places in the whole value: those in a plane are arithmetic")
    # Windows that make a result of the wanted lengths; indices alone say where anything goes.
    strides = tuple(axis.output // max(axis.input, 1) for axis in geometry.axes)
    kernel = tuple(axis.output - stride * (axis.input - 1) for axis, stride in zip(geometry.axes, strides, strict=True))
    invoke = Invoke(
        "onnx.MaxUnpool", (("X", "value"), ("I", "indices")), (("kernel_shape", kernel), ("strides", strides))
    )
    return planned(call, Said(invoke=invoke))


def _wrong(call: WrongPooling) -> Plan | Unsupported:
    """The same wrong numbers as attributes, where a node has one for them."""
    node = NODES[call.definition.reduction]
    match call.fault.reason:
        case "data_format":
            return Unsupported(f"{node} takes no data_format")
        case "padding":
            return Unsupported(f"{node}'s pads are numbers of the spatial axes, and auto_pad has other words")
        case "rank":
            return Unsupported("a value of other axes is that of another operator to ONNX")
        case "divisor":
            return Unsupported("AveragePool has no divisor_override")
    if call.definition.adaptive or call.definition.reduction == "unpooled":
        return Unsupported(f"ONNX has no {call.operator} with its words")
    kernel, strides, dilations = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
    if kernel is None or strides is None or dilations is None:
        return Unsupported(f"{node} takes numbers of the spatial axes only")
    dilated: Keywords = (("dilations", dilations),) if call.dilations is not None else ()
    return planned(call, Said(invoke=_node(call, (("kernel_shape", kernel), ("strides", strides), *dilated))))

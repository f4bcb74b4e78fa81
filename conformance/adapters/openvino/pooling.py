"""Poolings in OpenVINO's words: MaxPool, AvgPool and the adaptive ones.

Knows: what the operations' attributes mean, as integers. Must not know: openvino.

The second result of a MaxPool is its indices, which are places in the axes from `axis` on: of a value with its channels
first they are those of the whole value, of an image, or of a plane.
"""

from conformance.adapters.openvino.spelling import MODULE, Keywords, pads_of
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.pooling import geometry_of, lowest
from conformance.adapters.toolkit import Said, is_channels_last, planned, spatial_of
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from reference.pooling.geometry import Pooling

AROUND = "OpenVINO wants pads that are shorter than the window; these are put around the value: composed"


def openvino_pooling_plan(call: PoolingCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry, reduction = geometry_of(call), call.definition.reduction
    if reduction in ("norm", "unpooled"):
        return Unsupported(f"OpenVINO has no {call.operator}")
    if isinstance(call, WrongPooling) and geometry is None:
        if call.fault.reason in ("data_format", "padding", "rank", "divisor", "output_size"):
            return Unsupported(f"OpenVINO's pooling has no such {call.fault.reason}")
        if call.definition.adaptive:
            return Unsupported(f"OpenVINO has no {call.operator} with its words")
        # The same wrong numbers as attributes, where an operation has one for them.
        kernel, strides, dilations = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
        if kernel is None or strides is None or dilations is None:
            return Unsupported("OpenVINO takes numbers of the spatial axes only")
        words: Keywords = (
            ("strides", strides),
            ("dilations", dilations),
            *pads_of(((0, 0),) * call.definition.rank),
            ("kernel_shape", kernel),
        )
        return planned(call, Said(invoke=_pool(call, words)))
    assert geometry is not None
    if call.definition.adaptive:
        outputs = tuple(axis.output for axis in geometry.axes)
        name = f"adaptive_{'max' if reduction == 'maximum' else 'avg'}_pool"
        # Of indices of 64 bits, the default, the plugin of the CPU has no kernel.
        indices: Keywords = (("index_element_type", "i32"),) if reduction == "maximum" else ()
        return planned(call, Said(invoke=_invoke(name, (("output_shape", outputs), *indices), reduction)))
    if call.divisor_override is not None:
        return Unsupported("AvgPool has no divisor")
    if reduction == "index" and is_channels_last(call) and geometry.channels > 1:
        return Unsupported("MaxPool's indices are places with the channels first: others are arithmetic")
    return planned(call, _sliding(call, geometry))


def _sliding(call: PoolingCall, geometry: Pooling) -> Said:
    axes, around = geometry.sliding, tuple[tuple[int, int], ...]()
    pads = tuple((axis.pad_before, axis.pad_after) for axis in axes)
    longer = any(max(pair) >= axis.kernel for pair, axis in zip(pads, axes, strict=True))
    if longer and (call.definition.reduction == "maximum" or (call.averages and call.count_include_pad)):
        around, pads = pads, ((0, 0),) * len(pads)
    windows: Keywords = (
        ("strides", tuple(axis.stride for axis in axes)),
        # Of the opset's AvgPool they may be left out, and then compiling it ends the process (SIGSEGV, 2026.4): said
        # always, so that averages can be asked at all; `conformance conventions` has the call without them.
        ("dilations", tuple(axis.dilation for axis in axes)),
        *pads_of(pads),
        ("kernel_shape", tuple(axis.kernel for axis in axes)),
        # The other way to round up keeps a last window that begins beyond the value.
        *((("rounding_type", "ceil_torch"),) if call.ceil_mode and call.padding != "SAME" else ()),
    )
    return Said(
        invoke=_pool(call, windows),
        pads=around,
        constant=0 if call.averages else lowest(call),
        notes=(AROUND,) if around else (),
    )


def _pool(call: PoolingCall, windows: Keywords) -> Invoke:
    reduction = call.definition.reduction
    if call.averages:
        return _invoke("avg_pool", (*windows, ("exclude_pad", not call.count_include_pad)), reduction)
    counted: Keywords = (("axis", 0 if call.include_batch_in_index else 1),) if reduction == "index" else ()
    return _invoke("max_pool", (*windows, *counted), reduction)


def _invoke(name: str, words: Keywords, reduction: str) -> Invoke:
    """Of a MaxPool's two results the one that is asked for."""
    leaves = {"maximum": "result, _", "index": "_, result"}.get(reduction, "result")
    both = (Invoke("openvino.outputs", (("", "pooled"),), (), leaves=leaves),) if leaves != "result" else ()
    return Invoke(f"{MODULE}.{name}", (("", "value"),), words, both, leaves="pooled" if both else "result")

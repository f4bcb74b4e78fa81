"""Convolutions in OpenVINO's words: Convolution, ConvolutionBackpropData, and their forms with groups.

Knows: what the operations' attributes mean, as integers. Must not know: openvino.

Pads are two lists, before and after each axis. A filter with groups has an axis for them in front.
"""

from conformance.adapters.openvino.spelling import MODULE, WORDS, Keywords, pads_of
from conformance.adapters.plan import Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.adapters.toolkit import (
    Said,
    filter_to_channels_first,
    planned,
    spatial_of,
    to_channels_first,
    to_channels_last,
)
from conformance.operators.convolution.call import Convolution, RightConvolution, WrongConvolution
from conformance.operators.nominal import Nominal


def openvino_convolution_plan(call: Convolution) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = call.geometry if isinstance(call, RightConvolution) else call.around
    if isinstance(call, WrongConvolution) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if call.bias and (call.bias_given is not None or call.dtype_of("bias") != call.dtype):
        return Unsupported("OpenVINO's convolution has no bias; Add takes whatever broadcasts")
    axes = geometry.axes
    beyond = tuple(max(-axis.crop_after, 0) for axis in axes) if call.definition.transposed else ()
    words: Keywords = (
        ("strides", tuple(axis.stride for axis in axes)),
        *pads_of((axis.crop_before, max(axis.crop_after, 0)) for axis in axes),
        ("dilations", tuple(axis.dilation for axis in axes)),
        *((("output_padding", beyond),) if any(beyond) else ()),
    )
    return planned(call, _said(call, words, geometry.groups))


def openvino_nominal_plan(nominal: Nominal) -> Plan:
    """A nominal call in TensorFlow's layouts; the result's length follows."""
    word: Keywords = (("auto_pad", WORDS[nominal.word]),) if nominal.word in WORDS else ()
    words: Keywords = (
        ("strides", (nominal.stride,) * 2),
        *pads_of(((0, 0),) * 2),
        ("dilations", (nominal.dilation,) * 2),
    )
    return Plan(
        (
            Transpose("value", to_channels_first(2)),
            Transpose("filter", filter_to_channels_first(2)),
            Invoke(f"{MODULE}.convolution_backprop_data", (("", "value"), ("", "filter")), (*words, *word)),
            Transpose("result", to_channels_last(2)),
        )
    )


def _said(call: Convolution, words: Keywords, groups: int) -> Said:
    rank, filter_shape, before = call.definition.rank, call.filter_shape, list[Step]()
    if groups != 1:
        *kernel, first, second = filter_shape
        if call.definition.depthwise:
            first, second = 1, first * second
        shape = (groups, second // groups, first, *kernel)
        before.append(Reshape("filter", shape))
    then = tuple[Invoke, ...]()
    if call.bias:
        before.append(Reshape("bias", (1, *call.operands["bias"], *(1,) * rank)))
        then = (Invoke(f"{MODULE}.add", (("", "result"), ("", "bias")), ()),)
    name = f"{'group_' * (groups != 1)}convolution{'_backprop_data' * call.definition.transposed}"
    operands = (("", "value"), ("", "filter"))
    return Said(invoke=Invoke(f"{MODULE}.{name}", operands, words, then), before=tuple(before))


def _wrong(call: WrongConvolution) -> Plan | Unsupported:
    """The same wrong numbers as attributes, where an operation has one for them."""
    strides, dilations = spatial_of(call, call.strides), spatial_of(call, call.dilations)
    match call.fault.reason:
        case "output_shape" | "data_format" | "padding" | "rank":
            return Unsupported(f"OpenVINO's convolution has no such {call.fault.reason}")
        case "groups" | "filter_channels" if call.definition.depthwise or call.groups != 1:
            return Unsupported("OpenVINO has an axis for groups in the filter, which another shape would say")
    if strides is None or dilations is None:
        return Unsupported("OpenVINO takes strides and dilations of the spatial axes only")
    words: Keywords = (
        ("strides", strides), *pads_of(((0, 0),) * call.definition.rank), ("dilations", dilations),
    )  # fmt: skip
    return planned(call, _said(call, words, 1))

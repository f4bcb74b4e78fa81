"""Convolutions in ONNX's words: the nodes Conv and ConvTranspose.

Knows: what the attributes of the nodes mean, as integers. Must not know: onnx, the runtimes.

Pads are (before, after) of each axis, so that most calls are said natively. The same call can be spelled three ways,
which converters and runtimes read by different code: `pads`, `auto_pad` with its words, and the `output_shape` of a
ConvTranspose, of which the node computes the pads itself.
"""

from conformance.adapters.onnx.spelling import WORDS, Keywords, Spelling, begins_and_ends
from conformance.adapters.plan import Invoke, Plan, Transpose, Unsupported
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
from reference.geometry import Axis, TransposedConvolution


def onnx_convolution_plan(call: Convolution, spelling: Spelling) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = call.geometry if isinstance(call, RightConvolution) else call.around
    if isinstance(call, WrongConvolution) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    words = _padding(call, geometry, spelling)
    if isinstance(words, Unsupported):
        return words
    numbers: Keywords = (
        ("kernel_shape", tuple(axis.kernel for axis in geometry.axes)),
        ("strides", tuple(axis.stride for axis in geometry.axes)),
        ("dilations", tuple(axis.dilation for axis in geometry.axes)),
        *words,
    )
    return planned(call, Said(invoke=_node(call, numbers, geometry.groups)))


def onnx_nominal_plan(nominal: Nominal) -> Plan:
    """A nominal call in TensorFlow's layouts; the result's length follows."""
    numbers = {"kernel_shape": nominal.kernel, "strides": nominal.stride, "dilations": nominal.dilation}
    word: Keywords = (("auto_pad", WORDS[nominal.word]),) if nominal.word in WORDS else ()
    words: Keywords = (*((name, (number, number)) for name, number in numbers.items()), *word)
    return Plan(
        (
            Transpose("value", to_channels_first(2)),
            Transpose("filter", filter_to_channels_first(2)),
            Invoke("onnx.ConvTranspose", (("X", "value"), ("W", "filter")), words),
            Transpose("result", to_channels_last(2)),
        )
    )


def _node(call: Convolution, numbers: Keywords, groups: int) -> Invoke:
    operands = (("X", "value"), ("W", "filter"), *((("B", "bias"),) if call.bias else ()))
    kind = "ConvTranspose" if call.definition.transposed else "Conv"
    return Invoke(f"onnx.{kind}", operands, (*numbers, *((("group", groups),) if groups != 1 else ())))


def _padding(call: Convolution, geometry: TransposedConvolution, spelling: Spelling) -> Keywords | Unsupported:
    """What is said of pads."""
    axes = geometry.axes
    ends = tuple((axis.crop_before, max(axis.crop_after, 0)) for axis in axes)
    # Where the result of a transposed convolution is longer than its products reach.
    beyond = tuple(max(-axis.crop_after, 0) for axis in axes) if call.definition.transposed else ()
    longer: Keywords = (("output_padding", beyond),) if any(beyond) else ()
    if spelling == "pads" or (spelling == "output_shape" and not call.definition.transposed):
        return (("pads", begins_and_ends(ends)), *longer)
    outputs = tuple(axis.output for axis in axes)
    if spelling == "output_shape":
        same = call.padding == "SAME"
        if not same and any(axis.crop_before != _spread(axis) for axis in axes):
            return Unsupported("output_shape without auto_pad spreads the pads evenly, and this call has others")
        word: Keywords = (("auto_pad", "SAME_UPPER"),) if same else ()
        return (("output_shape", outputs), *word)
    if call.padding == "VALID":
        return (("auto_pad", "VALID"), *longer)
    lower = not isinstance(call.padding, str)
    if lower and not (
        any(first != last for first, last in ends)
        and all(_is_same_lower(axis, call.definition.transposed) for axis in axes)
    ):
        return Unsupported("auto_pad has no word for these pads")
    named: Keywords = ()
    if call.definition.transposed and outputs != tuple(axis.input * axis.stride for axis in axes):
        named = (("output_shape", outputs),)
    return (("auto_pad", "SAME_LOWER" if lower else "SAME_UPPER"), *named)


def _is_same_lower(axis: Axis, transposed: bool) -> bool:
    """Whether the pads are those of SAME_LOWER, which puts the odd one of SAME's in front."""
    total = max(axis.full - axis.output, 0)
    shortest = transposed or axis.input == -(-axis.output // axis.stride)
    return shortest and (axis.crop_before, axis.crop_after) == (total - total // 2, total // 2)


def _spread(axis: Axis) -> int:
    """What a node cuts off in front where it is given an output_shape and no auto_pad: the larger half.

    Source: the formula in the documentation of ConvTranspose.
    """
    total = axis.crop_before + axis.crop_after
    return total - total // 2


def _wrong(call: WrongConvolution) -> Plan | Unsupported:
    """The same wrong numbers as attributes, where a node has one for them."""
    kind = "ConvTranspose" if call.definition.transposed else "Conv"
    strides, dilations = spatial_of(call, call.strides), spatial_of(call, call.dilations)
    match call.fault.reason:
        case "output_shape" | "data_format":
            return Unsupported(f"{kind} takes no {call.fault.reason} as cases have it")
        case "padding":
            return Unsupported(f"{kind}'s pads are numbers of the spatial axes, and auto_pad has other words")
        case "rank" if len(call.value_shape) == len(call.filter_shape) == call.definition.rank + 2:
            return Unsupported(f"{kind} takes no output_shape of batch and channels")
        case "rank":
            return Unsupported("a value of other axes is that of another operator to ONNX")
        case "groups" | "filter_channels" if call.definition.depthwise:
            return Unsupported("ONNX has no depthwise convolution but by groups, which another shape would say")
    if strides is None or dilations is None:
        return Unsupported(f"{kind} takes strides and dilations of the spatial axes only")
    numbers: Keywords = (("strides", strides), ("dilations", dilations))
    return planned(call, Said(invoke=_node(call, numbers, call.groups)))

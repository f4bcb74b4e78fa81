"""Convolutions in Keras's words: `keras.ops.conv`, `conv_transpose` and `depthwise_conv`, and a bias as layers add it.

Knows: Keras's argument meanings, as integers. Must not know: keras.

They pad by words alone: other pads are put around the value. Transposed, `same` and `valid` mean what they do in
TensorFlow, for a length that output_padding says; any other crop is cut off what `valid` gives.
"""

from collections.abc import Sequence
from math import prod

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.axes import same_pads
from conformance.adapters.function import Role
from conformance.adapters.keras.words import (
    CONV_TRANSPOSE,
    keras_layout,
    keras_transposed_axis,
    operation,
    output_padding,
)
from conformance.adapters.notation import along_axes, is_channels_last, spatial_of
from conformance.adapters.plan import Argument, Crop, Invoke, Pad, Plan, Step, Unsupported
from conformance.operators.convolution.call import Convolution, WrongConvolution
from conformance.operators.nominal import Nominal
from reference.geometry import Axis, TransposedConvolution

Said = dict[Role, Argument]
Shape = tuple[int, ...]


def keras_plan(call: Convolution) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = call.planned_geometry
    name = operation(call.definition).name
    if call.bias and (call.bias_given is not None or call.dtype_of("bias") != call.dtype):
        return Unsupported(f"{name} has no bias; keras.ops.add takes whatever broadcasts, and promotes dtypes")
    if isinstance(call, WrongConvolution) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if call.definition.transposed and geometry.groups != 1:
        return Unsupported(f"{name} has no groups")
    if 0 in (axis.output if call.definition.transposed else axis.input for axis in geometry.axes):
        return Unsupported(f"{name} refuses results without elements, with a message that says so")
    if call.definition.transposed:
        plan, called = _transposed(call, geometry)
    else:
        plan, called = _convolution(call, geometry), call.output_shape
    return plan if call.direction == "forward" else gradient_plan(plan, call.gradient, call.operands, called)


def keras_nominal_plan(nominal: Nominal) -> Plan:
    """A nominal call; the output's length follows."""
    said: Said = {"strides": nominal.stride, "data_format": "channels_last", "dilations": nominal.dilation}
    word: Said = {} if nominal.word == "default" else {"padding": nominal.word.lower()}
    return Plan((CONV_TRANSPOSE.invoke({**said, **word}),))


def _convolution(call: Convolution, geometry: TransposedConvolution) -> Plan:
    pads = [(axis.crop_before, max(axis.crop_after, 0)) for axis in geometry.axes]
    same = [same_pads((axis.output, axis.kernel, axis.stride, axis.dilation)) for axis in geometry.axes]
    said = {True: "same", False: "valid"}[call.padding == "SAME" or (any(map(any, pads)) and pads == same)]
    steps, notes = list[Step](), list[str]()
    if said == "valid" and any(map(any, pads)):
        steps.append(Pad("value", along_axes(call, tuple(pads), (0, 0))))
        notes.append("Keras pads by words alone: zeros are put around the value: composed")
    elif not isinstance(call.padding, str):
        notes.append(f"Keras pads by words alone; '{said}' means the same pads here")
    return Plan((*steps, _invoke(call, geometry, {"padding": said})), tuple(notes))


def _transposed(call: Convolution, geometry: TransposedConvolution) -> tuple[Plan, Shape]:
    """The forward plan, and the shape of what Keras returns."""
    for same in (call.padding == "SAME", call.padding != "SAME"):
        more = _output_paddings(geometry.axes, same=same)
        if more is not None:
            word: Said = {"padding": "same" if same else "valid"}
            found = _invoke(call, geometry, word if more == () else {**word, "output_padding": more})
            return Plan((found,)), call.output_shape
    beyond = tuple(max(axis.crop_before + axis.output - axis.full, 0) for axis in geometry.axes)
    lengths = tuple(axis.full + more for axis, more in zip(geometry.axes, beyond, strict=True))
    invoke = _invoke(call, geometry, {"padding": "valid", "output_padding": beyond})
    start = along_axes(call, tuple(axis.crop_before for axis in geometry.axes), 0)
    crop = Crop("result", start, call.output_shape)
    note = "no word of Keras means this crop: it is cut off the result of 'valid': composed"
    batch, channels = geometry.batch, geometry.channels_out
    called = (batch, *lengths, channels) if is_channels_last(call) else (batch, channels, *lengths)
    return Plan((invoke, crop), (note,)), called


def _output_paddings(axes: Sequence[Axis], *, same: bool) -> Shape | None:
    """The output_padding with which `same` or `valid` means all axes, () for none; None where none does."""

    def means(axis: Axis, more: int | None) -> bool:
        numbers = (axis.input, axis.kernel, axis.stride, axis.dilation)
        return keras_transposed_axis(numbers, more, same=same) == axis

    if all(means(axis, None) for axis in axes):
        return ()
    found = tuple(output_padding(axis, same=same) for axis in axes)
    legal = all(0 <= more < axis.stride for axis, more in zip(axes, found, strict=True))
    return found if legal and all(map(means, axes, found)) else None


def _invoke(call: Convolution, geometry: TransposedConvolution, said: Said) -> Invoke:
    numbers: Said = {
        "strides": tuple(axis.stride for axis in geometry.axes),
        "dilations": tuple(axis.dilation for axis in geometry.axes),
    }
    return _said(call, {**numbers, **said})


def _said(call: Convolution, said: Said) -> Invoke:
    """The call, and the bias as `keras.layers` add it: as long as the channels, along their axis."""
    then: tuple[Invoke, ...] = ()
    if call.bias:
        ones = (1,) * call.definition.rank
        channels = prod(call.bias_shape)
        shape = (1, *ones, channels) if is_channels_last(call) else (1, channels, *ones)
        then = (
            Invoke("keras.ops.reshape", (("", "bias"),), (("newshape", shape),), leaves="pixel"),
            Invoke("keras.ops.add", (("", "result"), ("", "pixel")), ()),
        )
    return operation(call.definition).invoke({**said, "data_format": keras_layout(call)}, then=then)


def _wrong(call: WrongConvolution) -> Plan | Unsupported:
    """The same wrong numbers under Keras's names, where Keras has a name for them."""
    name = operation(call.definition).name
    axes = call.definition.rank + 2
    strides, dilations = spatial_of(call, call.strides), spatial_of(call, call.dilations)
    match call.fault.reason:
        case "output_shape":
            return Unsupported(f"{name} takes no output_shape")
        case "groups":
            return Unsupported(f"{name} takes no groups; it infers them from the shapes")
        case "padding" if isinstance(call.padding, str) and call.padding.lower() in ("same", "valid"):
            return Unsupported(f"{name} takes its words in any case")
        case "rank" if len(call.value_shape) == axes == len(call.filter_shape):
            return Unsupported(f"{name} takes no output_shape")
    if strides is None or dilations is None:
        return Unsupported(f"{name} takes strides and dilations of the spatial axes only")
    if not isinstance(call.padding, str):
        return Unsupported(f"{name}'s padding takes no pairs")
    plan = Plan((_said(call, {"strides": strides, "padding": call.padding.lower(), "dilations": dilations}),))
    return plan if call.direction == "forward" else gradient_plan(plan, call.gradient, call.operands, (0,) * axes)

"""Plans in JAX's words: everything in one call, once the pads are those of the dilated input.

Knows: JAX's argument meanings, as integers. Must not know: jax.

`lax.conv_transpose` with `transpose_kernel=True` takes TensorFlow's filter [*kernel, out, in] unchanged; without it
the kernel is not flipped, and the result is not the adjoint of a convolution. Explicit pads there are what is put
around the zero-dilated input: before = d(k-1) - crop_before, after = output + crop_before - s(i-1) - 1; negative ones
crop. It has no groups: those are said to `lax.conv_general_dilated`, on the flipped kernel, its channels exchanged by
groups.
"""

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.function import Role
from conformance.adapters.jax.words import CONV_GENERAL_DILATED, CONV_TRANSPOSE, dimension_numbers, jax_pads
from conformance.adapters.notation import depthwise_as_grouped, is_channels_last, spatial_numbers
from conformance.adapters.plan import Argument, Flip, Invoke, NumpyStep, Plan, Reshape, Step, Transpose, Unsupported
from conformance.operators.convolution.call import Convolution, RightConvolution, WrongConvolution
from conformance.operators.nominal import Nominal
from reference.geometry import TransposedConvolution

Said = dict[Role, Argument]


def jax_plan(call: Convolution) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if isinstance(call, RightConvolution):
        geometry = call.geometry
    elif call.around is None:
        return _wrong(call)
    else:
        geometry = call.around
    if call.bias and (call.bias_given is not None or call.dtype_of("bias") != call.dtype):
        return Unsupported(f"{_name(call)} has no bias; jax.numpy.add takes whatever broadcasts, and promotes dtypes")
    if any(axis.input == 0 for axis in geometry.axes) and call.definition.transposed:
        return Unsupported("JAX dilates a spatial length 0 to a length that is not defined")
    steps: list[Step] = []
    if call.bias and not is_channels_last(call):  # it has an axis of length 1 after it for each spatial one
        steps.append(Reshape("bias", (*call.bias_shape, *(1,) * call.definition.rank)))
    plan = Plan((*steps, *_forward(call, geometry)))
    return plan if call.direction == "forward" else gradient_plan(plan, call.gradient, call.operands, call.output_shape)


def jax_nominal_plan(nominal: Nominal, said: Said) -> Plan:
    """A nominal call as `lax.conv_transpose` takes it, with these words about its kernel."""
    numbers = _numbers((nominal.stride,) * 2, nominal.word, (nominal.dilation,) * 2, last=True)
    return Plan((CONV_TRANSPOSE.invoke({**numbers, **said}),))


def _forward(call: Convolution, geometry: TransposedConvolution) -> list[Step]:
    axes, transposed, groups = geometry.axes, call.definition.transposed, geometry.groups
    strides, dilations = tuple(axis.stride for axis in axes), tuple(axis.dilation for axis in axes)
    then = (Invoke("jax.numpy.add", (("", "result"), ("", "bias")), ()),) if call.bias else ()
    pads = tuple(jax_pads(axis) if transposed else (axis.crop_before, axis.crop_after) for axis in axes)
    said = _numbers(strides, pads, dilations, is_channels_last(call))
    if groups != 1:
        said["groups"] = groups
    if not transposed:
        return [*depthwise_as_grouped(call), CONV_GENERAL_DILATED.invoke(said, then=then)]
    if groups != 1:
        said |= {"strides": (1,) * len(axes), "value_dilation": strides}
        return [*exchanged(geometry), CONV_GENERAL_DILATED.invoke(said, then=then)]
    return [CONV_TRANSPOSE.invoke({**said, "transpose_kernel": True}, then=then)]


def exchanged(geometry: TransposedConvolution) -> tuple[NumpyStep, ...]:
    """[*kernel, out / g, in] to [*kernel, in / g, out], flipped: what the adjoint convolves the dilated input with."""
    rank, groups = len(geometry.axes), geometry.groups
    *kernel, share, channels = geometry.filter_shape
    kernel_axes = tuple(range(rank))
    if groups == 1:
        return Transpose("filter", (*kernel_axes, rank + 1, rank)), Flip("filter", kernel_axes)
    return (
        Reshape("filter", (*kernel, share, groups, channels // groups)),
        Transpose("filter", (*kernel_axes, rank + 2, rank + 1, rank)),
        Reshape("filter", (*kernel, channels // groups, groups * share)),
        Flip("filter", kernel_axes),
    )


def _numbers(strides: tuple[int, ...], padding: Argument, dilations: tuple[int, ...], last: bool) -> Said:
    dimensions = dimension_numbers(len(strides), last)
    return {"strides": strides, "padding": padding, "dilations": dilations, "dimension_numbers": dimensions}


def _name(call: Convolution) -> str:
    return "lax.conv_transpose" if call.definition.transposed else "lax.conv_general_dilated"


def _wrong(call: WrongConvolution) -> Plan | Unsupported:
    """The same wrong numbers under JAX's names, where JAX has a name for them."""
    operator, last, name = call.definition, is_channels_last(call), _name(call)
    strides = spatial_numbers(call.strides, last, operator.rank)
    dilations = spatial_numbers(call.dilations, last, operator.rank)
    axes = operator.rank + 2
    match call.fault.reason:
        case "output_shape":
            return Unsupported("lax.conv_transpose takes no output_shape")
        case "data_format":
            return Unsupported(f"{name} takes dimension_numbers, no data_format")
        case "rank" if len(call.value_shape) == axes and len(call.filter_shape) == axes:
            return Unsupported("lax.conv_transpose takes no output_shape")
        case "groups" if operator.transposed:
            return Unsupported("lax.conv_transpose has no groups")
        case "groups" | "filter_channels" if operator.depthwise:
            return Unsupported("JAX has no depthwise convolution but by groups, which another shape would say")
    if strides is None or dilations is None:
        named = "height and width" if operator.rank == 2 else "the spatial axes"
        return Unsupported(f"{name} takes strides and dilations of {named} only")
    if not isinstance(call.padding, str):
        return Unsupported(f"explicit pads of {name} mean something else, and may be negative")
    said = _numbers(strides, call.padding, dilations, last)
    if operator.transposed:
        invoke = CONV_TRANSPOSE.invoke({**said, "transpose_kernel": True})
    else:
        invoke = CONV_GENERAL_DILATED.invoke({**said, "groups": call.groups} if call.groups != 1 else said)
    plan = Plan((invoke,))
    return plan if call.direction == "forward" else gradient_plan(plan, call.gradient, call.operands, (0,) * axes)

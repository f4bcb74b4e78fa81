"""Plans in JAX's words: everything in one call, once the pads are those of the dilated input.

Knows: JAX's argument meanings, as integers. Must not know: jax.

`lax.conv_transpose` with `transpose_kernel=True` takes TensorFlow's filter [*kernel, out, in] unchanged; without it
the kernel is not flipped, and the result is not the adjoint of a convolution. Explicit pads there are what is put
around the zero-dilated input: before = d(k-1) - crop_before, after = output + crop_before - s(i-1) - 1; negative ones
crop. It has no groups: those are said to `lax.conv_general_dilated`, on the flipped kernel, its channels exchanged by
groups.
"""

from collections.abc import Sequence

from conformance.adapters.adjoint import Shape, gradient_plan
from conformance.adapters.function import Function, Role
from conformance.adapters.jax.words import CONV_GENERAL_DILATED, CONV_TRANSPOSE, jax_pads
from conformance.adapters.notation import is_channels_last, spatial_numbers
from conformance.adapters.plan import Argument, Flip, Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.suite.case import Call, RightCall, WrongCall
from conformance.suite.nominal import Nominal
from reference.family import DATA_FORMATS
from reference.geometry import TransposedConvolution

_FILTERS = {1: "WIO", 2: "HWIO", 3: "DHWIO"}

Said = dict[Role, Argument]


def jax_plan(call: Call) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if isinstance(call, RightCall):
        geometry = call.geometry
    elif call.around is None:
        return _wrong(call)
    else:
        geometry = call.around
    if call.bias and (call.bias_given is not None or call.dtype_of("bias") != call.dtype):
        name = "lax.conv_transpose" if call.definition.transposed else "lax.conv_general_dilated"
        return Unsupported(f"{name} has no bias; jax.numpy.add takes whatever broadcasts, and promotes dtypes")
    if any(axis.input == 0 for axis in geometry.axes) and call.definition.transposed:
        return Unsupported("JAX dilates a spatial length 0 to a length that is not defined")
    steps, called = _forward(call, geometry)
    steps = [*_bias(call), *steps]
    plan = Plan(tuple(steps))
    if call.direction == "forward":
        return plan
    return gradient_plan(plan, call.gradient, call.operands, called)


def jax_nominal_plan(nominal: Nominal) -> Plan:
    """The nominal words as `lax.conv_transpose` takes them."""
    strides, dilations = (nominal.stride,) * 2, (nominal.dilation,) * 2
    return Plan((_conv_transpose(strides, nominal.word, dilations, last=True),))


def _forward(call: Call, geometry: TransposedConvolution) -> tuple[list[Step], Shape]:
    axes, last = geometry.axes, is_channels_last(call)
    strides, dilations = tuple(axis.stride for axis in axes), tuple(axis.dilation for axis in axes)
    then = (Invoke("jax.numpy.add", (("", "result"), ("", "bias")), ()),) if call.bias else ()
    called = call.output_shape
    if not call.definition.transposed:
        pads: Argument = tuple((axis.crop_before, axis.crop_after) for axis in axes)
        said = _dilated(strides, pads, None, dilations, geometry.groups, last)
        return [*_depthwise(call), _invoke(CONV_GENERAL_DILATED, said, then)], called
    pads = tuple(jax_pads(axis) for axis in axes)
    if geometry.groups > 1:
        ones = (1,) * len(axes)
        said = _dilated(ones, pads, strides, dilations, geometry.groups, last)
        return [*_exchanged(geometry), _invoke(CONV_GENERAL_DILATED, said, then)], called
    return [_conv_transpose(strides, pads, dilations, last, then)], called


def _depthwise(call: Call) -> list[Step]:
    """A depthwise filter is one of as many groups as channels."""
    if not call.definition.depthwise:
        return []
    *kernel, channels, multiplier = call.filter_shape
    return [Reshape("filter", (*kernel, 1, channels * multiplier))]


def _exchanged(geometry: TransposedConvolution) -> list[Step]:
    """[*kernel, out / g, in] to [*kernel, in / g, out], flipped: what the adjoint convolves the dilated input with."""
    rank, groups = len(geometry.axes), geometry.groups
    *kernel, share, channels = geometry.filter_shape
    kernel_axes = tuple(range(rank))
    return [
        Reshape("filter", (*kernel, share, groups, channels // groups)),
        Transpose("filter", (*kernel_axes, rank + 2, rank + 1, rank)),
        Reshape("filter", (*kernel, channels // groups, groups * share)),
        Flip("filter", kernel_axes),
    ]


def _bias(call: Call) -> list[Step]:
    """A bias beside channels that come first has an axis of length 1 for each spatial one."""
    if not call.bias or is_channels_last(call):
        return []
    return [Reshape("bias", (*call.bias_shape, *(1,) * call.definition.rank))]


def _dilated(
    strides: tuple[int, ...],
    pads: Argument,
    lhs_dilation: tuple[int, ...] | None,
    rhs_dilation: tuple[int, ...],
    groups: int,
    last: bool,
) -> Said:
    said: Said = {"strides": strides, "padding": pads, "dilations": rhs_dilation}
    if lhs_dilation is not None:
        said["value_dilation"] = lhs_dilation
    if groups != 1:
        said["groups"] = groups
    return {**said, "dimension_numbers": _dimension_numbers(len(strides), last)}


def _conv_transpose(
    strides: tuple[int, ...], padding: Argument, dilations: tuple[int, ...], last: bool, then: tuple[Invoke, ...] = ()
) -> Invoke:
    said: Said = {
        "strides": strides,
        "padding": padding,
        "dilations": dilations,
        "dimension_numbers": _dimension_numbers(len(strides), last),
        "transpose_kernel": True,
    }
    return _invoke(CONV_TRANSPOSE, said, then)


def _dimension_numbers(rank: int, last: bool) -> tuple[str, str, str]:
    data_format = DATA_FORMATS[rank][0 if last else 1]
    return data_format, _FILTERS[rank], data_format


def _invoke(function: Function, said: Said, then: Sequence[Invoke]) -> Invoke:
    return Invoke(function.name, (("", "value"), ("", "filter")), function.keywords(said), tuple(then))


def _wrong(call: WrongCall) -> Plan | Unsupported:
    """The same wrong numbers under JAX's names, where JAX has a name for them."""
    operator, last = call.definition, is_channels_last(call)
    name = "lax.conv_transpose" if operator.transposed else "lax.conv_general_dilated"
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
    if operator.transposed:
        plan = Plan((_conv_transpose(strides, call.padding, dilations, last),))
    else:
        said = _dilated(strides, call.padding, None, dilations, call.groups, last)
        plan = Plan((_invoke(CONV_GENERAL_DILATED, said, ()),))
    return plan if call.direction == "forward" else gradient_plan(plan, call.gradient, call.operands, (0,) * axes)

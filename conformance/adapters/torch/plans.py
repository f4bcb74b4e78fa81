"""Plans in PyTorch's words: `conv_transpose{1,2,3}d` and `conv{1,2,3}d`, with the crop or pad that is left around them.

Knows: torch's argument meanings, as integers. Must not know: torch.

Transposed, torch computes per axis crop_before = padding and output = s(i-1) - 2 padding + d(k-1) + 1 + output_padding
with 0 <= output_padding < max(s, d). So `padding = crop_before, output_padding = crop_before - crop_after` says the
call where that is in range; elsewhere the plan takes a larger result and crops it. Forward, padding is the same on both
sides too; where that would give another number of results, the plan pads the value itself.
"""

from conformance.adapters.adjoint import Shape, gradient_plan
from conformance.adapters.function import Role
from conformance.adapters.notation import (
    filter_to_channels_first,
    is_channels_last,
    spatial_numbers,
    to_channels_first,
    to_channels_last,
)
from conformance.adapters.plan import Argument, Crop, Invoke, Pad, Plan, Reshape, Step, Transpose, Unsupported
from conformance.adapters.torch.words import FUNCTIONALS, torch_arguments, torch_padding
from conformance.suite.case import Call, RightCall, WrongCall
from reference.geometry import Axis, TransposedConvolution


def torch_plan(call: Call) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if isinstance(call, RightCall):
        geometry = call.geometry
    elif call.around is None:
        return _wrong(call)
    else:
        geometry = call.around
    cotangent = call.operands.get("cotangent")
    if cotangent is not None and len(cotangent) != call.definition.rank + 2:
        name = f"conv{'_transpose' if call.definition.transposed else ''}{call.definition.rank}d"
        return Unsupported(f"{name}'s cotangent has its axes in another order, and this one has other axes")
    if 0 in (call.value_shape[1:]):
        return Unsupported("torch has no spatial length 0")
    forward = _transposed(call, geometry) if call.definition.transposed else _convolution(call, geometry)
    if isinstance(forward, Unsupported) or call.direction == "forward":
        return forward if isinstance(forward, Unsupported) else forward[0]
    plan, called = forward
    return gradient_plan(plan, call.gradient, call.operands, called)


def _transposed(call: Call, geometry: TransposedConvolution) -> tuple[Plan, Shape] | Unsupported:
    """The forward plan, and the shape of what torch returns."""
    axes = geometry.axes
    arguments = [torch_arguments(axis) for axis in axes]
    if any(each.length < 1 for each in arguments):
        return Unsupported("torch has no result of spatial length 0, and the crop leaves nothing of this one")
    steps = _notation(call)
    steps.append(
        _invoke(
            call,
            {
                "strides": tuple(axis.stride for axis in axes),
                "padding": tuple(each.padding for each in arguments),
                "output_padding": tuple(each.output_padding for each in arguments),
                "dilations": tuple(axis.dilation for axis in axes),
            },
            geometry.groups,
        )
    )
    notes = []
    called = (geometry.batch, geometry.channels_out, *(each.length for each in arguments))
    if any(each.length != axis.output for each, axis in zip(arguments, axes, strict=True)):
        start = (0, 0, *(each.start for each in arguments))
        steps.append(Crop("result", start, (*called[:2], *(axis.output for axis in axes))))
        notes.append(_why_composed(axes))
    return Plan((*steps, *_back(call)), tuple(notes)), called


def _convolution(call: Call, geometry: TransposedConvolution) -> tuple[Plan, Shape] | Unsupported:
    rank, axes = call.definition.rank, geometry.axes
    if any(axis.input == 0 for axis in axes):
        return Unsupported("torch has no result of spatial length 0")
    paddings = [torch_padding(axis) for axis in axes]
    steps, notes = _notation(call), []
    if None in paddings:
        ends = [(axis.crop_before, max(axis.crop_after, 0)) for axis in axes]
        steps.append(Pad("value", ((0, 0), (0, 0), *ends)))
        uneven = next(end for end, padding in zip(ends, paddings, strict=True) if padding is None)
        notes.append(f"PyTorch pads both sides alike; this needs {uneven[0]} before and {uneven[1]} after: composed")
        paddings = [0] * rank
    steps.append(
        _invoke(
            call,
            {
                "strides": tuple(axis.stride for axis in axes),
                "padding": tuple(padding or 0 for padding in paddings),
                "dilations": tuple(axis.dilation for axis in axes),
            },
            geometry.groups,
        )
    )
    called = (geometry.batch, geometry.channels_in, *(axis.input for axis in axes))
    return Plan((*steps, *_back(call)), tuple(notes)), called


def _notation(call: Call) -> list[Step]:
    """Value and filter as torch lays them out; a depthwise filter is one of as many groups as channels."""
    rank = call.definition.rank
    steps: list[Step] = [Transpose("value", to_channels_first(rank))] if is_channels_last(call) else []
    if call.definition.depthwise:
        *kernel, channels, multiplier = call.filter_shape
        steps.append(Reshape("filter", (*kernel, 1, channels * multiplier)))
    return [*steps, Transpose("filter", filter_to_channels_first(rank))]


def _back(call: Call) -> tuple[Step, ...]:
    return (Transpose("result", to_channels_last(call.definition.rank)),) if is_channels_last(call) else ()


def _invoke(call: Call, said: dict[Role, Argument], groups: int) -> Invoke:
    """A depthwise convolution is torch's convolution with as many groups as channels."""
    operands = (("", "value"), ("", "filter"), *((("", "bias"),) if call.bias else ()))
    function = FUNCTIONALS["conv2d" if call.definition.depthwise else call.operator]
    grouped: dict[Role, Argument] = {"groups": groups} if groups != 1 else {}
    return Invoke(function.name, operands, function.keywords({**said, **grouped}))


def _why_composed(axes: tuple[Axis, ...]) -> str:
    uneven = next(axis for axis in axes if torch_arguments(axis).length != axis.output)
    return (
        f"PyTorch crops both sides alike; this needs {uneven.crop_before} before and "
        f"{max(uneven.crop_after, 0)} after: composed"
    )


def _wrong(call: WrongCall) -> Plan | Unsupported:
    """The same wrong numbers under torch's names, where torch has a name for them."""
    operator, last = call.definition, is_channels_last(call)
    name = f"conv_transpose{operator.rank}d" if operator.transposed else f"conv{operator.rank}d"
    strides = spatial_numbers(call.strides, last, operator.rank)
    dilations = spatial_numbers(call.dilations, last, operator.rank)
    axes = operator.rank + 2
    match call.fault.reason:
        case "output_shape":
            return Unsupported(f"{name} takes no output_shape")
        case "data_format":
            return Unsupported(f"{name} takes no data_format")
        case "padding" if isinstance(call.padding, str):
            return Unsupported(f"{name}'s padding takes no word" if operator.transposed else _other_words(name))
        case "padding":
            return Unsupported(f"{name}'s padding takes no pairs")
        case "rank" if len(call.value_shape) != axes or len(call.filter_shape) != axes:
            return Unsupported(f"{name} takes {_AXES[axes - 1]} axes as an unbatched value, and weights of other ranks")
        case "rank":
            return Unsupported(f"{name} takes no output_shape")
        case "groups" | "filter_channels" if operator.depthwise:
            return Unsupported("torch has no depthwise convolution but by groups, which another shape would say")
    if strides is None or dilations is None:
        named = "height and width" if operator.rank == 2 else "the spatial axes"
        return Unsupported(f"{name} takes strides and dilations of {named} only")
    invoke = _invoke(call, {"strides": strides, "dilations": dilations}, call.groups)
    return _asked_for(call, Plan((*_notation(call), invoke)))


def _asked_for(call: Call, plan: Plan) -> Plan:
    """The plan of a wrong call or of its gradient: the result has no shape, and none is needed to turn its axes."""
    if call.direction == "forward":
        return plan
    unknown = (0,) * (call.definition.rank + 2)
    return gradient_plan(Plan((*plan.steps, *_back(call))), call.gradient, call.operands, unknown)


def _other_words(name: str) -> str:
    return f"{name}'s padding takes other words"


_AXES = {2: "two", 3: "three", 4: "four"}

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
    depthwise_as_grouped,
    filter_to_channels_first,
    is_channels_last,
    spatial_numbers,
    to_channels_first,
    to_channels_last,
)
from conformance.adapters.plan import Argument, Crop, Invoke, Pad, Plan, Step, Transpose, Unsupported
from conformance.adapters.torch.words import FUNCTIONALS, torch_arguments, torch_padding
from conformance.operators.convolution.call import Convolution, RightConvolution, WrongConvolution
from conformance.operators.nominal import Nominal
from reference.geometry import TransposedConvolution


def torch_plan(call: Convolution) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if isinstance(call, RightConvolution):
        geometry = call.geometry
    elif call.around is None:
        return _wrong(call)
    else:
        geometry = call.around
    cotangent = call.operands.get("cotangent")
    if cotangent is not None and len(cotangent) != call.definition.rank + 2:
        return Unsupported(f"{_name(call)}'s cotangent has its axes in another order, and this one has other axes")
    if 0 in (call.value_shape[1:]):
        return Unsupported("torch has no spatial length 0")
    forward = _transposed(call, geometry) if call.definition.transposed else _convolution(call, geometry)
    if isinstance(forward, Unsupported) or call.direction == "forward":
        return forward if isinstance(forward, Unsupported) else forward[0]
    plan, called = forward
    return gradient_plan(plan, call.gradient, call.operands, called)


def torch_nominal_plan(nominal: Nominal, said: dict[Role, Argument]) -> Plan:
    """A nominal call with these words about padding, from TensorFlow's layouts and back."""
    function = FUNCTIONALS["conv2d_transpose"]
    return Plan(
        (
            Transpose("value", to_channels_first(2)),
            Transpose("filter", filter_to_channels_first(2)),
            function.invoke({**said, "strides": nominal.stride, "dilations": nominal.dilation}),
            Transpose("result", to_channels_last(2)),
        )
    )


def _transposed(call: Convolution, geometry: TransposedConvolution) -> tuple[Plan, Shape] | Unsupported:
    """The forward plan, and the shape of what torch returns."""
    axes = geometry.axes
    arguments = [torch_arguments(axis) for axis in axes]
    if any(each.length < 1 for each in arguments):
        return Unsupported("torch has no result of spatial length 0, and the crop leaves nothing of this one")
    said: dict[Role, Argument] = {
        "padding": tuple(each.padding for each in arguments),
        "output_padding": tuple(each.output_padding for each in arguments),
    }
    steps = [*_notation(call), _invoke(call, {**said, **_numbers(geometry)})]
    called = (geometry.batch, geometry.channels_out, *(each.length for each in arguments))
    uneven = [axis for each, axis in zip(arguments, axes, strict=True) if each.length != axis.output]
    if not uneven:
        return Plan((*steps, *_back(call))), called
    start = (0, 0, *(each.start for each in arguments))
    crop = Crop("result", start, (*called[:2], *(axis.output for axis in axes)))
    before, after = uneven[0].crop_before, max(uneven[0].crop_after, 0)
    note = f"PyTorch crops both sides alike; this needs {before} before and {after} after: composed"
    return Plan((*steps, crop, *_back(call)), (note,)), called


def _convolution(call: Convolution, geometry: TransposedConvolution) -> tuple[Plan, Shape] | Unsupported:
    axes = geometry.axes
    if any(axis.input == 0 for axis in axes):
        return Unsupported("torch has no result of spatial length 0")
    paddings = [torch_padding(axis) for axis in axes]
    steps, notes = _notation(call), tuple[str, ...]()
    if None in paddings:
        ends = [(axis.crop_before, max(axis.crop_after, 0)) for axis in axes]
        steps.append(Pad("value", ((0, 0), (0, 0), *ends)))
        before, after = ends[paddings.index(None)]
        notes = (f"PyTorch pads both sides alike; this needs {before} before and {after} after: composed",)
        paddings = [0] * len(axes)
    steps.append(_invoke(call, {"padding": tuple(padding or 0 for padding in paddings), **_numbers(geometry)}))
    called = (geometry.batch, geometry.channels_in, *(axis.input for axis in axes))
    return Plan((*steps, *_back(call)), notes), called


def _numbers(geometry: TransposedConvolution) -> dict[Role, Argument]:
    return {
        "strides": tuple(axis.stride for axis in geometry.axes),
        "dilations": tuple(axis.dilation for axis in geometry.axes),
        "groups": geometry.groups,
    }


def _notation(call: Convolution) -> list[Step]:
    """Value and filter as torch lays them out."""
    rank = call.definition.rank
    steps: list[Step] = [Transpose("value", to_channels_first(rank))] if is_channels_last(call) else []
    return [*steps, *depthwise_as_grouped(call), Transpose("filter", filter_to_channels_first(rank))]


def _back(call: Convolution) -> tuple[Step, ...]:
    return (Transpose("result", to_channels_last(call.definition.rank)),) if is_channels_last(call) else ()


def _invoke(call: Convolution, said: dict[Role, Argument]) -> Invoke:
    """A depthwise convolution is torch's convolution with as many groups as channels."""
    function = FUNCTIONALS["conv2d" if call.definition.depthwise else call.operator]
    given = {role: argument for role, argument in said.items() if (role, argument) != ("groups", 1)}
    return function.invoke(given, ("value", "filter", "bias") if call.bias else ("value", "filter"))


def _name(call: Convolution) -> str:
    return f"conv{'_transpose' if call.definition.transposed else ''}{call.definition.rank}d"


def _wrong(call: WrongConvolution) -> Plan | Unsupported:
    """The same wrong numbers under torch's names, where torch has a name for them."""
    operator, last, name = call.definition, is_channels_last(call), _name(call)
    strides = spatial_numbers(call.strides, last, operator.rank)
    dilations = spatial_numbers(call.dilations, last, operator.rank)
    axes = operator.rank + 2
    match call.fault.reason:
        case "output_shape":
            return Unsupported(f"{name} takes no output_shape")
        case "data_format":
            return Unsupported(f"{name} takes no data_format")
        case "padding" if isinstance(call.padding, str):
            return Unsupported(f"{name}'s padding takes {'no word' if operator.transposed else 'other words'}")
        case "padding":
            return Unsupported(f"{name}'s padding takes no pairs")
        case "rank" if len(call.value_shape) != axes or len(call.filter_shape) != axes:
            unbatched = {1: "two", 2: "three", 3: "four"}[operator.rank]
            return Unsupported(f"{name} takes {unbatched} axes as an unbatched value, and weights of other ranks")
        case "rank":
            return Unsupported(f"{name} takes no output_shape")
        case "groups" | "filter_channels" if operator.depthwise:
            return Unsupported("torch has no depthwise convolution but by groups, which another shape would say")
    if strides is None or dilations is None:
        named = "height and width" if operator.rank == 2 else "the spatial axes"
        return Unsupported(f"{name} takes strides and dilations of {named} only")
    invoke = _invoke(call, {"strides": strides, "dilations": dilations, "groups": call.groups})
    if call.direction == "forward":
        return Plan((*_notation(call), invoke))
    # The result of a wrong call has no shape, and none is needed to turn its axes.
    forward = Plan((*_notation(call), invoke, *_back(call)))
    return gradient_plan(forward, call.gradient, call.operands, (0,) * axes)

"""PyTorch's functions and layers: channels first, and the same pad or crop on both sides.

Knows: their parameters and what their numbers mean (`conformance.adapters.torch.words`). Must not know: torch itself.
"""

from conformance.adapters.axes import convolved_axis
from conformance.adapters.function import Role
from conformance.adapters.plan import Argument, Invoke, Plan
from conformance.adapters.torch.words import FUNCTIONALS, LAYERS, torch_same_axis, torch_transposed_axis
from conformance.operators.convolution.readings.folk import remark_on_torch
from conformance.operators.convolution.readings.layouts import channels_first
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.shapes import ReadAxis, read_shapes
from conformance.translation.arguments import CallArguments
from conformance.translation.notation import Shape
from reference.family import OPERATORS, Operator

FUNCTIONS = (*FUNCTIONALS.values(), *LAYERS.values())


def read(arguments: CallArguments, dtype: str) -> ConvolutionReading:
    """What the call means; raises CallError for one that PyTorch refuses."""
    operator = OPERATORS[arguments.function.operator]
    value = arguments.shape("value", operator.rank + 2)
    groups = arguments.number("groups")
    given = {"value": value, "filter": _filter(arguments, operator, groups)}
    layouts = channels_first(operator.rank, "IO" if operator.transposed else "OI")
    shapes = read_shapes(arguments, operator, layouts, given, groups, scatters=operator.transposed)
    return shapes.reading(
        "torch",
        dtype,
        _transposed(arguments, operator) if operator.transposed else _convolved(arguments, operator),
        plan=Plan((_given(arguments),)),
        remark=lambda axes: remark_on_torch(axes, operator.spatial_names, transposed=operator.transposed),
    )


def _filter(arguments: CallArguments, operator: Operator, groups: int) -> Shape:
    """The filter's shape; that of a layer as the layer makes it."""
    if not arguments.function.is_layer:
        return arguments.shape("filter", operator.rank + 2)
    kernels = arguments.numbers("kernel", operator.spatial_names)
    channels, out = arguments.number("channels_in"), arguments.number("channels_out")
    for role, whole in (("channels_in", channels), ("channels_out", out)):
        if whole % groups:
            name = "in_channels" if role == "channels_in" else "out_channels"
            raise arguments.wrong("groups", f"groups is {groups}, and does not divide {name}, which is {whole}")
    return (channels, out // groups, *kernels) if operator.transposed else (out, channels // groups, *kernels)


def _transposed(arguments: CallArguments, operator: Operator) -> ReadAxis:
    paddings = arguments.numbers("padding", operator.spatial_names)
    output_paddings = arguments.numbers("output_padding", operator.spatial_names)
    return lambda numbers, place: torch_transposed_axis(numbers, paddings[place], output_paddings[place])


def _convolved(arguments: CallArguments, operator: Operator) -> ReadAxis:
    word = arguments.said("padding")
    if word == "valid":
        return lambda numbers, place: convolved_axis(numbers, (0, 0))
    if word == "same":
        return lambda numbers, place: torch_same_axis(numbers)
    if isinstance(word, str):
        raise arguments.unexpected("padding", "'same', 'valid', an integer or one for each axis")
    paddings = arguments.numbers("padding", operator.spatial_names)
    return lambda numbers, place: convolved_axis(numbers, (paddings[place],) * 2)


def _given(arguments: CallArguments) -> Invoke:
    """The call as it was given; a layer's as the function that it calls."""
    if not arguments.function.is_layer:
        return arguments.invoke()
    function = FUNCTIONALS[arguments.function.operator]
    shared = {each.says for each in function.parameters} & {each.says for each in arguments.function.parameters}
    said: dict[Role, Argument] = {role: arguments.said(role) for role in shared}
    return function.invoke(said, ("value", "filter", "bias") if arguments.has_bias else ("value", "filter"))

"""The operands of a call in one order, and what PyTorch and JAX demand of them alike. Raises errors that point.

Knows: groups and channels. Must not know: whose call it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import Role
from conformance.translation.arguments import CallArguments
from conformance.translation.meaning import Meaning, Notation, Shape, Unsayable, mean
from conformance.translation.readings.layouts import AxisLetters
from reference.family import Operator
from reference.geometry import Axis, TransposedConvolution


@dataclass(frozen=True, slots=True)
class ReadShapes:
    """What the shapes of value and filter say together."""

    batch: int
    lengths: Shape
    kernels: Shape
    channels_in: int
    channels_out: int
    groups: int

    def geometry(self, operator: Operator, axes: tuple[Axis, ...]) -> TransposedConvolution:
        """That of a transposed convolution, or of the adjoint of a forward one."""
        ends = (self.channels_in, self.channels_out)
        first, last = ends if operator.transposed else (ends[1], ends[0])
        return TransposedConvolution(self.batch, first, last, axes, self.groups)


def transposed_shapes(
    arguments: CallArguments, layouts: AxisLetters, value: Shape, filter: Shape, groups: int
) -> ReadShapes:
    """The filter has all channels in, and a group's channels out."""
    (batch, *lengths, channels), (*kernels, filter_in, share) = layouts.value_shape(value), layouts.filter_shape(filter)
    if filter_in != channels:
        raise _other_channels(arguments, filter_in, channels)
    return _checked(
        arguments, layouts, ReadShapes(batch, tuple(lengths), tuple(kernels), channels, share * groups, groups)
    )


def convolved_shapes(
    arguments: CallArguments, layouts: AxisLetters, value: Shape, filter: Shape, groups: int
) -> ReadShapes:
    """The filter has a group's channels in, and all channels out."""
    (batch, *lengths, channels), (*kernels, share, out) = layouts.value_shape(value), layouts.filter_shape(filter)
    if share * groups != channels:
        raise _other_channels(arguments, share, channels, groups)
    return _checked(arguments, layouts, ReadShapes(batch, tuple(lengths), tuple(kernels), channels, out, groups))


def _checked(arguments: CallArguments, layouts: AxisLetters, shapes: ReadShapes) -> ReadShapes:
    if min(shapes.channels_in, shapes.channels_out, *shapes.lengths, *shapes.kernels) < 1:
        raise arguments.wrong("value", "a length 0 is read for the batch only; frameworks take others differently")
    for which, channels in (("in", shapes.channels_in), ("out", shapes.channels_out)):
        if channels % shapes.groups:
            message = f"{shapes.groups}, and does not divide the {channels} channels {which}"
            raise arguments.wrong("groups", f"{arguments.name('groups')} is {message}")
    arguments.check_bias(shapes.channels_out, last=layouts.result.endswith("C"))
    return shapes


def _other_channels(arguments: CallArguments, found: int, channels: int, groups: int = 1) -> Exception:
    if arguments.function.is_layer:
        name = arguments.name("channels_in")
        return arguments.wrong("channels_in", f"{name} is {found * groups}; the value has {channels} channels")
    of_groups = f" in {groups} groups" if groups > 1 else ""
    name = arguments.name("filter")
    return arguments.wrong("filter", f"{name} has {found} channels in; the value has {channels}{of_groups}")


def read_axes(
    arguments: CallArguments,
    shapes: ReadShapes,
    operator: Operator,
    strides: Role,
    axis: Callable[[Numbers, int], Axis],
) -> tuple[Axis, ...]:
    """Each axis as `axis` has it, from its numbers and its place; NoAxis becomes the error at the argument.

    strides: the role that says them
    """
    names = operator.spatial_names
    stride_of = arguments.numbers(strides, names)
    dilations = _dilations(arguments, names)
    numbers = zip(shapes.lengths, shapes.kernels, stride_of, dilations, strict=True)
    found = []
    for place, (name, each) in enumerate(zip(names, numbers, strict=True)):
        try:
            found.append(axis(each, place))
        except NoAxis as error:
            raise arguments.wrong(error.says, f"{name}: {error}") from error
    return tuple(found)


def read_meaning(
    arguments: CallArguments,
    operator: Operator,
    geometry: TransposedConvolution,
    dtype: str,
    layouts: AxisLetters,
    given: Mapping[str, Shape],
    filter: Notation = (),
) -> Meaning:
    """The meaning of a call with these layouts; `filter` follows the notation of the layouts."""
    if arguments.has_bias:
        channels = geometry.channels_out if operator.transposed else geometry.channels_in
        given = {**given, "bias": (channels,)}
    notation = (*layouts.filter_notation(operator), *filter)
    try:
        return mean(operator, geometry, dtype, given, layouts.value_notation, notation, layouts.result_notation)
    except Unsayable as error:
        raise arguments.wrong("padding", str(error)) from error


def _dilations(arguments: CallArguments, names: tuple[str, ...]) -> Shape:
    if all(each.says != "dilations" for each in arguments.function.parameters) or arguments.said("dilations") is None:
        return (1,) * len(names)
    return arguments.numbers("dilations", names)

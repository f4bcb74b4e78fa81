"""The operands of a call in one order, and what both PyTorch and JAX demand of them. Raises errors that point.

Knows: groups and channels. Must not know: whose call it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import Role
from conformance.operators.convolution.readings.layouts import AxisLetters
from conformance.operators.convolution.readings.meaning import Unsayable, mean
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.translation.arguments import CallArguments
from conformance.translation.notation import Notation, Shape
from reference.family import Operator
from reference.geometry import Axis, TransposedConvolution

ReadAxis = Callable[[Numbers, int], Axis]
"""an axis from its numbers and its place; raises NoAxis"""


@dataclass(frozen=True, slots=True)
class ReadCall:
    """What the shapes of value and filter say together."""

    arguments: CallArguments
    operator: Operator
    layouts: AxisLetters
    given: Mapping[str, Shape]
    """value and filter, as the call has them"""
    batch: int
    lengths: Shape
    kernels: Shape
    channels_in: int
    channels_out: int
    groups: int

    def reading(
        self,
        lane: str,
        dtype: str,
        read_axis: ReadAxis,
        *,
        strides: Role = "strides",
        given: Mapping[str, Shape] | None = None,
        before: Notation = (),
        filter: Notation = (),
        remark: Callable[[tuple[Axis, ...]], str | None] = lambda axes: None,
    ) -> ConvolutionReading:
        """The reading with each axis as `read_axis` has it; NoAxis becomes the error at the argument.

        strides: the role that says them. given: value and filter as they were written, where the filter has another
        shape in the layouts. before, filter: what comes before the notation of the layouts, and what follows it.
        """
        arguments, operator, layouts, given = self.arguments, self.operator, self.layouts, given or self.given
        axes = self._axes(read_axis, strides)
        ends = (self.channels_in, self.channels_out)
        ends = ends if operator.transposed else ends[::-1]  # a forward convolution's geometry is its adjoint's
        geometry = TransposedConvolution(self.batch, *ends, axes, self.groups)
        if arguments.has_bias:
            given = {**given, "bias": (self.channels_out,)}
        notation = (*before, *layouts.filter_notation(operator), *filter)
        try:
            meaning = mean(operator, geometry, dtype, given, layouts.value_notation, notation, layouts.result_notation)
        except Unsayable as error:
            raise arguments.wrong("padding", str(error)) from error
        remarks = tuple(each for each in (remark(axes),) if each)
        names = layouts.filter_names(operator)
        names = ("groups", *names) if before else names
        return ConvolutionReading(arguments.call.shown, lane, arguments.plan, names, meaning, remarks)

    def _axes(self, read_axis: ReadAxis, strides: Role) -> tuple[Axis, ...]:
        arguments, names = self.arguments, self.operator.spatial_names
        dilations: Shape = (1,) * len(names)
        if arguments.has("dilations") and arguments.said("dilations") is not None:
            dilations = arguments.numbers("dilations", names)
        steps = (1,) * len(names) if arguments.said(strides) is None else arguments.numbers(strides, names)
        numbers = zip(self.lengths, self.kernels, steps, dilations, strict=True)
        found = []
        for place, (name, each) in enumerate(zip(names, numbers, strict=True)):
            try:
                found.append(read_axis(each, place))
            except NoAxis as error:
                raise arguments.wrong(error.says, f"{name}: {error}") from error
        return tuple(found)


def read_shapes(
    arguments: CallArguments,
    operator: Operator,
    layouts: AxisLetters,
    given: Mapping[str, Shape],
    groups: int,
    *,
    scatters: bool,
) -> ReadCall:
    """The shapes of value and filter where they fit one another.

    scatters: whether the filter has all channels in, and a group's channels out; otherwise it is the other way round
    """
    batch, *lengths, channels = layouts.value_shape(given["value"])
    *kernels, filter_in, out = layouts.filter_shape(given["filter"])
    share = 1 if scatters else groups
    if filter_in * share != channels:
        of_groups = f" in {share} groups" if share > 1 else ""
        found = f"{arguments.name('filter')} has {filter_in} channels in"
        raise arguments.wrong("filter", f"{found}; the value has {channels}{of_groups}")
    out *= groups if scatters else 1
    if min(channels, out, *lengths, *kernels) < 1:
        raise arguments.wrong("value", "a length 0 is read for the batch only; frameworks take others differently")
    for which, whole in (("in", channels), ("out", out)):
        if whole % groups:
            message = f"{groups}, and does not divide the {whole} channels {which}"
            raise arguments.wrong("groups", f"{arguments.name('groups')} is {message}")
    arguments.check_bias(out, rank=operator.rank, last=layouts.result.endswith("C"))
    return ReadCall(arguments, operator, layouts, given, batch, tuple(lengths), tuple(kernels), channels, out, groups)

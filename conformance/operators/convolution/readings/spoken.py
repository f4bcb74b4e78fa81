"""How frameworks say convolutions by functions of a value, a filter, numbers and pads, and layers that call these.

Knows: what such functions have in common, and by `ConvolutionFunctions` where they differ (`tables.py`). Must not know:
frameworks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.adapters.axes import Numbers, convolved_axis, same_pads, scattered_axis
from conformance.adapters.function import Function, Role
from conformance.adapters.plan import Argument, Reshape
from conformance.operators.convolution.readings.layouts import AxisLetters
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.shapes import ReadAxis, read_shapes
from conformance.translation.addition import AddedBias
from conformance.translation.arguments import CallArguments
from conformance.translation.code import Part
from conformance.translation.notation import Shape
from conformance.translation.pads import Padding, Pairs
from reference.family import DATA_FORMATS, OPERATORS, Operator
from reference.geometry import Axis


@dataclass(frozen=True, slots=True)
class Scattered:
    """What is said of one axis of a transposed convolution beside its numbers."""

    padding: str | tuple[int, int]
    """a word, or what is cut off (before, after)"""
    output_padding: int
    length: int | None
    """of the result, where it is said"""


def cropped(numbers: Numbers, said: Scattered) -> Axis:
    """Of functions whose pads are cut off the full result, and that take no length."""
    pads = (0, 0) if isinstance(said.padding, str) else said.padding
    return scattered_axis(numbers, pads, said.output_padding)


def convolved(numbers: Numbers, padding: str | tuple[int, int]) -> Axis:
    """The adjoint's axis of a forward convolution, whose words mean what TensorFlow's do."""
    match padding:
        case "VALID":
            return convolved_axis(numbers, (0, 0))
        case str():
            return convolved_axis(numbers, same_pads(numbers, lower=padding == "SAME_LOWER"))
        case pads:
            return convolved_axis(numbers, pads)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvolutionFunctions:
    """One framework's functions, and what their arguments mean."""

    lane: str
    functions: Sequence[Function]
    """`operator` says which, with {} where the value says how many spatial axes there are"""
    layers: Mapping[Function, Function] = field(default_factory=dict)
    """with the function that each calls"""
    last: bool = False
    """whether channels are last where no data_format says it"""
    formats: Mapping[str, bool] = field(default_factory=dict)
    """words of a data_format: whether channels are last"""
    filters: tuple[str, str] = ("OI*", "IO*")
    """the axes of a filter, * for the spatial ones: of a convolution, of a transposed one"""
    grouped: Sequence[Function] = ()
    """functions whose filter has an axis for groups in front"""
    padding: Padding = field(default_factory=Padding)
    scattered_words: bool = False
    """whether a transposed convolution takes the words, too"""
    convolved: Callable[[Numbers, str | tuple[int, int]], Axis] = convolved
    scattered: Callable[[Numbers, Scattered], Axis] = cropped
    adds: str = ""
    """what adds a layer's bias, where the function that it calls takes none"""
    remark: Callable[[tuple[Axis, ...], Operator], str | None] = lambda axes, operator: None

    @property
    def reader(self) -> tuple[tuple[Function, ...], Callable[[CallArguments, str], ConvolutionReading]]:
        """What is understood, and who reads it."""
        return (*self.functions, *self.layers), self.read

    def read(self, arguments: CallArguments, dtype: str) -> ConvolutionReading:
        """What the call means; raises CallError for one that the framework refuses."""
        if arguments.function in self.layers:
            arguments = self._function(arguments)
        named = arguments.function.operator
        axes = arguments.value_axes
        if "{}" in named and axes - 2 not in DATA_FORMATS:
            raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
        operator = OPERATORS[named.format(axes - 2)]
        rank, transposed = operator.rank, operator.transposed
        given = {"value": arguments.shape("value", rank + 2)}
        filter, before = self._filter(arguments, operator)
        given["filter"] = filter
        groups = filter[0] if before else arguments.number("groups") if arguments.has("groups") else 1
        both = DATA_FORMATS[operator.rank][0 if arguments.is_last(self.formats, rank, default=self.last) else 1]
        spatial = DATA_FORMATS[operator.rank][1][2:]
        layouts = AxisLetters(both, self.filters[operator.transposed].replace("*", spatial), both)
        laid_out = {**given, "filter": before[0].shape} if before else given
        shapes = read_shapes(arguments, operator, layouts, laid_out, groups, scatters=transposed)
        self._check_kernel(arguments, operator, shapes.kernels)
        last = layouts.value.endswith("C")
        read_axis = (self._transposed if transposed else self._convolved)(arguments, operator, last)
        return shapes.reading(
            self.lane, dtype, read_axis, given=given, before=before, remark=lambda axes: self.remark(axes, operator)
        )

    def _function(self, arguments: CallArguments) -> CallArguments:
        """The call of the function that a layer calls, with the filter and bias that it makes."""
        layer = arguments.function
        function, operator = self.layers[layer], OPERATORS[layer.operator]
        value = arguments.shape("value", operator.rank + 2)
        kernels = arguments.numbers("kernel", operator.spatial_names)
        channels, out = arguments.number("channels_in"), arguments.number("channels_out")
        groups = arguments.number("groups") if arguments.has("groups") else 1
        for role, whole in (("channels_in", channels), ("channels_out", out)):
            if whole % groups:
                (name,) = (each.name for each in layer.parameters if each.says == role)
                raise arguments.wrong("groups", f"groups is {groups}, and does not divide {name}, which is {whole}")
        last = arguments.is_last(self.formats, operator.rank, default=self.last)
        if value[-1 if last else 1] != channels:
            found = f"{arguments.name('channels_in')} is {channels}; the value has {value[-1 if last else 1]} channels"
            raise arguments.wrong("channels_in", found)
        ends = {"I": channels, "O": out // groups} if operator.transposed else {"I": channels // groups, "O": out}
        letters = self.filters[operator.transposed]
        filter = tuple(number for each in letters for number in (kernels if each == "*" else (ends[each],)))
        operands: dict[Role, Shape] = {"value": value, "filter": filter}
        addition = None
        if arguments.has_bias and arguments.addition is None:
            if self.adds:
                addition = AddedBias(self.adds, Part(None, *arguments.call.place), (out,))
            else:
                operands["bias"] = (out,)
        elif arguments.addition is not None:
            arguments.check_bias(out, rank=operator.rank, last=last)
            addition = arguments.addition
        words: dict[Role, Argument] = {}
        return arguments.as_call(function, operands, words, addition)

    def _filter(self, arguments: CallArguments, operator: Operator) -> tuple[Shape, tuple[Reshape, ...]]:
        """The filter's shape as it is given, and what takes the axis of groups out of it."""
        if arguments.function not in self.grouped:
            return arguments.shape("filter", operator.rank + 2), ()
        filter = arguments.shape("filter", operator.rank + 3)
        groups, first, *rest = filter
        return filter, (Reshape("filter", (groups * first, *rest)),)

    def _check_kernel(self, arguments: CallArguments, operator: Operator, kernels: Shape) -> None:
        """Where a function is told the kernel's lengths beside its filter."""
        if not arguments.has("kernel") or arguments.said("kernel") is None:
            return
        if arguments.numbers("kernel", operator.spatial_names) != kernels:
            raise arguments.unexpected("kernel", f"{list(kernels)}, as the filter has")

    def _convolved(self, arguments: CallArguments, operator: Operator, last: bool) -> ReadAxis:
        padding = self.padding.read(arguments, operator.spatial_names, last=last)
        if arguments.has("value_dilation") and set(arguments.numbers("value_dilation", operator.spatial_names)) != {1}:
            name = arguments.name("value_dilation")
            raise arguments.wrong("value_dilation", f"{name} spreads the value: call the transposed convolution")
        return lambda numbers, place: self.convolved(numbers, _at(padding, place))

    def _transposed(self, arguments: CallArguments, operator: Operator, last: bool) -> ReadAxis:
        names = operator.spatial_names
        padding = (self.padding if self.scattered_words else replace(self.padding, words={})).read(
            arguments, names, last=last
        )
        more: Shape = (0,) * operator.rank
        if arguments.said("output_padding") is not None:
            more = arguments.numbers("output_padding", names)
        lengths = self._lengths(arguments, operator) if arguments.has("output_size") else None
        return lambda numbers, place: self.scattered(
            numbers, Scattered(_at(padding, place), more[place], lengths[place] if lengths else None)
        )

    def _lengths(self, arguments: CallArguments, operator: Operator) -> Shape | None:
        if arguments.said("output_size") is None:
            return None
        return arguments.numbers("output_size", operator.spatial_names)


def _at(padding: str | Pairs, place: int) -> str | tuple[int, int]:
    return padding if isinstance(padding, str) else padding[place]

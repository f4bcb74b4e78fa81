"""How frameworks say poolings by functions of a value, a window, strides and pads, and layers that call these.

Knows: what such functions have in common, and by `PoolingFunctions` where they differ (`tables.py`). Must not know:
frameworks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.adapters.axes import NoAxis, Numbers, same_pads
from conformance.adapters.function import Function, Role
from conformance.adapters.plan import Argument
from conformance.operators.pooling.readings.reading import PoolingReading, read_windows
from conformance.translation.arguments import CallArguments
from conformance.translation.pads import Padding, Pairs
from reference.family import DATA_FORMATS
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import pooling_axis


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingFunctions:
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
    without_format: str = ""
    """what a reader may not expect where the data_format is left out"""
    padding: Padding = field(default_factory=Padding)
    window_strides: bool = True
    """whether strides that are left out are the window's lengths; otherwise they are 1"""
    flags: Mapping[Argument, bool] = field(default_factory=lambda: {True: True, False: False})
    """what says that a length is rounded up, and that pads count"""
    excludes: bool = False
    """whether what says that pads count says the contrary"""
    counts: bool = False
    """whether pads count where nothing can be said of it"""
    plain_ceiling: str = ""
    """the word that rounds up, whether or not the last window begins beyond the value"""
    near: bool = True
    """whether lengths that are asked for, where maxima are put back, have to be near to what the windows say"""
    check: Callable[[str, Numbers, tuple[int, int], bool], object] = lambda operator, numbers, pads, ceil_mode: None
    """raises NoAxis for what the framework refuses of an axis"""

    @property
    def reader(self) -> tuple[tuple[Function, ...], Callable[[CallArguments, str], PoolingReading]]:
        """What is understood, and who reads it."""
        return (*self.functions, *self.layers), self.read

    def read(self, written: CallArguments, dtype: str) -> PoolingReading:
        """What the call means; raises CallError for one that the framework refuses."""
        arguments, layer = written, written.function
        if layer in self.layers:
            rank = int(layer.operator[-2])
            value: dict[Role, tuple[int, ...]] = {"value": written.shape("value", rank + 2), **written.beside}
            said: dict[Role, Argument] = {}
            if self.without_format:
                last = written.is_last(self.formats, rank, default=self.last)
                said["data_format"] = next(word for word, each in self.formats.items() if each == last)
            arguments = written.as_call(self.layers[layer], value, said)
        operator = self._operator(arguments)
        definition = OPERATORS[operator]
        names, last = definition.spatial_names, arguments.is_last(self.formats, definition.rank, default=self.last)
        if definition.reduction == "index" and last:
            raise arguments.wrong("data_format", "indices are read of channels first alone")
        if definition.reduction == "unpooled":
            lengths = self._unpooled(arguments, names)
            return read_windows(arguments, self.lane, operator, last=last, dtype=dtype, output_size=lengths)
        if definition.adaptive:
            lengths = arguments.numbers("output_size", names) if arguments.has("output_size") else (1,) * len(names)
            return read_windows(arguments, self.lane, operator, last=last, dtype=dtype, output_size=lengths)
        words, pads = self._windows(arguments, operator, last=last)
        unsaid = self.without_format and written.said("data_format") is None
        remarks: tuple[str, ...] = (self.without_format,) if unsaid else ()
        if words.get("count_include_pad") and any(map(any, pads)):
            says = [each for each in layer.parameters if each.says == "count_include_pad"]
            silent = all(each.name not in written.parts for each in says)
            reason = "".join(f": {each.name} is {each.default} by default" for each in says)
            remarks += (f"the divisor counts pads{reason}",) if silent else ()
        return read_windows(arguments, self.lane, operator, last=last, remarks=remarks, dtype=dtype, **words)

    def _operator(self, arguments: CallArguments) -> str:
        """What is computed, by the value's axes and by which of two results is meant."""
        named, axes = arguments.function.operator, 0
        if "{}" in named:
            axes = arguments.value_axes
            if axes - 2 not in DATA_FORMATS:
                raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
        operator = named.format(axes - 2)
        if not arguments.has("return_indices") or not arguments.flag("return_indices"):
            return operator
        if operator != "max_pool2d":
            raise arguments.wrong("return_indices", "indices of maxima are read of two spatial axes alone")
        return "max_pool_with_argmax"

    def _windows(self, arguments: CallArguments, operator: str, *, last: bool) -> tuple[dict[str, Any], Pairs]:
        """What is said of windows that have a length and strides, and their pads where they are numbers."""
        definition = OPERATORS[operator]
        names = definition.spatial_names

        def numbers(role: Role, left_out: tuple[int, ...]) -> tuple[int, ...]:
            if not arguments.has(role) or arguments.said(role) is None:
                return left_out
            return arguments.numbers(role, names)

        ones = (1,) * len(names)
        kernels = arguments.numbers("kernel", names)
        strides = numbers("strides", kernels if self.window_strides else ones)
        dilations = numbers("dilations", ones)
        padding: str | Pairs = ((0, 0),) * len(names)
        if arguments.has("padding"):
            padding = self.padding.read(arguments, names, last=last)
        if padding == "SAME_LOWER":
            lengths = self._lengths(arguments, definition.rank, last)
            padding = tuple(
                same_pads(axis, lower=True) for axis in zip(lengths, kernels, strides, dilations, strict=True)
            )
        words: dict[str, Any] = {"ceil_mode": arguments.has("ceil_mode") and self._flag(arguments, "ceil_mode")}
        if definition.reduction == "norm":
            words["norm_type"] = arguments.said("norm_type")
        if definition.reduction == "average":
            says = arguments.has("count_include_pad")
            words["count_include_pad"] = (
                self._flag(arguments, "count_include_pad") != self.excludes if says else self.counts
            )
            if arguments.has("divisor_override") and arguments.said("divisor_override") is not None:
                words["divisor_override"] = arguments.number("divisor_override")
        if not isinstance(padding, str):
            lengths = self._lengths(arguments, definition.rank, last)
            for name, *axis, pads in zip(names, lengths, kernels, strides, dilations, padding, strict=True):
                self._check(arguments, operator, name, (axis[0], axis[1], axis[2], axis[3]), pads, words["ceil_mode"])
        words |= {"ksize": kernels, "strides": strides, "padding": padding}
        words["dilations"] = dilations if dilations != ones else None
        return words, () if isinstance(padding, str) else padding

    def _unpooled(self, arguments: CallArguments, names: Sequence[str]) -> tuple[int, ...]:
        """How long a result is into which maxima are put back: as windows would be that make the value, or as asked.

        Source: `_unpool_output_size` of PyTorch and of Paddle, `max_unpool2d` of tinygrad.
        """
        value = arguments.shape("value", len(names) + 2)[2:]
        kernels = arguments.numbers("kernel", names)
        strides = kernels if arguments.said("strides") is None else arguments.numbers("strides", names)
        dilations = arguments.numbers("dilations", names) if arguments.has("dilations") else (1,) * len(names)
        pads = self.padding.read(arguments, names, last=False)
        if isinstance(pads, str):
            raise arguments.unexpected("padding", "numbers")
        lengths = tuple(
            (length - 1) * stride + dilation * (kernel - 1) + 1 - sum(pair)
            for length, kernel, stride, dilation, pair in zip(value, kernels, strides, dilations, pads, strict=True)
        )
        if arguments.said("output_size") is None:
            return lengths
        asked = arguments.numbers("output_size", names)
        for name, length, stride, wanted in zip(names, lengths, strides, asked, strict=True):
            if self.near and not length - stride < wanted < length + stride:
                accepted = f"it must be above {length - stride} and below {length + stride}"
                raise arguments.wrong(
                    "output_size", f"{arguments.name('output_size')} is {wanted} on {name}; {accepted}"
                )
        return asked

    def _lengths(self, arguments: CallArguments, rank: int, last: bool) -> tuple[int, ...]:
        value = arguments.shape("value", rank + 2)
        return value[1:-1] if last else value[2:]

    def _check(
        self,
        arguments: CallArguments,
        operator: str,
        name: str,
        numbers: Numbers,
        pads: tuple[int, int],
        ceil_mode: bool,
    ) -> None:
        """Raise CallError for what the framework refuses of an axis, or counts in another way."""
        try:
            self.check(operator, numbers, pads, ceil_mode)
        except NoAxis as error:
            raise arguments.wrong(error.says, f"{name}: {error}") from error
        if self.plain_ceiling and ceil_mode and arguments.said("ceil_mode") == self.plain_ceiling:
            length, kernel, stride, dilation = numbers
            axis = pooling_axis(length, kernel, stride, dilation, pads, ceil_mode=True)
            plain = -(-(length + sum(pads) - axis.extent) // stride) + 1
            if plain != axis.output:
                message = f"{name}: {self.plain_ceiling!r} keeps a last window that begins beyond the value"
                raise arguments.wrong("ceil_mode", f"{message}: no other framework has it")

    def _flag(self, arguments: CallArguments, role: Role) -> bool:
        given = arguments.said(role)
        kinds = {type(each) for each in self.flags}
        if type(given) not in kinds | {bool} or given not in self.flags:
            if isinstance(given, bool) and kinds == {str}:  # the other of two flags, which is True or False
                return given
            raise arguments.unexpected(role, " or ".join(map(str, self.flags)))
        return self.flags[given]

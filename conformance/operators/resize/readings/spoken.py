"""How frameworks say resizes by one function of a value, lengths or scales and a mode, and layers that call it.

Knows: what such functions have in common, and by `ResizeFunctions` where they differ (`tables.py`). Must not know:
frameworks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.adapters.function import Function, Role
from conformance.adapters.plan import Argument
from conformance.adapters.resize import ResizePhrase
from conformance.operators.resize.readings.reading import ResizeReading, read_lengths
from conformance.translation.arguments import CallArguments, Shape, integers
from reference.errors import ArgumentError
from reference.family import DATA_FORMATS
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeRule

Sizes: TypeAlias = dict[str, Any]
"""output_size of the spatial axes, or scales and whether they are computed anew"""
MODES: tuple[Role, ...] = ("method", "align_corners", "align_mode", "antialias")


def lengths_or_scales(arguments: CallArguments, rank: int, last: bool) -> tuple[Sizes, bool]:
    """Of functions that take either, of the spatial axes alone; and whether the channels are last."""
    size = arguments.said("output_size") if arguments.has("output_size") else None
    scales = arguments.said("scales") if arguments.has("scales") else None
    if (size is None) == (scales is None):
        named = " or ".join(arguments.name(role) for role in SIZES if arguments.has(role))
        raise arguments.wrong(None, f"{named} is given, and not both")
    again = arguments.said("recompute_scale_factor") if arguments.has("recompute_scale_factor") else None
    if again not in (None, True, False):
        raise arguments.unexpected("recompute_scale_factor", "True, False or None")
    if size is not None:
        numbers = integers(size)
        if numbers is None or len(numbers) not in (1, rank) or (isinstance(size, tuple) and len(numbers) != rank):
            raise arguments.unexpected("output_size", f"an integer or {rank} integers")
        if again:
            name = arguments.name("recompute_scale_factor")
            raise arguments.wrong("recompute_scale_factor", f"{name} goes with {arguments.name('scales')} alone")
        return {"output_size": numbers * rank if len(numbers) == 1 else numbers}, last
    return {"scales": factors(arguments, "scales", rank), "recompute_scale_factor": bool(again)}, last


SIZES: tuple[Role, ...] = ("output_size", "scales")


def factors(arguments: CallArguments, role: Role, rank: int) -> tuple[float, ...]:
    """A number for each of so many axes; raises CallError for anything else."""
    given = arguments.said(role)
    numbers = given if isinstance(given, tuple) else (given,) * rank
    found = [each for each in numbers if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(found) != rank or len(numbers) != rank:
        raise arguments.unexpected(role, f"a number or {rank} numbers")
    return tuple(map(float, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeFunctions:
    """One framework's function, and what its arguments mean."""

    lane: str
    functions: Sequence[Function]
    layers: Mapping[Function, Mapping[Role, Argument]] = field(default_factory=dict)
    """with what each says to the first function beside its own words"""
    last: bool = False
    """whether channels are last where no data_format says it"""
    formats: Mapping[str, bool] = field(default_factory=dict)
    """words of a data_format: whether channels are last"""
    sizes: Callable[[CallArguments, int, bool], tuple[Sizes, bool]] = lengths_or_scales
    """of arguments, a number of axes, and whether channels are last by what is known of layouts"""
    phrases: Callable[[int], Sequence[ResizePhrase]] = lambda rank: ()
    """of this many spatial axes what can be said of a mode, and what it means"""
    rule: Callable[[CallArguments, Shape, Sizes], ResizeRule | None] = lambda arguments, lengths, sizes: None
    """what is meant, of the value's lengths and what is said of the result's; None where a phrase says it"""
    check: Callable[[CallArguments], None] = lambda arguments: None
    """raises CallError for what the framework refuses"""
    remark: Callable[[CallArguments], str] = lambda arguments: ""

    @property
    def reader(self) -> tuple[tuple[Function, ...], Callable[[CallArguments, str], ResizeReading]]:
        """What is understood, and who reads it."""
        return (*self.functions, *self.layers), self.read

    def read(self, arguments: CallArguments, dtype: str) -> ResizeReading:
        """What the call means; raises CallError for one that the framework refuses, or that is not a resize."""
        function = arguments.function
        # A layer that is not called has no shape to go by: asking for it says so.
        axes = len(arguments.applied or (0,) * 4) if function.is_layer else arguments.value_axes
        axes = int(function.operator[-2]) + 2 if function.operator else axes
        rank = axes - 2
        if rank not in DATA_FORMATS:
            raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
        value = arguments.shape("value", axes)
        if function in self.layers:
            arguments = arguments.as_call(self.functions[0], {"value": value}, self.layers[function])
        last = arguments.is_last(self.formats, rank, default=self.last)
        self.check(arguments)
        sizes, last = self.sizes(arguments, rank, last)
        rule = self.rule(arguments, value[1:-1] if last else value[2:], sizes) or self._said(arguments, rank)
        remark = self.remark(arguments)
        return read_lengths(
            arguments, self.lane, value, rule, last=last, dtype=dtype, remarks=(remark,) if remark else (), **sizes
        )

    def _said(self, arguments: CallArguments, rank: int) -> ResizeRule:
        """What a mode means with its flags; raises CallError for one that there is not."""
        parameters = [each for each in arguments.function.parameters if each.says in MODES]
        given = {each.name: arguments.said(each.says) or each.default or False for each in parameters}
        for phrase in self.phrases(rank):
            said = {**{each.name: each.default or False for each in parameters}, **dict(phrase.keywords)}
            if said == given:
                return phrase.rule
        name, mode = arguments.name("method"), arguments.said("method")
        known = {dict(phrase.keywords)[name]: None for rank in (2, 1, 3) for phrase in self.phrases(rank)}
        if mode not in known:
            raise arguments.unexpected("method", f"one of {', '.join(map(repr, known))}")
        flags = [each if flag is True else f"{each}={flag!r}" for each, flag in given.items() if each != name and flag]
        beside = f" with {' and '.join(flags)}" if flags else ""
        raise arguments.wrong("method", f"{self.lane} has no mode {mode!r}{beside} of {rank} spatial axes")


def own_rule(arguments: CallArguments, method: str, exclude_outside: bool | None) -> ResizeRule:
    """Of functions whose words are those of ONNX, which are the suite's."""
    coordinates, rounding = arguments.said("coordinates"), arguments.said("nearest_mode")
    coefficient: Any = arguments.said("cubic_coeff_a")
    nearest = method == "nearest"
    try:
        return resize_rule(
            method,
            str(coordinates),
            str(rounding) if nearest else None,
            coefficient if method == "cubic" else None,
            None if nearest else exclude_outside,
            bool(arguments.said("antialias")) and not nearest,
        )
    except ArgumentError as error:
        roles: Mapping[str, Role] = {"method": "method", "coordinates": "coordinates"}
        raise arguments.wrong(roles.get(error.reason), str(error)) from error

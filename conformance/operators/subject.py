"""What a question of the suite's own is about: one operator and direction, in one dtype and layout.

Knows: which subjects a lane may be asked about, whatever the kind. Must not know: any kind; how a call is made of a
subject is the kind's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from conformance.workers.declared import PREFERRED, Declared
from reference.family import Direction, Operator


@dataclass(frozen=True, slots=True)
class Subject:
    """Of one operator, what is computed, in which dtype and layout."""

    operator: Operator
    dtype: str
    data_format: str | None = None
    """None is channels last, as a call says it that leaves it out"""
    direction: Direction = "forward"

    def __str__(self) -> str:
        direction = "" if self.direction == "forward" else f", {self.direction}"
        layout = self.data_format or next(iter(self.operator.data_formats), "")
        return f"{' '.join(filter(None, (self.operator.name, self.dtype, layout)))}{direction}"

    @property
    def computed(self) -> str:
        """What is computed, without dtype and layout."""
        name = self.operator.name
        return name if self.direction == "forward" else f"{self.direction} of {name}"

    @property
    def last(self) -> bool:
        """Whether the channels come last."""
        return self.data_format is None or self.data_format != self.operator.data_formats[1]


Own = TypeVar("Own", bound=Subject)
# What is declared, and the option of `conformance diagnose` that names one of it
_NAMED = {"operators": "operator", "dtypes": "dtype", "layouts": "data_format", "directions": "direction"}


def subjects(
    made: type[Own],
    operators: Iterable[Operator],
    declared: Declared,
    dtypes: Sequence[str] = PREFERRED,
    directions: Iterable[Direction] = ("forward",),
) -> Iterator[Own]:
    """All that may be asked in one of the dtypes, the simplest first: the result before a gradient, operators in their
    order, channels last before first. Dtypes and layouts that are not declared are tried.
    """
    taken = dtypes if declared.dtypes is None else [each for each in dtypes if each in declared.dtypes]
    for direction in directions:
        if direction in declared.directions:
            for operator in _taken(declared, operators):
                for data_format in _layouts(declared, operator):
                    for dtype in taken:
                        yield made(operator, dtype, data_format, direction)


def beside(
    operators: Iterable[Operator], declared: Declared, first: Own, directions: Iterable[Direction]
) -> Iterator[Own]:
    """What is declared: all dtypes and layouts of the subject that was asked first, each other operator and direction
    once.
    """
    for operator in _taken(declared, operators) if declared.operators is not None else [first.operator]:
        alone = operator is first.operator
        layouts = sorted(_layouts(declared, operator), key=lambda said: (said is None) != first.last)
        for data_format in layouts if alone and declared.layouts is not None else layouts[:1]:
            for dtype in declared.known_dtypes() if alone and declared.dtypes is not None else [first.dtype]:
                yield replace(first, operator=operator, dtype=dtype, data_format=data_format)
    for direction in directions:
        if direction in declared.directions and direction != first.direction:
            yield replace(first, direction=direction)


def said_beside(
    operators: Iterable[Operator], declared: Declared, first: Own, directions: Iterable[Direction]
) -> Iterator[tuple[str, Own]]:
    """The same, each said without the operator and direction that the first subject has."""
    for subject in beside(operators, declared, first, directions):
        same = subject.direction == first.direction
        yield str(subject).removeprefix(f"{first.operator.name} ") if same else subject.direction, subject


def left_open(declared: Declared, given: Mapping[str, Any]) -> Declared:
    """What a lane is asked about: all that it declares and the options leave open. What an option names is asked
    whether it is declared or not.
    """
    named = {ours: given[theirs] for ours, theirs in _NAMED.items()}
    return replace(declared, **{name: (each,) for name, each in named.items() if each is not None})


def _taken(declared: Declared, operators: Iterable[Operator]) -> Sequence[Operator]:
    return [each for each in operators if declared.operators is None or each.name in declared.operators]


def _layouts(declared: Declared, operator: Operator) -> Sequence[str | None]:
    """Channels last as a call says it that leaves data_format out."""
    if not operator.data_formats:
        return [None]
    last, first = operator.data_formats
    layouts = {last: None, first: first}
    return [said for name, said in layouts.items() if declared.layouts is None or name in declared.layouts]

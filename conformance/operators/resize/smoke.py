"""The questions of `conformance smoke`, about any subject: operator, direction, dtype and layout.

Knows: small right and wrong calls, and numbers of which every result is held by its dtype. Must not know: the order
of steps (`conformance.smoke.steps`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.operators import subject as of_any_kind
from conformance.operators.kind import Operands
from conformance.operators.resize.call import RightResize, WrongResize
from conformance.operators.resize.calls import make_call, right_call
from conformance.operators.subject import Subject, said_beside
from conformance.smoke.questions import SmallCall, SmallWrongCall
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import PREFERRED, Declared
from reference.family import Direction
from reference.resize.arguments import resize_rule
from reference.resize.family import COORDINATES, NEAREST_MODES, OPERATORS
from reference.resize.operators import Resized

IN_ORDER = tuple(OPERATORS[name] for name in ("resize2d", "resize1d", "resize3d"))
DIRECTIONS: tuple[Direction, ...] = ("forward", "value_gradient")
LENGTHS = {"linear": (3, 4), "nearest": (5, 7)}
"""of value and result, by method: linear weights are eighths there, and no coordinate is near a tie"""
# Bytes
LARGE = 2**20


@dataclass(frozen=True, slots=True)
class ResizeSubject(Subject):
    """One of the family of resizes."""

    @property
    def method(self) -> str:
        """Linear; nearest of integers, which have no weighted means, and in 16 bits, which do not hold products of
        eighths along three axes.
        """
        return "linear" if self.dtype in ("float32", "float64") else "nearest"

    def value_shape(self, batch: int, lengths: Sequence[int], channels: int = 1) -> tuple[int, ...]:
        """In the subject's layout."""
        return (batch, *lengths, channels) if self.last else (batch, channels, *lengths)

    def words(self) -> dict[str, Any]:
        """What every call of the subject says."""
        return {"data_format": self.data_format, "dtype": self.dtype, "direction": self.direction}


def subjects(
    declared: Declared, dtypes: Sequence[str] = PREFERRED, directions: Sequence[Direction] = DIRECTIONS
) -> Iterator[ResizeSubject]:
    """All that may be asked in one of the dtypes, the simplest first; no gradient of integers."""
    found = of_any_kind.subjects(ResizeSubject, IN_ORDER, declared, dtypes, directions)
    return (each for each in found if _is_defined(each))


def beside(declared: Declared, first: ResizeSubject) -> Iterator[tuple[str, ResizeSubject]]:
    """What is declared, said without the operator and direction that the first subject has."""
    found = said_beside(IN_ORDER, declared, first, DIRECTIONS)
    return ((words, subject) for words, subject in found if _is_defined(subject))


def first(subject: ResizeSubject) -> SmallCall:
    """One element, resized to one."""
    return _one(subject, 15)


def again(subject: ResizeSubject) -> tuple[SmallCall, ...]:
    """The same, twice."""
    return _one(subject, 6), _one(subject, 77)


def ordered(subject: ResizeSubject) -> SmallCall:
    """A value that stays as long as it is, along axes of different lengths."""
    return _counted(subject, tuple(range(2, 2 + subject.operator.rank)), 2)


def whole(subject: ResizeSubject) -> tuple[str, SmallCall]:
    """3 to 4, or 5 to 7, along every axis: at no whole ratio most other coordinates give another result."""
    return "resizes", _resized(subject, batch=1)


def empty(subject: ResizeSubject) -> SmallCall:
    """The same with no image."""
    return _resized(subject, batch=0)


def large(subject: ResizeSubject) -> SmallCall:
    """A tensor of 1 MiB that stays as long as it is."""
    elements = LARGE / FORMATS[subject.dtype].numpy.itemsize
    # Channels take most of it: of a long axis every weight would be computed exactly.
    lengths = (8,) * subject.operator.rank
    return _counted(subject, lengths, round(elements / 8**subject.operator.rank), 251)


def wrong(subject: ResizeSubject) -> SmallWrongCall:
    """A result without elements."""
    value = subject.value_shape(1, (4,) * subject.operator.rank)
    given: Any = {} if subject.direction == "forward" else {"cotangent_given": value}
    call = make_call(subject.operator.name, value, output_size=0, method=subject.method, **subject.words(), **given)
    assert isinstance(call, WrongResize)
    ones = {name: np.ones(shape, FORMATS[subject.dtype].numpy) for name, shape in call.operands.items()}
    return SmallWrongCall(call, ones)


def other_meaning(asked: SmallCall, result: NDArray[Any]) -> tuple[str, str] | None:
    """The coordinates, or the rounding, under which the answer is right."""
    call = asked.call
    assert isinstance(call, RightResize)
    rule = call.geometry.rule
    for word in COORDINATES:
        for mode in NEAREST_MODES if call.method == "nearest" else (None,):
            other = replace(call, geometry=replace(call.geometry, rule=resize_rule(call.method, word, mode)))
            if np.array_equal(_expected(other, asked.operands), result):
                rounded = f" rounded by {mode}" if mode else ""
                meant = f"those of {rule.coordinates}" + (f" rounded by {rule.nearest_mode}" if mode else "")
                return f"coordinates of {word}{rounded} instead of {meant}", "coordinate_transformation_mode"
    return None


def _is_defined(subject: ResizeSubject) -> bool:
    kind = FORMATS[subject.dtype].kind
    return kind == "real" or (kind == "integer" and subject.direction == "forward")


def _one(subject: ResizeSubject, number: int) -> SmallCall:
    call = _call(subject, subject.value_shape(1, (1,) * subject.operator.rank), 1)
    return _asked(call, {name: np.full(shape, number) for name, shape in call.operands.items()}, f"{number} alone")


def _counted(subject: ResizeSubject, lengths: tuple[int, ...], channels: int, period: int = 2**16) -> SmallCall:
    """1, 2, 3, ... in the order of memory, counted anew after a period."""
    call = _call(subject, subject.value_shape(1, lengths, channels), lengths)
    return _asked(
        call,
        {name: (1 + np.arange(np.prod(shape)) % period).reshape(shape) for name, shape in call.operands.items()},
    )


def _resized(subject: ResizeSubject, batch: int) -> SmallCall:
    rank, (length, output) = subject.operator.rank, LENGTHS[subject.method]
    call = _call(subject, subject.value_shape(batch, (length,) * rank), output)
    # Lengths and 31 have no common factor: neighbours have other numbers. Of eighths whole ones are left.
    factor = 8**rank if subject.method == "linear" else 1
    numbers = {
        name: (1 + 7 * np.arange(np.prod(shape)) % 31).reshape(shape) * factor for name, shape in call.operands.items()
    }
    return _asked(call, numbers, f"{length} to {output} along every axis, {subject.method}")


def _call(subject: ResizeSubject, value: tuple[int, ...], output: int | tuple[int, ...]) -> RightResize:
    return right_call(subject.operator.name, value, output_size=output, method=subject.method, **subject.words())


def _asked(call: RightResize, numbers: Operands, words: str = "") -> SmallCall:
    operands = {name: array.astype(FORMATS[call.dtype].numpy) for name, array in numbers.items()}
    return SmallCall(call, operands, _expected(call, operands), words)


def _expected(call: RightResize, operands: Operands) -> NDArray[Any]:
    resized, forward = Resized(call.geometry, call.last), call.direction == "forward"
    if call.method == "nearest" and forward:
        return np.ascontiguousarray(resized.result(operands["value"]))
    wide = operands["value" if forward else "cotangent"].astype(np.float64)
    result = resized.result(wide) if forward else resized.gradient(wide)
    return np.ascontiguousarray(result).astype(FORMATS[call.dtype].numpy)

"""A lane's grades, measured beside its trials: the part `grading` of a kind's package, which may have none."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from conformance.journal import Grade
from conformance.operators.registry import optional_part
from conformance.running.session import LaneSession
from conformance.suite.case import Trial


class Grading(Protocol):
    """The module `grading` of a kind's package."""

    DTYPES: Collection[str]
    """in which there is something to measure"""

    def measure_grades(self, session: LaneSession, dtypes: Iterable[str]) -> Iterator[Grade]:
        """How the lane computes in these dtypes; no grade where it has no words for any question."""


def measured_dtypes(trials: Iterable[Trial]) -> tuple[str, ...]:
    """The dtypes that a run of these trials grades."""
    asked = dict.fromkeys((trial.call.operator, trial.call.dtype) for trial in trials)
    gradings: dict[str, Grading | None] = {operator: optional_part(operator, "grading") for operator, _ in asked}
    found = (dtype for operator, dtype in asked if (grading := gradings[operator]) and dtype in grading.DTYPES)
    return tuple(dict.fromkeys(found))


def measure_grades(session: LaneSession, dtypes: Sequence[str]) -> Iterator[Grade]:
    """Those of every kind of which the lane takes an operator."""
    gradings: Iterable[Grading] = session.client.declared.parts("grading")
    for grading in gradings:
        yield from grading.measure_grades(session, [dtype for dtype in dtypes if dtype in grading.DTYPES])

"""Faults that few calls can trigger: asked only those, until every operator and direction that is due has caught it.

Knows: faults with a `reach`, trials by their shapes. Must not know: how a mutant is asked, how verdicts are counted.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from conformance.adapters.notation import given_keywords
from conformance.judging.question import Question, make_question
from conformance.mutants.operators.fault import Reach
from conformance.mutants.operators.problem import Asked, Keywords, Problem, read
from conformance.suite.case import Call, RightCall, Trial
from reference.family import DIRECTIONS, OPERATORS, Direction

Place: TypeAlias = tuple[str, Direction]
"""an operator's name, and what is asked for"""

MOST_MULTIPLY_ADDS = 5_000_000
"""the engine is slow, and larger calls are no longer in anything that a smaller one is not"""


class Reachable:
    """Trials by operator and direction."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        self._trials = [trial for trial in trials if _is_asked(trial.call)]
        self._problems: dict[str, Problem] = {}
        self._questions: dict[str, Question] = {}

    def places(self, reach: Reach) -> list[Place]:
        """Where the fault has to be caught, of the operators that the trials ask."""
        asked = sorted({trial.call.operator for trial in self._trials})
        return [pair for pair in product(asked, DIRECTIONS) if reach.due(OPERATORS[pair[0]], pair[1])]

    def triggering(self, reach: Reach, place: Place) -> Iterator[tuple[Trial, Question]]:
        """The trials of a place that trigger the fault, those of its chapter first."""
        for trial in sorted(self._trials, key=lambda trial: f"/{reach.chapter}/" not in trial.id):
            if (trial.call.operator, trial.call.direction) == place and reach.applies(self._problem(trial)):
                yield trial, self._question(trial)

    def _problem(self, trial: Trial) -> Problem:
        if trial.id not in self._problems:
            self._problems[trial.id] = hollow(trial.call)
        return self._problems[trial.id]

    def _question(self, trial: Trial) -> Question:
        if trial.id not in self._questions:
            self._questions[trial.id] = make_question(trial)
        return self._questions[trial.id]


def hollow(call: Call) -> Problem:
    """The problem of a right call, whose arrays have shapes and take no memory."""
    operands = {name: np.broadcast_to(np.zeros((), np.float32), shape) for name, shape in call.operands.items()}
    keywords: dict[str, Any] = {**dict(given_keywords(call)), "groups": call.groups}
    return read(Asked(OPERATORS[call.operator], call.direction, Keywords(**keywords), **operands))


def _is_asked(call: Call) -> bool:
    return isinstance(call, RightCall) and call.geometry.multiply_adds <= MOST_MULTIPLY_ADDS

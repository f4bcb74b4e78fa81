"""Which trials a mutant is asked, and when its diagnosis names it: the part `scoring` of a kind's package.

Knows: mutants, trials, questions. Must not know: any kind, how a mutant is asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from conformance.judging.question import Question, make_question
from conformance.mutants import KindMutant
from conformance.operators.kind import Operands
from conformance.suite.case import RightCall, Trial

Corpus: TypeAlias = Iterable[tuple[Trial, Question]]


@dataclass(frozen=True, slots=True)
class Round:
    """Trials that a mutant is asked in this order."""

    corpus: Corpus
    enough: int | None
    """trials that caught it, after which no more are asked; None for all"""
    place: str = ""
    """where it must be caught, or else has been missed: an operator with its direction; empty for anywhere"""


class Candidates(Protocol):
    """A kind's trials, of which each mutant is asked those that can show its fault."""

    @property
    def asked(self) -> int:
        """How many of them a right engine is asked."""

    def rounds(self, mutant: KindMutant, enough: int) -> Iterator[Round]:
        """What the mutant is asked; `enough` trials that catch a wrong one anywhere will do."""


class Scoring(Protocol):
    """The module `scoring` of a kind's package."""

    def candidates(self, trials: Sequence[Trial]) -> Candidates:
        """The kind's trials, held ready for its mutants."""

    def named(
        self, mutant: KindMutant, call: RightCall, operands: Operands, answer: NDArray[Any]
    ) -> Sequence[str] | None:
        """The sentences that name the mutant's fault, of the diagnosis of a wrong answer; None for a call that is too
        large to be diagnosed.
        """


@dataclass(frozen=True, slots=True)
class EveryTrial:
    """The candidates of a kind without a part `scoring`: all trials of its operators."""

    trials: Sequence[Trial]

    @property
    def asked(self) -> int:
        return len(self.trials)

    def rounds(self, mutant: KindMutant, enough: int) -> Iterator[Round]:
        theirs = mutant.adapter().operators
        alone = (trial for trial in self.trials if trial.call.operator in theirs and trial.calls == 1)
        yield Round(((trial, make_question(trial)) for trial in alone), enough if mutant.outcomes else None)

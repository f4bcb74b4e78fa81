"""The verdicts on one mutant, counted while they come in.

Knows: verdicts, diagnosis. Must not know: how a mutant is asked (`conformance.scoring.score`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.adapters.reply import Answer, Reply
from conformance.judging.expectation import expectation
from conformance.judging.question import Question
from conformance.judging.verdict import Outcome, Verdict
from conformance.mutants import KindMutant
from conformance.operators.registry import optional_part
from conformance.scoring.rounds import Scoring
from conformance.suite.case import RightTrial, Trial


@dataclass(frozen=True, slots=True)
class FaultScore:
    """What became of one mutant."""

    name: str
    family: str
    summary: str
    right: bool
    """it has no fault, and must never be flagged"""
    asked: int
    caught: int
    """trials with an outcome other than the expected one"""
    outcomes: Mapping[str, int]
    """outcome -> trials, the most frequent first"""
    undue: Mapping[str, int]
    """outcomes that the fault does not explain"""
    diagnosed: int
    """caught trials whose wrong answer was diagnosed"""
    named: int
    """those whose explanations contain the true one"""
    sentence: str
    """of the first diagnosis that contains the true one"""
    witness: str
    """the first trial that caught it"""
    yardstick: int | None
    """cases of the yardstick that catch it; None where they cannot be asked"""
    yardstick_asked: int
    """those of its operators"""
    operators: tuple[str, ...]
    """of the trials that caught it, in order of name"""
    catchers: tuple[str, ...] = ()
    """the trials that caught it, of those that were asked"""
    missed: tuple[str, ...] = ()
    """operators with their directions in which it is due, and nothing caught it"""

    @property
    def survives(self) -> bool:
        """Whether a fault went uncaught where it is due, or a right engine was flagged."""
        return bool(self.caught) if self.right else not self.caught or bool(self.missed)


@dataclass
class Tally:
    """One mutant's verdicts while they come in."""

    fault: KindMutant
    most_diagnosed: int
    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    diagnosed: int = 0
    named: int = 0
    sentence: str = ""
    catchers: list[str] = field(default_factory=list)
    operators: set[str] = field(default_factory=set)

    @property
    def caught(self) -> int:
        """Trials with an outcome other than the expected one."""
        return self.outcomes.total()

    def take(self, trial: Trial, question: Question, reply: Reply, verdict: Verdict) -> None:
        """Count one verdict, and diagnose the answer if it is one of the first wrong ones."""
        self.asked += 1
        if verdict.conforms:
            return
        self.outcomes[str(verdict.outcome)] += 1
        # Tiers are made of all of them, the report names the first.
        self.catchers.append(trial.id)
        self.operators.add(trial.call.operator)
        if not isinstance(reply, Answer) or not isinstance(trial, RightTrial) or not self.fault.diagnosis:
            return
        if self.diagnosed == self.most_diagnosed:
            return
        if verdict.outcome not in (Outcome.DIFFERS, Outcome.WRONG_SHAPE, Outcome.WRONG_DTYPE):
            return
        sentences = self._true_sentences(trial, question, reply)
        if sentences is None:
            return
        self.diagnosed += 1
        self.named += bool(sentences)
        self.sentence = self.sentence or next(iter(sentences), "")

    def _true_sentences(self, trial: RightTrial, question: Question, reply: Answer) -> Sequence[str] | None:
        """What the diagnosis says of an answer, as far as it names the true fault; None where there is none."""
        scoring: Scoring | None = optional_part(trial.call.operator, "scoring")
        if scoring is not None:
            return scoring.named(self.fault, trial.call, question.operands, reply.array)
        said = expectation(trial.call.operator).diagnose(trial.call, question.operands, reply.array, None)
        return [each.sentence for each in said if each.sentence in self.fault.diagnosis]

    def score(self, yardstick: tuple[int, int] | None, missed: Sequence[str] = ()) -> FaultScore:
        """What became of it, with how many of the yardstick's cases catch it, of how many that were asked."""
        due = set(self.fault.outcomes)
        return FaultScore(
            name=self.fault.name,
            family=self.fault.family,
            summary=self.fault.summary,
            right=not due,
            asked=self.asked,
            caught=self.caught,
            outcomes=dict(self.outcomes.most_common()),
            undue={name: count for name, count in self.outcomes.items() if due and name not in due},
            diagnosed=self.diagnosed,
            named=self.named,
            sentence=self.sentence,
            witness=next(iter(self.catchers), ""),
            yardstick=yardstick[0] if yardstick is not None else None,
            yardstick_asked=yardstick[1] if yardstick is not None else 0,
            operators=tuple(sorted(self.operators)),
            catchers=tuple(self.catchers),
            missed=tuple(missed),
        )

"""The score: how many of the shipped trials catch each fault, and whether its diagnosis names it.

Knows: miniatures, trials, judging. Must not know: how it is shown (`conformance.scoring.table`).

A miniature that harms its process is asked through a worker, on the trials that can trigger it; all others are asked in
this process, through the very planner, adapter and judge that a run uses.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.adapters.lane import parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import CallRefused, plan_call
from conformance.adapters.reply import Answer, Failed, Refused, Reply
from conformance.judging.diagnosis import MOST_MULTIPLY_ADDS, diagnose
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Outcome, Verdict
from conformance.miniatures import FAULTS, Miniature
from conformance.miniatures.fault import Fault
from conformance.running.plan_codec import encode_plan
from conformance.running.probing import Prober
from conformance.running.process import Worker
from conformance.scoring.yardstick import Yardstick
from conformance.suite.case import Call, Trial

Ask = Callable[[Call, Question], Reply]
Corpus = Sequence[tuple[Trial, Question]]

ALONE_CHAPTERS = ("layouts/batch", "refusals/", "kernels/kernel-beyond-input", "kernels/one-pixel", "regressions/")
ALONE_SECONDS = 1.0
"""the limit of a trial asked of a miniature that may hang"""


@dataclass(frozen=True, slots=True)
class FaultScore:
    """What became of one miniature."""

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

    @property
    def survives(self) -> bool:
        """Whether a fault went uncaught, or a right engine was flagged."""
        return bool(self.caught) if self.right else not self.caught


@dataclass(frozen=True, slots=True)
class Score:
    """The whole table."""

    trials: int
    yardstick_name: str
    yardstick_cases: int
    faults: tuple[FaultScore, ...]

    @property
    def survivors(self) -> tuple[FaultScore, ...]:
        """What fails the score."""
        return tuple(fault for fault in self.faults if fault.survives or fault.undue)


@dataclass
class _Tally:
    """One miniature's verdicts while they come in."""

    fault: Fault
    most_diagnosed: int
    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    diagnosed: int = 0
    named: int = 0
    sentence: str = ""
    witness: str = ""

    def take(self, trial: Trial, question: Question, reply: Reply, verdict: Verdict) -> None:
        self.asked += 1
        if verdict.conforms:
            return
        self.outcomes[str(verdict.outcome)] += 1
        self.witness = self.witness or trial.id
        if isinstance(reply, Answer) and self._is_diagnosed(trial, verdict):
            self._diagnose(trial, question, reply)

    def _is_diagnosed(self, trial: Trial, verdict: Verdict) -> bool:
        geometry = trial.call.geometry
        return (
            self.diagnosed < self.most_diagnosed
            and bool(self.fault.diagnosis)
            and verdict.outcome in (Outcome.DIFFERS, Outcome.WRONG_SHAPE, Outcome.WRONG_DTYPE)
            and geometry is not None
            and geometry.multiply_adds <= MOST_MULTIPLY_ADDS
        )

    def _diagnose(self, trial: Trial, question: Question, reply: Answer) -> None:
        self.diagnosed += 1
        found = diagnose(trial.call, question.value, question.filter, reply.array)
        if found.names & set(self.fault.diagnosis):
            self.named += 1
            named = (each for each in found.explanations if set(each.edits) & set(self.fault.diagnosis))
            self.sentence = self.sentence or next(named).sentence

    def score(self, yardstick: int | None) -> FaultScore:
        due = set(self.fault.outcomes)
        return FaultScore(
            name=self.fault.name,
            family=self.fault.family,
            summary=self.fault.summary,
            right=not due,
            asked=self.asked,
            caught=self.outcomes.total(),
            outcomes=dict(self.outcomes.most_common()),
            undue={name: count for name, count in self.outcomes.items() if due and name not in due},
            diagnosed=self.diagnosed,
            named=self.named,
            sentence=self.sentence,
            witness=self.witness,
            yardstick=yardstick,
        )


def score(
    trials: Sequence[Trial],
    faults: Iterable[Fault],
    yardstick: Yardstick | None,
    *,
    diagnosed: int,
    told: Callable[[FaultScore], None] = lambda fault: None,
) -> Score:
    """Hold the miniatures against the trials; `diagnosed` wrong answers of each are diagnosed, and `told` hears each
    result as it comes.
    """
    corpus = [(trial, make_question(trial)) for trial in trials if _is_small(trial)]
    results = []
    for fault in faults:
        result = _of_fault(fault, corpus, yardstick, diagnosed)
        results.append(result)
        told(result)
    name, cases = (yardstick.name, len(yardstick.cases)) if yardstick is not None else ("", 0)
    return Score(len(corpus), name, cases, tuple(results))


def all_faults() -> list[Fault]:
    """Every miniature, right ones first."""
    return sorted(FAULTS.values(), key=lambda fault: bool(fault.outcomes))


def _is_small(trial: Trial) -> bool:
    """Layers of published networks take as long as all other trials together, and catch nothing more."""
    return trial.call.geometry is None or trial.call.geometry.multiply_adds <= MOST_MULTIPLY_ADDS


def _of_fault(fault: Fault, corpus: Corpus, yardstick: Yardstick | None, diagnosed: int) -> FaultScore:
    tally = _Tally(fault, diagnosed)
    if fault.alone:
        _ask_alone(fault, corpus, tally)
        return tally.score(None)
    _ask_all(_in_process(Miniature((fault.name,))), corpus, tally)
    caught = None
    if yardstick is not None:
        ask = _in_process(Miniature((fault.name,)))
        caught = sum(yardstick.catches(case, ask(case.call, case.question)) for case in yardstick.cases)
    return tally.score(caught)


def _ask_all(ask: Ask, corpus: Corpus, tally: _Tally) -> None:
    prober = Prober(ask)
    for trial, question in corpus:
        reply = ask(trial.call, question)
        arithmetic = prober.arithmetic(trial) if question.expected is not None else None
        tally.take(trial, question, reply, judge(trial, reply, question.expected, arithmetic))


def _ask_alone(fault: Fault, corpus: Corpus, tally: _Tally) -> None:
    lane = parse_lane(f"conformance.miniatures:Miniature:{fault.name}")
    worker, planner = Worker(lane), Miniature((fault.name,))
    triggering = [pair for pair in corpus if any(chapter in pair[0].id for chapter in ALONE_CHAPTERS)]
    try:
        worker.start()
        for trial, question in triggering:
            plan = plan_call(planner, trial.call)
            assert isinstance(plan, Plan)
            arrays = question.operands
            reply = worker.ask({"plan": encode_plan(plan)}, arrays, ALONE_SECONDS)
            tally.take(trial, question, reply, judge(trial, reply, question.expected))
    finally:
        worker.kill()


def _in_process(miniature: Miniature) -> Ask:
    def ask(call: Call, question: Question) -> Reply:
        plan = plan_call(miniature, call)
        assert isinstance(plan, Plan)
        try:
            return Answer(miniature.execute(plan, question.operands), 0.0)
        except CallRefused as refusal:
            return Refused(type(refusal.__cause__).__name__, str(refusal.__cause__))
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")

    return ask

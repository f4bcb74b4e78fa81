"""The mutation score: how many of the shipped trials catch each fault, and whether its diagnosis names it.

Knows: mutants, trials. Must not know: which trials are asked (`conformance.scoring.candidates`), how verdicts are
counted (`conformance.scoring.tally`), how the score is shown (`conformance.scoring.table`).

A mutant that harms its process is asked through a worker; all others are asked in this process, through the very
planner, adapter and judge that a run uses.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal

from conformance.adapters.lane import parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Adapter, CallRefused, plan_call
from conformance.adapters.reply import Answer, CannotSay, Failed, Refused, Reply
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.mutants import FAULTS, Mutant
from conformance.mutants.fault import Fault
from conformance.operators.convolution.call import SpelledConvolution
from conformance.protocol.requests import encode_plan
from conformance.running.probing import Prober
from conformance.scoring.candidates import Candidates
from conformance.scoring.kinds import KindMutant, kind_mutants
from conformance.scoring.tally import FaultScore, Tally
from conformance.scoring.yardstick import Yardstick
from conformance.suite.case import Call, RightTrial, Trial
from conformance.workers.keeping import Keeping, alone
from conformance.workers.process import Worker

__all__ = ["ENOUGH", "FaultScore", "Score", "all_faults", "score"]

Corpus = Iterable[tuple[Trial, Question]]

ALONE_SECONDS = 1.0
"""the limit of a trial asked of a mutant that may hang"""
ENOUGH = 20
"""trials that caught a fault, after which no more are asked"""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of every mutant."""

    trials: int
    """that a right engine is asked"""
    yardstick_name: str
    yardstick_cases: int
    faults: tuple[FaultScore, ...]

    @property
    def survivors(self) -> tuple[FaultScore, ...]:
        """What fails the score."""
        return tuple(fault for fault in self.faults if fault.survives or fault.undue)


def score(
    trials: Sequence[Trial],
    faults: Sequence[Fault | KindMutant],
    yardstick: Yardstick | None,
    *,
    diagnosed: int,
    enough: int = ENOUGH,
    on_result: Callable[[FaultScore], None] = lambda fault: None,
    jobs: int = 1,
) -> Score:
    """Hold the mutants against the trials; `diagnosed` wrong answers of each are diagnosed, and `on_result`
    gets each result as it comes. A fault is asked no more once `enough` trials have caught it.

    More than one of `jobs` are processes, each of which makes its own questions; they know the shipped faults only.
    """
    scorer = Scorer(tuple(trials), yardstick, diagnosed, enough)
    results = []
    for result in _results(scorer, faults, jobs):
        results.append(result)
        on_result(result)
    name, cases = (yardstick.name, len(yardstick.cases)) if yardstick is not None else ("", 0)
    return Score(scorer.asked, name, cases, tuple(results))


def all_faults() -> list[Fault | KindMutant]:
    """Every mutant, right ones first."""
    return sorted((*FAULTS.values(), *kind_mutants().values()), key=lambda fault: bool(fault.outcomes))


def _results(scorer: "Scorer", faults: Sequence[Fault | KindMutant], jobs: int) -> Iterator[FaultScore]:
    """The score of each fault, in their order."""
    if min(jobs, len(faults)) < 2:
        yield from map(scorer.of, faults)
        return
    with get_context("spawn").Pool(min(jobs, len(faults)), _begin, (scorer,)) as pool:
        # Faults hold functions, which no other process can be sent: names are.
        yield from pool.imap(_of_name, [fault.name for fault in faults])


_scorers: list["Scorer"] = []
"""of this process, where it is one of several"""


def _begin(scorer: "Scorer") -> None:
    # An interruption of the program ends the pool, and with it this process.
    signal(SIGINT, SIG_IGN)
    _scorers.append(scorer)


def _of_name(name: str) -> FaultScore:
    return _scorers[0].of(kind_mutants().get(name) or FAULTS[name])


@dataclass(frozen=True)
class Scorer:
    """Asks mutants the trials that are theirs; questions are made once, when a fault first needs them."""

    trials: Sequence[Trial]
    yardstick: Yardstick | None
    diagnosed: int
    enough: int

    @cached_property
    def candidates(self) -> Candidates:
        return Candidates([trial for trial in self.trials if isinstance(trial.call, SpelledConvolution)])

    @property
    def asked(self) -> int:
        """How many trials a right engine is asked."""
        others = sum(not isinstance(trial.call, SpelledConvolution) for trial in self.trials)
        return len(self.candidates.small) + others

    def of(self, fault: Fault | KindMutant) -> FaultScore:
        """What the trials say of a fault."""
        tally = Tally(fault, self.diagnosed)
        if isinstance(fault, KindMutant):
            adapter = fault.adapter()
            theirs = (trial for trial in self.trials if trial.call.operator in adapter.operators and trial.calls == 1)
            corpus = ((trial, make_question(trial)) for trial in theirs)
            ask_all(adapter, corpus, tally, self.enough if fault.outcomes else None)
            return tally.score(None)
        if fault.alone:
            _ask_alone(fault, self.candidates.alone(), tally)
            return tally.score(None)
        missed = []
        mutant = Mutant((fault.name,))
        if fault.due is None:
            ask_all(mutant, self.candidates.of(fault), tally, self.enough if fault.outcomes else None)
        else:
            for place in self.candidates.places(fault):
                before = tally.caught
                ask_all(mutant, self.candidates.at(place, fault), tally, before + 1)
                if tally.caught == before:
                    missed.append(" ".join(place))
        return tally.score(self._caught_by_yardstick(fault), missed)

    def _caught_by_yardstick(self, fault: Fault) -> int | None:
        """How many of the published cases catch a fault; None where there are none."""
        if self.yardstick is None:
            return None
        mutant, yardstick = Mutant((fault.name,)), self.yardstick
        return sum(yardstick.catches(case, _ask(mutant, case.call, case.question)) for case in yardstick.cases)


def ask_all(mutant: Adapter, corpus: Corpus, tally: Tally, enough: int | None = None) -> None:
    """Ask every trial, or until `enough` of them caught it."""
    keeping, prober = Keeping(), Prober(lambda call, question: _ask(mutant, call, question))
    prober.declare(mutant.describe().flags)
    for trial, question in corpus:
        asked = (
            [(question, _ask(mutant, trial.call, question))] if trial.calls == 1 else _series(mutant, keeping, trial)
        )
        arithmetic = prober.measured(trial, question).arithmetic if isinstance(trial, RightTrial) else None
        judged = [(each, reply, judge(trial, reply, each.expected, arithmetic)) for each, reply in asked]
        tally.take(trial, *next((each for each in judged if not each[2].conforms), judged[0]))
        if enough is not None and tally.caught >= enough:
            return


def _series(mutant: Adapter, keeping: Keeping, trial: Trial) -> list[tuple[Question, Reply]]:
    """Every call of the trial with its answer; the mutants that are asked series refuse none of them."""
    questions = [make_question(call) for call in trial.each_call()]
    plan = plan_call(mutant, trial.call)
    assert isinstance(plan, Plan)
    computed = [
        each
        for first in range(0, trial.calls, trial.at_once)
        for each in keeping.at_once(
            mutant, [(plan, each.operands) for each in questions[first : first + trial.at_once]], first + 1
        )
    ]
    replies = [Answer(each.result.copy(), each.seconds, each.disturbed) for each in computed]
    return list(zip(questions, replies, strict=True))


def _ask_alone(fault: Fault, corpus: Corpus, tally: Tally) -> None:
    worker, planner = Worker(parse_lane(f"conformance.mutants:Mutant:{fault.name}")), Mutant((fault.name,))
    try:
        worker.start()
        for trial, question in corpus:
            plan = plan_call(planner, trial.call)
            assert isinstance(plan, Plan)
            reply = worker.ask({"plan": encode_plan(plan)}, question.operands, ALONE_SECONDS)
            tally.take(trial, question, reply, judge(trial, reply, question.expected))
    finally:
        worker.kill()


def _ask(mutant: Adapter, call: Call, question: Question) -> Reply:
    plan = plan_call(mutant, call)
    if isinstance(plan, Unsupported):
        return CannotSay(plan.reason, plan.undeclared)
    try:
        # A copy: the question is asked of others after one that changes it.
        computed = alone(mutant, plan, {name: array.copy() for name, array in question.operands.items()})
        return Answer(computed.result, computed.seconds, computed.disturbed)
    except CallRefused as refusal:
        return Refused(type(refusal.__cause__).__name__, str(refusal.__cause__))
    except Exception as error:
        return Failed(f"{type(error).__name__}: {error}")

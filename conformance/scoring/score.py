"""The mutation score: how many of the shipped trials catch each fault, and whether its diagnosis names it.

Knows: mutants, trials. Must not know: any kind; which trials are asked (`conformance.scoring.rounds`), how verdicts are
counted (`conformance.scoring.tally`), how the score is shown (`conformance.scoring.table`).

A mutant that harms its process is asked through a worker; all others are asked in this process, through the very
planner, adapter and judge that a run uses.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal

from conformance.adapters.lane import parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import Adapter, plan_call
from conformance.adapters.reply import Answer, Reply
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.mutants import KindMutant, mutants
from conformance.operators.registry import kind_of, optional_part
from conformance.protocol.requests import encode_plan
from conformance.running.probing import Prober
from conformance.scoring.rounds import Candidates, Corpus, EveryTrial, Scoring
from conformance.scoring.tally import FaultScore, Tally
from conformance.scoring.yardstick import Yardstick
from conformance.suite.case import RightTrial, Trial
from conformance.suite.size import result_bytes
from conformance.workers.here import ask_here
from conformance.workers.keeping import Keeping
from conformance.workers.process import Worker

__all__ = ["ENOUGH", "FaultScore", "Score", "all_faults", "score"]

# The limit of a trial asked of a mutant that may hang
ALONE_SECONDS = 1.0
# Trials that caught a fault, after which no more are asked
ENOUGH = 20


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
    faults: Sequence[KindMutant],
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


def all_faults() -> list[KindMutant]:
    """Every mutant, right ones first."""
    return sorted(mutants().values(), key=lambda fault: bool(fault.outcomes))


def _results(scorer: "Scorer", faults: Sequence[KindMutant], jobs: int) -> Iterator[FaultScore]:
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
    return _scorers[0].of(mutants()[name])


@dataclass(frozen=True)
class Scorer:
    """Asks mutants the trials that are theirs; questions are made once, when a fault first needs them."""

    trials: Sequence[Trial]
    yardstick: Yardstick | None
    diagnosed: int
    enough: int

    @cached_property
    def candidates(self) -> Mapping[str, Candidates]:
        """The trials of each kind, by its package."""
        by_kind: dict[str, list[Trial]] = {}
        for trial in self.trials:
            by_kind.setdefault(kind_of(trial.call.operator), []).append(trial)
        found: dict[str, Candidates] = {}
        for kind, trials in by_kind.items():
            scoring: Scoring | None = optional_part(trials[0].call.operator, "scoring")
            found[kind] = EveryTrial(trials) if scoring is None else scoring.candidates(trials)
        return found

    @property
    def asked(self) -> int:
        """How many trials right engines are asked."""
        return sum(candidates.asked for candidates in self.candidates.values())

    def of(self, fault: KindMutant) -> FaultScore:
        """What the trials say of a fault."""
        tally, adapter = Tally(fault, self.diagnosed), fault.adapter()
        candidates = self.candidates.get(kind_of(adapter.operators[0]))
        missed = []
        for each in candidates.rounds(fault, self.enough) if candidates is not None else ():
            before = tally.caught
            if fault.alone:
                worker, planner = Worker(parse_lane(f"conformance.mutants:Mutant:{fault.name}")), fault.adapter()
                try:
                    worker.start()
                    for trial, question in each.corpus:
                        plan = plan_call(planner, trial.call)
                        assert isinstance(plan, Plan)
                        reply = worker.ask({"plan": encode_plan(plan)}, question.operands, ALONE_SECONDS)
                        tally.take(trial, question, reply, judge(trial, reply, question.expected))
                finally:
                    worker.kill()
            else:
                ask_all(adapter, each.corpus, tally, each.enough)
            if each.place and tally.caught == before:
                missed.append(each.place)
        return tally.score(None if fault.alone else self._caught_by_yardstick(adapter), missed)

    def _caught_by_yardstick(self, adapter: Adapter) -> tuple[int, int] | None:
        """How many of the published cases of its operators catch a fault, of how many; None where there are none."""
        cases = () if self.yardstick is None else self.yardstick.cases
        theirs = [case for case in cases if case.call.operator in adapter.operators]
        if self.yardstick is None or not theirs:
            return None
        replies = ((case, ask_here(adapter, case.call, case.question.operands)) for case in theirs)
        return sum(self.yardstick.catches(case, reply) for case, reply in replies), len(theirs)


def ask_all(mutant: Adapter, corpus: Corpus, tally: Tally, enough: int | None = None) -> None:
    """Ask every trial, or until `enough` of them caught it."""
    most = None if enough is None else tally.caught + enough
    keeping, prober = Keeping(), Prober(lambda call, question: ask_here(mutant, call, question.operands))
    prober.declare(mutant.describe().flags)
    for trial, question in corpus:
        asked = (
            [(question, ask_here(mutant, trial.call, question.operands))]
            if trial.calls == 1
            else _series(mutant, keeping, trial)
        )
        arithmetic = prober.measured(trial, question).arithmetic if isinstance(trial, RightTrial) else None
        judged = [(each, reply, judge(trial, reply, each.expected, arithmetic)) for each, reply in asked]
        tally.take(trial, *next((each for each in judged if not each[2].conforms), judged[0]))
        if most is not None and tally.caught >= most:
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
            mutant,
            [(plan, each.operands) for each in questions[first : first + trial.at_once]],
            first + 1,
            result_bytes(trial.call),
        )
    ]
    replies = [Answer(each.result.copy(), each.seconds, each.disturbed) for each in computed]
    return list(zip(questions, replies, strict=True))

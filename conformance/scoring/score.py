"""The score: how many of the shipped trials catch each fault, and whether its diagnosis names it.

Knows: mutants, trials. Must not know: how it is shown (`conformance.scoring.table`), how verdicts are counted
(`conformance.scoring.tally`).

A mutant that harms its process is asked through a worker, on the trials that can trigger it; all others are asked in
this process, through the very planner, adapter and judge that a run uses. Trials that `Mutant` can say, results of
`conv2d_transpose` in real numbers, are its faults'; all others are those of `FamilyMutant`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal

from conformance.adapters.lane import parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import CallRefused, plan_call
from conformance.adapters.reply import Answer, CannotSay, Failed, Refused, Reply
from conformance.judging.diagnosis import MOST_MULTIPLY_ADDS
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.mutants import FAMILY_FAULTS, FAULTS, FamilyMutant, Mutant
from conformance.mutants.fault import Fault
from conformance.mutants.operators.fault import FamilyFault, Reach
from conformance.protocol.requests import encode_plan
from conformance.running.probing import Prober
from conformance.scoring.reaching import Reachable
from conformance.scoring.tally import FaultScore, Tally
from conformance.scoring.yardstick import Yardstick
from conformance.suite.case import Call, RightTrial, Trial
from conformance.workers.keeping import Keeping, alone
from conformance.workers.process import Worker

__all__ = ["ENOUGH", "FaultScore", "Score", "all_family_faults", "all_faults", "score"]

Ask = Callable[[Call, Question], Reply]
Corpus = Sequence[tuple[Trial, Question]]

ALONE_CHAPTERS = ("layouts/batch", "refusals/", "kernels/kernel-beyond-input", "kernels/one-pixel", "regressions/")
ALONE_SECONDS = 1.0
"""the limit of a trial asked of a mutant that may hang"""
MOST_FAMILY_MULTIPLY_ADDS = 100_000
"""the engine of all operators is literal, and slow; larger calls catch nothing more"""
ENOUGH = 20
"""trials that caught a fault of all operators, after which no more are asked"""


@dataclass(frozen=True, slots=True)
class Score:
    """Both tables: what only the result of `conv2d_transpose` can have wrong, and what any operator can."""

    trials: int
    yardstick_name: str
    yardstick_cases: int
    faults: tuple[FaultScore, ...]
    family_trials: int = 0
    """of the other operators, with groups, bias and gradients, integers and complex numbers"""
    family_faults: tuple[FaultScore, ...] = ()
    family_yardstick_cases: int = 0
    """of the yardstick, those of any operator; `yardstick_cases` are those of the first table's"""

    @property
    def survivors(self) -> tuple[FaultScore, ...]:
        """What fails the score."""
        return tuple(fault for fault in (*self.faults, *self.family_faults) if fault.survives or fault.undue)


def score(
    trials: Sequence[Trial],
    faults: Sequence[Fault],
    yardstick: Yardstick | None,
    *,
    diagnosed: int,
    family_faults: Sequence[FamilyFault] = (),
    enough: int = ENOUGH,
    told: Callable[[FaultScore], None] = lambda fault: None,
    jobs: int = 1,
) -> Score:
    """Hold the mutants against the trials; `diagnosed` wrong answers of each are diagnosed, and `told` hears each
    result as it comes. A fault of all operators is asked no more once `enough` trials have caught it.

    More than one of `jobs` are processes, each of which makes its own questions; they know the shipped faults only.
    """
    scorer = _Scorer(tuple(trials), yardstick, diagnosed, enough)
    results = []
    for result in _results(scorer, [*faults, *family_faults], jobs):
        results.append(result)
        told(result)
    plain, family = results[: len(faults)], results[len(faults) :]
    name = yardstick.name if yardstick is not None else ""
    cases, every = (len(each.cases) if each is not None else 0 for each in (scorer.plain_yardstick, yardstick))
    asked = len(scorer.family_trials) if family else 0
    return Score(len(scorer.plain_trials), name, cases, tuple(plain), asked, tuple(family), every)


def _results(scorer: "_Scorer", faults: Sequence[Fault | FamilyFault], jobs: int) -> Iterator[FaultScore]:
    """The score of each fault, in their order."""
    if min(jobs, len(faults)) < 2:
        yield from map(scorer.of, faults)
        return
    # Faults hold functions, which no other process can be sent: names are.
    names = [(isinstance(fault, FamilyFault), fault.name) for fault in faults]
    with get_context("spawn").Pool(min(jobs, len(faults)), _begin, (scorer,)) as pool:
        yield from pool.imap(_of_name, names)


_scorers: list["_Scorer"] = []
"""of this process, where it is one of several"""


def _begin(scorer: "_Scorer") -> None:
    # An interruption of the program ends the pool, and with it this process.
    signal(SIGINT, SIG_IGN)
    _scorers.append(scorer)


def _of_name(named: tuple[bool, str]) -> FaultScore:
    of_all_operators, name = named
    return _scorers[0].of(FAMILY_FAULTS[name] if of_all_operators else FAULTS[name])


class _Scorer:
    """Asks mutants the trials that are theirs; questions are made once, when a fault first needs them."""

    def __init__(self, trials: Sequence[Trial], yardstick: Yardstick | None, diagnosed: int, enough: int) -> None:
        self._trials, self._yardstick, self._diagnosed, self._enough = trials, yardstick, diagnosed, enough

    @cached_property
    def plain_trials(self) -> list[Trial]:
        """Those that `Mutant` can say."""
        return [trial for trial in self._trials if _is_said(trial) and _is_small(trial)]

    @cached_property
    def plain_yardstick(self) -> Yardstick | None:
        """The published cases that `Mutant` can say."""
        return self._yardstick.of(_is_planned) if self._yardstick is not None else None

    @cached_property
    def family_trials(self) -> list[Trial]:
        """The others in the order of their ids' digests, so that the first ones are of all operators."""
        small = [trial for trial in self._trials if _is_small(trial, MOST_FAMILY_MULTIPLY_ADDS)]
        return sorted((trial for trial in small if not _is_said(trial)), key=_digest)

    @cached_property
    def _plain(self) -> Corpus:
        return [(trial, make_question(trial)) for trial in self.plain_trials]

    @cached_property
    def _family(self) -> Corpus:
        return [(trial, make_question(trial)) for trial in self.family_trials]

    @cached_property
    def _reachable(self) -> Reachable:
        return Reachable(self._trials)

    def of(self, fault: Fault | FamilyFault) -> FaultScore:
        """What the trials say of a fault."""
        if isinstance(fault, Fault):
            return _of_fault(fault, self._plain, self.plain_yardstick, self._diagnosed)
        if fault.reach is not None:
            return _of_reaching_fault(fault, fault.reach, self._reachable, self._yardstick, self._diagnosed)
        return _of_family_fault(fault, self._family, self._yardstick, self._diagnosed, self._enough)


def all_faults() -> list[Fault]:
    """Every mutant of the result of `conv2d_transpose`, right ones first."""
    return sorted(FAULTS.values(), key=lambda fault: bool(fault.outcomes))


def all_family_faults() -> list[FamilyFault]:
    """Every mutant of all operators, right ones first."""
    return sorted(FAMILY_FAULTS.values(), key=lambda fault: bool(fault.outcomes))


def _is_said(trial: Trial) -> bool:
    """Whether it is a question for `Mutant`, whose faults are of one call."""
    return trial.calls == 1 and _is_planned(trial.call)


def _is_planned(call: Call) -> bool:
    return isinstance(plan_call(Mutant(), call), Plan)


def _is_small(trial: Trial, most: int = MOST_MULTIPLY_ADDS) -> bool:
    """Layers of published networks take as long as all other trials together, and catch nothing more."""
    return not isinstance(trial, RightTrial) or trial.call.geometry.multiply_adds <= most


def _digest(trial: Trial) -> bytes:
    return sha256(trial.id.encode()).digest()


def _caught_by(yardstick: Yardstick | None, mutant: Mutant | FamilyMutant) -> int | None:
    """How many of its cases catch the mutant; None where there are none."""
    if yardstick is None:
        return None
    ask = _in_process(mutant)
    return sum(yardstick.catches(case, ask(case.call, case.question)) for case in yardstick.cases)


def _of_fault(fault: Fault, corpus: Corpus, yardstick: Yardstick | None, diagnosed: int) -> FaultScore:
    tally = Tally(fault, diagnosed)
    if fault.alone:
        _ask_alone(fault, corpus, tally)
        return tally.score(None)
    _ask_all(Mutant((fault.name,)), corpus, tally)
    return tally.score(_caught_by(yardstick, Mutant((fault.name,))))


def _of_family_fault(
    fault: FamilyFault, corpus: Corpus, yardstick: Yardstick | None, diagnosed: int, enough: int
) -> FaultScore:
    tally = Tally(fault, diagnosed)
    if fault.outcomes:
        corpus = [(trial, question) for trial, question in corpus if trial.calls == 1]
    _ask_all(FamilyMutant((fault.name,)), corpus, tally, enough if fault.outcomes else None)
    return tally.score(_caught_by(yardstick, FamilyMutant((fault.name,))))


def _of_reaching_fault(
    fault: FamilyFault, reach: Reach, reachable: Reachable, yardstick: Yardstick | None, diagnosed: int
) -> FaultScore:
    """Asked in every operator and direction that is due, until a trial there has caught it."""
    tally = Tally(fault, diagnosed)
    mutant = FamilyMutant((fault.name,))
    missed = []
    for place in reachable.places(reach):
        before = tally.caught
        _ask_all(mutant, reachable.triggering(reach, place), tally, before + 1)
        if tally.caught == before:
            missed.append(" ".join(place))
    return tally.score(_caught_by(yardstick, mutant), missed)


def _ask_all(
    mutant: Mutant | FamilyMutant,
    corpus: Iterable[tuple[Trial, Question]],
    tally: Tally,
    enough: int | None = None,
) -> None:
    """Ask every trial, or until `enough` of them caught it."""
    ask, keeping = _in_process(mutant), Keeping()
    prober = Prober(ask)
    prober.declare(mutant.describe().flags)
    for trial, question in corpus:
        asked = [(question, ask(trial.call, question))] if trial.calls == 1 else _series(mutant, keeping, trial)
        arithmetic = prober.measured(trial, question).arithmetic if isinstance(trial, RightTrial) else None
        judged = [(each, reply, judge(trial, reply, each.expected, arithmetic)) for each, reply in asked]
        tally.take(trial, *next((each for each in judged if not each[2].conforms), judged[0]))
        if enough is not None and tally.caught >= enough:
            return


def _series(mutant: Mutant | FamilyMutant, keeping: Keeping, trial: Trial) -> list[tuple[Question, Reply]]:
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
    lane = parse_lane(f"conformance.mutants:Mutant:{fault.name}")
    worker, planner = Worker(lane), Mutant((fault.name,))
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


def _in_process(mutant: Mutant | FamilyMutant) -> Ask:
    def ask(call: Call, question: Question) -> Reply:
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

    return ask

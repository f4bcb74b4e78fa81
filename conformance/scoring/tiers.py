"""Chooses the tiers of the shipped corpus: the fewest trials found that catch what the score caught.

Knows: a score, trials, what a corpus covers. Must not know: how a tier is read and run (`conformance.suite.tiers`).

A tier is a cover: each trial catches some mutants and asks some values of parameters, and all of those must be caught
and asked. The trial that adds most comes first, as in Chvátal, "A greedy heuristic for the set-covering problem",
Mathematics of Operations Research 4 (1979), whose covers are at most 1 + ln n times the smallest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from heapq import heapify, heappop, heappush

from conformance.operators.facts import facts
from conformance.operators.registry import part
from conformance.scoring.score import Score
from conformance.suite.case import RightCall, RightTrial, Trial
from conformance.suite.lattice import Parameter
from conformance.suite.tiers import Tiers

# The family of mutants that begin at a size: their trials are the slow ones
SIZES = "sizes"
# In every tier: what users know, and what has gone wrong once
WHOLE_CHAPTERS = ("tutorial", "regressions")


def choose(trials: Sequence[Trial], score: Score) -> Tiers:
    """The tiers of these trials, all of which the score was asked."""
    quick_needs, standard_needs = needs(trials)
    known = {trial.id: trial for trial in trials}
    for fault in score.faults:
        for caught_by in fault.catchers:
            call = known[caught_by].call
            if fault.family == SIZES:
                standard_needs[caught_by].append(f"catches {fault.name}: {call.operator} {call.direction}")
            else:
                quick_needs[caught_by].append(f"catches {fault.name}")
    whole = [trial for trial in trials if trial.id.split("/")[1] in WHOLE_CHAPTERS]
    quick = cover(trials, quick_needs, whole)
    beyond = cover(trials, standard_needs, [trial for trial in trials if trial.id in quick])
    return Tiers(quick, {trial: why for trial, why in beyond.items() if trial not in quick})


def needs(trials: Iterable[Trial]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By trial id, which values of parameters the trial asks, as the quick and as the standard tier need them.

    Only right calls: a wrong one has no result that a dtype or a direction could matter for.
    """
    quick: dict[str, list[str]] = defaultdict(list)
    standard: dict[str, list[str]] = defaultdict(list)
    for trial in trials:
        if isinstance(trial, RightTrial):
            call = trial.call
            parameters: Sequence[Parameter] = part(call.operator, "coverage").PARAMETERS
            known = facts(trial)
            column = f"{call.operator} {call.direction} {call.dtype}"
            quick[trial.id].append(column)
            for value in (f"{parameter.name} {value}" for parameter in parameters for value in parameter.of(known)):
                quick[trial.id].append(f"{call.operator} {value}")
                standard[trial.id].append(f"{column} {value}")
    return quick, standard


def cover(trials: Iterable[Trial], serves: Mapping[str, Sequence[str]], first: Sequence[Trial]) -> dict[str, list[str]]:
    """Trials that together serve every need, those of `first` among them, each with the needs that it adds.

    `serves`: trial id -> needs. Of trials that add as much the one with the least work is taken.
    """
    chosen: dict[str, list[str]] = {}
    missing = {need for needs in serves.values() for need in needs}

    def take(trial: Trial) -> None:
        chosen[trial.id] = [need for need in dict.fromkeys(serves.get(trial.id, ())) if need in missing]
        missing.difference_update(chosen[trial.id])

    # These are in whatever they add, so nobody else has to serve what they serve.
    for trial in first:
        take(trial)
    # A trial adds ever less, so one that still adds as much as it did when it was last looked at is the best of all.
    ranked = [(_rank(trial, missing.intersection(serves[trial.id])), trial) for trial in trials if trial.id in serves]
    heapify(heap := [(rank, place) for place, (rank, _) in enumerate(ranked)])
    while missing:
        rank, place = heappop(heap)
        trial = ranked[place][1]
        today = _rank(trial, missing.intersection(serves[trial.id]))
        if today == rank:
            take(trial)
        else:
            heappush(heap, (today, place))
    return dict(sorted(chosen.items()))


def _rank(trial: Trial, adds: Collection[str]) -> tuple[int, int, str]:
    """Smallest first: what adds most, then what costs least, then as good as by chance, the same way every time."""
    work = trial.call.work if isinstance(trial.call, RightCall) else 0
    return -len(adds), work, sha256(trial.id.encode()).hexdigest()

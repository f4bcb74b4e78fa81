"""Wrong engines of operators of one value are caught by the shipped cases and named; right ones never are."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import inf
from pathlib import Path

import pytest

from conformance.judging.question import Question, make_question
from conformance.mutants.kinds import KindMutant
from conformance.scoring.score import ask_all
from conformance.scoring.tally import FaultScore, Tally
from conformance.suite.case import Trial
from conformance.suite.loading import load

CASES = Path(__file__).parents[2] / "cases"
NEAR_A_TIE = "resize-coordinates-in-32-bits"
"""what goes wrong in 32 bits shows in a few geometries alone"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of operator, and how its mutants are asked here; `conformance score` asks them everything."""

    folders: tuple[str, ...]
    enough: int
    """trials that have to catch each"""
    fewest: int
    """faults"""
    accepts: str
    """the fault that no diagnosis names: a wrong call is answered"""
    most_work: float = inf


KINDS = {
    "pooling": Kind(("pooling",), 3, 15, "pool-accepts", 5_000),
    "resize": Kind(("resize",), 3, 20, "resize-accepts", 5_000),
    "index_map": Kind(("index_map", "pad"), 2, 20, "index-accepts"),
}
MUTANTS: dict[tuple[str, str], KindMutant] = {
    (kind, mutant.name): mutant
    for kind in KINDS
    for mutant in import_module(f"conformance.operators.{kind}.mutants").MUTANTS
}
WRONG = [key for key, mutant in MUTANTS.items() if mutant.outcomes]
RIGHT = [key for key, mutant in MUTANTS.items() if not mutant.outcomes]


@cache
def questions(kind: str) -> list[tuple[Trial, Question]]:
    trials = load(sorted(file for folder in KINDS[kind].folders for file in CASES.glob(f"{folder}/*.yaml")))
    small = [trial for trial in trials if getattr(trial.call, "work", 0) <= KINDS[kind].most_work]
    return [(trial, make_question(trial)) for trial in small]


def scored(kind: str, name: str, enough: int | None = None) -> FaultScore:
    tally = Tally(MUTANTS[kind, name], 3)
    ask_all(MUTANTS[kind, name].adapter(), questions(kind), tally, enough)
    return tally.score(None, [])


@pytest.mark.parametrize(("kind", "name"), WRONG)
def test_a_fault_is_caught_with_an_outcome_it_is_due_and_named(kind: str, name: str) -> None:
    enough = 1 if name == NEAR_A_TIE else KINDS[kind].enough
    found = scored(kind, name, enough)
    assert found.caught >= enough
    assert not found.undue
    assert found.named or name == KINDS[kind].accepts


@pytest.mark.parametrize(("kind", "name"), RIGHT)
def test_an_engine_that_is_right_in_another_way_is_never_flagged(kind: str, name: str) -> None:
    assert scored(kind, name).caught == 0


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_many_faults_each_with_words_of_its_own(kind: str) -> None:
    wrong = [MUTANTS[key] for key in WRONG if key[0] == kind]
    assert len(wrong) >= KINDS[kind].fewest
    assert all(mutant.diagnosis for mutant in wrong if mutant.name != KINDS[kind].accepts)

"""Who is wrong about index maps on purpose is caught by the shipped cases and named; who is right never is."""

from pathlib import Path

import pytest

from conformance.judging.question import Question, make_question
from conformance.operators.index_map.mutants import MUTANTS
from conformance.scoring.score import ask_all
from conformance.scoring.tally import FaultScore, Tally
from conformance.suite.case import Trial
from conformance.suite.loading import load

CASES = Path(__file__).parents[3] / "cases"
WRONG = [mutant for mutant in MUTANTS if mutant.outcomes]
RIGHT = [mutant for mutant in MUTANTS if not mutant.outcomes]


@pytest.fixture(scope="module")
def questions() -> list[tuple[Trial, Question]]:
    trials = load(sorted([*CASES.glob("index_map/*.yaml"), *CASES.glob("pad/*.yaml")]))
    return [(trial, make_question(trial)) for trial in trials]


def _score(name: str, questions: list[tuple[Trial, Question]], enough: int | None = None) -> FaultScore:
    (mutant,) = [each for each in MUTANTS if each.name == name]
    tally = Tally(mutant, 3)
    ask_all(mutant.adapter(), questions, tally, enough)
    return tally.score(None, [])


@pytest.mark.parametrize("name", [mutant.name for mutant in WRONG])
def test_a_fault_is_caught_with_an_outcome_it_is_due_and_named(
    name: str, questions: list[tuple[Trial, Question]]
) -> None:
    found = _score(name, questions, enough=2)
    assert found.caught >= 2
    assert not found.undue
    assert found.named or name == "index-accepts"


@pytest.mark.parametrize("name", [mutant.name for mutant in RIGHT])
def test_an_engine_that_is_right_in_another_way_is_never_flagged(
    name: str, questions: list[tuple[Trial, Question]]
) -> None:
    assert _score(name, questions).caught == 0


def test_there_are_twenty_faults_at_least_each_with_words_of_its_own() -> None:
    assert len(WRONG) >= 20
    assert all(mutant.diagnosis for mutant in WRONG if mutant.name != "index-accepts")

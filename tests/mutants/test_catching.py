"""Every fault is caught by a shipped case with one of the outcomes it is due, and no right engine is flagged."""

from collections.abc import Callable

import pytest

from conformance.judging.question import Question
from conformance.judging.verdict import Outcome, Verdict
from conformance.mutants import FAULTS
from conformance.suite.case import Trial

Corpus = list[tuple[Trial, Question]]
Examine = Callable[[str, Corpus], dict[str, Verdict]]


def test_a_right_engine_is_never_flagged(right: str, corpus: Corpus, examine: Examine) -> None:
    verdicts = examine(right, corpus)

    assert {trial: verdict.detail for trial, verdict in verdicts.items() if not verdict.conforms} == {}


def test_a_fault_is_caught_with_an_outcome_it_is_due(
    fault: str, sample: Corpus, rest: Corpus, examine: Examine
) -> None:
    needed = FAULTS[fault].dtypes
    if needed and not any(trial.call.dtype in needed for trial, _ in (*sample, *rest)):
        pytest.skip(f"no shipped case has dtype {' or '.join(needed)}")

    caught = flagged(examine(fault, sample)) or flagged(examine(fault, rest))

    assert caught, "no shipped case catches it"
    assert caught <= {Outcome(outcome) for outcome in FAULTS[fault].outcomes}


def test_a_fault_leaves_right_answers_where_it_does_not_apply(fault: str, sample: Corpus, examine: Examine) -> None:
    assert any(verdict.outcome == Outcome.AGREES for verdict in examine(fault, sample).values())


def flagged(verdicts: dict[str, Verdict]) -> set[Outcome]:
    return {verdict.outcome for verdict in verdicts.values() if not verdict.conforms}


@pytest.fixture(scope="session")
def sample(corpus: Corpus) -> Corpus:
    """Every wrong call, and an eighth of the others."""
    wrong = [(trial, question) for trial, question in corpus if question.expected is None]
    return wrong + without_layers(corpus)[::8]


@pytest.fixture(scope="session")
def rest(corpus: Corpus, sample: Corpus) -> Corpus:
    """For faults that few cases catch."""
    sampled = {trial.id for trial, _ in sample}
    return [(trial, question) for trial, question in without_layers(corpus) if trial.id not in sampled]


def without_layers(corpus: Corpus) -> Corpus:
    """The right calls but those of published networks, which take as long as all others together."""
    return [
        (trial, question) for trial, question in corpus if question.expected is not None and "/layers/" not in trial.id
    ]

"""Every fault is caught by a shipped case with one of the outcomes it is due, and no right engine is flagged."""

from collections.abc import Callable

import pytest

from conformance.judging.question import Question
from conformance.judging.verdict import Outcome, Verdict
from conformance.miniatures import FAULTS
from conformance.suite.case import Trial

Corpus = list[tuple[Trial, Question]]
Examine = Callable[[str, Corpus], dict[str, Verdict]]

UNCAUGHT = {
    "accepts-minus-one": "no refusal has a batch of -1 in its output_shape",
    "accepts-nothing-out": "no refusal has a filter without output channels",
}
"""faults that no shipped case catches yet; a case that does takes the entry away"""


def test_a_right_engine_is_never_flagged(right: str, corpus: Corpus, examine: Examine) -> None:
    flagged = {trial: verdict.detail for trial, verdict in examine(right, corpus).items() if not verdict.conforms}

    assert flagged == {}


def test_a_fault_is_caught_with_an_outcome_it_is_due(
    fault: str, small_corpus: Corpus, examine: Examine, request: pytest.FixtureRequest
) -> None:
    if fault in UNCAUGHT:
        request.applymarker(pytest.mark.xfail(reason=UNCAUGHT[fault]))
    needed = FAULTS[fault].dtypes
    if needed and not any(trial.call.dtype in needed for trial, _ in small_corpus):
        pytest.skip(f"no shipped case has dtype {' or '.join(needed)}")

    verdicts = examine(fault, small_corpus)

    caught = {verdict.outcome for verdict in verdicts.values() if not verdict.conforms}
    assert caught, "no shipped case catches it"
    assert caught <= {Outcome(outcome) for outcome in FAULTS[fault].outcomes}


def test_a_fault_leaves_right_answers_where_it_does_not_apply(
    fault: str, small_corpus: Corpus, examine: Examine
) -> None:
    sample = [(trial, question) for trial, question in small_corpus if question.expected is not None][::3]

    verdicts = examine(fault, sample)

    assert any(verdict.outcome == Outcome.AGREES for verdict in verdicts.values())


def test_wrong_calls_are_refused_by_right_engines(right: str, small_corpus: Corpus, examine: Examine) -> None:
    wrong = [(trial, question) for trial, question in small_corpus if question.expected is None]

    outcomes = {verdict.outcome for verdict in examine(right, wrong).values()}

    assert outcomes == {Outcome.REFUSED}

"""Every fault of all operators is caught by a small case with one of the outcomes it is due, and no right engine is
flagged.

The cases in `tests/mutants/cases` stand in for the shipped ones of the other operators: small, and enough.
"""

from collections.abc import Callable

from conformance.judging.question import Question
from conformance.judging.verdict import Outcome, Verdict
from conformance.mutants import FAMILY_FAULTS
from conformance.suite.case import Trial

Corpus = list[tuple[Trial, Question]]
Examine = Callable[[str, Corpus], dict[str, Verdict]]


def test_a_right_engine_of_all_operators_is_never_flagged(
    right_of_family: str, family_corpus: Corpus, examine_family: Examine
) -> None:
    verdicts = examine_family(right_of_family, family_corpus)

    assert {trial: verdict.detail for trial, verdict in verdicts.items() if not verdict.conforms} == {}


def test_a_fault_of_any_operator_is_caught_with_an_outcome_it_is_due(
    fault_of_family: str, family_corpus: Corpus, examine_family: Examine
) -> None:
    sample, rest = family_corpus[::8], family_corpus

    caught = flagged(examine_family(fault_of_family, sample)) or flagged(examine_family(fault_of_family, rest))

    assert caught, "no case catches it"
    assert caught <= {Outcome(outcome) for outcome in FAMILY_FAULTS[fault_of_family].outcomes}


def test_a_fault_of_any_operator_leaves_right_answers_where_it_does_not_apply(
    fault_of_family: str, family_corpus: Corpus, examine_family: Examine
) -> None:
    assert any(
        verdict.outcome == Outcome.AGREES for verdict in examine_family(fault_of_family, family_corpus[::16]).values()
    )


def flagged(verdicts: dict[str, Verdict]) -> set[Outcome]:
    return {verdict.outcome for verdict in verdicts.values() if not verdict.conforms}

"""Every fault is caught by a case with one of the outcomes it is due, and no right engine is flagged."""

from collections.abc import Iterable
from itertools import islice

import pytest

from conformance.judging.question import Question
from conformance.mutants import Mutant, mutants
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.scoring.candidates import ConvolutionCandidates
from conformance.scoring.score import Scorer, ask_all
from conformance.scoring.tally import Tally
from conformance.suite.case import Trial

NEAR = [fault for fault in FAULTS.values() if not fault.alone and not fault.due]
RIGHT = [fault.name for fault in NEAR if not fault.outcomes]
WRONG = [fault.name for fault in NEAR if fault.outcomes]


@pytest.mark.parametrize("right", RIGHT)
def test_a_right_engine_is_never_flagged(right: str, small: Scorer, shipped: Scorer) -> None:
    for trials in (candidates(small).of(FAULTS[right]), islice(candidates(shipped).of(FAULTS[right]), 0, None, 16)):
        assert flagged(right, trials) == {}


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_is_caught_with_an_outcome_it_is_due(fault: str, small: Scorer, shipped: Scorer) -> None:
    found = small.of(mutants()[fault])
    if found.survives:
        found = shipped.of(mutants()[fault])

    assert found.caught, "no case catches it"
    assert not found.undue


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_leaves_right_answers_where_it_does_not_apply(fault: str, small: Scorer) -> None:
    some = list(islice(candidates(small).of(FAULTS["faithful"]), 0, None, 16))

    assert any(not flagged(fault, [each]) for each in some)


def candidates(scorer: Scorer) -> ConvolutionCandidates:
    (found,) = scorer.candidates.values()
    assert isinstance(found, ConvolutionCandidates)
    return found


def flagged(name: str, trials: Iterable[tuple[Trial, Question]]) -> dict[str, int]:
    tally = Tally(mutants()[name], 0)
    ask_all(Mutant((name,)), trials, tally)
    return dict(tally.outcomes)

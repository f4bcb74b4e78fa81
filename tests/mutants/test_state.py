"""State between calls: each fault is caught by the chapters of state, and a right engine never."""

import pytest

from conformance.mutants import FAMILY_FAULTS
from conformance.mutants.operators.families.state import FAULTS, RIGHT
from conformance.scoring.score import Score, score
from conformance.suite.corpus import select

WRONG = [fault for fault in FAULTS if fault.outcomes]


@pytest.fixture(scope="module")
def scored() -> Score:
    trials = select(["conv2d/state/*", "conv1d_transpose/state/*"])
    return score(trials, [], None, diagnosed=0, family_faults=FAULTS)


def test_every_fault_of_state_is_caught_in_every_direction_that_has_it(scored: Score) -> None:
    wrong = [fault for fault in scored.family_faults if not fault.right]

    assert len(wrong) == len(WRONG) >= 15
    assert {fault.name: fault.missed for fault in wrong if fault.survives} == {}
    assert {name for fault in wrong for name in fault.outcomes} == {"differs"}


def test_an_engine_that_keeps_what_it_may_is_never_flagged(scored: Score) -> None:
    right = [fault for fault in scored.family_faults if fault.right]

    assert [fault.name for fault in right] == [fault.name for fault in RIGHT]
    assert [(fault.caught, fault.asked) for fault in right] == [(0, 22)] * len(RIGHT)


def test_calls_on_their_own_do_not_see_what_is_kept() -> None:
    alone = select(["conv2d/bias/*"])

    result = score(alone, [], None, diagnosed=0, family_faults=[FAMILY_FAULTS["tenth-call-wrong"]])

    assert result.survivors == result.family_faults

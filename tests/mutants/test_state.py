"""State between calls: each fault is caught by the chapters of state, and a right engine never."""

import pytest

from conformance.mutants import mutants
from conformance.operators.convolution.mutants import FAULTS
from conformance.scoring.score import Score, score
from conformance.suite.corpus import select

WRONG = [mutants()[fault.name] for fault in FAULTS.values() if fault.chapter == "state"]
RIGHT = [mutants()[f"faithful-{name}"] for name in ("keeps-filters-by-content", "own-buffers", "locked-scratch")]


@pytest.fixture(scope="module")
def scored() -> Score:
    trials = select(["conv2d/state/*", "conv1d_transpose/state/*"])
    return score(trials, [*RIGHT, *WRONG], None, diagnosed=0)


def test_every_fault_of_state_is_caught_in_every_direction_that_has_it(scored: Score) -> None:
    wrong = [fault for fault in scored.faults if not fault.right]

    assert len(wrong) == len(WRONG) >= 15
    assert {fault.name: fault.missed for fault in wrong if fault.survives} == {}
    assert {name for fault in wrong for name in fault.outcomes} == {"differs"}


def test_an_engine_that_keeps_what_it_may_is_never_flagged(scored: Score) -> None:
    right = [fault for fault in scored.faults if fault.right]

    assert [fault.name for fault in right] == [fault.name for fault in RIGHT]
    assert [(fault.caught, fault.asked) for fault in right] == [(0, 22)] * len(RIGHT)


def test_calls_on_their_own_do_not_see_what_is_kept() -> None:
    alone = select(["conv2d/bias/*"])

    result = score(alone, [mutants()["tenth-call-wrong"]], None, diagnosed=0)

    assert result.survivors == result.faults

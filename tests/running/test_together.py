"""Lanes that compute many calls in one exchange: outcomes stay per call, whatever becomes of the exchange."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from conformance.adapters.lane import parse_lane
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.protocol.frames import operands_apart, operands_together
from conformance.running.examination import Examination
from conformance.running.session import MOST_MULTIPLY_ADDS_TOGETHER, REPEATED_ALONE, LaneSession, is_repeated, units
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from conformance.workers import process

SMALL = "conv2d_transpose/kernels/one-pixel[*"
CODES = "inputs=codes"


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    """Small right calls, half of which bring out what a stand-in does wrong."""
    return select([SMALL])[:20]


class Told:
    """How many requests a session made, of each kind."""

    def __init__(self, session: LaneSession) -> None:
        self.alone, self.together = 0, 0
        ask, ask_together = session.client.worker.ask, session.client.worker.ask_together

        def counted(*arguments: Any) -> Any:
            self.alone += 1
            return ask(*arguments)

        def counted_together(*arguments: Any) -> Any:
            self.together += 1
            return ask_together(*arguments)

        session.client.worker.ask = counted  # type: ignore[assignment,method-assign]
        session.client.worker.ask_together = counted_together  # type: ignore[assignment,method-assign]


def session(name: str, timeout: float = 60.0) -> LaneSession:
    started = LaneSession(parse_lane(f"tests.running.stand_ins:{name}"), Examination(), timeout, 1)
    assert started.start().status == "ready"
    return started


@pytest.fixture
def asked(trials: list[Trial]) -> Iterator[Any]:
    """The outcomes of the trials in a stand-in's lane, and what was asked."""
    opened: list[LaneSession] = []

    def asking(name: str, timeout: float = 60.0) -> tuple[dict[str, str], Told]:
        opened.append(session(name, timeout))
        told = Told(opened[-1])
        found = {each.trial: str(each.outcome) for each in opened[-1].ask_all(trials)}
        return found, told

    yield asking
    for each in opened:
        each.close()


def _expected(trials: Sequence[Trial], trouble: str) -> dict[str, str]:
    return {trial.id: trouble if CODES in trial.id else "agrees" for trial in trials}


def test_calls_that_go_together_take_one_exchange(asked: Any, trials: list[Trial]) -> None:
    found, told = asked("Together")
    assert found == _expected(trials, "agrees")
    assert told.together <= 6  # two modules, of two trials of each call and a repetition
    assert told.alone == 0


@pytest.mark.parametrize(
    ("name", "trouble"), [("TogetherRaises", "refused"), ("TogetherAborts", "crashed"), ("TogetherLosesOne", "agrees")]
)
def test_where_an_exchange_fails_each_call_has_its_own_outcome(
    asked: Any, trials: list[Trial], name: str, trouble: str
) -> None:
    found, told = asked(name)
    assert found == _expected(trials, trouble)
    assert told.alone >= list(found.values()).count(trouble)


def test_a_module_that_hangs_costs_its_calls_nothing_but_time(asked: Any, trials: list[Trial]) -> None:
    found, _ = asked("TogetherHangs", timeout=0.5)
    assert found == _expected(trials, "timed_out")


def test_a_sample_of_calls_is_compared_with_itself_alone(trials: list[Trial]) -> None:
    wide = select(["conv2d_transpose/kernels/unequal-strides[*"])
    opened = session("TogetherOtherwise")
    found = {each.trial: "not_repeatable" in each.flags for each in opened.ask_all(wide)}
    opened.close()
    assert found == {trial.id: is_repeated(trial, REPEATED_ALONE) for trial in wide}
    assert any(found.values())


def test_large_and_wrong_calls_are_asked_alone_the_large_ones_first_and_the_wrong_ones_last() -> None:
    mixed = select(
        ["conv2d_transpose/layers/*", "conv2d_transpose/refusals/stride-zero*", "conv2d_transpose/tutorial/*"]
    )
    found = list(units(mixed, 8, lambda trial: False))
    asked = [trial for unit in found for same in unit for trial in same]
    assert sorted(trial.id for trial in asked) == sorted(trial.id for trial in mixed)
    sizes = [len(unit) for unit in found]
    assert max(sizes) == 8
    for unit in found:
        for same in unit:
            assert len({trial.call for trial in same}) == 1
            small = [
                isinstance(trial, ConvolutionTrial) and trial.call.geometry.multiply_adds <= MOST_MULTIPLY_ADDS_TOGETHER
                for trial in same
            ]
            assert all(small) or len(unit) == len(same) == 1
    large, *_, wrong = asked
    assert isinstance(large, ConvolutionTrial)
    assert large.call.work == max(trial.call.work for trial in mixed if isinstance(trial, ConvolutionTrial))
    assert not isinstance(wrong, ConvolutionTrial)


def test_beside_lanes_that_take_calls_together_a_lane_asks_each_call_alone_in_their_order() -> None:
    mixed = select(
        ["conv2d_transpose/layers/*", "conv2d_transpose/refusals/stride-zero*", "conv2d_transpose/tutorial/*"]
    )
    together = [trial for unit in units(mixed, 8, lambda trial: False) for same in unit for trial in same]
    # What is apart in one lane, as refused, is not in another.
    alone = list(units(mixed, 0, lambda trial: True, beside=True))
    assert [trial for unit in alone for same in unit for trial in same] == together
    assert {len(unit) for unit in alone} == {1}
    assert list(units(mixed, 0, lambda trial: False)) == [[[trial]] for trial in mixed]


def test_what_stands_apart_is_asked_by_itself_behind_what_goes_together(trials: list[Trial]) -> None:
    first, *others = trials
    found = list(units(trials, 64, lambda trial: trial is first))
    assert found[-1] == [[first]]
    assert sorted(trial.id for same in found[0] for trial in same) == sorted(trial.id for trial in others)


def test_trials_of_one_call_share_what_is_compiled_for_it(trials: list[Trial]) -> None:
    calls = {trial.call for trial in trials}
    assert len(calls) < len(trials)
    (unit,) = units(trials, 64, lambda trial: False)
    assert len(unit) == len(calls)


def test_operands_come_apart_as_they_were_put_together() -> None:
    given = [{"value": np.arange(3), "filter": np.arange(2)}, {"value": np.arange(1)}]
    apart = operands_apart(operands_together(given), 2)
    assert [{name: array.tolist() for name, array in each.items()} for each in apart] == [
        {"value": [0, 1, 2], "filter": [0, 1]},
        {"value": [0]},
    ]


def test_a_worker_that_holds_too_much_is_started_afresh(trials: list[Trial], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_WORKER_BYTES", 1)
    grown = session("Sound")
    found = [str(grown.ask(trial).outcome) for trial in trials[:3]]
    assert found == ["agrees"] * 3
    assert grown.client.worker._process is None  # ended after its last reply, too
    grown.close()

"""Trials of several calls: asked in one process, each with its own content, and one record of them all."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from conformance.adapters.lane import parse_lane
from conformance.journal import Record
from conformance.journal.records import trial_entry
from conformance.operators.convolution.call import convolution
from conformance.operators.convolution.inputs import generate
from conformance.running.examination import Examination
from conformance.running.session import LaneSession, units
from conformance.suite.case import Trial
from conformance.suite.corpus import select

TEN = "conv2d/state/ten[direction=forward]"
THREADS = "conv2d/state/threads[direction=forward]"
ALONE = "conv2d/kernels/"

STALE_PORT = """
import sys
from conformance.protocol.frames import EndOfStream, frame, read_frame
from reference.operators import conv2d

def send(header, tensors):
    for part in frame(header, tensors):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()

send({"type": "hello", "protocol": 1, "framework": "stale", "version": "1"}, {})
kept = {}
while True:
    try:
        header, tensors = read_frame(sys.stdin.buffer.read)
    except EndOfStream:
        break
    assert set(header) == {"type", "seq", "operator", "arguments", "axes"}, header
    given = header["arguments"]
    filter = kept.setdefault(tensors["filter"].shape, tensors["filter"])
    result = conv2d(tensors["value"], filter, strides=given["strides"], padding=given["padding"])
    send({"type": "reply", "seq": header["seq"]}, {"result": result})
"""


@pytest.fixture
def examined() -> Iterator[Callable[[str, str], Record]]:
    """What a lane made of the first trial that a pattern selects."""
    opened: list[LaneSession] = []

    def ask(lane: str, pattern: str) -> Record:
        opened.append(LaneSession(parse_lane(lane), Examination(), 60.0, 1))
        assert opened[-1].start().status == "ready"
        return opened[-1].ask(only(pattern))

    yield ask
    for session in opened:
        session.close()


@cache
def only(beginning: str) -> Trial:
    """The first trial whose id begins so."""
    return select([f"{beginning}*"])[0]


def mutant(fault: str) -> str:
    return f"conformance.mutants:Mutant:{fault}"


def found_of(examined: Callable[[str, str], Record], fault: str, pattern: str = TEN) -> Record:
    return examined(mutant(fault), pattern)


def test_each_call_has_its_own_content_and_the_first_that_of_the_trials_id() -> None:
    trial = only(TEN)

    calls = trial.each_call()

    assert [call.id for call in calls] == [trial.id, *(f"{trial.id}#{number}" for number in range(2, 11))]
    filters = [generate(call.id, convolution(call.call), call.inputs)["filter"].tobytes() for call in calls]
    assert len(set(filters)) == 10
    assert {(call.calls, call.at_once) for call in calls} == {(1, 1)}


def test_a_trial_of_one_call_is_its_own_only_call() -> None:
    trial = only(ALONE)

    assert trial.each_call() == (trial,)
    assert "calls" not in trial_entry(trial).arguments


def test_a_record_tells_how_often_the_call_was_made() -> None:
    assert trial_entry(only(TEN)).arguments["calls"] == 10
    assert trial_entry(only(THREADS)).arguments["at_once"] == 4


def test_a_right_engine_agrees_in_every_call(examined: Callable[[str, str], Record]) -> None:
    found = examined(mutant("faithful-keeps-filters-by-content"), TEN)

    assert found.trial == only(TEN).id
    assert found.conforms
    assert found.detail.startswith("each of 10 calls: ")


@pytest.mark.parametrize(
    ("fault", "beginning"),
    [
        ("filter-kept-by-shape", "call 2 of 10: "),
        ("filter-kept-by-address", "call 2 of 10: "),
        ("third-call-wrong", "call 3 of 10: "),
        ("tenth-call-wrong", "call 10 of 10: "),
        ("filter-overwritten", "call 1 of 10: the call changed the operand filter; its result is right"),
        ("result-buffer-reused", "call 2 of 10: the call changed the result of call 1; its result is right"),
    ],
)
def test_the_record_says_which_call_is_wrong_and_why(
    examined: Callable[[str, str], Record], fault: str, beginning: str
) -> None:
    found = found_of(examined, fault)

    assert (str(found.outcome), found.conforms) == ("differs", False)
    assert found.detail.startswith(beginning)


def test_threads_that_share_a_buffer_are_told_apart_from_one_that_is_alone(
    examined: Callable[[str, str], Record],
) -> None:
    assert found_of(examined, "scratch-shared-by-threads").conforms
    found = found_of(examined, "scratch-shared-by-threads", THREADS)
    assert str(found.outcome) == "differs"
    assert " of 16, made 4 at once: " in found.detail
    assert found_of(examined, "faithful-locked-scratch", THREADS).conforms


def test_a_changed_operand_shows_in_a_trial_of_one_call_too(examined: Callable[[str, str], Record]) -> None:
    found = found_of(examined, "value-overwritten", ALONE)

    assert str(found.outcome) == "differs"
    assert found.detail == "the call changed the operand value; its result is right"


def test_a_port_is_asked_frame_after_frame(examined: Callable[[str, str], Record], tmp_path: Path) -> None:
    (tmp_path / "stale.py").write_text(STALE_PORT)

    found = examined(f"exec:{sys.executable} {tmp_path / 'stale.py'}", TEN)

    assert found.detail.startswith("call 2 of 10: ")


def test_a_port_is_not_asked_several_calls_at_once(examined: Callable[[str, str], Record], tmp_path: Path) -> None:
    (tmp_path / "stale.py").write_text(STALE_PORT)

    found = examined(f"exec:{sys.executable} {tmp_path / 'stale.py'}", THREADS)

    assert str(found.outcome) == "unsupported"
    assert "one frame after the other" in found.detail


def test_an_adapter_that_does_not_declare_it_is_not_called_from_several_threads() -> None:
    session = LaneSession(parse_lane(mutant("faithful")), Examination(), 60.0, 1)
    assert session.client.adapter is not None
    session.client.adapter.concurrent = False  # type: ignore[attr-defined]

    found = session.ask(only(THREADS))

    assert str(found.outcome) == "unsupported"
    assert "does not declare `concurrent`" in found.detail


def test_trials_of_several_calls_are_never_asked_with_others() -> None:
    ten, alone = only(TEN), only(ALONE)

    assert list(units([alone, ten], 64, lambda trial: False)) == [[[alone]], [[ten]]]

"""A core that would be idle gets one more worker of the lane that gains by it; no record depends on that."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.adapters.lane import Lane, parse_lane
from conformance.journal import Header, Journal, JournalWriter, content_hash, read_journal
from conformance.journal.records import trial_entry
from conformance.running import lane_run
from conformance.running.assignment import Assignment, Listener
from conformance.running.runner import run
from conformance.suite.corpus import select
from conformance.workers.process import Worker

Ran = Callable[[Lane, int], tuple[Journal, int]]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """The journal of a run on so many cores, and how often a worker was started."""
    starts: list[Worker] = []
    start = Worker.start

    def counted(worker: Worker) -> object:
        starts.append(worker)
        return start(worker)

    monkeypatch.setattr(Worker, "start", counted)

    def running(lane: Lane, cores: int) -> tuple[Journal, int]:
        monkeypatch.setattr(lane_run, "available_cores", lambda: cores)
        trials, path = select(["conv2d_transpose/kernels/square[*"])[:150], tmp_path / "journal.jsonl"
        assignment = Assignment(trials, [lane], (), 60.0, 1, whole_corpus=False)
        header = Header("0", content_hash(map(trial_entry, trials)), "", (), {}, {}, (lane.text,), (), len(trials))
        with JournalWriter(path) as writer:
            run(assignment, header, writer, None, Listener())
        return read_journal(path), len(starts)

    return running


def test_a_slow_lane_gets_a_second_worker_where_a_core_is_idle(ran: Ran, stand_in: Callable[[str], str]) -> None:
    journal, starts = ran(parse_lane(stand_in("Slower")), 2)
    assert starts == 2
    assert Counter(record.trial for record in journal.records) == Counter(list(journal.trials))
    assert {record.outcome for record in journal.records} == {"agrees"}
    assert journal.footer is not None
    assert journal.footer.complete


@pytest.mark.parametrize("change", [{"device": "cuda"}, {"command": ("no", "matter")}])
def test_what_may_hold_something_of_which_there_is_one_is_not_started_twice(
    ran: Ran, stand_in: Callable[[str], str], change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = parse_lane(stand_in("Slower"))
    made = lane_run._session
    monkeypatch.setattr(lane_run, "_session", lambda _, progress: made(lane, progress))
    _, starts = ran(replace(lane, **change), 2)  # type: ignore[arg-type]
    assert starts == 1


def test_without_an_idle_core_a_lane_has_one_worker(ran: Ran, stand_in: Callable[[str], str]) -> None:
    journal, starts = ran(parse_lane(stand_in("Slower")), 1)
    assert starts == 1
    assert len(journal.records) == len(journal.trials)

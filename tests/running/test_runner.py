"""The run end to end: records, lanes that do not come up, waivers, and going on with a journal."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.adapters.lane import parse_lane
from conformance.errors import UsageError
from conformance.journal import Header, Journal, JournalWriter, LaneEntry, Record, content_hash, read_journal
from conformance.journal.records import trial_entry
from conformance.judging.verdict import Outcome, Waived
from conformance.judging.waivers import Waiver, read_waivers
from conformance.running.assignment import Assignment, Listener
from conformance.running.runner import run
from conformance.suite.case import Trial

CODES = "example-1[inputs=codes,dtype=float32]"
MIX = "example-1[inputs=mix,dtype=float32]"
SWAPPED = "example-2-as-printed"
Running = Callable[..., Journal]


@pytest.fixture
def chosen(tutorial: dict[str, Trial]) -> list[Trial]:
    return [tutorial[name] for name in (CODES, MIX, SWAPPED)]


@pytest.fixture
def ran(tmp_path: Path, chosen: list[Trial]) -> Running:
    """The journal of a run of the chosen trials, or of its continuation."""
    path = tmp_path / "journal.jsonl"

    def running(
        *lanes: str,
        resume: bool = False,
        timeout: float = 60.0,
        waivers: Sequence[Waiver] = (),
        listener: Listener | None = None,
        threads: int = 1,
    ) -> Journal:
        asked = [parse_lane(lane) for lane in lanes]
        assignment = Assignment(chosen, asked, waivers, timeout, threads, whole_corpus=False)
        header = Header("0", content_hash(map(trial_entry, chosen)), "", (), {}, {}, lanes, (), len(chosen))
        previous = read_journal(path) if resume else None
        with JournalWriter(path, resume=resume) as writer:
            run(assignment, header, writer, previous, listener or Listener())
        return read_journal(path)

    return running


def outcomes(journal: Journal, lane: str) -> list[tuple[str, bool]]:
    return [(record.outcome, record.conforms) for record in journal.records if record.lane == lane]


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("Sound", ("agrees", True)),
        ("RaisesInCall", ("refused", False)),
        ("RaisesOutside", ("errored", False)),
        ("Aborts", ("crashed", False)),
        ("Exits", ("crashed", False)),
        ("Hangs", ("timed_out", False)),
        ("Chatters", ("agrees", True)),
        ("ReturnsNothing", ("errored", False)),
    ],
)
def test_trouble_is_the_outcome_of_its_trial_alone(
    ran: Running, stand_in: Callable[[str], str], name: str, trouble: tuple[str, bool]
) -> None:
    lane = stand_in(name)
    journal = ran(lane, timeout=1.0)
    assert outcomes(journal, lane) == [trouble, ("agrees", True), ("refused", True)]
    assert journal.footer is not None
    assert journal.footer.complete


def test_lanes_run_beside_one_another_and_do_not_disturb(ran: Running, stand_in: Callable[[str], str]) -> None:
    wrong, dead = stand_in("OffByOne"), stand_in("DiesAtStart")
    journal = ran("reference", wrong, dead)
    assert outcomes(journal, "reference") == [("agrees", True), ("agrees", True), ("refused", True)]
    assert outcomes(journal, wrong) == [("differs", False), ("differs", False), ("refused", True)]
    assert outcomes(journal, dead) == []
    assert (journal.lanes[dead].status, journal.lanes["reference"].status) == ("failed", "ready")
    message = f"lane {dead} did not start: the worker ended before its hello: exit status 3 no device"
    assert journal.footer is not None
    assert (journal.footer.complete, journal.footer.incomplete) == (False, (message,))


def test_a_missing_framework_is_told_from_one_that_fails(ran: Running, stand_in: Callable[[str], str]) -> None:
    missing = stand_in("Missing")
    journal = ran(missing)
    entry = journal.lanes[missing]
    assert (entry.status, entry.message) == ("missing", "No module named 'no_such_framework'")


def test_a_record_tells_the_plan_that_ran(ran: Running, chosen: list[Trial]) -> None:
    record = ran("reference").records[1]
    assert (record.trial, record.lane, record.native, record.notes) == (chosen[1].id, "reference", True, ())
    assert record.plan == (
        "result = reference.conv2d_transpose(value, filter, output_shape=(1, 8, 8, 1), strides=(1, 2, 2, 1), "
        "padding='SAME')",
    )
    assert (record.observed_shape, record.observed_dtype) == ((1, 8, 8, 1), "float32")
    assert record.seconds is not None
    assert record.metrics is not None


def test_what_a_lane_cannot_say_needs_no_worker_and_has_no_plan(ran: Running, stand_in: Callable[[str], str]) -> None:
    journal = ran(stand_in("SaysNothing"))
    assert {record.outcome for record in journal.records} == {"unsupported"}
    assert {record.detail for record in journal.records} == {"has no words at all"}
    assert {record.native for record in journal.records} == {None}


def test_the_journal_tells_the_trials_once_in_their_order(
    ran: Running, stand_in: Callable[[str], str], chosen: list[Trial]
) -> None:
    assert list(ran("reference", stand_in("Sound")).trials) == [trial.id for trial in chosen]


def test_a_waiver_excuses_its_record_and_a_stale_one_is_a_problem(ran: Running, stand_in: Callable[[str], str]) -> None:
    lane, known = stand_in("Aborts"), Waived("bug", "known", None)
    needed = Waiver((lane,), "*codes*", {}, (Outcome.CRASHED,), known, "waivers:2")
    stale = Waiver((lane,), "*mix*", {}, (Outcome.CRASHED,), known, "waivers:9")
    journal = ran(lane, waivers=[needed, stale])
    assert [record.waived for record in journal.records] == [known, None, None]
    assert journal.footer is not None
    (problem,) = journal.footer.problems
    assert problem.startswith("waivers:9: waiver no longer needed: ")


def test_listeners_hear_of_every_lane_and_record(ran: Running) -> None:
    lanes: list[LaneEntry] = []
    records: list[Record] = []
    journal = ran("reference", listener=Listener(lanes.append, records.append))
    assert lanes == [journal.lanes["reference"]]
    assert sorted(record.trial for record in records) == sorted(journal.trials)


def test_a_lane_that_cannot_be_loaded_leaves_no_line_behind(ran: Running, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        ran("reference", "tests.running.stand_ins:NoSuchAdapter")
    assert (tmp_path / "journal.jsonl").read_bytes() == b""


def without_times(journal: Journal) -> list[Record]:
    return [replace(record, seconds=None, elapsed=None) for record in journal.records]


def test_a_journal_cut_after_any_line_is_gone_on_with_to_the_same_records(ran: Running, tmp_path: Path) -> None:
    whole = ran("reference")
    path = tmp_path / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 3 + 1 + 2 + 3 + 1
    for count in range(1, len(lines) + 1):
        path.write_bytes(b"".join(lines[:count]))
        resumed = ran("reference", resume=True)
        assert without_times(resumed) == without_times(whole), count
        assert resumed.trials == whole.trials
        assert resumed.footer is not None
        assert resumed.footer.complete


def test_a_resumed_run_remembers_what_made_a_waiver_stale(ran: Running, tmp_path: Path) -> None:
    stale = Waiver(("reference",), "*mix*", {}, (Outcome.CRASHED,), Waived("bug", "known", None), "waivers:9")
    ran("reference")
    journal = ran("reference", resume=True, waivers=[stale])
    assert journal.footer is not None
    assert len(journal.footer.problems) == 1


def test_the_same_trials_have_the_same_hash_wherever_their_files_lie(chosen: list[Trial]) -> None:
    entries = [trial_entry(trial) for trial in chosen]
    digest = content_hash(entries)
    assert content_hash(reversed(entries)) == digest
    assert content_hash(replace(entry, location="elsewhere:1") for entry in entries) == digest
    assert content_hash(entries[1:]) != digest
    assert content_hash([replace(entries[0], why="another reason"), *entries[1:]]) != digest


def test_a_waiver_of_other_versions_is_noted_and_neither_applied_nor_stale(ran: Running, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    entry = '{lane: reference, trial: "*", outcome: differs, class: bug, reason: r, versions: "<0.1"}'
    path.write_text(f"waivers:\n  - {entry}\n", encoding="utf-8")
    footer = ran("reference", waivers=read_waivers([path])).footer
    assert footer is not None
    assert footer.problems == ()
    assert footer.notes == (f"1 waiver speaks of other versions than those that answered: {path}:2",)


def test_a_waiver_may_ask_for_how_many_threads_the_run_asks(ran: Running, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    entry = '{lane: reference, trial: "*", outcome: differs, class: bug, reason: r, versions: {threads: ">=2"}}'
    path.write_text(f"waivers:\n  - {entry}\n", encoding="utf-8")
    one, two = (ran("reference", waivers=read_waivers([path]), threads=threads).footer for threads in (1, 2))
    assert one is not None
    assert two is not None
    assert one.notes == (f"1 waiver speaks of other versions than those that answered: {path}:2",)
    assert [problem.partition(": ")[2].partition(":")[0] for problem in two.problems] == ["waiver no longer needed"]

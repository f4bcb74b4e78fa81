"""A run that says where it is, stops where it is asked to, and goes on as it was asked."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.adapters import lane as lanes
from conformance.cli.progress import Outlook, duration, progress
from conformance.journal import Record, read_journal

Inside = Callable[..., int]
EXAMPLES = "conv2d_transpose/tutorial/example-*"
WRONG = "tests.running.stand_ins:OffByOne"


def record(trial: str, lane: str, outcome: str = "agrees") -> Record:
    return Record(trial, lane, outcome, outcome == "agrees", "")


def test_the_outlook_is_of_costs_until_the_clock_knows_better() -> None:
    now = [0.0]
    costs = {"quick": {"op/one/a": 5, "op/one/b": 10}, "slow": {"op/one/a": 90, "op/two/b": 90}}
    outlook = Outlook(costs, 50.0, lambda: now[0])
    assert outlook.sentence() == "about 50 s left, 0 wrong so far, slow takes longest"
    now[0] = 8.0
    outlook.recorded(record("op/one/a", "quick"))
    assert outlook.sentence() == "about 42 s left, 0 wrong so far, slow takes longest, at op/one"
    outlook.recorded(record("op/one/a", "slow", "differs"))
    assert outlook.sentence() == "about 8 s left, 1 wrong so far, slow takes longest, at op/one"
    outlook.recorded(record("op/two/b", "slow"))
    assert outlook.sentence() == "about 0 s left, 1 wrong so far, quick takes longest, at op/two"
    outlook.recorded(record("op/one/b", "quick"))
    assert outlook.sentence() == "nearly done, 1 wrong so far, at op/one"


def test_long_times_are_minutes() -> None:
    assert [duration(seconds) for seconds in (4.4, 99, 100, 3600)] == ["4 s", "99 s", "2 min", "60 min"]


def test_lines_of_a_run_tell_the_outlook(capsys: pytest.CaptureFixture[str]) -> None:
    outlook = Outlook({"one": {"op/a/1": 5, "op/a/2": 5}}, 10.0, lambda: 0.0)
    with progress(["one"], 2, Counter(), outlook, quiet=False) as listener:
        for number in (1, 2):
            listener.recorded(record(f"op/a/{number}", "one"))
    assert capsys.readouterr().err.splitlines() == [
        "one: 1 of 2; about 0 s left, 0 wrong so far, at op/a",
        "one: 2 of 2; nearly done, 0 wrong so far, at op/a",
    ]


def test_a_run_stops_after_so_many_failures_and_goes_on_with_its_own_selection_and_lanes(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", EXAMPLES, "--lane", WRONG, "--output", str(tmp_path), "--quiet", "--maxfail", "2")
    assert inside(*words) == 3
    assert len(read_journal(tmp_path / "journal.jsonl").records) == 2
    assert "stopped after 2 nonconformances; the same command with --resume goes on" in _flowed(capsys)
    assert inside("run", "--resume", "--output", str(tmp_path), "--quiet", "--slowest", "3") == 1
    journal = read_journal(tmp_path / "journal.jsonl")
    assert len(journal.records) == len(journal.trials) > 2
    assert journal.header.lanes == (WRONG,)
    told = capsys.readouterr().out.splitlines()[-3:]
    assert all(f" s  {WRONG}: conv2d_transpose/tutorial/example-" in line for line in told)


def test_what_had_failed_is_resumed_as_it_was_asked(inside: Inside, tmp_path: Path) -> None:
    words = ("run", EXAMPLES, "--lane", WRONG, "--output", str(tmp_path), "--quiet")
    assert inside(*words) == 1
    assert inside(*words, "--failed", "--maxfail", "1") == 3
    assert inside("run", "--resume", "--output", str(tmp_path), "--quiet") == 1
    journal = read_journal(tmp_path / "journal.jsonl")
    assert len(journal.records) == len(journal.trials)


def test_what_had_failed_in_a_lane_that_takes_samples_is_asked_whole(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inside("run", EXAMPLES, "--lane", WRONG, "--output", str(tmp_path), "--quiet") == 1
    failed = sum(not each.conforms for each in read_journal(tmp_path / "journal.jsonl").records)
    monkeypatch.setattr("conformance.running.progress.is_sampled", lambda lane: True)
    monkeypatch.setattr("conformance.running.progress.sample", lambda trials: [])
    assert inside("run", "--failed", "--lane", WRONG, "--output", str(tmp_path), "--quiet") == 1
    assert len(read_journal(tmp_path / "journal.jsonl").records) == failed > 2


def _flowed(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_a_required_lane_that_is_missing_makes_the_run_incomplete(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.cli.run.DEFAULT_LANES", ("reference", "torch"))
    monkeypatch.setattr(
        "conformance.cli.run.missing_framework", lambda lane: "torch is not here" if lane.name == "torch" else None
    )
    words = ("run", EXAMPLES, "--output", str(tmp_path), "--quiet")
    assert inside(*words, "--require", "torch") == 3
    assert "Incomplete: required lane torch judged nothing" in _flowed(capsys)
    assert "torch is not here" in (tmp_path / "report.md").read_text("utf-8")
    assert inside(*words, "--require", "tensorlow") == 2
    assert "--require tensorlow: no lane of this run is called that; its lanes are reference torch" in (
        " ".join(capsys.readouterr().err.split())
    )


def test_a_required_lane_that_judged_something_is_in_order(inside: Inside, tmp_path: Path) -> None:
    words = ("run", EXAMPLES, "--lane", "reference", "--output", str(tmp_path), "--quiet")
    assert inside(*words, "--require", "reference") == 0


def test_maxfail_does_not_go_with_a_cluster(inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("run", EXAMPLES, "--maxfail", "1", "--executor", "dask", "--output", str(tmp_path)) == 2
    assert "--maxfail stops a run of this machine alone" in capsys.readouterr().err


def test_the_command_of_a_named_port_is_asked_for_again(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", EXAMPLES, "--lane", WRONG, "--output", str(tmp_path), "--quiet")
    monkeypatch.setattr("conformance.cli.run.called", lambda: ("conformance", "run", "--lane", "mine=exec:..."))
    assert inside(*words) == 1
    assert inside("run", "--resume", "--output", str(tmp_path), "--quiet") == 2
    assert "a journal does not keep the command of mine=exec:...; give --lane again" in capsys.readouterr().err


def test_a_mode_that_is_nearly_one_is_suggested() -> None:
    with pytest.raises(Exception, match=r"torch has no mode 'compil'; did you mean compile\? it must be one of "):
        lanes.parse_lanes(["torch:compil"], [])


def test_chapters_are_a_table(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("cases", "list", "pad/refusals", "pad/constants", "--chapters") == 0
    heads, *rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert heads == ["chapter", "trials", "operators"]
    assert [row[0] for row in rows] == ["constants", "refusals", "all"]
    assert [row[2:] for row in rows[:2]] == [["pad", row[1]] for row in rows[:2]]
    assert int(rows[2][1]) == sum(int(row[1]) for row in rows[:2])
    assert inside("cases", "list", "pad/refusals", "--chapters", "--coverage") == 2

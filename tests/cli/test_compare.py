"""`conformance compare`, and `conformance report` of shards: from runs to exit statuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.journal import Journal, Record, read_journal
from conformance.report.merging import merge
from tests.journals import chained, contents

Inside = Callable[..., int]
EXAMPLES = "conv2d_transpose/tutorial/example-*"
RUN = ("run", EXAMPLES, "--lane", "reference", "--quiet", "--output")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the runs, which the first test that needs one makes, and no test changes."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def whole(inside: Inside, runs: Path) -> Path:
    """The folder of a run of the tutorial's examples."""
    folder = runs / "whole"
    if not folder.exists():
        assert inside(*RUN, str(folder)) == 0
    return folder


@pytest.fixture
def shards(inside: Inside, runs: Path) -> Path:
    """The folder with the folders of the same run's halves."""
    folder = runs / "shards"
    if not folder.exists():
        for number in (1, 2):
            assert inside(*RUN, str(folder / str(number)), "--shard", f"{number}/2") == 0
    return folder


def edited(folder: Path, target: Path, outcome: str, lines: slice = slice(None)) -> Path:
    """A copy of the journal in which the first record has another outcome."""
    entries = [json.loads(line) for line in contents(folder / "journal.jsonl")]
    first = next(entry for entry in entries if entry["kind"] == "record")
    first |= {"outcome": outcome, "conforms": False, "detail": "edited on purpose"}
    target.write_bytes(chained(json.dumps(entry).encode() for entry in entries[lines]))
    return target


def timeless(journal: Journal) -> dict[tuple[str, str], Record]:
    return {(record.trial, record.lane): replace(record, seconds=None, elapsed=None) for record in journal.records}


def test_merged_shards_are_the_run_but_for_times(whole: Path, shards: Path) -> None:
    single = read_journal(whole / "journal.jsonl")
    parts = [read_journal(shards / name / "journal.jsonl") for name in ("1", "2")]
    merged = merge(parts)
    assert [part.header.shard for part in parts] == ["1/2", "2/2"]
    assert timeless(merged) == timeless(single)
    assert merged.header.content_hash == single.header.content_hash
    assert dict(merged.trials) == dict(single.trials)


def test_a_report_of_all_shards_is_the_report_of_the_run(
    inside: Inside, whole: Path, shards: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for words in ([whole], [shards / "2", shards / "1"], [shards]):
        capsys.readouterr()
        assert inside("report", *map(str, words), "--format", "json") == 0
        told.append(json.loads(capsys.readouterr().out))
    assert [content["headline"] for content in told] == [told[0]["headline"]] * 3
    assert [content["lanes"][0]["counts"] for content in told] == [told[0]["lanes"][0]["counts"]] * 3


@pytest.mark.parametrize(
    ("names", "message"),
    [(["1"], "missing shard 2/2"), (["1", "1"], "duplicate shard 1/2"), (["2"], "missing shard 1/2")],
)
def test_a_report_without_all_shards_exits_with_2(
    inside: Inside, shards: Path, capsys: pytest.CaptureFixture[str], names: list[str], message: str
) -> None:
    assert inside("report", *(str(shards / name) for name in names)) == 2
    assert message in capsys.readouterr().err


def test_a_run_compared_with_its_own_shards_has_no_regression(
    inside: Inside, whole: Path, shards: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside("compare", str(whole), str(shards)) == 0
    assert "No regression, 0 improvements, 0 other changes, 0 grown errors; 19 records of 19" in capsys.readouterr().out


def test_a_regression_exits_with_1_and_an_improvement_with_0(
    inside: Inside, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worse = edited(whole, tmp_path / "worse.jsonl", "differs")
    assert inside("compare", str(whole), str(worse)) == 1
    assert "Regressions (1)\n  agrees -> differs in reference: conv2d_transpose/tutorial/" in capsys.readouterr().out
    assert inside("compare", str(worse), str(whole)) == 0
    assert "Improvements (1)" in capsys.readouterr().out


def test_an_interrupted_new_run_exits_with_3(inside: Inside, whole: Path, tmp_path: Path) -> None:
    torn = edited(whole, tmp_path / "torn.jsonl", "differs", slice(-1))
    assert inside("compare", str(whole), str(torn)) == 3


def test_runs_of_other_trials_are_compared_by_intersection_only(
    inside: Inside, whole: Path, shards: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("compare", str(whole), str(shards / "1"))
    assert inside(*words) == 2
    part = len(read_journal(shards / "1" / "journal.jsonl").trials)
    assert f"do not ask the same: 19 and {part} trials" in capsys.readouterr().err
    assert inside(*words, "--intersection", "--format", "json") == 0
    content = json.loads(capsys.readouterr().out)
    assert (content["trials"], len(content["trials_removed"])) == (part, 19 - part)


def test_a_comparison_goes_into_a_file_when_asked_to(
    inside: Inside, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    target = tmp_path / "comparison.md"
    assert inside("compare", str(whole), str(whole), "--format", "markdown", "--output", str(target)) == 0
    assert capsys.readouterr().out == ""
    assert target.read_text("utf-8").startswith("# Conformance: what changed\n")
    assert inside("compare", str(whole), str(whole), "--output", str(tmp_path / "no" / "file")) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_lanes_of_one_run_are_compared_where_no_second_run_is_named(
    inside: Inside, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert inside("compare", str(whole), "--lane", "reference=reference") == 0
    assert "19 records of 19 trials in 1 lane compared" in capsys.readouterr().out
    assert inside("compare", str(whole), "--lane", "reference=gone") == 2
    assert "expected OLD=NEW, or the name of a lane of both; BASE has reference" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.jsonl", "gone.jsonl"], "gone.jsonl: No such file or directory"),
        ([".", "."], "journal.jsonl: No such file or directory"),
        (["only-one"], "Missing argument 'NEW'"),
        (["x", "y", "--format", "html"], "'html' is not one of"),
    ],
)
def test_what_cannot_be_read_exits_with_2(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert inside("compare", *words) == 2
    assert message in capsys.readouterr().err

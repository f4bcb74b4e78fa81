"""A lane with a label, `old=python:ENVIRONMENT:ADAPTER`, is found again from what a run leaves."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.adapters.lane import parse_lane
from conformance.cli.beside import lanes_of
from conformance.journal import Journal, Record, read_journal
from conformance.report.document import describe
from conformance.report.page.matrix import matrix
from conformance.report.writing import render

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
EXAMPLES = "conv2d_transpose/tutorial/example-1[inputs=mix*"
SPELLING = f"old=python:{sys.executable}:tests.running.stand_ins:OffByOne"
WRONG = 2


def run(inside: Inside, folder: Path, *words: str) -> int:
    return inside("run", "--output", str(folder), "--quiet", "--no-waivers", *words)


@pytest.fixture
def ended(inside: Inside, tmp_path: Path) -> Path:
    """The folder of a run of one lane with a label, all of whose answers are wrong."""
    assert run(inside, tmp_path, EXAMPLES, "--lane", SPELLING) == 1
    return tmp_path


def records(folder: Path) -> tuple[Record, ...]:
    return read_journal(folder / "journal.jsonl").records


def explained(journal: Journal) -> list[str]:
    """The command of the first record, as summary.json has it."""
    (cause,) = describe(journal).causes
    return shlex.split(cause.smallest.explain)


def test_the_command_of_a_record_names_its_lane_whole_and_works(inside: Inside, ended: Path, capsys: Capture) -> None:
    journal = read_journal(ended / "journal.jsonl")
    assert journal.header.lanes == ("old",)
    assert journal.header.spellings == {"old": SPELLING}
    command = explained(journal)
    assert command[0:2] + command[3:] == ["conformance", "explain", "--lane", SPELLING]
    capsys.readouterr()
    assert inside(*command[1:]) == 0
    printed = capsys.readouterr().out
    assert f"to be run by {sys.executable}." in printed
    for format in ("markdown", "html", "junit"):
        assert "old=python:" in render([journal], format)


def test_the_page_s_commands_and_scripts_are_of_the_whole_spelling(ended: Path) -> None:
    journal = read_journal(ended / "journal.jsonl")
    (lane,) = matrix(describe(journal))["lanes"]
    assert (lane["name"], lane["spelling"]) == ("old", SPELLING)
    installed = {"old": f"old=python:{sys.executable}:reference"}
    (found,) = lanes_of(replace(journal, header=replace(journal.header, spellings=installed)))
    assert (found.text, found.python, found.name) == ("old", sys.executable, "reference")


def test_a_lane_without_a_label_needs_no_spelling() -> None:
    assert parse_lane("reference").called == ""
    assert parse_lane(SPELLING.removeprefix("old=")).called == ""


@pytest.mark.parametrize("lanes", [(), ("--lane", "old"), ("--lane", SPELLING)])
def test_what_failed_is_asked_again_in_the_lane_of_that_label(
    inside: Inside, ended: Path, lanes: tuple[str, ...]
) -> None:
    assert run(inside, ended, "--failed", EXAMPLES, *lanes) == 1
    assert [record.lane for record in records(ended)] == ["old"] * WRONG


@pytest.mark.parametrize("lanes", [(), ("--lane", "old")])
def test_a_run_goes_on_in_the_lane_of_that_label(inside: Inside, tmp_path: Path, lanes: tuple[str, ...]) -> None:
    assert run(inside, tmp_path, EXAMPLES, "--lane", SPELLING, "--maxfail", "1") == 3
    assert len(records(tmp_path)) < WRONG
    assert run(inside, tmp_path, "--resume", *lanes) == 1
    assert [record.lane for record in records(tmp_path)] == ["old"] * WRONG


def test_findings_have_the_script_of_a_lane_with_a_label(inside: Inside, ended: Path, capsys: Capture) -> None:
    capsys.readouterr()
    assert inside("findings", str(ended)) == 0
    told = capsys.readouterr().out
    assert f"to be run by {sys.executable}." in told
    assert "no script" not in told


def test_a_journal_without_spellings_has_the_labels_alone(ended: Path) -> None:
    journal = read_journal(ended / "journal.jsonl")
    older = replace(journal, header=replace(journal.header, spellings={}))
    assert explained(older)[-1] == "old"

"""Every nonconformance carries the command that prints its script, in every format."""

from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from conformance.journal import Footer, Header, Journal, LaneEntry, Record, TrialEntry
from conformance.judging.verdict import Waived
from conformance.report.writing import FORMATS, Format, print_report, render

TRIALS = ("a/b/wrong[x=1]", "a/b/waived[x=1]", "a/b/right[x=1]")
COMMANDS = [f"conformance explain '{trial}' --lane tensorflow:session" for trial in TRIALS]


def record(trial: str, outcome: str, waived: Waived | None) -> Record:
    return Record(
        trial, "tensorflow:session", outcome, outcome == "agrees", "", True, (), (), None, None, (), 0.1, waived=waived
    )


def journal(flags: dict[str, str]) -> Journal:
    header = Header("0.1.0", "8c1f", "2026-01-02", ("conformance", "run"), {}, flags, ("tensorflow:session",), (), 3)
    trials = {name: TrialEntry(name, "a", {}, "mix", "reference", "", None, "b.yaml:3", (), None) for name in TRIALS}
    answers = zip(TRIALS, ("differs", "differs", "agrees"), (None, Waived("bug", "known", None), None), strict=True)
    records = tuple(record(*answer) for answer in answers)
    lane = LaneEntry("tensorflow:session", "ready", "tensorflow", "2.21.0")
    footer = Footer("2026-01-02", complete=True, problems=(), incomplete=())
    return Journal(Path("journal.jsonl"), header, trials, {lane.lane: lane}, records, (), footer)


@pytest.mark.parametrize("format", FORMATS)
def test_nonconformances_have_their_command_and_waived_ones_where_a_reader_looks_for_single_records(
    format: Format,
) -> None:
    text = unescape(render([journal({})], format))
    assert [command in text for command in COMMANDS] == [True, format in ("html", "json"), False]


def test_a_terminal_shows_the_command_of_each_cause() -> None:
    console = Console(file=StringIO(), width=160)
    print_report(journal({}), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert [command in text for command in COMMANDS] == [True, False, False]


def test_the_command_sets_what_the_run_had_set() -> None:
    text = unescape(render([journal({"timeout": "60", "threads": "1", "TF_ENABLE_ONEDNN_OPTS": "0"})], "markdown"))
    assert f"env TF_ENABLE_ONEDNN_OPTS=0 {COMMANDS[0]}\n" in text

"""The report on a terminal."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from conformance.journal import Journal, Record
from conformance.report.terminal import MOST_CAUSES
from conformance.report.writing import print_report


def shown(journal: Journal, width: int, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    print_report(journal, Console(file=stream, width=width, force_terminal=False, color_system=None))
    stream.flush()
    return raw.getvalue().decode(encoding)


def flowed(text: str) -> str:
    """Without the line breaks that the width made."""
    return "".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 160])
def test_every_lane_has_its_row_in_any_width_and_no_line_is_longer(realistic: Journal, width: int) -> None:
    lines = shown(realistic, width).splitlines()
    # A command that is broken cannot be copied.
    assert max(len(line) for line in lines if not line.startswith("  conformance explain ")) <= width
    rows = {line.split()[0]: line.split()[1:5] for line in lines if len(line.split()) > 4}
    assert rows["tensorflow:function"] == ["23", "0", "0", "0"]
    assert rows["torch"] == ["16", "1", "5", "1"]
    assert any(line.split() == ["jax", "(missing)"] for line in lines)


@pytest.mark.parametrize("width", [80, 160])
def test_the_worst_error_is_in_the_table_in_any_width(realistic: Journal, width: int) -> None:
    row = next(line for line in shown(realistic, width).splitlines() if line.split()[:2] == ["torch", "16"])
    assert "3.2e+04" in row


@pytest.mark.parametrize("width", [60, 160])
def test_a_nonconformance_is_told_in_full(realistic: Journal, width: int) -> None:
    text = flowed(shown(realistic, width))
    for told in (
        "differs in torch: conv2d_transpose/sweep/square[kernel=3,stride=2,padding=SAME,inputs=normal64]",
        "conv2d_transpose(value=[1, 4, 4, 1], filter=[3, 3, 1, 1], output_shape=[1, 8, 8, 1]",
        "the pattern is a shift by one along axis 1",
        "result = torch.nn.functional.conv_transpose2d(value, filter, stride=(2, 2))",
        "[0, 1, 0, 0] expected 1.5, observed nan",
    ):
        assert flowed(told) in text


def test_known_deviations_are_counted_by_framework_and_missing_lanes_say_what_to_do(realistic: Journal) -> None:
    text = shown(realistic, 160)
    assert "Waived: known deviations, with their reasons in every report" in text
    assert "torch: 5 records, 1 reason (1 bug)" in text
    assert "Not asked: jax: jax is not installed: pip install 'nn-conformance[jax]'" in text


@pytest.mark.parametrize("width", [60, 160])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_hostile_text_is_shown_as_it_is_and_takes_no_effect(hostile: Journal, width: int, encoding: str) -> None:
    text = shown(hostile, width, encoding)
    assert flowed("<script>alert(1)</script> ]]> [red]bold[/red] [/] \\x1b[31m \\x00") in flowed(text)
    assert "\x1b" not in text
    assert "\x00" not in text


def test_an_interruption_is_at_the_top(realistic: Journal) -> None:
    lines = shown(replace(realistic, footer=None), 160).splitlines()
    assert lines[0].startswith("Incomplete: ")
    assert lines[1].startswith("This run was interrupted")
    assert "--resume" in lines[1]


def test_nonconformances_of_one_cause_are_told_once_with_the_smallest_call(
    record: Callable[..., Record], journal: Callable[..., Journal]
) -> None:
    records = [record(f"a/b/case{number}", "torch", "differs") for number in range(3)]
    text = shown(journal(records), 200)
    assert "3 nonconformances, 1 cause" in text
    assert text.count("differs in torch") == 1
    assert "3 records, this is the smallest call: torch 3; " in text


def test_more_causes_than_anyone_reads_are_counted(
    record: Callable[..., Record], journal: Callable[..., Journal]
) -> None:
    said = [f"it is {chr(ord('a') + number)}" for number in range(MOST_CAUSES + 3)]
    records = [record(f"a/b/case{number}", "torch", "differs", detail=text) for number, text in enumerate(said)]
    text = shown(journal(records), 100)
    assert text.count("differs in torch") == MOST_CAUSES
    assert "3 more causes: all of them are in report.html and journal.jsonl" in text

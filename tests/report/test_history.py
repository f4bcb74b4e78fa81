"""Runs beside one another: which cause came, and which went; and the picture of the newest run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.cli.main import program
from conformance.errors import JournalError, UsageError
from conformance.journal import Journal, Record
from conformance.judging.verdict import Waived
from conformance.report.history import badge, history, markdown

Records = Callable[..., Record]
Journals = Callable[..., Journal]
KNOWN = Waived("bug", "it crops the same amount on both sides", None)


def on(day: str, journal: Journal) -> Journal:
    return replace(journal, header=replace(journal.header, started=f"{day}T10:00:00+00:00"))


@pytest.fixture
def three(record: Records, journal: Journals) -> list[Journal]:
    """Runs in another order than their days: a shift that went, a flip that came, a waived fault that stays."""
    shift, flip = "shifted by 1 pixel", "the kernel is flipped along height"
    known = record("a/known/1", "port", "differs", waived=KNOWN)
    old = [record(f"a/s/{n}", "port", "differs", diagnosis=(shift,)) for n in range(3)]
    new = [record("a/f/1", "port", "differs", diagnosis=(flip,))]
    return [
        on("2026-03-01", journal([known, *new])),
        on("2026-01-01", journal([known, *old])),
        on("2026-02-01", journal([record("a/r/1", "reference")])),
    ]


def test_causes_that_came_stand_first_then_those_that_went_then_those_that_stayed(three: list[Journal]) -> None:
    told = history(three)
    assert [run[:10] for run in told.runs] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert [(row.change, row.counts, row.waived) for row in told.rows] == [
        ("came", (0, None, 1), False),
        ("went", (3, None, 0), False),
        ("stayed", (1, None, 1), True),
    ]


def test_the_page_says_of_each_run_what_was_judged_and_of_each_cause_what_became_of_it(three: list[Journal]) -> None:
    lines = markdown(history(three)).splitlines()
    assert lines[2].startswith("1. 2026-01-01 port 1.0: 4 judged: ")
    assert "3 causes: 1 came, 1 went, 1 stayed." in lines
    assert "| port | the kernel is flipped along height | 0 | - | 1 | came | a/f/1 |" in lines
    assert f"| port | {KNOWN.reason} (waived) | 1 | - | 1 | stayed | a/known/1 |" in lines


@pytest.mark.parametrize(
    ("outcomes", "said", "colour"),
    [
        (["agrees", "agrees"], "2 judged, as expected", "#2e7d32"),
        (["agrees", "differs"], "2 judged, 1 wrong", "#b3261e"),
    ],
)
def test_a_badge_says_what_was_judged(
    outcomes: list[str], said: str, colour: str, record: Records, journal: Journals
) -> None:
    picture = badge(journal([record(f"a/b/{n}", "port", outcome) for n, outcome in enumerate(outcomes)]))
    ElementTree.fromstring(picture)
    assert f"<title>conformance: {said}</title>" in picture
    assert colour in picture


def test_a_run_that_is_not_whole_has_a_grey_badge(record: Records, journal: Journals) -> None:
    picture = badge(replace(journal([record("a/b/1", "port")]), footer=None))
    assert "1 judged, incomplete" in picture
    assert "#757575" in picture


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    with pytest.raises((JournalError, UsageError), match="nothing"):
        program.main(["history", str(tmp_path / "nothing")], standalone_mode=False)

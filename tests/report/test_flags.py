"""Flags: each that a report shows is explained in it, once; and counts of what was judged, in every format."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from rich.console import Console

from conformance.journal import Journal, Record
from conformance.judging.verdict import Flag, Verdict
from conformance.report.flags import MEANINGS, UNKNOWN, legend
from conformance.report.writing import print_report, render

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
Records = Callable[..., Record]
Journals = Callable[..., Journal]
SENTENCE = "2 judged: 1 as expected, 1 nonconforming; 3 not declared; 1 unsupported"


@pytest.fixture
def flagged(record: Records, journal: Journals) -> Journal:
    return journal(
        [
            record("a/b/right", "mine", flags=("flushed",)),
            record("a/b/wrong", "mine", "differs", flags=("mistrusted", "not_repeatable")),
            record("a/b/unsaid", "mine", "unsupported"),
            *(record(f"a/b/{n}", "mine", "unsupported", flags=("undeclared",)) for n in range(3)),
        ]
    )


def terminal(journal: Journal, width: int) -> str:
    stream = StringIO()
    print_report(journal, Console(file=stream, width=width))
    return stream.getvalue()


def flowed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 160])
def test_a_terminal_explains_the_flags_of_its_findings_once(flagged: Journal, width: int) -> None:
    told = flowed(terminal(flagged, width))
    for flag in ("mistrusted", "not_repeatable"):
        assert told.count(f"flag {flag}: {MEANINGS[flag]}") == 1
    assert "flag flushed" not in told  # no finding shows it


def test_markdown_explains_the_flags_of_its_findings_once(flagged: Journal) -> None:
    told = render([flagged], "markdown")
    assert told.count("- `mistrusted`: most of the expected elements are zeros") == 1
    assert "`flushed`" not in told


def test_the_page_explains_every_flag_that_it_shows_once(flagged: Journal) -> None:
    page = render([flagged], "html")
    for flag in ("flushed", "mistrusted", "not_repeatable", "undeclared"):
        assert page.count(f"<dt><code>{flag}</code></dt><dd>{MEANINGS[flag]}</dd>") == 1


def test_json_explains_every_flag(flagged: Journal) -> None:
    flags = json.loads(render([flagged], "json"))["flags"]
    assert flags == {flag: MEANINGS[flag] for flag in ("mistrusted", "flushed", "not_repeatable", "undeclared")}


def test_every_flag_that_a_verdict_can_have_is_explained() -> None:
    """A verdict's flags are of this type and nothing else: mypy sees to it."""
    assert get_type_hints(Verdict)["flags"] == tuple[Flag, ...]
    assert set(MEANINGS) == set(Flag)
    assert all(meaning.strip() for meaning in MEANINGS.values())


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_is_set_somewhere(flag: Flag) -> None:
    folders = ("judging", "running", "vectors")
    sources = [path.read_text(encoding="utf-8") for folder in folders for path in (CONFORMANCE / folder).rglob("*.py")]
    assert any(f"Flag.{flag.name}" in source for source in sources)


def test_a_flag_of_another_version_says_that_it_is_one(record: Records) -> None:
    assert legend([record("a/b/c", "mine", flags=("from_the_future",))]) == (("from_the_future", UNKNOWN),)


def test_counts_are_of_what_was_judged_in_every_format(flagged: Journal) -> None:
    assert f"{SENTENCE} (6 trials)" in flowed(terminal(flagged, 160))
    assert f"{SENTENCE} (6 trials)" in render([flagged], "markdown").replace("\\", "")
    assert f"{SENTENCE} (6 trials)" in render([flagged], "html")
    content: dict[str, Any] = json.loads(render([flagged], "json"))
    assert (content["judged"], content["lanes"][0]["judged"], content["lanes"][0]["sentence"]) == (2, 2, SENTENCE)
    assert f'<property name="counts" value="{SENTENCE}" />' in render([flagged], "junit")
    assert '<property name="undeclared" value="3" />' in render([flagged], "junit")


@pytest.mark.parametrize("width", [60, 80, 160])
def test_what_is_not_declared_has_a_column_of_its_own_in_any_width(flagged: Journal, width: int) -> None:
    lines = terminal(flagged, width).splitlines()
    assert max(map(len, lines)) <= width
    row = next(line for line in lines if line.split()[:2] == ["mine", "1"])
    assert row.split()[1:6] == ["1", "1", "0", "1", "3"]  # ok, wrong, waived, cannot say, not declared

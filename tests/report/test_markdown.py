"""The report in Markdown."""

from collections.abc import Callable
from html import escape
from itertools import product

import pytest
from markdown_it import MarkdownIt

from conformance.journal import Convention, Journal, Record
from conformance.judging.verdict import Waived
from conformance.report.fitting import Section, fit
from conformance.report.markdown import LIMIT
from conformance.report.markdown_text import code, fenced, link, row, table_head
from conformance.report.writing import render

Records = Callable[..., Record]
Journals = Callable[..., Journal]


def test_every_section_is_there(realistic: Journal) -> None:
    text = render([realistic], "markdown")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## What it means",
        "## Nonconformances",
        "## Where it is wrong",
        "## Lanes",
        "## Outcomes",
        "## Numerical differences",
        "## Arithmetic",
        "## Known deviations (waived)",
        "## The tutorial's examples",
        "## Composed calls, and why",
        "## What cannot be said",
        "## Output-shape conventions, as measured",
        "## Provenance",
    ]
    assert (
        "| `SAME` | 3 | 2 | 1 | 4 | **no** | 7\N{EN DASH}8 (caller chooses) | cannot say: padding is an integer | 11 |"
        in text
    )
    assert "[0, 1, 0, 0] expected 1.5, observed nan" in text
    assert "more causes" not in text


def test_causes_get_room_before_what_is_only_of_interest(record: Records, journal: Journals) -> None:
    long = "x" * 500
    wrong = [record(f"a/b/{name}", "torch", "differs", detail=f"{name} {long}") for name in "abcd"]
    waived = [record(f"a/w/{n}", "torch", "differs", waived=Waived("bug", f"{n} {long}", None)) for n in range(100)]
    text = render([journal([*wrong, *waived])], "markdown")
    assert text.count("### `differs` in `torch`") == 4
    assert "more known deviations are in report.html" in text


def test_nonconformances_of_one_cause_are_told_once_with_the_smallest_call_and_the_others_by_name(
    record: Records, journal: Journals
) -> None:
    records = [record(f"a/b/case{n}", "torch", "differs", detail=f"{n} of 64 are wrong") for n in range(30)]
    text = render([journal(records)], "markdown")
    assert "30 records not as expected, and no waiver says why: 1 cause." in text
    assert text.count("### `differs` in `torch`") == 1
    assert "29 more records of the same cause: conv2d_transpose; forward; float32" in text
    assert "and 9 more in report.html and journal.jsonl" in text


def test_five_thousand_causes_stay_within_the_limit_and_the_rest_is_counted(record: Records, journal: Journals) -> None:
    names = ["".join(letters) for letters in product("abcdefghijklmnopqr", repeat=3)][:5000]
    records = [record(f"a/b/{name}", "torch", "differs", detail=f"{name} " + "off by one " * 50) for name in names]
    text = render([journal(records)], "markdown")
    assert LIMIT // 2 < len(text) <= LIMIT
    shown = text.count("### `differs` in `torch`")
    assert shown > 10
    assert f"*{5000 - shown:,} more causes are in report.html and journal.jsonl.*" in text
    assert "## Provenance" in text


def test_a_journal_that_is_long_in_every_way_stays_within_the_limit(record: Records, journal: Journals) -> None:
    long = "x|`<" * 5000
    records = [
        record(f"a/tutorial/{number}{long}", lane, outcome, detail=f"{letter}{long}", plan=(long,) * 50, **changes)
        for number, letter in enumerate("abcdefghij")
        for lane in (f"torch{long}", f"jax{long}")
        for outcome, changes in (("differs", {}), ("refused", {"waived": Waived(long, f"{number}{long}", long)}))
    ]
    conventions = tuple(Convention(f"torch{long}", long, n, 3, 2, 1, (), False, long, ()) for n in range(500))
    text = render([journal(records, conventions=conventions)], "markdown")
    assert len(text) <= LIMIT
    assert "more geometries are in report.html" in text
    assert "more causes are in report.html" in text


def test_hostile_text_makes_no_html_no_links_and_no_emphasis(hostile: Journal) -> None:
    text = render([hostile], "markdown")
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script" not in page
    assert "href" not in page
    assert "\x1b" not in text
    assert page.count("<h1>") == 1
    assert "alert(1)" in page


def test_a_table_row_keeps_its_cells_whatever_stands_in_them(hostile: Journal) -> None:
    page = MarkdownIt("commonmark").enable("table").render(render([hostile], "markdown"))
    rows = [row for row in page.split("<tr>") if "<td>lane " in row]
    assert [row.count("<td>") for row in rows] == [2, 2]


def test_short_sections_are_kept_whole_beside_a_long_one() -> None:
    sections = [
        Section("long", tuple(f"block {n:04}" for n in range(1000)), "blocks", "\n"),
        Section("short", ("one", "two"), "blocks", "\n"),
    ]
    text = fit(sections, 300, "elsewhere")
    assert len(text) <= 300
    assert text.endswith("short\none\ntwo\n")
    shown = text.count("\nblock ")
    assert shown > 5
    assert f"*{1000 - shown} more blocks are elsewhere.*" in text


def test_two_long_sections_share_what_there_is() -> None:
    sections = [Section(name, (f"{name} block",) * 1000, "blocks", "\n") for name in ("left", "wing")]
    text = fit(sections, 3000, "elsewhere")
    assert text.count("left block") == text.count("wing block") > 50


@pytest.mark.parametrize("text", ["`", "``", "a`b", "a``b`c", "`a`", "a|b", "*a*", "<b>", "&lt;"])
def test_a_code_span_shows_its_text_and_ends_where_it_should(text: str) -> None:
    page = MarkdownIt("commonmark").enable("table").render(f"{table_head(['x', 'y'])}\n{row([code(text), 'end'])}")
    assert f"<td><code>{escape(text)}</code></td>\n<td>end</td>" in page


@pytest.mark.parametrize("text", ["```", "````", "~~~", "a\n```\nb", "</details>", "    "])
def test_a_block_of_code_shows_its_lines_and_ends_where_it_should(text: str) -> None:
    page = MarkdownIt("commonmark").render(f"{fenced([text])}\n\nend")
    assert page == f'<pre><code class="language-text">{escape(text)}\n</code></pre>\n<p>end</p>\n'


def test_the_address_of_a_waiver_is_a_link_only_if_it_is_one() -> None:
    assert link("https://example.org/issue/1") == "<https://example.org/issue/1>"
    assert link("javascript:alert(1)") == "`javascript:alert(1)`"


@pytest.mark.parametrize("limit", range(120, 200, 7))
def test_no_limit_is_overrun(limit: int) -> None:
    sections = [Section("lead", tuple("x" * n for n in range(40)), "blocks"), Section("other", ("y" * 30,), "lines")]
    assert len(fit(sections, limit, "elsewhere")) <= limit

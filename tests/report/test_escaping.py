"""Reports escape everything that comes from cases, ports and frameworks: whatever it is, it stays text."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from conformance.journal import Footer, Journal, LaneEntry, Record, TrialEntry
from conformance.judging.verdict import Difference, Waived
from conformance.report.markdown_text import cell, code, fenced, folded, prose, row, table_head
from conformance.report.regression_report import markdown as comparison_markdown
from conformance.report.regression_report import terminal as comparison_terminal
from conformance.report.regressions import compare
from conformance.report.writing import print_report, render

Trials = Callable[..., TrialEntry]
Records = Callable[..., Record]
Journals = Callable[..., Journal]
Metrics = Callable[..., object]

ATTACKS = {
    "markup": "<img src=x onerror=alert(1)>",
    "end of script": "</script><script>alert(1)</script>",
    "end of details": "</details></summary>",
    "comment": "<!-- --> ]]> <![CDATA[",
    "entity": "&lt;b&gt; &#x3c; &amp;",
    "ANSI": "\x1b[31;1mred\x1b]0;title\x07\x9b2J",
    "controls": "\x00\x01\x08\x0b\x0c\x1f\x7f\x85",
    "carriage return": "right\rwrong",
    "line ends": "a\n# heading\n\n- item\n1. one\n> quote\n---\n| a | b |",
    "other line ends": "a\u2028b\u2029c\x85d",
    "reordering": "\u202egnp.exe\u202c \u2066x\u2069",
    "invisible": "a\u200bb\u200ec\ufeffd\u00ade",
    "illegal in XML": "\ufffe\uffff\ud800\udfff",
    "table": "a | b \\| c \\",
    "fences": "```\n````\n~~~",
    "backticks": "` `` ``` a`b",
    "link": "[text](javascript:alert(1)) ![image](https://example.org/x.png) <https://example.org>",
    "mention": "@everyone #1 GH-1 https://example.org/a www.example.org",
    "rich": "[red]bold[/red] [/] [link=https://example.org]x[/link] :smile:",
    "template": "{{ 7*7 }} {% raw %} ${7*7}",
    "emphasis": "**bold** _under_ ~~struck~~",
}
RAW = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
ELEMENTS = re.compile(
    r"<(?!/?(?:h[1-6]|p|table|thead|tbody|tr|th|td|code|pre|strong|em|ul|ol|li|blockquote|br)\b)[a-z!/]"
)
everything = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.fixture(params=list(ATTACKS.values()), ids=list(ATTACKS))
def attack(request: pytest.FixtureRequest) -> str:
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture
def attacked(trial: Trials, record: Records, journal: Journals, metrics: Metrics, attack: str) -> Journal:
    """A run in which every text that comes from outside is the attack."""
    names = [f"op/tutorial/{number}[{attack}]" for number in range(4)]
    lane = f"exec:{attack}"
    texts = {"detail": attack, "plan": (attack,), "notes": (attack,), "flags": (attack,), "diagnosis": (attack,)}
    unequal = metrics(wrong=1, differences=(Difference((0,), attack, attack, attack),))
    records = [
        record(names[0], lane, "differs", metrics=unequal, **texts),
        record(names[1], lane, "refused", waived=Waived(attack, attack, attack), **texts),
        record(names[2], lane, "unsupported", **texts),
        record(names[3], lane, "agrees", native=False, **texts),
    ]
    plain = journal(records)
    said = {"why": attack, "fault": attack, "location": attack, "inputs": attack, "url": attack}
    entries = {name: trial(name, operator=attack, arguments={attack: attack}, **said) for name in names}
    return replace(
        plain,
        header=replace(plain.header, command=(attack,), machine={attack: attack}, selection=(attack,)),
        trials=entries,
        lanes={lane: LaneEntry(lane, "ready", attack, attack, {attack: attack}, {attack: attack}, attack)},
        footer=Footer(attack, complete=False, problems=(attack,), incomplete=(attack,), notes=(attack,)),
    )


def on_terminal(journal: Journal) -> str:
    stream = io.StringIO()
    print_report(journal, Console(file=stream, width=120, force_terminal=False, color_system=None))
    return stream.getvalue()


def test_a_terminal_gets_no_character_that_takes_effect(attacked: Journal) -> None:
    assert not RAW.search(on_terminal(attacked))


def test_markdown_makes_no_element_that_the_report_does_not_use(attacked: Journal) -> None:
    text = render([attacked], "markdown")
    page = MarkdownIt("commonmark").enable("table").render(text)
    folds = re.compile(r"<details><summary>[^<]*</summary>|</details>")
    assert not ELEMENTS.search(folds.sub("", page))
    assert not RAW.search(text)
    assert page.count("<h1>") == 1


def test_junit_is_legal_and_has_a_case_for_every_record(attacked: Journal) -> None:
    text = render([attacked], "junit")
    assert not RAW.search(text)
    assert len(fromstring(text).findall("testsuite/testcase")) == 2 + 4


def test_json_is_ascii(attacked: Journal) -> None:
    assert render([attacked], "json").isascii()


def test_a_comparison_is_escaped_as_reports_are(attacked: Journal) -> None:
    footer = Footer("", complete=True, problems=(), incomplete=())
    calm = [replace(each, outcome="agrees", conforms=True, waived=None) for each in attacked.records]
    found = compare(replace(attacked, records=tuple(calm), footer=footer), attacked)
    assert not RAW.search(comparison_terminal(found))
    text = comparison_markdown(found)
    assert not RAW.search(text)
    assert not ELEMENTS.search(MarkdownIt("commonmark").enable("table").render(text))


@settings(deadline=None)
@given(everything)
def test_any_text_stays_in_its_cell_its_span_and_its_block(text: str) -> None:
    parts = [table_head(["x", "y"]), row([cell(text), code(text)]), "", fenced([text]), "", prose(text), "", "end"]
    page = MarkdownIt("commonmark").enable("table").render("\n".join(parts))
    assert (page.count("<td>"), page.count("<pre>")) == (2, 1)
    assert page.endswith("<p>end</p>\n")
    assert not ELEMENTS.search(page)


@settings(deadline=None)
@given(everything)
def test_any_title_stays_in_its_fold(text: str) -> None:
    assert folded(text, "body").count("<") == 4

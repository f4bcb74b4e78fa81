"""The first screen: of each framework a few sentences, and where in the operators its faults lie."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console

from conformance.journal import Journal, LaneEntry, Record, TrialEntry
from conformance.judging.verdict import Metrics, Waived
from conformance.report.document import describe
from conformance.report.finding_page import Setting, finding_page
from conformance.report.story import ALL, WRONG_CALLS, Cell, HeatTable, features, heat_table
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import Format, print_report, render

Records = Callable[..., Record]
Journals = Callable[..., Journal]
Trials = Callable[..., TrialEntry]
Figures = Callable[..., Metrics]
SHIFT = "the answer is the expected one, one step late on the height"


def terminal(journal: Journal, width: int = 100) -> list[str]:
    stream = StringIO()
    print_report(journal, Console(file=stream, width=width))
    return stream.getvalue().splitlines()


@pytest.fixture
def one_bug(record: Records, journal: Journals) -> Journal:
    """A port that gets forty calls wrong for one reason, in both of its modes."""
    wrong: dict[str, Any] = {"diagnosis": (SHIFT,)}
    lanes = ("port", "port:jit")
    return journal(
        [
            *(record(f"a/b/{n}", lane, "differs", detail=f"{n} of 64", **wrong) for n in range(20) for lane in lanes),
            *(record(f"a/c/{n}", lane) for n in range(60) for lane in lanes),
            *(record(f"a/{n}/1", "reference") for n in "bc"),
        ]
    )


def test_a_terminal_of_one_bug_shows_one_cause_first(one_bug: Journal) -> None:
    opening = " ".join(" ".join(terminal(one_bug)[:12]).split())
    assert "port 1.0 (port, port:jit) 160 judged: 120 as expected, 40 nonconforming." in opening
    assert (
        f"1 bug in 40 records: wrong answers that come without an error, and no waiver says why. First: {SHIFT}"
        in opening
    )


def test_markdown_of_one_bug_shows_one_cause_first_and_once(one_bug: Journal) -> None:
    text = render([one_bug], "markdown")
    opening = text.splitlines()[:25]
    assert any(line.startswith("  - 1 bug in 40 records: ") and line.endswith(f"First: {SHIFT}.") for line in opening)
    assert "40 records not as expected, and no waiver says why: 1 cause." in "\n".join(opening)
    assert text.count("### `differs`") == 1


def test_a_page_of_one_bug_shows_one_cause_before_any_table(one_bug: Journal) -> None:
    text = render([one_bug], "html")
    assert f"First: {SHIFT}." in text[: text.index("<table")]
    assert text.count("<strong>1 bug</strong>") == 1


def test_programs_read_the_causes_and_the_story(one_bug: Journal) -> None:
    content = json.loads(render([one_bug], "json"))
    (cause,) = content["causes"]
    assert (cause["text"], cause["records"], cause["lanes"]) == (SHIFT, 40, {"port": 20, "port:jit": 20})
    (story,) = content["frameworks"]
    assert (story["framework"], story["lanes"], story["bugs"], story["judged"]) == (
        "port 1.0",
        ["port", "port:jit"],
        1,
        160,
    )


def test_a_framework_is_told_by_bugs_known_bugs_crashes_gaps_and_choices(record: Records, journal: Journals) -> None:
    def waived(category: str) -> dict[str, Any]:
        return {"waived": Waived(category, f"a {category}", None)}

    found = describe(
        journal(
            [
                record("a/b/0", "torch"),
                record("a/b/1", "torch", "differs", **waived("bug")),
                record("a/b/2", "torch", "refused", **waived("unsupported")),
                record("a/b/3", "torch", "accepted", **waived("permanent")),
                record("a/b/4", "torch", "crashed", detail="SIGSEGV"),
                record("a/b/5", "torch", "unsupported", detail="no word for it"),
                record("a/b/6", "torch", "unsupported", detail="no word for it"),
            ]
        )
    )
    (story,) = found.frameworks
    assert (len(story.bugs), len(story.known), len(story.crashes), story.gaps) == (0, 1, 1, 2)
    assert story.sentences == (
        "5 judged: 1 as expected, 3 waived, 1 nonconforming; 2 unsupported.",
        "1 known bug in 1 record: wrong answers that come without an error, for reasons on record. First: a bug.",
        "1 crash in 1 record: the process ends or the call does not, and the caller's work is lost. First: SIGSEGV.",
        "2 gaps: right calls are refused for 1 reason, and calls cannot be said for 1 reason; a caller gets an error "
        "or has to call something else.",
        "1 other choice in 1 record: it answers by its own rules, on purpose. First: a permanent.",
    )


def test_a_framework_in_order_is_told_so_and_the_reference_has_no_story(record: Records, journal: Journals) -> None:
    found = describe(journal([record("a/b/1", "torch"), record("a/b/1", "reference")]))
    assert [(story.framework, story.sentences[1]) for story in found.frameworks] == [
        ("torch 1.0", "Nothing wrong was found, and nothing that it could not be asked.")
    ]


def test_features_of_a_call_are_what_a_plain_one_has_not(trial: Trials) -> None:
    assert features(trial("a/b/1")) == (ALL, "float32", "strided")
    backward = trial("a/b/1", arguments={"dtype": "int32", "direction": "value_gradient"}, facts={"uneven_pads": True})
    assert features(backward) == (ALL, "int32", "value_gradient", "uneven pads")
    assert features(trial("a/b/1", fault="the filter is too long")) == (ALL, WRONG_CALLS)


def test_the_heat_table_counts_what_was_judged_but_for_the_reference(record: Records, journal: Journals) -> None:
    known = Waived("bug", "known", None)
    found = journal(
        [
            record("a/b/1", "torch", "differs"),
            record("a/b/2", "torch", "differs", waived=known),
            record("a/b/3", "torch"),
            record("a/b/4", "torch", "unsupported"),
            record("a/b/1", "reference"),
        ]
    )
    table = heat_table(describe(found).findings)
    ((operator, cells),) = table.rows
    assert (operator, table.features) == ("conv2d_transpose", (ALL, "float32", "strided"))
    assert (cells[ALL].judged, cells[ALL].wrong, cells[ALL].known, cells[ALL].text) == (3, 1, 1, "1 ✗ 1 ≈ of 3")
    assert heat_table(describe(journal([record("a/b/1", "torch")])).findings).faults().rows == ()


def test_errors_are_told_apart_of_what_conforms_what_is_waived_and_what_is_wrong(
    record: Records, journal: Journals, metrics: Figures
) -> None:
    known = Waived("bug", "known", None)
    found = journal(
        [
            record("a/b/1", "torch", metrics=metrics(worst_error_over_bound=0.5)),
            record("a/b/2", "torch", "differs", metrics=metrics(worst_error_over_bound=3e4)),
            record("a/b/3", "torch", "differs", waived=known, metrics=metrics(worst_error_over_bound=77.0)),
        ]
    )
    numbers = summarise(found).lanes[0].numbers
    assert (numbers.worst_conforming, numbers.worst_nonconforming, numbers.worst_waived) == (0.5, 3e4, 77.0)
    assert "| `torch` | 192 | 0.5 | 77 | 3e+04 |" in render([found], "markdown")


def test_a_framework_that_is_missing_stands_in_every_report(record: Records, journal: Journals) -> None:
    plain = journal([record("a/b/1", "torch"), record("a/b/1", "reference")])
    hint = "TensorFlow is not installed"
    found = replace(plain, header=replace(plain.header, missing={"tensorflow": hint}))
    assert any(f"Not asked: tensorflow: {hint}" in line for line in terminal(found))
    for format in ("markdown", "html", "json", "junit"):
        assert hint in render([found], format)
    assert exit_status(summarise(found)) == 0
    assert "in 2 lanes" in describe(found).headline


def test_a_run_in_which_the_reference_alone_answered_is_not_green(record: Records, journal: Journals) -> None:
    plain = journal(
        [record("a/b/1", "reference")], lanes={"reference": LaneEntry("reference", "ready", "reference", "1")}
    )
    found = replace(plain, header=replace(plain.header, named_lanes=False, missing={"torch": "not installed"}))
    assert exit_status(summarise(found)) == 3
    assert describe(found).headline.startswith("Incomplete")


def test_features_that_show_faults_stay_where_not_all_fit() -> None:
    cells = {ALL: Cell(9), "often": Cell(8), "waived": Cell(7, known=1), "seldom": Cell(6), "wrong": Cell(1, wrong=1)}
    table = HeatTable(tuple(cells), (("conv2d", cells), ("pad", {ALL: Cell(1)})))
    assert table.shown(5) == table.features
    assert table.shown(4) == (ALL, "often", "waived", "wrong")
    assert table.shown(2) == (ALL, "wrong")


def test_a_right_call_that_is_refused_is_no_answer_without_an_error(record: Records, journal: Journals) -> None:
    refused = record("a/b/1", "port", "refused", conforms=False, detail="a valid call was refused: ValueError: no")
    (story,) = describe(journal([refused])).frameworks
    assert story.sentences[1].startswith("1 bug in 1 record: right calls are refused, and no waiver says why. First: ")


WAIVED_FORMATS = ("markdown", "html", "json")


@pytest.fixture
def bugs_and_gaps(record: Records, journal: Journals) -> Journal:
    """Of gaps there are many records, of bugs and choices few, waived and not; the rarest have to come first."""
    records = []
    for name, outcome, count in (("gap", "refused", 5), ("bug", "differs", 1)):
        detail = f"the one that is a {name}"
        records += [record(f"a/{name}/{n}", "port", outcome, conforms=False, detail=detail) for n in range(count)]
    for category, count in (("unsupported", 7), ("permanent", 6), ("bug", 2)):
        waived = Waived(category, f"known to be {category}", None)
        records += [record(f"a/{category}/w{n}", "port", "differs", waived=waived) for n in range(count)]
    return journal(records)


@pytest.mark.parametrize("format", ["markdown", "html", "json", "comment", "annotations"])
def test_bugs_come_before_gaps_in_every_format(bugs_and_gaps: Journal, format: Format) -> None:
    text = render([bugs_and_gaps], format)
    if format == "json":  # what is listed trial by trial has the order of the trials
        content = json.loads(text)
        text = json.dumps([content["causes"], content["known_deviations"]])
    assert 0 < text.rindex("the one that is a bug") < text.rindex("the one that is a gap")
    if format in WAIVED_FORMATS:
        places = [text.rindex(f"known to be {category}") for category in ("bug", "permanent", "unsupported")]
        assert places == sorted(places)


def test_bugs_come_before_gaps_on_a_terminal(bugs_and_gaps: Journal) -> None:
    text = "\n".join(terminal(bugs_and_gaps))
    assert text.rindex("the one that is a bug") < text.rindex("the one that is a gap")
    assert "(1 bug, 1 permanent, 1 unsupported)" in text


def test_bugs_come_before_gaps_among_findings(bugs_and_gaps: Journal) -> None:
    document = describe(bugs_and_gaps)
    page = finding_page([*document.causes, *document.known], [Setting({}, {})], {}, "conformance findings")
    assert page.index("the one that is a bug") < page.index("the one that is a gap")


def test_junit_of_one_bug_has_one_cause_in_every_failure(one_bug: Journal) -> None:
    root = fromstring(render([one_bug], "junit"))
    failing = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert len(failing) == 40
    causes = {each.get("value") for case in failing for each in case.findall("properties/property[@name='cause']")}
    assert causes == {SHIFT}


def test_a_comment_and_an_annotation_of_one_bug_have_one_cause(one_bug: Journal) -> None:
    lines = render([one_bug], "comment").splitlines()
    assert [line for line in lines if line[:2] == "1."] == [
        f"1. **differs**, 40 records in port, port:jit: {SHIFT}<br>"
    ]
    assert not any(line.startswith("2.") for line in lines)
    (annotation,) = render([one_bug], "annotations").splitlines()
    assert f"{SHIFT} (40 records)" in annotation

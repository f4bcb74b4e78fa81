"""The report as JUnit XML."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from conformance.journal import Footer, Journal, Record
from conformance.judging.verdict import Waived
from conformance.report.junit import RUN, chapter_and_name
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import render

Records = Callable[..., Record]
Journals = Callable[..., Journal]


def parsed(journal: Journal) -> dict[str, Element]:
    root = fromstring(render([journal], "junit"))
    return {suite.get("name", ""): suite for suite in root.findall("testsuite")}


def red(journal: Journal) -> bool:
    root = fromstring(render([journal], "junit"))
    return bool(root.findall(".//failure") or root.findall(".//error"))


@pytest.mark.parametrize(
    ("outcome", "changes", "kinds"),
    [
        ("agrees", {}, []),
        ("refused", {"conforms": True}, []),
        ("differs", {}, ["properties", "failure"]),
        ("crashed", {}, ["properties", "failure"]),
        ("errored", {}, ["properties", "error"]),
        ("errored", {"waived": Waived("bug", "why", None)}, ["skipped"]),
        ("differs", {"waived": Waived("bug", "why", None)}, ["skipped"]),
        ("unsupported", {}, ["skipped"]),
        ("unsupported", {"conforms": False}, ["properties", "failure"]),
    ],
)
def test_each_standing_has_its_element(
    record: Records, journal: Journals, outcome: str, changes: dict[str, object], kinds: list[str]
) -> None:
    suite = parsed(journal([record("op/file/case[k=1]", "torch", outcome, **changes)]))["torch"]
    case = suite.find("testcase")
    assert case is not None
    assert [child.tag for child in case] == kinds
    assert (case.get("classname"), case.get("name")) == ("op.file", "case[k=1]")


def test_a_waived_record_is_skipped_with_a_message_that_starts_with_waived(realistic: Journal) -> None:
    skipped = parsed(realistic)["torch"].findall("testcase/skipped")
    messages = [element.get("message", "") for element in skipped]
    expected = "waived as bug: torch crops the same amount on both sides (refused)"
    assert messages.count(expected) == 5
    assert len(messages) == 6


def test_totals_are_those_of_the_test_cases(realistic: Journal) -> None:
    root = fromstring(render([realistic], "junit"))
    assert root.get("tests") == str(len(root.findall(".//testcase"))) == "118"
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("1", "0", "7")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("op/file/case[a=b/c,d=e.f]", ("op.file", "case[a=b/c,d=e.f]")),
        ("op/file/case", ("op.file", "case")),
        ("case", ("", "case")),
    ],
)
def test_a_trial_is_in_the_chapter_of_its_file(path: str, expected: tuple[str, str]) -> None:
    assert chapter_and_name(path) == expected


def test_hostile_text_is_legal_xml_and_still_there(hostile: Journal) -> None:
    suites = parsed(hostile)
    failure = next(suite for name, suite in suites.items() if name.startswith("lane ")).find("testcase/failure")
    assert failure is not None
    assert "<script>alert(1)</script> ]]> [red]bold[/red] [/] \\x1b[31m \\x00 \\ud800" in (failure.text or "")


@pytest.mark.parametrize(
    "footer",
    [
        None,
        Footer("", complete=True, problems=(), incomplete=()),
        Footer("", complete=True, problems=("stale waiver",), incomplete=()),
        Footer("", complete=True, problems=(), incomplete=("jax never started",)),
    ],
)
@pytest.mark.parametrize("outcome", ["agrees", "differs", "unsupported"])
def test_a_file_is_red_exactly_when_the_run_does_not_exit_with_zero(
    record: Records, journal: Journals, footer: Footer | None, outcome: str
) -> None:
    run = journal([record("op/file/case", "torch", outcome)], footer=footer)
    assert red(run) == (exit_status(summarise(run)) != 0)


def test_the_run_itself_tells_why_it_is_incomplete(realistic: Journal) -> None:
    error = parsed(replace(realistic, footer=None))[RUN].find("testcase/error")
    assert error is not None
    assert "--resume" in (error.text or "")


def test_a_failure_says_the_cause_that_it_has_in_common_with_others(record: Records, journal: Journals) -> None:
    common = "behaves as if the kernel were flipped"
    told = [("behaves as if the stride were 2", common), (common,), (common, "behaves as if nothing were computed")]
    records = [record(f"a/b/{n}", "torch", "differs", diagnosis=sentences) for n, sentences in enumerate(told)]
    root = fromstring(render([journal(records)], "junit"))
    assert [each.get("value") for each in root.iterfind(".//testcase/properties/property[@name='cause']")] == [
        common
    ] * 3

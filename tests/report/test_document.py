"""The groupings that all formats share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from conformance.journal import Footer, Journal, Record
from conformance.judging.verdict import Waived
from conformance.report.document import describe, resume_command
from conformance.report.writing import FORMATS, Format, render

Records = Callable[..., Record]
Journals = Callable[..., Journal]


def test_waived_records_are_grouped_by_their_reason_the_most_frequent_first(record: Records, journal: Journals) -> None:
    rare, frequent = Waived("bug", "rare", None), Waived("bug", "frequent", None)
    records = [
        record("a/b/1", "torch", "differs", waived=rare),
        record("a/b/2", "torch", "differs", waived=frequent),
        record("a/b/2", "jax", "refused", waived=frequent),
    ]
    known = describe(journal(records)).known
    assert [(group.category, group.text, group.lanes) for group in known] == [
        ("bug", "frequent", (("torch", 1), ("jax", 1))),
        ("bug", "rare", (("torch", 1),)),
    ]


def test_a_waiver_on_a_record_that_conforms_is_no_known_deviation(record: Records, journal: Journals) -> None:
    document = describe(journal([record("a/b/1", "torch", waived=Waived("bug", "reason", None))]))
    assert document.known == ()
    assert document.nonconformances == ()


def test_composed_calls_are_counted_by_note_with_the_first_trial_as_example(record: Records, journal: Journals) -> None:
    records = [
        record("a/b/1", "torch", native=False, notes=("crops",)),
        record("a/b/2", "torch", native=False, notes=("crops", "pads")),
        record("a/b/3", "torch", native=True, notes=("transposes",)),
    ]
    composed = describe(journal(records)).composed
    assert [(reason.text, reason.records, reason.example) for reason in composed] == [
        ("crops", 2, "a/b/1"),
        ("pads", 1, "a/b/2"),
    ]


def test_the_tutorial_has_its_own_section_with_every_lane_and_the_fault(realistic: Journal) -> None:
    tutorial = describe(realistic).tutorial
    assert len(tutorial) == 3
    assert "layout is [height, width, out, in]" in (tutorial[2].trial.fault or "")
    assert [answer.record.outcome for answer in tutorial[2].answers] == ["refused"] * 4 + ["unsupported"]
    assert tutorial[0].answers[4].said == "composed"


def test_a_missing_lane_comes_with_what_to_do(realistic: Journal) -> None:
    assert describe(realistic).missing == (("jax", "jax is not installed: pip install 'nn-conformance[jax]'"),)


def test_the_command_that_resumes_is_the_one_that_ran_with_resume_once(journal: Journals) -> None:
    header = journal().header
    expected = "conformance run --output reports/latest --resume"
    assert resume_command(header) == expected
    assert resume_command(replace(header, command=(*header.command, "--resume"))) == expected
    assert resume_command(replace(header, command=())) == "conformance run --resume"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("footer", [None, Footer("", complete=False, problems=(), incomplete=())])
def test_an_interrupted_run_says_so_and_how_to_continue(
    record: Records, journal: Journals, format: Format, footer: Footer | None
) -> None:
    run = journal([record("a/b/c", "torch")])
    assert "interrupted and" not in render([run], format)
    text = render([replace(run, footer=footer)], format)
    assert "This run was interrupted and is incomplete. Continue it with: conformance run" in text
    assert "--resume" in text


def test_the_facts_of_a_finding_hold_the_call_what_came_back_and_why_it_is_waived(realistic: Journal) -> None:
    finding = describe(realistic).known[0].findings[0]
    facts = dict(finding.facts())
    assert facts["call"].startswith(
        "conv2d_transpose(value=[1, 4, 4, 1], filter=[3, 3, 1, 1], output_shape=[1, 8, 8, 1]"
    )
    assert facts["observed"] == "RuntimeError: not implemented"
    assert facts["waived as"] == "bug"
    assert facts["reason"] == "torch crops the same amount on both sides"
    assert facts["see"] == "https://example.org/issue/1"
    assert "wrong on purpose" not in facts


@pytest.mark.parametrize(
    ("outcome", "problems", "headline"),
    [
        ("agrees", (), "All as expected or waived: 1 judged, all as expected (1 trial)."),
        ("differs", (), "Not conforming: 1 nonconformance; 1 judged: 1 nonconforming (1 trial)."),
        (
            "agrees",
            ("stale waiver",),
            "Not conforming: 0 nonconformances, 1 problem beside the records; 1 judged, all as expected (1 trial).",
        ),
    ],
)
def test_the_headline_tells_the_exit_status_in_words(
    record: Records, journal: Journals, outcome: str, problems: tuple[str, ...], headline: str
) -> None:
    footer = Footer("", complete=True, problems=problems, incomplete=())
    document = describe(journal([record("a/b/c", "torch", outcome)], footer=footer))
    assert document.headline == headline
    assert document.warnings == tuple(f"Problem: {problem}" for problem in problems)


@pytest.mark.parametrize("format", ["markdown", "json"])
def test_notes_of_the_run_are_told_and_fail_nothing(
    record: Records, journal: Journals, format: Literal["markdown", "json"]
) -> None:
    footer = Footer("", complete=True, problems=(), incomplete=(), notes=("1 waiver speaks of other versions",))
    run = journal([record("a/b/1", "torch")], footer=footer)
    assert "1 waiver speaks of other versions" in render([run], format)
    assert describe(run).headline.startswith("All as expected")


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_what_a_lane_runs_on_and_what_is_waived_through_it_is_shown(
    journal: Journals, record: Records, format: Format
) -> None:
    waived = Waived("bug", "a plane of zeros", None, "below 2.21")
    run = journal([record("t1", "layer", "differs", waived=waived)])
    layer = replace(run.lanes["layer"], versions={"layer": "3.15"}, runs_on={"below": "2.21"})
    text = render([replace(run, lanes={"layer": layer})], format)
    assert "layer 3.15; runs on below 2.21" in text
    assert "a plane of zeros (known of below 2.21, on which the lane runs)" in text

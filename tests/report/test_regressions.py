"""Two runs beside each other: what counts as what, and what is told first."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.errors import JournalError, UsageError
from conformance.journal import Footer, Journal, Record, TrialEntry
from conformance.judging.verdict import Metrics, Waived
from conformance.report.regression_report import LIMIT, headline, markdown, regression_json, terminal
from conformance.report.regressions import Comparison, compare

Records = Callable[..., Record]
Journals = Callable[..., Journal]
Figures = Callable[..., Metrics]
Trials = Callable[..., TrialEntry]
WAIVED = {"waived": Waived("bug", "known for long", None)}
GROUPS = ("regressions", "improvements", "otherwise", "grown")
FORMATS = (terminal, markdown, regression_json)
STOPPED = Footer("", complete=False, problems=(), incomplete=("torch did not start",))


def groups(comparison: Comparison) -> list[str]:
    """The names of the groups that hold something."""
    return [name for name in GROUPS if getattr(comparison, name)]


@pytest.mark.parametrize(
    ("before", "after", "group"),
    [
        (("agrees", {}), ("differs", {}), "regressions"),
        (("differs", WAIVED), ("differs", {}), "regressions"),
        (("unsupported", {}), ("refused", {}), "regressions"),
        (("agrees", {}), ("unsupported", {}), "regressions"),
        (("refused", {"conforms": True}), ("accepted", {}), "regressions"),
        (("differs", {}), ("agrees", {}), "improvements"),
        (("crashed", WAIVED), ("agrees", {}), "improvements"),
        (("unsupported", {}), ("agrees", {}), "improvements"),
        (("agrees", {}), ("differs", WAIVED), "otherwise"),
        (("unsupported", {}), ("refused", WAIVED), "otherwise"),
        (("refused", WAIVED), ("unsupported", {}), "otherwise"),
        (("differs", {}), ("unsupported", {}), "otherwise"),
        (("differs", {}), ("wrong_shape", {}), "otherwise"),
        (("differs", {}), ("differs", WAIVED), "otherwise"),
    ],
)
def test_each_change_is_in_one_group(
    journal: Journals, record: Records, before: tuple[str, Any], after: tuple[str, Any], group: str
) -> None:
    rest = record("t2", "torch")
    base = journal([record("t1", "torch", before[0], **before[1]), rest])
    new = journal([record("t1", "torch", after[0], **after[1]), rest])
    comparison = compare(base, new)
    assert groups(comparison) == [group]
    assert comparison.exit_status == (1 if group == "regressions" else 0)


@pytest.mark.parametrize("outcome", ["agrees", "differs", "unsupported"])
def test_what_stayed_as_it_was_is_in_no_group(journal: Journals, record: Records, outcome: str) -> None:
    run = journal([record("t1", "torch", outcome), record("t2", "torch")])
    comparison = compare(run, run)
    assert groups(comparison) == []
    assert (comparison.exit_status, comparison.records, comparison.other_bits) == (0, 2, ())


@pytest.mark.parametrize(
    ("old", "new", "grown"),
    [
        (0.2, 0.41, True),
        (0.2, 0.4, False),  # twice is not more than twice
        (0.0, 0.26, True),
        (0.0, 0.25, False),  # a quarter is not beyond a quarter
        (0.001, 0.1, False),
        (0.9, 0.1, False),
        (None, 0.9, False),
        (0.1, None, False),
    ],
)
def test_an_error_has_grown_when_it_doubles_and_passes_a_quarter_of_its_bound(
    journal: Journals, record: Records, metrics: Figures, old: float | None, new: float | None, grown: bool
) -> None:
    sides = [
        journal([record("t1", "torch", metrics=metrics(worst_error_over_bound=error), digest=str(error))])
        for error in (old, new)
    ]
    comparison = compare(sides[0], sides[1])
    assert groups(comparison) == (["grown"] if grown else [])
    assert comparison.other_bits == (() if grown else (("torch", 1),))
    assert comparison.exit_status == 0


def test_other_bits_with_the_same_verdict_are_counted_by_lane(journal: Journals, record: Records) -> None:
    base = journal([record(trial, lane, digest="a") for trial in ("t1", "t2", "t3") for lane in ("torch", "jax")])
    new = journal([replace(each, digest="b") if each.trial != "t1" else each for each in base.records])
    comparison = compare(base, replace(new, records=(*new.records[:-1], replace(new.records[-1], digest=None))))
    assert comparison.other_bits == (("torch", 2), ("jax", 1))
    assert "Other bits, same verdict: torch 2, jax 1" in terminal(comparison)


def test_journals_that_ask_something_else_are_refused(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch"), record("t2", "torch")])
    new = journal([record("t1", "torch")])
    new = replace(new, header=replace(new.header, content_hash="other"))
    with pytest.raises(JournalError, match=r"do not ask the same: 2 and 1 trials, 1 ids in common, .* --intersection"):
        compare(base, new)


def test_an_intersection_leaves_out_what_is_new_gone_or_asked_otherwise(
    journal: Journals, record: Records, trial: Trials
) -> None:
    base = journal([record(name, "torch") for name in ("same", "moved", "edited", "gone")])
    new = journal([record(name, "torch", "differs") for name in ("same", "moved", "edited", "fresh")])
    trials = {**new.trials, "edited": trial("edited", inputs="ones"), "moved": trial("moved", location="other.yaml:1")}
    new = replace(new, trials=trials, header=replace(new.header, content_hash="other"))
    comparison = compare(base, new, intersection=True)
    assert [change.after.trial for change in comparison.regressions] == ["same", "moved"]
    only = comparison.only
    assert (only.trials_added, only.trials_removed, only.trials_changed) == (("fresh",), ("gone",), ("edited",))
    assert (comparison.incomplete, comparison.trials) == ((), 2)


def test_nothing_in_common_is_not_comparable(journal: Journals, record: Records) -> None:
    one, other = journal([record("t1", "torch")]), journal([record("t1", "jax")])
    with pytest.raises(JournalError, match="no lane is in both: BASE has torch; NEW has jax"):
        compare(one, other)
    with pytest.raises(JournalError, match="no trial is in both"):
        compare(one, journal([record("t2", "torch")]), intersection=True)
    with pytest.raises(JournalError, match="no record of one lane and trial is in both"):
        compare(replace(one, records=()), one)


def test_lanes_are_matched_by_name(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch"), record("t1", "jax")])
    new = journal([record("t1", "tensorflow"), record("t1", "torch", "differs")])
    comparison = compare(base, new)
    assert (comparison.only.lanes_added, comparison.only.lanes_removed) == (("tensorflow",), ("jax",))
    assert [change.after.lane for change in comparison.regressions] == ["torch"]
    assert comparison.incomplete == ()


def test_a_lane_whose_framework_is_gone_is_removed(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch"), record("t1", "jax")])
    missing = {**base.lanes, "jax": replace(base.lanes["jax"], status="missing")}
    comparison = compare(base, replace(base, records=base.records[:1], lanes=missing))
    assert (comparison.only.lanes_removed, comparison.exit_status) == (("jax",), 0)


@pytest.mark.parametrize("footer", [None, STOPPED])
def test_an_incomplete_new_run_comes_before_its_regressions(
    journal: Journals, record: Records, footer: Footer | None
) -> None:
    base = journal([record("t1", "torch")])
    comparison = compare(base, journal([record("t1", "torch", "differs")], footer=footer))
    assert comparison.exit_status == 3
    assert headline(comparison).startswith("NEW is incomplete: 1 regression so far")


def test_records_that_new_lost_make_it_incomplete(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch"), record("t2", "torch")])
    comparison = compare(base, replace(base, records=base.records[:1]))
    assert comparison.exit_status == 3
    assert comparison.incomplete == ("torch: 1 of BASE's records have none in NEW",)


def test_an_incomplete_base_is_told_and_decides_nothing(journal: Journals, record: Records) -> None:
    new = journal([record("t1", "torch"), record("t2", "torch")])
    comparison = compare(replace(new, records=new.records[:1], footer=STOPPED), new)
    assert (comparison.exit_status, comparison.only.newly_answered) == (0, (("torch", 1),))
    assert "BASE is incomplete: torch did not start" in terminal(comparison)
    assert "Answered in NEW alone: torch 1" in terminal(comparison)


@pytest.fixture
def changed(journal: Journals, record: Records, metrics: Figures) -> Comparison:
    """One change of each kind."""
    base = journal(
        [
            record("better", "torch", "differs"),
            record("grown", "torch", metrics=metrics(worst_error_over_bound=0.1)),
            record("other", "torch"),
            record("worse", "torch"),
        ]
    )
    new = journal(
        [
            record("better", "torch"),
            record("grown", "torch", metrics=metrics(worst_error_over_bound=0.75)),
            record("other", "torch", "differs", **WAIVED),
            record("worse", "torch", "differs", detail="12 of 64 are wrong", diagnosis=("a shift by one",)),
        ]
    )
    lanes = {"torch": replace(new.lanes["torch"], version="2.0")}
    return compare(base, replace(new, lanes=lanes, trials=base.trials))


@pytest.mark.parametrize("format", [terminal, markdown])
def test_versions_are_at_the_top_and_regressions_before_the_rest(
    changed: Comparison, format: Callable[[Comparison], str]
) -> None:
    text = format(changed)
    order = ["torch 2.0", "Regressions (1)", "12 of 64 are wrong", "a shift by one", "Improvements (1)",
             "Otherwise changed (1)", "known for long", "Grown errors (1)", "0.1 -"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "conformance explain worse --lane torch" in text


def test_the_headline_counts_every_group(changed: Comparison) -> None:
    assert headline(changed) == (
        "1 regression, 1 improvement, 1 other change, 1 grown error; 4 records of 4 trials in 1 lane compared."
    )


def test_the_version_of_a_lane_stands_beside_those_of_its_parts(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch")])
    parts = replace(base.lanes["torch"], version="2.0", versions={"torch": "1.0", "numpy": "2.4"})
    comparison = compare(base, replace(base, lanes={"torch": parts}))
    assert next(fact.new for fact in comparison.facts if fact.name == "lane torch") == "torch 2.0, numpy 2.4"


def test_without_a_regression_the_report_says_so(journal: Journals, record: Records) -> None:
    run = journal([record("t1", "torch")])
    assert terminal(compare(run, run)).startswith("No regression, 0 improvements, ")
    assert "## Regressions\n\nNone." in markdown(compare(run, run))


def test_the_json_is_for_programs(changed: Comparison) -> None:
    content = json.loads(regression_json(changed))
    assert (content["format"], content["exit_status"], content["records"]) == (1, 1, 4)
    (found,) = content["regressions"]
    assert (found["trial"], found["lane"]) == ("worse", "torch")
    assert (found["before"]["outcome"], found["after"]["outcome"]) == ("agrees", "differs")
    assert content["grown_errors"][0]["after"]["worst_error_over_bound"] == 0.75
    assert {"name": "lane torch", "base": "torch 1.0", "new": "torch 2.0"} in content["facts"]
    assert (content["lanes_added"], content["unanswered"], content["other_bits"]) == ([], {}, {})


def test_ten_thousand_regressions_fit_a_comment(journal: Journals, record: Records) -> None:
    base = journal([record(f"t{number}", "torch") for number in range(10_000)])
    # Letters, of which no two records have the same: each is a cause of its own.
    details = [
        f"{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)}" for number in range(10_000)
    ]
    new = journal(
        [
            replace(each, outcome="differs", conforms=False, detail=detail + "x" * 500)
            for each, detail in zip(base.records, details, strict=True)
        ]
    )
    text = markdown(compare(base, new))
    assert 40_000 < len(text) <= LIMIT
    assert "and 9,960 more: --format json tells them all" in terminal(compare(base, new))
    assert "more causes are told by `conformance compare --format json`" in text


@pytest.mark.parametrize("format", [terminal, markdown])
def test_regressions_of_one_cause_are_said_once_with_the_smallest_call(
    journal: Journals, record: Records, format: Callable[[Comparison], str]
) -> None:
    base = journal([record(f"t{number}", "torch") for number in range(5)])
    changes: dict[str, Any] = {"outcome": "differs", "conforms": False, "diagnosis": ("one row late",)}
    new = journal([replace(each, **changes, detail=f"{number} of 64") for number, each in enumerate(base.records)])
    comparison = compare(base, new)
    text = format(comparison)
    assert "Regressions (5, of 1 cause)" in text
    assert text.count("one row late") == 1
    assert "same cause: 5 records, this is the smallest call: torch 5; conv2d_transpose; forward; float32" in text
    (cause,) = json.loads(regression_json(comparison))["regression_causes"]
    assert (cause["text"], cause["records"], cause["trial"]) == ("one row late", 5, "t0")


def test_a_line_break_in_foreign_text_begins_no_line(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch")])
    new = journal([record("t1", "torch", "differs", detail="one\nNo regression")])
    new = replace(new, header=replace(new.header, machine={"system": "Linux\nNo regression"}))
    for text in (terminal(compare(base, new)), markdown(compare(base, new)).partition("## Regressions")[0]):
        assert not any(line.startswith("No regression") for line in text.splitlines())


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_takes_no_effect(hostile: Journal, format: Callable[[Comparison], str]) -> None:
    calm = [replace(record, outcome="agrees", conforms=True, waived=None) for record in hostile.records]
    text = format(compare(replace(hostile, records=tuple(calm)), hostile))
    assert not any(character in text for character in "\x1b\x00\u202e\ud800\uffff")
    if format is markdown:
        outside = [line for line in text.splitlines() if not line.startswith(("call:", "before:", "now:", "script:"))]
        assert not any("<script>" in line for line in outside if "`" not in line)


def test_named_lanes_are_matched_across_their_names_and_no_others(journal: Journals, record: Records) -> None:
    base = journal([record("t1", "torch"), record("t1", "jax")])
    new = journal([record("t1", "torch-2.13", "differs"), record("t1", "jax", "differs")])
    comparison = compare(base, new, lanes=["torch=torch-2.13"])
    assert [(change.before.outcome, change.after.lane) for change in comparison.regressions] == [
        ("agrees", "torch-2.13")
    ]
    assert (comparison.lanes, comparison.lane_pairs) == (1, (("torch", "torch-2.13"),))
    assert (comparison.only.lanes_added, comparison.only.lanes_removed) == ((), ())
    assert "lane torch=torch-2.13" in terminal(comparison)
    assert json.loads(regression_json(comparison))["lane_pairs"] == [["torch", "torch-2.13"]]


def test_two_lanes_of_one_run_are_compared_and_a_name_alone_is_both_lanes(journal: Journals, record: Records) -> None:
    run = journal([record("t1", "a", digest="1"), record("t1", "b", digest="2"), record("t1", "c", "differs")])
    comparison = compare(run, run, lanes=["a=b"])
    assert (groups(comparison), comparison.other_bits, comparison.exit_status) == ([], (("b", 1),), 0)
    assert compare(run, run, lanes=["a=b", "a=c"]).exit_status == 1
    assert compare(run, run, lanes=["c"]).records == 1


def test_lanes_whose_names_hold_equal_signs_are_found(journal: Journals, record: Records) -> None:
    run = journal([record("t1", "exec:port --x=1"), record("t1", "exec:port --x=2")])
    assert compare(run, run, lanes=["exec:port --x=1=exec:port --x=2"]).lane_pairs == (
        ("exec:port --x=1", "exec:port --x=2"),
    )


@pytest.mark.parametrize(
    ("lanes", "message"),
    [
        (
            ["torch=jax"],
            "--lane torch=jax: expected OLD=NEW, or the name of a lane of both; BASE has torch; NEW has b, c",
        ),
        (["torch"], "--lane torch: expected OLD=NEW"),
    ],
)
def test_lanes_that_are_not_there_are_refused(
    journal: Journals, record: Records, lanes: list[str], message: str
) -> None:
    base, new = journal([record("t1", "torch")]), journal([record("t1", "b"), record("t1", "c")])
    with pytest.raises(UsageError, match=message):
        compare(base, new, lanes=lanes)


def test_a_lane_is_compared_with_one_other_at_a_time(journal: Journals, record: Records) -> None:
    run = journal([record("t1", "a"), record("t1", "b"), record("t1", "c")])
    with pytest.raises(UsageError, match="--lane names c of NEW 2 times; compare it with one lane at a time"):
        compare(run, run, lanes=["a=c", "b=c"])


@pytest.mark.parametrize(("asked", "incomplete"), [(1, False), (2, True)])
def test_what_a_sampled_lane_was_not_asked_makes_it_incomplete_no_more_than_its_own_run(
    journal: Journals, record: Records, asked: int, incomplete: bool
) -> None:
    footer = Footer("", complete=True, problems=(), incomplete=(), asked={"a": 2, "b": asked})
    run = journal([record("t1", "a"), record("t2", "a"), record("t1", "b")], footer=footer)
    comparison = compare(run, run, lanes=["a=b"])
    assert bool(comparison.incomplete) is incomplete
    assert "Answered in BASE alone: b 1" in terminal(comparison)

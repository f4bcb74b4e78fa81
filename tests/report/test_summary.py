"""Counts per lane, and the exit status that they lead to."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.journal import Footer, Journal, LaneEntry, Record, TrialEntry
from conformance.judging.verdict import Metrics, Waived
from conformance.report.summary import NOBODY_ASKED, exit_status, summarise

Records = Callable[..., Record]
Journals = Callable[..., Journal]
Measured = Callable[..., Metrics]

KNOWN = Waived("bug", "known", None)
READY = LaneEntry("torch", "ready", "torch", "1")


def ended(*, complete: bool = True, problems: tuple[str, ...] = (), incomplete: tuple[str, ...] = ()) -> Footer:
    return Footer("later", complete=complete, problems=problems, incomplete=incomplete)


@pytest.mark.parametrize(
    ("outcome", "changes", "status"),
    [
        ("agrees", {}, 0),
        ("refused", {"conforms": True}, 0),
        ("differs", {}, 1),
        ("differs", {"waived": KNOWN}, 0),
        ("errored", {}, 1),
        ("crashed", {}, 1),
        ("unsupported", {}, 3),
    ],
)
def test_one_record_alone_leads_to_this_status(
    record: Records, journal: Journals, outcome: str, changes: dict[str, object], status: int
) -> None:
    assert exit_status(summarise(journal([record("a/b/c", "torch", outcome, **changes)]))) == status


@pytest.mark.parametrize(
    ("outcome", "footer", "status"),
    [
        ("agrees", ended(), 0),
        ("agrees", ended(problems=("stale waiver",)), 1),
        ("agrees", None, 3),
        ("agrees", ended(complete=False), 3),
        ("agrees", ended(incomplete=("jax is not installed",)), 3),
        ("differs", ended(problems=("stale waiver",)), 1),
        ("differs", None, 3),
        ("differs", ended(incomplete=("jax is not installed",)), 3),
    ],
)
def test_how_the_run_ended_decides_before_its_records_do(
    record: Records, journal: Journals, outcome: str, footer: Footer | None, status: int
) -> None:
    assert exit_status(summarise(journal([record("a/b/c", "torch", outcome)], footer=footer))) == status


@pytest.mark.parametrize(("status", "expected"), [("missing", 0), ("failed", 3)])
def test_a_missing_lane_is_a_note_and_a_failed_one_is_not(
    record: Records, journal: Journals, status: str, expected: int
) -> None:
    lane = LaneEntry("jax", "missing" if status == "missing" else "failed", "jax", "", message="why")
    run = journal([record("a/b/c", "torch")], lanes={"torch": READY, "jax": lane})
    assert exit_status(summarise(run)) == expected


def test_a_lane_that_was_announced_and_never_started_makes_the_run_incomplete(
    record: Records, journal: Journals
) -> None:
    run = journal([record("a/b/c", "torch")])
    summary = summarise(replace(run, header=replace(run.header, lanes=("torch", "jax"))))
    assert summary.incomplete == ("jax: the lane was never started",)


def test_a_lane_that_only_said_unsupported_is_named_beside_one_that_judged(record: Records, journal: Journals) -> None:
    run = journal([record("a/b/c", "torch"), record("a/b/c", "jax", "unsupported")])
    summary = summarise(run)
    assert len(summary.incomplete) == 1
    assert summary.incomplete[0].startswith("jax: the lane judged nothing")
    assert exit_status(summary) == 3


def test_a_ready_lane_without_records_judged_nothing(record: Records, journal: Journals) -> None:
    summary = summarise(
        journal([record("a/b/c", "torch")], lanes={"torch": READY, "jax": LaneEntry("jax", "ready", "jax", "1")})
    )
    assert summary.incomplete == ("jax: the lane judged nothing: no record at all",)


def test_an_empty_shard_is_fine(journal: Journals) -> None:
    run = journal(lanes={"torch": LaneEntry("torch", "ready", "torch", "1")})
    assert run.header.trials == 0
    assert exit_status(summarise(run)) == 0


def test_a_reason_that_the_run_gave_itself_is_not_given_twice(record: Records, journal: Journals) -> None:
    run = journal([record("a/b/c", "torch", "unsupported")], footer=ended(incomplete=("torch: judged nothing",)))
    assert summarise(run).incomplete == ("torch: judged nothing",)


def test_a_reason_for_one_lane_does_not_silence_a_lane_whose_name_begins_alike(
    record: Records, journal: Journals
) -> None:
    footer = ended(incomplete=("torch:compile: judged nothing",))
    run = journal([record("a/b/c", "torch", "unsupported")], footer=footer)
    assert len(summarise(run).incomplete) == 2


def test_every_record_has_exactly_one_standing(realistic: Journal) -> None:
    for lane in summarise(realistic).lanes:
        assert lane.conforming + lane.nonconforming + lane.waived + lane.unsupported == lane.records
        assert sum(lane.counts.values()) == lane.records
    torch = summarise(realistic).lanes[4]
    assert (torch.conforming, torch.nonconforming, torch.waived, torch.unsupported) == (16, 1, 5, 1)


def test_the_bitwise_equal_share_weighs_records_by_their_elements(
    record: Records, journal: Journals, metrics: Measured
) -> None:
    records = [
        record("a/b/small", "torch", metrics=metrics(compared=1, bitwise_equal=0.0)),
        record("a/b/large", "torch", metrics=metrics(compared=3, bitwise_equal=1.0)),
        record("a/b/none", "torch"),
    ]
    numbers = summarise(journal(records)).lanes[0].numbers
    assert (numbers.compared, numbers.bitwise_equal) == (4, 0.75)


def test_the_worst_error_comes_with_its_trial(record: Records, journal: Journals, metrics: Measured) -> None:
    records = [
        record("a/b/bitwise", "torch", metrics=metrics(worst_error_over_bound=None, max_abs=9.0)),
        record("a/b/worse", "torch", metrics=metrics(worst_error_over_bound=0.5, max_ulp=7.0)),
        record("a/b/better", "torch", metrics=metrics(worst_error_over_bound=0.25)),
    ]
    numbers = summarise(journal(records)).lanes[0].numbers
    assert (numbers.worst_error_over_bound, numbers.worst_trial) == (0.5, "a/b/worse")
    assert (numbers.max_abs, numbers.max_ulp) == (9.0, 7.0)


def test_wrong_calls_do_not_count_in_what_a_framework_can_say(
    record: Records, journal: Journals, trial: Callable[..., TrialEntry]
) -> None:
    records = [
        record("a/b/native", "torch"),
        record("a/b/composed", "torch", native=False),
        record("a/b/unsaid", "torch", "unsupported"),
        record("a/b/another", "torch"),
        record("a/b/wrong", "torch", "refused", conforms=True),
    ]
    run = journal(records)
    trials = {**run.trials, "a/b/wrong": trial("a/b/wrong", fault="rank")}
    said = summarise(replace(run, trials=trials)).lanes[0].expression
    assert (said.calls, said.native, said.composed, said.unsupported) == (4, 2, 1, 1)
    assert (said.native_share, said.composed_share, said.unsupported_share) == (0.5, 0.25, 0.25)


def test_an_interruption_is_told_from_a_run_that_is_merely_incomplete(record: Records, journal: Journals) -> None:
    answers = [record("a/b/c", "torch")]
    assert summarise(journal(answers, footer=None)).interrupted
    assert not summarise(journal(answers, footer=ended(incomplete=("why",)))).interrupted


def unasked(records: Records, number: int, lane: str = "mine") -> list[Record]:
    return [records(f"a/b/unasked{n}", lane, "unsupported", flags=("undeclared",)) for n in range(number)]


@pytest.mark.parametrize(("named", "status"), [(True, 0), (False, 3)])
def test_the_reference_alone_is_a_run_only_where_it_was_named(
    record: Records, journal: Journals, named: bool, status: int
) -> None:
    run = journal([record("a/b/c", "reference")])
    run = replace(run, header=replace(run.header, named_lanes=named))
    summary = summarise(run)
    assert exit_status(summary) == status
    assert (NOBODY_ASKED in summary.incomplete) == (not named)
    beside = journal([record("a/b/c", "reference"), record("a/b/c", "torch")])
    assert exit_status(summarise(replace(beside, header=replace(beside.header, named_lanes=named)))) == 0


def test_an_empty_shard_of_the_reference_alone_is_fine(journal: Journals) -> None:
    run = journal(lanes={"reference": LaneEntry("reference", "ready", "reference", "1")})
    assert exit_status(summarise(replace(run, header=replace(run.header, named_lanes=False)))) == 0


def test_what_a_lane_does_not_declare_is_counted_apart_and_lowers_no_share(record: Records, journal: Journals) -> None:
    records = [
        record("a/b/native", "mine"),
        record("a/b/composed", "mine", native=False),
        record("a/b/unsaid", "mine", "unsupported"),
        record("a/b/wrong", "mine", "differs", waived=KNOWN),
        *unasked(record, 4000),
    ]
    (lane,) = summarise(journal(records)).lanes
    assert (lane.judged, lane.unsupported, lane.undeclared) == (3, 4001, 4000)
    said = lane.expression
    assert (said.calls, said.asked, said.unsupported, said.undeclared) == (4004, 4, 4001, 4000)
    assert (said.native_share, said.composed_share, said.unsupported_share) == (0.5, 0.25, 0.25)
    assert lane.sentence == "3 judged: 2 as expected, 1 waived; 4,000 not declared; 1 unsupported"


def test_a_lane_without_plans_has_no_native_share(record: Records, journal: Journals) -> None:
    port = "exec:./port"
    (lane,) = summarise(journal([record("a/b/c", port, native=None), *unasked(record, 2, port)])).lanes
    assert (lane.expression.native_share, lane.expression.composed_share) == (None, None)
    assert lane.expression.unsupported_share == 0
    assert lane.sentence == "1 judged, all as expected; 2 not declared"


@pytest.mark.parametrize(
    ("undeclared", "unsupported", "reason"),
    [
        (2, 0, "mine: the lane judged nothing: 2 records, all of them not declared"),
        (0, 1, "mine: the lane judged nothing: 1 record, all of them unsupported"),
        (3, 1, "mine: the lane judged nothing: 4 records, 3 of them not declared, the others unsupported"),
    ],
)
def test_why_nothing_was_judged_is_told(
    record: Records, journal: Journals, undeclared: int, unsupported: int, reason: str
) -> None:
    others = [record(f"a/b/{n}", "mine", "unsupported") for n in range(unsupported)]
    assert summarise(journal([*unasked(record, undeclared), *others])).incomplete == (reason,)

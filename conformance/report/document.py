"""What a report says, before any format: the figures, the findings and their groupings.

Knows: journals and the groupings of `findings`, `convention_table` and `summary`. Must not know: how a format
looks. `terminal`, `markdown`, `html`, `junit` and `summary_file` each render one document.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.journal import Header, Journal, LaneEntry, TrialEntry
from conformance.report import wording
from conformance.report.arithmetic_table import ArithmeticRow, arithmetic_table
from conformance.report.causes import Cause, causes
from conformance.report.convention_table import ConventionTable, convention_table
from conformance.report.findings import (
    Finding,
    Reason,
    findings,
    why_composed,
    why_unsupported,
)
from conformance.report.inputs import Inputs
from conformance.report.page.odd_element import OddCrop, odd_elements
from conformance.report.regressions import Comparison, compare
from conformance.report.script_files import Scripts
from conformance.report.story import FrameworkStory, HeatTable, heat_table, stories
from conformance.report.summary import Summary, exit_status, judged_sentence, summarise

REFERENCE_ALONE = "the reference was asked alone: that it agrees with itself says nothing about any framework"
TUTORIAL = "/tutorial/"
"""Part of the ids of the trials that come from the tutorial."""


@dataclass(frozen=True, slots=True)
class TrialStory:
    """One trial with what every lane made of it."""

    trial: TrialEntry
    answers: tuple[Finding, ...]

    @property
    def call(self) -> str:
        """The call as its author spelled it."""
        return wording.call(self.trial.operator, self.trial.arguments)


@dataclass(frozen=True, slots=True)
class Report:
    """A report without a format."""

    summary: Summary
    headline: str
    warnings: tuple[str, ...]
    """belongs at the top: that the run was interrupted, why it is incomplete, what fails it beside its records"""
    notes: tuple[str, ...]
    """what a reader should know and nothing fails by"""
    findings: tuple[Finding, ...]
    """every record"""
    stories: tuple[TrialStory, ...]
    """the same trial by trial, in the run's order, also those that nothing answered"""
    nonconformances: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    """of the nonconformances"""
    known: tuple[Cause, ...]
    """of what is waived, by waiver"""
    composed: tuple[Reason, ...]
    unsupported: tuple[Reason, ...]
    arithmetic: tuple[ArithmeticRow, ...]
    conventions: ConventionTable
    missing: tuple[tuple[str, str], ...]
    """lanes whose framework is not installed, each with what to do about it"""
    provenance: tuple[tuple[str, str], ...]
    reproduction: tuple[str, ...]
    """commands that make the same run with the same versions, and this page of its journal"""
    frameworks: tuple[FrameworkStory, ...]
    heat: HeatTable
    odd_elements: tuple[OddCrop, ...] = ()
    changes: Comparison | None = None
    """since the base journal, where one is given"""
    scripts: Scripts = field(default_factory=dict)
    """of records, where somebody wrote them"""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """of lanes with a label, how the command line named them"""
    inputs: Inputs = field(default_factory=dict)
    """of trials that some lane does not answer as expected, where somebody made them"""

    @property
    def tutorial(self) -> tuple[TrialStory, ...]:
        """The trials of the tutorial."""
        return tuple(story for story in self.stories if TUTORIAL in story.trial.id)

    @property
    def wrong_calls(self) -> tuple[TrialStory, ...]:
        """Trials that are wrong on purpose, those of the tutorial too."""
        return tuple(story for story in self.stories if story.trial.fault is not None)


def describe(
    journal: Journal, base: Journal | None = None, scripts: Scripts | None = None, inputs: Inputs | None = None
) -> Report:
    """Everything that a report of this journal says, and what changed since the base in the trials of both.

    Raises JournalError where the two have nothing in common.
    """
    summary = summarise(journal)
    answers = findings(journal)
    nonconformances = tuple(answer for answer in answers if answer.standing == "nonconforming")
    frameworks = {name: lane.framework for name, lane in journal.lanes.items()}
    interruption = f"This run was interrupted and is incomplete. Continue it with: {resume_command(journal.header)}"
    by_trial: dict[str, list[Finding]] = {}
    for answer in answers:
        by_trial.setdefault(answer.record.trial, []).append(answer)
    wrong = causes(nonconformances, frameworks)
    known = causes((answer for answer in answers if answer.standing == "waived"), frameworks)
    unsupported = why_unsupported(journal.records)
    measured = (*(entry.lane for entry in journal.conventions), *(fact.lane for fact in journal.facts))
    return Report(
        summary=summary,
        headline=_headline(summary),
        warnings=(
            *((interruption,) if summary.interrupted else ()),
            *(f"Incomplete: {reason}" for reason in summary.incomplete),
            *(f"Problem: {problem}" for problem in summary.problems),
        ),
        notes=_notes(journal, summary),
        findings=answers,
        stories=tuple(TrialStory(trial, tuple(by_trial.get(name, ()))) for name, trial in journal.trials.items()),
        nonconformances=nonconformances,
        causes=wrong,
        known=known,
        composed=why_composed(journal.records),
        unsupported=unsupported,
        arithmetic=arithmetic_table(journal),
        conventions=convention_table(
            journal.conventions,
            dict.fromkeys([*(lane.lane for lane in summary.lanes), *measured]),
            journal.facts,
        ),
        missing=tuple(
            (lane.lane, lane.message or "its framework is not installed")
            for lane in summary.lanes
            if lane.status == "missing"
        ),
        provenance=_provenance(journal, summary),
        reproduction=_reproduction(journal),
        frameworks=stories(summary.lanes, wrong, known, unsupported),
        heat=heat_table(answers),
        odd_elements=odd_elements(journal.conventions),
        scripts=scripts or {},
        spellings=journal.header.spellings,
        inputs=inputs or {},
        changes=None if base is None else compare(base, journal, intersection=True),
    )


def resume_command(header: Header) -> str:
    """The command that continues an interrupted run."""
    command = [part for part in header.command if part != "--resume"] or ["conformance", "run"]
    return shlex.join([*command, "--resume"])


def _headline(summary: Summary) -> str:
    """The exit status in words; counts are of what was judged, not of what was listed."""
    trials, lanes = wording.count(summary.trials, "trial"), sum(lane.status != "missing" for lane in summary.lanes)
    if summary.tier != "full":
        trials = f"{trials} of the {summary.tier} tier"
    asked = trials if lanes == 1 else f"{trials} in {wording.count(lanes, 'lane')}"
    counts = f"{judged_sentence(summary.lanes)} ({asked})"
    status = exit_status(summary)
    if status == 3:
        return f"Incomplete: {counts}."
    if status == 0:
        return f"All as expected or waived: {counts}."
    wrong = wording.count(summary.nonconforming, "nonconformance")
    beside = f", {wording.count(len(summary.problems), 'problem')} beside the records" if summary.problems else ""
    return f"Not conforming: {wrong}{beside}; {counts}."


def _notes(journal: Journal, summary: Summary) -> tuple[str, ...]:
    """The run's own, then what the lanes' answers do not prove."""
    free = (
        f"{lane.lane}: {wording.count(lane.numbers.free, 'element')} of {lane.numbers.compared:,} free in "
        f"{wording.count(lane.flags.get('free', 0), 'record')}: the error bound demands nothing there that zero would "
        "not meet"
        for lane in summary.lanes
        if lane.numbers.free
    )
    told = (*(journal.footer.notes if journal.footer else ()), *free)
    return (*told, REFERENCE_ALONE) if summary.reference_alone and journal.header.named_lanes else told


def _provenance(journal: Journal, summary: Summary) -> tuple[tuple[str, str], ...]:
    header, footer = journal.header, journal.footer
    return (
        ("suite", f"nn-conformance {header.suite_version}"),
        ("content hash", header.content_hash),
        ("command", shlex.join(header.command)),
        ("selection", " ".join(header.selection) or "everything"),
        ("tier", header.tier),
        ("started", header.started),
        ("finished", footer.finished if footer else f"never; continue with: {resume_command(header)}"),
        ("machine", wording.pairs(header.machine)),
        ("flags", wording.pairs(header.flags)),
        *((f"lane {lane.lane}", _behind(lane)) for lane in journal.lanes.values()),
        ("exit status", str(exit_status(summary))),
    )


def _reproduction(journal: Journal) -> tuple[str, ...]:
    """Installed is all that lanes tell their versions of, without what a version says of its build."""
    header = journal.header
    told = {name: version for lane in journal.lanes.values() for name, version in lane.versions.items()}
    packages = [f"{name}=={version.partition('+')[0]}" for name, version in told.items()]
    return (
        shlex.join(["pip", "install", f"nn-conformance[html]=={header.suite_version}", *packages]),
        shlex.join(header.command),
        "conformance report JOURNAL --format html --output report.html",
    )


def _behind(lane: LaneEntry) -> str:
    if lane.status != "ready":
        return lane.status
    flags = f"; flags: {wording.pairs(lane.flags)}" if lane.flags else ""
    below = f"; runs on {wording.pairs(lane.runs_on)}" if lane.runs_on else ""
    return f"{wording.pairs(lane.versions or {lane.framework: lane.version})}{below}{flags}"

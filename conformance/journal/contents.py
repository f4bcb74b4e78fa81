"""What a journal says, checked against itself: whatever follows from other lines is computed again.

Knows: entries, and what a run writes. Must not know: lines and files. A journal whose run was killed is a beginning,
and no contradiction; what is missing from one that says it is complete is.
"""

from dataclasses import replace
from pathlib import Path
from typing import assert_never

from conformance.errors import JournalError
from conformance.journal.entry import (
    AXIS,
    REFUSAL,
    WINDOW,
    Convention,
    ConventionFact,
    Entry,
    Footer,
    Grade,
    Header,
    Journal,
    LaneEntry,
    PlanEntry,
    Record,
    TrialEntry,
    content_hash,
    part_hash,
    plan_id,
)
from conformance.judging.verdict import Outcome
from conformance.operators.facts import own_facts
from conformance.operators.kind import PlainCall
from conformance.operators.registry import operators, signature
from conformance.shards import shard_of
from conformance.suite.size import LONGEST_AXIS

UNCHECKED = (
    "the journal is of format 1, of an older version: its lines have no checksums, so that a change of it may not show"
)
ANSWERED = (Outcome.AGREES, Outcome.DIFFERS, Outcome.WRONG_SHAPE, Outcome.WRONG_DTYPE)
"""the outcomes of answers to right calls"""
# Of an axis' numbers; no framework takes a stride beyond the larger of the two.
RANGES = {
    **dict.fromkeys(("input", "kernel", "output"), (0, LONGEST_AXIS)),
    **dict.fromkeys(("stride", "dilation"), (1, 2**63)),
}
MOST_PRODUCTS = 2**63
# Thirty years; sums of more could leave the range of numbers.
MOST_SECONDS = 1e9


class Contents:
    """The entries so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._header: Header | None = None
        self._footer: Footer | None = None
        self._trials: dict[str, TrialEntry] = {}
        self._lanes: dict[str, LaneEntry] = {}
        self._plans: dict[str, PlanEntry] = {}
        self._records: dict[tuple[str, str], Record] = {}
        self._conventions: dict[tuple[object, ...], Convention] = {}
        self._facts: dict[tuple[str, str, str], ConventionFact] = {}
        self._grades: dict[tuple[str, str, str], Grade] = {}

    def take(self, entry: Entry) -> str | None:
        """Add the next entry; what it contradicts, if anything."""
        if self._header is None:
            if not isinstance(entry, Header):
                return "no header; a journal is what `conformance run` writes, and begins with one"
            self._header = entry
            return _part_problem(entry)
        self._footer = None  # what follows a footer is a run that went on
        match entry:
            case Header():
                return "a second header; a journal has one, in its first line"
            case TrialEntry():
                return self._take_trial(self._header, entry)
            case PlanEntry():
                self._plans[entry.id] = entry
                return None if entry.id == plan_id(entry.plan, entry.notes) else f"plan {entry.id} is another"
            case Record():
                return self._take_record(self._header, entry)
            case Footer():
                self._footer = entry
                return self._footer_problem(self._header, entry)
            case LaneEntry() | Convention() | ConventionFact() | Grade():
                self._take_of_lane(entry)
                return self._lane_problem(self._header, entry.lane)
            case _:
                assert_never(entry)

    def journal(self) -> Journal:
        """The whole. Raises JournalError where there is no header, or other trials than it says."""
        header = self._header
        if header is None:
            raise JournalError(f"{self._path}: no header line; a journal is what `conformance run` writes")
        asks = len(self._trials) == header.trials and self._footer is None  # with which the footer was compared
        if asks and (problem := self._content_problem(header)):
            raise JournalError(f"{self._path}:1: {problem}")
        trials = {trial: place for place, trial in enumerate(self._trials)}
        lanes = {lane: place for place, lane in enumerate(header.lanes)}
        records = sorted(self._records.values(), key=lambda each: (trials[each.trial], lanes[each.lane]))
        footer = self._footer
        if footer is not None and header.format == 1:
            footer = replace(footer, notes=(*footer.notes, UNCHECKED))
        return Journal(
            self._path,
            header,
            self._trials,
            self._lanes,
            tuple(records),
            tuple(self._conventions.values()),
            footer,
            tuple(self._facts.values()),
            tuple(self._grades.values()),
        )

    def _take_trial(self, header: Header, trial: TrialEntry) -> str | None:
        if trial.id in self._trials:
            return f"a second entry of trial {trial.id}"
        if len(self._trials) == header.trials:
            return f"trial {trial.id} is one more than the {header.trials} that the header says"
        self._trials[trial.id] = trial
        if problem := _trial_problem(trial):
            return f"{problem[0]} of trial {trial.id} {problem[1]}"
        if trial.facts is None and trial.operator in operators():
            try:
                # An older version wrote no facts.
                axes = signature(trial.operator).own_axes(trial.operator, trial.axes)
                facts = own_facts(PlainCall(trial.operator, trial.arguments, axes))
                self._trials[trial.id] = replace(trial, own_axes=() if axes == trial.axes else axes, facts=facts)
            except (LookupError, TypeError, ValueError):
                return f"the arguments of trial {trial.id} are none of {trial.operator}"
        return None

    def _take_record(self, header: Header, record: Record) -> str | None:
        name = f"record of {record.trial} in {record.lane}"
        trial = self._trials.get(record.trial)
        if trial is None:
            return f"a {name}, a trial that no line before it has"
        if record.lane not in self._lanes:
            return self._lane_problem(header, record.lane) or f"a {name}, a lane that no line before it introduces"
        if (record.trial, record.lane) in self._records:
            return f"a second {name}"
        if record.plan_id:
            shared = self._plans.get(record.plan_id)
            if shared is None:
                return f"a {name} with plan {record.plan_id}, which no line before it has"
            record = replace(record, plan=shared.plan, notes=shared.notes, plan_id="")
        self._records[record.trial, record.lane] = record
        problem = _record_problem(record, trial)
        return f"{name}: {problem}" if problem else None

    def _take_of_lane(self, entry: LaneEntry | Convention | ConventionFact | Grade) -> None:
        """Of what is measured or said again, as after --resume, the last counts."""
        match entry:
            case LaneEntry():
                self._lanes[entry.lane] = entry
            case Convention():
                words = (entry.operator, entry.word, entry.length, entry.kernel, entry.stride, entry.dilation)
                self._conventions[entry.lane, *words, entry.variant] = entry
            case ConventionFact():
                self._facts[entry.lane, entry.topic, entry.name] = entry
            case Grade():
                self._grades[entry.lane, entry.dtype, entry.padding] = entry

    def _lane_problem(self, header: Header, lane: str) -> str | None:
        if lane in header.lanes:
            return None
        return f"lane {lane} is none of the header's: {', '.join(header.lanes) or 'it has none'}"

    def _footer_problem(self, header: Header, footer: Footer) -> str | None:
        if len(self._trials) != header.trials:
            return f"the footer comes after {len(self._trials)} trials; the header says {header.trials}"
        if problem := self._content_problem(header):
            return problem
        if not footer.complete:
            return None
        if footer.interrupted or footer.incomplete:
            return "the footer says complete, and also why it is not"
        return next((problem for lane in header.lanes if (problem := self._share_problem(header, footer, lane))), None)

    def _content_problem(self, header: Header) -> str | None:
        found = content_hash(self._trials.values())
        if found == header.content_hash:
            return None
        return f"the trials are not those of the header: their content hash is {found}, its {header.content_hash}"

    def _share_problem(self, header: Header, footer: Footer, lane: str) -> str | None:
        """What is wrong with a lane of a run that says it is complete."""
        entry = self._lanes.get(lane)
        if entry is None or entry.status == "failed":
            became = "no line introduces it" if entry is None else "it failed"
            return f"the footer says complete, but of lane {lane} {became}" if header.trials else None
        if entry.status == "missing":
            return None
        found = sum(record.lane == lane for record in self._records.values())
        asked = header.trials if footer.asked is None else footer.asked.get(lane, header.trials)
        # An older journal says in words that a lane took a sample, and not how large.
        sampled = footer.asked is None and any(note.startswith(f"lane {lane} took a sample") for note in footer.notes)
        if sampled or found == asked:
            return None
        return f"the footer says complete, but lane {lane} has {found} records of {asked} trials"


def _part_problem(header: Header) -> str | None:
    """What is wrong with the shard that the header says it is."""
    if not header.parts:
        return None
    number, count = shard_of(header.shard) or (0, 0)
    if count != len(header.parts):
        return f"shard {header.shard!r} of a run in {len(header.parts)} shards"
    if part_hash(header.content_hash) == header.parts[number - 1]:
        return None
    return (
        f"content hash {header.content_hash}, but that of shard {header.shard} of this run begins with "
        f"{header.parts[number - 1]}: this is another shard, or one of another run"
    )


def _trial_problem(trial: TrialEntry) -> tuple[str, str] | None:
    """What of a trial's entry is wrong, and what is wrong with it."""
    if trial.refusal is not None and trial.expectation != f"{REFUSAL}{trial.refusal}":
        return "the expectation", f"is {trial.expectation!r}, and the call has to be refused for {trial.refusal!r}"
    if trial.products is not None and not 1 <= trial.products <= MOST_PRODUCTS:
        return "the number of products", f"is {trial.products}; expected 1 to {MOST_PRODUCTS}"
    # Reports draw every axis.
    for axis in (*trial.axes, *trial.own_axes):
        wanted = AXIS | WINDOW if WINDOW & axis.keys() else AXIS
        if lacking := sorted(wanted - axis.keys()):
            return "an axis", f"lacks {', '.join(lacking)}"
        for name, (least, most) in RANGES.items():
            if name in axis and not least <= axis[name] <= most:
                return "an axis", f"has {name} {axis[name]}; expected {least} to {most}"
    return None


def _record_problem(record: Record, trial: TrialEntry) -> str | None:
    """What is wrong with a record by itself and beside its trial's expectation."""
    known = [outcome.value for outcome in Outcome]
    if record.outcome not in known:
        return f"outcome {record.outcome!r}; expected one of {', '.join(known)}"
    outcome, refusal = Outcome(record.outcome), trial.refusal is not None
    if (outcome in ANSWERED and refusal) or (outcome is Outcome.ACCEPTED and not refusal):
        return f"outcome {outcome} of a trial that expects {trial.expectation!r}"
    conforms = outcome in (Outcome.AGREES, Outcome.UNSUPPORTED) or (outcome is Outcome.REFUSED and refusal)
    if record.conforms is not conforms:
        said, due = (str(each).lower() for each in (record.conforms, conforms))
        return f"conforms is {said}; expected {due} of {outcome} where {trial.expectation!r} is expected"
    if record.conforms and record.waived is not None:
        return f"it conforms ({outcome}) and is waived; a waiver excuses what does not conform"
    times = [time for time in (record.seconds, record.elapsed) if time is not None and not 0 <= time <= MOST_SECONDS]
    return f"{times[0]:g} seconds; expected 0 to {MOST_SECONDS:g}" if times else None

"""What changed between two runs of the same trials: what conformed and no longer does, before all else.

Knows: two journals. Must not know: formats (`regression_report` tells it), shards (`merging` has united them).
Lanes are matched by their names, or as the reader pairs them (`pairing`), trials by their ids.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.errors import JournalError
from conformance.journal import Journal, LaneEntry, Record, TrialEntry
from conformance.report import wording
from conformance.report.causes import Cause, causes
from conformance.report.findings import Finding, counted, explain_command
from conformance.report.pairing import Paired, paired
from conformance.report.summary import Summary, standing, summarise

# An error has grown when it is more than so many times the old one, and more than FLOOR of its bound. Right engines
# that sum in other orders differ, mostly far below the bound: from torch to TensorFlow the largest error of 18 of 209
# real-valued trials of the corpus more than doubles, and that of one passes a quarter of the bound.
GROWTH = 2.0
# Of the error bound: below it a growing error is noise of another summation order, not a regression.
FLOOR = 0.25


@dataclass(frozen=True, slots=True)
class Provenance:
    """Something that a reader wants to know of both runs: where they are, their versions."""

    name: str
    base: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One trial in one lane, in both runs."""

    before: Record
    after: Record
    call: str
    """as its author spelled it"""
    explain: str
    """the command that prints the script of the new record"""

    @property
    def said(self) -> str:
        """Both outcomes, in words."""
        return f"{_outcome(self.before)} -> {_outcome(self.after)}"

    @property
    def errors(self) -> str:
        """Both largest errors in units of their bounds; empty where there are none."""
        old, new = _error(self.before), _error(self.after)
        if old is None or new is None:
            return ""
        return f"largest error {wording.in_bounds(old)} -> {wording.in_bounds(new)} x the bound"


@dataclass(frozen=True, slots=True)
class Only:
    """What only one of the runs has, or has otherwise."""

    lanes_added: tuple[str, ...]
    lanes_removed: tuple[str, ...]
    trials_added: tuple[str, ...]
    trials_removed: tuple[str, ...]
    trials_changed: tuple[str, ...]
    """ids that ask one thing in BASE and another in NEW; not compared"""
    unanswered: tuple[tuple[str, int], ...]
    """lanes with how many records of BASE have no counterpart in NEW, though the lane was asked"""
    newly_answered: tuple[tuple[str, int], ...]
    """the same, the other way round"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs beside each other. Each pair of records is in one of the groups at most."""

    facts: tuple[Provenance, ...]
    lanes: int
    trials: int
    """in both runs, and asking the same"""
    records: int
    """pairs that were compared"""
    regressions: tuple[Change, ...]
    """as expected, waived or unsupported before, wrong now; or as expected before and unsupported now"""
    improvements: tuple[Change, ...]
    """as expected now, and not before"""
    otherwise: tuple[Change, ...]
    """another outcome or standing that is neither: newly waived, wrong in another way"""
    grown: tuple[Change, ...]
    """agree in both, with an error that has grown by GROWTH and past FLOOR"""
    other_bits: tuple[tuple[str, int], ...]
    """lanes with how many of the remaining answers have the same verdict and other bytes"""
    only: Only
    causes: tuple[Cause, ...]
    """of the regressions"""
    incomplete: tuple[str, ...]
    """why NEW is not whole; empty when it is"""
    base_incomplete: tuple[str, ...]
    lane_pairs: tuple[tuple[str, str], ...] = ()
    """of lanes that the reader paired, the names in BASE and in NEW where they differ"""

    @property
    def caused(self) -> tuple[tuple[Cause, Change], ...]:
        """Each cause of regressions with the change of its smallest call."""
        by_record = {(each.after.trial, each.after.lane): each for each in self.regressions}
        return tuple(
            (cause, by_record[cause.smallest.record.trial, cause.smallest.record.lane]) for cause in self.causes
        )

    @property
    def exit_status(self) -> int:
        """0 no regression, 1 regressions, 3 NEW is incomplete. (2, not comparable, has no comparison.)"""
        if self.incomplete:
            return 3
        return 1 if self.regressions else 0


def compare(base: Journal, new: Journal, *, intersection: bool = False, lanes: Sequence[str] = ()) -> Comparison:
    """What changed from base to new; with `intersection`, in the trials that both ask alike. `lanes`: `OLD=NEW`, each
    a lane of base with the lane of new that it is compared with; without them all lanes of the same names.

    Raises JournalError when the trials' content differs and `intersection` was not asked for, or when no trial or no
    lane is in both, and UsageError for lanes that the journals have not.
    """
    pairs = paired(base, new, lanes)
    base, new = pairs.base, pairs.new
    if base.header.content_hash != new.header.content_hash and not intersection:
        ids = base.trials.keys() & new.trials.keys()
        alike = sum(_asked_alike(base.trials[name], new.trials[name]) for name in ids)
        raise JournalError(
            f"{base.path} and {new.path} do not ask the same: {len(base.trials):,} and {len(new.trials):,} trials, "
            f"{len(ids):,} ids in common, {alike:,} of them with the same content; "
            "compare those with --intersection, or run both on the same cases"
        )
    trials = {name: trial for name, trial in new.trials.items() if _asked_alike(base.trials.get(name), trial)}
    before, after = summarise(base), summarise(new)
    common = [lane for lane in _lanes(before) if lane in _lanes(after)]
    if not trials:
        raise JournalError(f"{base.path} and {new.path}: no trial is in both with the same content: nothing to compare")
    if not common:
        had = [" ".join(_lanes(summary)) or "none" for summary in (before, after)]
        raise JournalError(f"{base.path} and {new.path}: no lane is in both: BASE has {had[0]}; NEW has {had[1]}")
    old, fresh = _among(base.records, trials, common), _among(new.records, trials, common)
    changes = [
        Change(
            old[key],
            record,
            wording.call(trials[record.trial].operator, trials[record.trial].arguments),
            explain_command(new.header, record, trials[record.trial]),
        )
        for key, record in fresh.items()
        if key in old
    ]
    lost = counted(lane for trial, lane in old if (trial, lane) not in fresh)
    incomplete = [
        *_incomplete(after),
        *(
            f"{lane}: {number:,} of BASE's records have none in NEW"
            for lane, number in lost
            if not (lane in pairs.renamed and _sampled(new, lane))
        ),
    ]
    if not (changes or incomplete):
        raise JournalError(
            f"{base.path} and {new.path}: no record of one lane and trial is in both: nothing to compare"
        )
    groups: dict[str, list[Change]] = {name: [] for name in _RULES}
    for change in changes:
        name = next((name for name, meets in _RULES.items() if meets(change.before, change.after)), None)
        if name is not None:
            groups[name].append(change)
    return Comparison(
        facts=_facts(pairs),
        lanes=len(common),
        trials=len(trials),
        records=len(changes),
        regressions=tuple(groups["regression"]),
        improvements=tuple(groups["improvement"]),
        otherwise=tuple(groups["otherwise"]),
        grown=tuple(groups["grown"]),
        other_bits=counted(change.after.lane for change in groups["other bits"]),
        only=Only(
            lanes_added=_without(_lanes(after), _lanes(before)),
            lanes_removed=_without(_lanes(before), _lanes(after)),
            trials_added=_without(new.trials, base.trials),
            trials_removed=_without(base.trials, new.trials),
            trials_changed=_without([name for name in new.trials if name in base.trials], trials),
            unanswered=lost,
            newly_answered=counted(lane for trial, lane in fresh if (trial, lane) not in old),
        ),
        causes=causes(
            (Finding(each.after, trials[each.after.trial], new.header) for each in groups["regression"]),
            {name: lane.framework for name, lane in new.lanes.items()},
        ),
        incomplete=tuple(incomplete),
        base_incomplete=_incomplete(before),
        lane_pairs=tuple((old, lane) for lane, old in pairs.renamed.items()),
    )


def _asked_alike(base: TrialEntry | None, new: TrialEntry) -> bool:
    """Whether both ask the same, wherever the cases' files lie."""
    return base is not None and base.question() == new.question()


def _lanes(summary: Summary) -> list[str]:
    """The lanes that were to answer; not those whose framework was missing."""
    return [lane.lane for lane in summary.lanes if lane.status != "missing"]


def _without(names: Iterable[str], others: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _among(records: Iterable[Record], trials: Container[str], lanes: Container[str]) -> dict[tuple[str, str], Record]:
    """The records of these trials in these lanes, by both."""
    return {
        (record.trial, record.lane): record for record in records if record.trial in trials and record.lane in lanes
    }


def _regressed(before: Record, after: Record) -> bool:
    old, new = standing(before), standing(after)
    return old != new and (new == "nonconforming" or (old, new) == ("as expected", "unsupported"))


def _grown(before: Record, after: Record) -> bool:
    """Whether an answer that still agrees lost more accuracy than another order of summation does."""
    old, new = _error(before), _error(after)
    return after.outcome == "agrees" and old is not None and new is not None and new > max(GROWTH * old, FLOOR)


_RULES: Mapping[str, Callable[[Record, Record], bool]] = {
    "regression": _regressed,
    "improvement": lambda before, after: standing(before) != "as expected" and standing(after) == "as expected",
    "otherwise": lambda before, after: (standing(before), before.outcome) != (standing(after), after.outcome),
    "grown": _grown,
    "other bits": lambda before, after: None not in (before.digest, after.digest) and before.digest != after.digest,
}
"""a change belongs to the first group whose rule it meets"""


def _error(record: Record) -> float | None:
    return record.metrics.worst_error_over_bound if record.metrics else None


def _outcome(record: Record) -> str:
    return f"{record.outcome} (waived)" if standing(record) == "waived" else record.outcome


def _incomplete(summary: Summary) -> tuple[str, ...]:
    return summary.incomplete or (("the run was interrupted",) if summary.interrupted else ())


def _sampled(journal: Journal, lane: str) -> bool:
    """Whether the lane's share of the run was a part of the trials: then it has not left out the others."""
    asked = journal.footer.asked if journal.footer is not None else None
    return asked is not None and asked.get(lane, journal.header.trials) < journal.header.trials


def _facts(pairs: Paired) -> tuple[Provenance, ...]:
    base, new = pairs.base, pairs.new
    lanes = dict.fromkeys([*base.lanes, *new.lanes])
    headers = base.header, new.header
    return (
        Provenance("journal", str(base.path), str(new.path)),
        Provenance("suite", *(f"nn-conformance {header.suite_version}" for header in headers)),
        *(
            Provenance(
                f"lane {f'{pairs.renamed[lane]}={lane}' if lane in pairs.renamed else lane}",
                _answering(base.lanes.get(lane)),
                _answering(new.lanes.get(lane)),
            )
            for lane in lanes
        ),
        Provenance("started", *(header.started for header in headers)),
        Provenance("machine", *(wording.pairs(header.machine) for header in headers)),
        Provenance("flags", *(wording.pairs(header.flags) for header in headers)),
    )


def _answering(entry: LaneEntry | None) -> str:
    if entry is None:
        return wording.ABSENT
    if entry.status != "ready":
        return entry.status
    flags = f"; flags: {wording.pairs(entry.flags)}" if entry.flags else ""
    return f"{wording.pairs({**entry.versions, entry.framework: entry.version})}{flags}"

"""The figures of a run, lane by lane, and the exit status that they lead to.

Knows: journals. Must not know: formats, cases, frameworks. `document` puts these figures beside the findings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from conformance.journal import Journal, LaneEntry, Record
from conformance.judging.verdict import Flag, Outcome
from conformance.report import wording

OUTCOMES = tuple(outcome.value for outcome in Outcome)
"""In the order in which reports show them."""

Standing: TypeAlias = Literal["as expected", "nonconforming", "waived", "unsupported"]
"""Every record is in exactly one of these."""

REFERENCE = "reference"
"""the lane of the reference"""
NOBODY_ASKED = (
    "nothing but the reference answered, so no framework was compared with it: install one "
    "(pip install 'nn-conformance[all]'), or name lanes (--lane reference for the reference alone)"
)

LaneStatus: TypeAlias = Literal["ready", "missing", "failed", "unstarted"]
"""As in the journal, or `unstarted` for a lane that the journal announces and never mentions again."""


@dataclass(frozen=True, slots=True)
class Expression:
    """How the right calls of a run are said in one framework's own vocabulary. Wrong calls do not count here.

    Shares are of the calls that the lane could be asked: what it does not declare lowers none of them.
    """

    calls: int
    native: int
    composed: int
    """said with a crop or a pad around the framework's call"""
    unsupported: int
    undeclared: int = 0
    """of those, what the lane does not declare"""

    @property
    def asked(self) -> int:
        """The right calls that the lane could be asked."""
        return self.calls - self.undeclared

    @property
    def native_share(self) -> float | None:
        """None for a lane without plans: a port says calls by itself."""
        return self._share(self.native) if self._planned else None

    @property
    def composed_share(self) -> float | None:
        """None for a lane without plans."""
        return self._share(self.composed) if self._planned else None

    @property
    def unsupported_share(self) -> float | None:
        """None where nothing could be asked."""
        return self._share(self.unsupported - self.undeclared)

    @property
    def _planned(self) -> bool:
        return self.native + self.composed > 0

    def _share(self, part: int) -> float | None:
        return part / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numerical differences of a lane, over all records whose values were compared."""

    compared: int
    """elements"""
    worst_error_over_bound: float | None
    worst_trial: str | None
    """the trial that showed the worst error"""
    bitwise_equal: float | None
    """share of the compared elements that equal the correctly rounded result"""
    max_abs: float | None
    """information only, as is the distance in units in the last place: neither decides anything"""
    max_ulp: float | None
    worst_conforming: float | None = None
    """the largest error over its bound of answers that conform; those that do not say nothing of how exact these are"""
    worst_nonconforming: float | None = None
    worst_waived: float | None = None
    free: int = 0
    """compared elements of which nothing is proven, since zero would have passed as well"""


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """One lane: `conforming + nonconforming + waived + unsupported == records`."""

    lane: str
    framework: str
    version: str
    status: LaneStatus
    message: str
    counts: Mapping[str, int]
    """records per outcome; every outcome has its entry"""
    flags: Mapping[str, int]
    """records per flag"""
    records: int
    conforming: int
    """judged, and as expected"""
    nonconforming: int
    """not as expected, and no waiver says why"""
    waived: int
    unsupported: int
    undeclared: int
    """of the unsupported ones, what the lane does not declare: it was not asked"""
    shapes_as_defined: int
    """answers whose output shape is the expected one"""
    expression: Expression
    numbers: Numbers
    seconds: float

    @property
    def judged(self) -> int:
        """Records with a judgement: `unsupported` is none."""
        return self.records - self.counts["unsupported"]

    @property
    def sentence(self) -> str:
        """How many were judged, with what result, and how many were not."""
        return judged_sentence((self,))


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in figures."""

    trials: int
    tier: str
    records: int
    lanes: tuple[LaneSummary, ...]
    interrupted: bool
    """stopped before its end: the same command with `--resume` continues it"""
    incomplete: tuple[str, ...]
    """why not all that was asked has been judged"""
    problems: tuple[str, ...]
    """what fails the run beside its records: stale waivers and the like"""

    @property
    def nonconforming(self) -> int:
        """Nonconformances that no waiver explains, in all lanes."""
        return sum(lane.nonconforming for lane in self.lanes)

    @property
    def waived(self) -> int:
        """Known deviations, in all lanes."""
        return sum(lane.waived for lane in self.lanes)

    @property
    def judged(self) -> int:
        """Records with a judgement, in all lanes."""
        return sum(lane.judged for lane in self.lanes)

    @property
    def reference_alone(self) -> bool:
        """Whether nothing but the reference was judged: it agrees with itself whatever the frameworks do."""
        return {lane.lane for lane in self.lanes if lane.judged} == {REFERENCE}


def summarise(journal: Journal) -> Summary:
    """Count a journal, finished or not."""
    records: dict[str, list[Record]] = {lane: [] for lane in journal.header.lanes}
    for record in journal.records:
        records[record.lane].append(record)
    lanes = tuple(_lane_summary(lane, journal.lanes.get(lane), own, journal) for lane, own in records.items())
    # Lanes that nobody asked, since their frameworks are missing, stand in every report.
    lanes += tuple(
        _lane_summary(lane, LaneEntry(lane, "missing", lane.partition(":")[0], "", message=hint), (), journal)
        for lane, hint in journal.header.missing.items()
    )
    footer = journal.footer
    interrupted = footer is None or footer.interrupted or not (footer.complete or footer.incomplete)
    found = Summary(
        trials=journal.header.trials,
        tier=journal.header.tier,
        records=len(journal.records),
        lanes=lanes,
        interrupted=interrupted,
        incomplete=_incomplete(journal, lanes),
        problems=footer.problems if footer else (),
    )
    judging = {lane.lane for lane in lanes if lane.judged}
    idle = [f"required lane {name} judged nothing" for name in journal.header.required if name not in judging]
    found = replace(found, incomplete=(*found.incomplete, *idle))
    if found.reference_alone and not journal.header.named_lanes:
        return replace(found, incomplete=(*found.incomplete, NOBODY_ASKED))
    return found


def exit_status(summary: Summary) -> int:
    """0 all as expected or waived, 1 nonconformance or stale waiver, 3 incomplete. (2, wrong usage, has no journal.)"""
    if summary.interrupted or summary.incomplete:
        return 3
    return 1 if summary.nonconforming or summary.problems else 0


def judged_sentence(lanes: Sequence[LaneSummary]) -> str:
    """What was judged in these lanes, and what was not."""
    return wording.judged(
        conforming=sum(lane.conforming for lane in lanes),
        waived=sum(lane.waived for lane in lanes),
        nonconforming=sum(lane.nonconforming for lane in lanes),
        unsupported=sum(lane.unsupported for lane in lanes),
        undeclared=sum(lane.undeclared for lane in lanes),
    )


def standing(record: Record) -> Standing:
    """What a record means for its reader. A waiver on a record that conforms says nothing about that record."""
    if not record.conforms:
        return "nonconforming" if record.waived is None else "waived"
    return "unsupported" if record.outcome == "unsupported" else "as expected"


def _lane_summary(lane: str, entry: LaneEntry | None, records: Sequence[Record], journal: Journal) -> LaneSummary:
    counts = Counter(record.outcome for record in records)
    standings = Counter(standing(record) for record in records)
    right = [record for record in records if journal.trials[record.trial].fault is None]
    return LaneSummary(
        lane=lane,
        framework=entry.framework if entry else "",
        version=entry.version if entry else "",
        status=entry.status if entry else "unstarted",
        message=entry.message if entry else "",
        counts={outcome: counts[outcome] for outcome in OUTCOMES},
        flags=dict(sorted(Counter(flag for record in records for flag in record.flags).items())),
        records=len(records),
        conforming=standings["as expected"],
        nonconforming=standings["nonconforming"],
        waived=standings["waived"],
        unsupported=standings["unsupported"],
        undeclared=sum(map(_is_undeclared, records)),
        shapes_as_defined=counts["agrees"] + counts["differs"],
        expression=Expression(
            calls=len(right),
            native=sum(record.native is True for record in right),
            composed=sum(record.native is False for record in right),
            unsupported=sum(record.outcome == "unsupported" for record in right),
            undeclared=sum(map(_is_undeclared, right)),
        ),
        numbers=_numbers(records),
        seconds=sum(record.seconds or 0.0 for record in records),
    )


def _is_undeclared(record: Record) -> bool:
    return record.outcome == "unsupported" and Flag.UNDECLARED in record.flags


def _numbers(records: Sequence[Record]) -> Numbers:
    measured = [(record.metrics, record.trial) for record in records if record.metrics is not None]
    compared = sum(metrics.compared for metrics, _ in measured)
    equal = sum(metrics.bitwise_equal * metrics.compared for metrics, _ in measured)
    rated = [(m.worst_error_over_bound, trial) for m, trial in measured if m.worst_error_over_bound is not None]
    apart: dict[Standing, float] = {}
    for record in records:
        if record.metrics is not None and record.metrics.worst_error_over_bound is not None:
            name = standing(record)
            apart[name] = max(apart.get(name, 0.0), record.metrics.worst_error_over_bound)
    worst, worst_trial = max(rated) if rated else (None, None)
    return Numbers(
        compared=compared,
        worst_error_over_bound=worst,
        worst_trial=worst_trial,
        bitwise_equal=equal / compared if compared else None,
        max_abs=max((m.max_abs for m, _ in measured if m.max_abs is not None), default=None),
        max_ulp=max((m.max_ulp for m, _ in measured if m.max_ulp is not None), default=None),
        worst_conforming=apart.get("as expected"),
        worst_nonconforming=apart.get("nonconforming"),
        worst_waived=apart.get("waived"),
        free=sum(metrics.free for metrics, _ in measured),
    )


def _incomplete(journal: Journal, lanes: Iterable[LaneSummary]) -> tuple[str, ...]:
    """The run's own reasons, then what the lanes show and no reason of the run's mentions yet."""
    reasons = [] if journal.footer is None else list(journal.footer.incomplete)
    for lane in lanes:
        reason = _lane_incomplete(lane, journal)
        named = {word.strip(".,:;()`'\"") for known in reasons for word in known.split()}
        if reason and lane.lane not in named:
            reasons.append(f"{lane.lane}: {reason}")
    return tuple(reasons)


def _lane_incomplete(lane: LaneSummary, journal: Journal) -> str | None:
    match lane.status:
        case "failed":
            return f"the lane failed: {lane.message or 'its worker never started'}"
        case "missing":
            return None
        case "unstarted" if journal.header.trials:
            return "the lane was never started"
        # An empty shard asks nothing; an interrupted run may not have come to this lane yet.
        case "ready" if lane.judged == 0 and (lane.records or (journal.footer and journal.header.trials)):
            kinds = {0: "all of them unsupported", lane.records: "all of them not declared"}
            mixed = f"{lane.undeclared:,} of them not declared, the others unsupported"
            counted = f"{wording.count(lane.records, 'record')}, {kinds.get(lane.undeclared, mixed)}"
            return f"the lane judged nothing: {counted if lane.records else 'no record at all'}"
    return None

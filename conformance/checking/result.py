"""What became of a function that was held against the corpus, and its text.

Knows: journals, causes. Must not know: who asked, how.
"""

from dataclasses import dataclass

from conformance.journal import Journal, Record
from conformance.report import wording
from conformance.report.causes import Cause, causes
from conformance.report.findings import findings

# Of a message in a terminal: ten causes fill a screen, and the others are counted.
MOST_CAUSES = 10
MOST_DIFFERENCES = 3
# Outcomes in the order in which their authors want to read of them.
_GRAVEST_FIRST = (
    ("crashed", "timed_out"),
    ("wrong_shape", "wrong_dtype", "differs"),
    ("errored", "refused"),
    ("accepted",),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdicts on a function."""

    name: str
    """as a lane spells it: `my_kernels.py:conv2d as torch.nn.functional.conv2d`"""
    records: tuple[Record, ...]
    """of every trial that was asked: `outcome`, `conforms`, `detail`, `metrics`"""
    causes: tuple[Cause, ...]
    """of what does not conform, the gravest first; each with its records and the smallest call"""
    asked: str
    """what was asked: operators, directions, dtypes"""
    scripts: bool
    """whether `conformance explain` can print the scripts of the records"""

    @property
    def judged(self) -> int:
        """How many answers were judged; 0 proves nothing."""
        return sum(record.outcome != "unsupported" for record in self.records)

    @property
    def conforms(self) -> bool:
        """Whether something was judged, and all of it is as expected."""
        return self.judged > 0 and not self.causes

    @property
    def worst_error_over_bound(self) -> float | None:
        """The largest error, in units of its forward error bound, of what conforms; None where all is bitwise right."""
        met = (record.metrics for record in self.records if record.conforms and record.metrics is not None)
        errors = (each.worst_error_over_bound for each in met)
        return max((error for error in errors if error is not None), default=None)

    @property
    def text(self) -> str:
        """The causes for people, the smallest call of each with the numbers that differ."""
        wrong = sum(not record.conforms for record in self.records)
        left_out = len(self.records) - self.judged
        counts = (
            f"{wrong:,} not as expected: {wording.count(len(self.causes), 'cause')}" if wrong else "all as expected"
        )
        lines = [f"{self.name}: {wording.count(self.judged, 'call')} judged ({self.asked}), {counts}"]
        if left_out:
            lines.append(f"{left_out:,} more trials of these operators ask what the function does not take")
        if self.worst_error_over_bound is not None:
            largest = wording.in_bounds(self.worst_error_over_bound)
            lines.append(f"largest error of what conforms: {largest} x its bound")
        for place, cause in enumerate(self.causes[:MOST_CAUSES], start=1):
            lines += ["", *self._told(place, cause)]
        if len(self.causes) > MOST_CAUSES:
            lines += ["", f"and {len(self.causes) - MOST_CAUSES:,} more causes"]
        return "\n".join(map(wording.printable, lines))

    def _told(self, place: int, cause: Cause) -> list[str]:
        smallest, record = cause.smallest, cause.smallest.record
        number = wording.count(len(cause.findings), "call")
        outcomes = ", ".join(outcome for outcome, _ in cause.outcomes)
        lines = [f"{place}. {outcomes}, {number}: {cause.text}"]
        lines.append(f"   smallest: {wording.call(smallest.trial.operator, smallest.trial.arguments)}")
        lines += [f"   asked as: {line}" for line in record.plan]
        lines += [
            f"   at {wording.shape(found.index)} expected {found.expected}, got {found.observed}"
            for found in smallest.differences[:MOST_DIFFERENCES]
        ]
        if smallest.trial.fault is not None:
            lines.append(f"   the call is wrong: {smallest.trial.fault}")
        if record.diagnosis:
            lines.append(f"   {record.detail}")
        if record.traceback:
            lines += [f"   {line}" for line in record.traceback.splitlines()[-6:]]
        return [*lines, *([f"   {smallest.explain}"] if self.scripts else [])]


def checked(name: str, journal: Journal, *, scripts: bool) -> Checked:
    """What a journal says of its one lane."""
    wrong = [finding for finding in findings(journal) if finding.standing == "nonconforming"]
    found = causes(wrong, {lane: entry.framework for lane, entry in journal.lanes.items()})
    judged = [journal.trials[record.trial] for record in journal.records if record.outcome != "unsupported"]
    facts = [trial.all_facts() for trial in judged]
    told = (dict.fromkeys(str(each[fact]) for each in facts) for fact in ("operator", "direction", "dtype"))
    return Checked(name, journal.records, tuple(sorted(found, key=_gravity)), "; ".join(map(", ".join, told)), scripts)


def _gravity(cause: Cause) -> int:
    """The gravest is 0; equally grave ones stay as they are, the most frequent first."""
    return next(place for place, outcomes in enumerate(_GRAVEST_FIRST) if cause.smallest.record.outcome in outcomes)

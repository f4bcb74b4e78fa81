"""A run at a glance: one row per lane, the shares and grades that a reader asks for first.

Knows: a document. Must not know: HTML. The template `glance.html.j2` lays the rows out.
"""

from dataclasses import dataclass

from conformance.report import wording
from conformance.report.arithmetic_table import ArithmeticRow
from conformance.report.document import Report
from conformance.report.summary import LaneSummary

# In the order of the bar: what is well first.
SHARES = (
    "agrees",
    "refused",
    "unsupported",
    "differs",
    "wrong_shape",
    "wrong_dtype",
    "accepted",
    "crashed",
    "timed_out",
    "errored",
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One outcome's part of a lane's records."""

    outcome: str
    records: int
    share: float


@dataclass(frozen=True, slots=True)
class Glance:
    """One lane."""

    lane: LaneSummary
    mode: str
    """what follows the framework's name in the lane's; empty for its plain way"""
    segments: tuple[Segment, ...]
    crashed: int
    """crashes and timeouts"""
    grades: tuple[tuple[str, str], ...]
    """dtype -> significand bits of its accumulators along channels / taps"""


def glances(document: Report) -> tuple[Glance, ...]:
    """A row per lane, in the run's order."""
    return tuple(
        Glance(
            lane=lane,
            mode=_mode(lane.lane),
            segments=tuple(
                Segment(name, lane.counts[name], lane.counts[name] / lane.records)
                for name in SHARES
                if lane.counts[name]
            ),
            crashed=lane.counts["crashed"] + lane.counts["timed_out"],
            grades=tuple((row.dtype, _bits(row)) for row in document.arithmetic if row.lane == lane.lane and row.bits),
        )
        for lane in document.summary.lanes
    )


def _mode(lane: str) -> str:
    """An import string or file has an attribute before its mode, and a port's command is not a mode.

    A module without a dot is known by what follows it: another colon, or the capital of a class.
    """
    name, _, rest = lane.partition(":")
    if name == "exec":
        return ""
    return rest.partition(":")[2] if "." in name or ":" in rest or rest[:1].isupper() else rest


def _bits(row: ArithmeticRow) -> str:
    """One figure where all forms of padding have the same."""
    distinct = dict.fromkeys(bits for _, bits in row.bits)
    if len(distinct) == 1:
        return next(iter(distinct))
    return ", ".join(f"{bits} {form}" for form, bits in row.bits) or wording.ABSENT

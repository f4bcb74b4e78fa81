"""How each lane computes, dtype by dtype: accumulators, subnormal numbers, statistics of its rounding errors.

Knows: grades and the metrics of records. Must not know: formats. Nothing here decides a verdict.
"""

from collections import Counter
from dataclasses import dataclass

from conformance.journal import Journal, Record, TrialEntry
from conformance.judging.arithmetic import SIXTEEN_BIT
from conformance.judging.verdict import Flag, Quality
from conformance.report import wording

HEADS = (
    "lane",
    "dtype",
    "sums kept",
    "accumulator bits",
    "subnormals",
    "largest e/(u√n S)",
    "rms",
    "bias",
    "outside",
    "not repeatable",
    "free",
)

RANDOM_SIGNS = ("normal64", "normal_big", "graded")
"""generators for whose data the probabilistic limits hold"""


@dataclass(frozen=True, slots=True)
class ArithmeticRow:
    """One lane and dtype."""

    lane: str
    dtype: str
    kept: tuple[tuple[str, int], ...]
    """where sums were kept -> calls, as the probes found"""
    bits: tuple[tuple[str, str], ...]
    """form of padding -> significand bits along channels / taps"""
    flushes: bool | None
    largest: float | None
    """the largest error in units of u sqrt(n) S, over the records of real numbers"""
    root_mean_square: float | None
    """the largest of the records' root mean squares"""
    bias: float | None
    """the bias that is farthest from zero"""
    outside: int
    """records of a thousand outputs or more whose statistics exceed the probabilistic limits"""
    not_repeatable: int
    """records whose repetition gave other bits"""
    free: int = 0
    """compared elements of which nothing is proven"""
    asked: str = ""
    """whose accumulators the bits are: the operator, and the direction where it is not a result"""

    def cells(self) -> tuple[str, ...]:
        """The row's texts, under HEADS."""
        bits = "; ".join(f"{number} {form}" for form, number in self.bits)
        subnormals = wording.ABSENT if self.flushes is None else "flushed to zero" if self.flushes else "kept"
        return (
            self.lane,
            self.dtype,
            ", ".join(f"{name} {calls}" for name, calls in self.kept) or wording.ABSENT,
            f"{bits} ({self.asked})" if bits else wording.ABSENT,
            subnormals,
            wording.figure(self.largest),
            wording.figure(self.root_mean_square),
            wording.figure(self.bias),
            str(self.outside),
            str(self.not_repeatable),
            str(self.free),
        )


def arithmetic_table(journal: Journal) -> tuple[ArithmeticRow, ...]:
    """One row per lane and dtype in which anything was answered, in the journal's order."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for lane in journal.header.lanes:
        for record in journal.records:
            if record.lane == lane and record.metrics is not None and record.observed_dtype is not None:
                groups.setdefault((lane, record.observed_dtype), []).append(record)
    return tuple(_row(lane, dtype, records, journal) for (lane, dtype), records in groups.items())


def _row(lane: str, dtype: str, records: list[Record], journal: Journal) -> ArithmeticRow:
    own = [grade for grade in journal.grades if (grade.lane, grade.dtype) == (lane, dtype)]
    kept = Counter(
        "no profile" if Flag.UNPROBED in record.flags and dtype in SIXTEEN_BIT else record.accumulation
        for record in records
        if record.accumulation is not None
    )
    qualities = (quality_of(record, journal.trials[record.trial]) for record in records)
    statistics = [quality for quality in qualities if quality is not None]
    biases = [each.bias for each in statistics]
    return ArithmeticRow(
        lane=lane,
        dtype=dtype,
        kept=tuple(kept.most_common()),
        bits=tuple((grade.padding, f"{_bits(grade.channel_bits)}/{_bits(grade.tap_bits)}") for grade in own),
        flushes=own[0].flushes if own else None,
        largest=max((each.largest for each in statistics), default=None),
        root_mean_square=max((each.root_mean_square for each in statistics), default=None),
        bias=max(biases, key=abs, default=None),
        outside=sum(each.within is False for each in statistics),
        not_repeatable=sum(Flag.NOT_REPEATABLE in record.flags for record in records),
        free=sum(record.metrics.free for record in records if record.metrics is not None),
        asked=", ".join(
            dict.fromkeys(
                grade.operator if grade.direction == "forward" else f"{grade.direction} of {grade.operator}"
                for grade in own
            )
        ),
    )


def quality_of(record: Record, trial: TrialEntry) -> Quality | None:
    """The statistics of a right answer to data of random signs; no others say anything of rounding."""
    if record.metrics is None or record.outcome != "agrees" or trial.inputs not in RANDOM_SIGNS:
        return None
    return record.metrics.quality


def _bits(bits: int | None) -> str:
    return wording.ABSENT if bits is None else str(bits) if bits else "none"

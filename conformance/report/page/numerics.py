"""The figures behind the plots: how large errors are, against what they grow, whether they lean to one side.

Knows: a document's findings. Must not know: how plots are drawn (`plots` does).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import median, quantiles
from typing import TypeAlias

from conformance.judging.verdict import Metrics
from conformance.report.arithmetic_table import quality_of
from conformance.report.document import Report
from conformance.report.findings import Finding

# In the order of the plots; any other comes after them.
DTYPES = ("float64", "float32", "float16", "bfloat16", "complex128", "complex64", "int64", "int32", "int8", "uint8")

Compared: TypeAlias = tuple[Finding, Metrics]
Groups: TypeAlias = Mapping[tuple[str, str], Sequence[Compared]]
"""by lane and dtype"""


@dataclass(frozen=True, slots=True)
class Spread:
    """How one lane's figures of one dtype are distributed over its records."""

    lane: str
    dtype: str
    records: int
    least: float
    lower: float
    """quartile"""
    middle: float
    """median"""
    upper: float
    most: float


@dataclass(frozen=True, slots=True)
class Growth:
    """The errors of one lane and dtype at one size of sum."""

    lane: str
    dtype: str
    products: int
    """K, as the power of two below it"""
    most: float
    middle: float


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what one lane computed in one dtype is the correctly rounded result."""

    lane: str
    dtype: str
    equal: float
    elements: int


@dataclass(frozen=True, slots=True)
class Numerics:
    """What the plots show. Errors are each record's largest, in units of its bound; bias is of sums of random signs."""

    lanes: tuple[str, ...]
    dtypes: tuple[str, ...]
    errors: tuple[Spread, ...]
    growth: tuple[Growth, ...]
    bias: tuple[Spread, ...]
    equal: tuple[Share, ...]


def numerics(document: Report) -> Numerics:
    """The figures of all records whose values were compared."""
    groups: dict[tuple[str, str], list[Compared]] = {}
    for found in document.findings:
        if found.record.metrics is not None:
            key = found.record.lane, found.record.observed_dtype or "unknown"
            groups.setdefault(key, []).append((found, found.record.metrics))
    seen = {dtype for _, dtype in groups}
    return Numerics(
        lanes=tuple(lane.lane for lane in document.summary.lanes),
        dtypes=tuple(name for name in dict.fromkeys((*DTYPES, *(dtype for _, dtype in groups))) if name in seen),
        errors=_spreads(groups, lambda each: each[1].worst_error_over_bound),
        growth=tuple(_growth(groups)),
        bias=_spreads(
            groups, lambda each: quality.bias if (quality := quality_of(each[0].record, each[0].trial)) else None
        ),
        equal=tuple(_shares(groups)),
    )


def _spreads(groups: Groups, figure: Callable[[Compared], float | None]) -> tuple[Spread, ...]:
    spreads = []
    for (lane, dtype), group in groups.items():
        figures = [each for compared in group if (each := figure(compared)) is not None]
        if figures:
            lower, middle, upper = quantiles(figures, n=4, method="inclusive") if len(figures) > 1 else figures * 3
            spreads.append(Spread(lane, dtype, len(figures), min(figures), lower, middle, upper, max(figures)))
    return tuple(spreads)


def _growth(groups: Groups) -> Iterator[Growth]:
    bins: dict[tuple[str, str, int], list[float]] = {}
    for key, group in groups.items():
        for found, metrics in group:
            count, error = found.trial.products, metrics.worst_error_over_bound
            if count is not None and error is not None:
                bins.setdefault((*key, 2 ** int(log2(count))), []).append(error)
    for (lane, dtype, size), errors in sorted(bins.items()):
        yield Growth(lane, dtype, size, max(errors), median(errors))


def _shares(groups: Groups) -> Iterator[Share]:
    for (lane, dtype), group in groups.items():
        elements = sum(metrics.compared for _, metrics in group)
        if elements:
            equal = sum(metrics.bitwise_equal * metrics.compared for _, metrics in group)
            yield Share(lane, dtype, equal / elements, elements)

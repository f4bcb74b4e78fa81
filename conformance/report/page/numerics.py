"""The figures behind the plots: how large errors are, against what they grow, whether they lean to one side.

Knows: a document's findings. Must not know: how plots are drawn (`plots` does).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import log2
from statistics import median, quantiles

from conformance.report.arithmetic_table import quality_of
from conformance.report.document import Report
from conformance.report.findings import Finding

DTYPES = ("float64", "float32", "float16", "bfloat16", "complex128", "complex64", "int64", "int32")
"""in the order of the plots; any other comes after them"""


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
    compared = [found for found in document.findings if found.record.metrics is not None]
    lanes = tuple(lane.lane for lane in document.summary.lanes)
    seen = dict.fromkeys(_dtype(found) for found in compared)
    return Numerics(
        lanes=lanes,
        dtypes=tuple(name for name in dict.fromkeys((*DTYPES, *seen)) if name in seen),
        errors=_spreads(compared, _error),
        growth=tuple(_growth(compared)),
        bias=_spreads(compared, _bias),
        equal=tuple(_shares(compared)),
    )


def _dtype(found: Finding) -> str:
    return found.record.observed_dtype or "unknown"


def _error(found: Finding) -> float | None:
    """None where the answer was compared bit for bit, and there is no bound."""
    metrics = found.record.metrics
    return None if metrics is None else metrics.worst_error_over_bound


def _bias(found: Finding) -> float | None:
    quality = quality_of(found.record, found.trial)
    return None if quality is None else quality.bias


def _groups(compared: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for found in compared:
        groups.setdefault((found.record.lane, _dtype(found)), []).append(found)
    return groups


def _spreads(compared: Iterable[Finding], figure: Callable[[Finding], float | None]) -> tuple[Spread, ...]:
    spreads = []
    for (lane, dtype), group in _groups(compared).items():
        figures = [each for found in group if (each := figure(found)) is not None]
        if figures:
            lower, middle, upper = quantiles(figures, n=4, method="inclusive") if len(figures) > 1 else figures * 3
            spreads.append(Spread(lane, dtype, len(figures), min(figures), lower, middle, upper, max(figures)))
    return tuple(spreads)


def _growth(compared: Iterable[Finding]) -> Iterator[Growth]:
    bins: dict[tuple[str, str, int], list[float]] = {}
    for found in compared:
        count = None if found.trial is None else found.trial.products
        error = _error(found)
        if count is not None and error is not None:
            bins.setdefault((found.record.lane, _dtype(found), 2 ** int(log2(count))), []).append(error)
    for (lane, dtype, size), errors in sorted(bins.items()):
        yield Growth(lane, dtype, size, max(errors), median(errors))


def _shares(compared: Iterable[Finding]) -> Iterator[Share]:
    for (lane, dtype), group in _groups(compared).items():
        told = [found.record.metrics for found in group if found.record.metrics is not None]
        elements = sum(metrics.compared for metrics in told)
        if elements:
            yield Share(lane, dtype, sum(m.bitwise_equal * m.compared for m in told) / elements, elements)

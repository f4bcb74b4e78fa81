"""The figures of one comparison of values, and which elements are wrong.

Knows: an answer, the oracle, a bound. Must not know: what the figures lead to (`conformance.judging.comparison`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.excerpt import Errors, excerpt
from conformance.judging.expected import Expected
from conformance.judging.tolerance import ElementLimits
from conformance.judging.verdict import Difference, Metrics, Quality

SHOWN_DIFFERENCES = 8
# The limits that probabilistic bounds give: `Quality` names their sources, and for how many outputs they hold.
LARGEST_QUALITY, LARGEST_ROOT_MEAN_SQUARE, FEWEST_FOR_QUALITY = 6.0, 1.0, 1000
# Of a share that is compared with 0.7 and shown in percent.
SHARE_DIGITS = 4


def measure(
    answer: NDArray[Any], expected: Expected, limits: ElementLimits | None, free: NDArray[np.bool_] | None = None
) -> Metrics:
    """Compare elements bitwise with R rounded once, or within limits where they are given.

    An element whose expected value is not finite must be the same NaN or infinity, and no other may be. `free` are
    elements that `free_elements` found.
    """
    rounded, observed = expected.rounded, answer.astype(expected.format.wide)
    finite, bound = np.isfinite(expected.values), None if limits is None else limits.error
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.where(finite, _error(observed, expected), 0.0)
        equal = (answer == rounded) | (np.isnan(observed) & np.isnan(expected.values))
        if expected.signed:
            equal &= ~_opposite_zeros(observed, expected.values)
        within = equal if limits is None else np.where(finite, _within(observed, error, limits), equal)
        if expected.undefined is not None:
            within = within | (expected.undefined & np.isnan(observed))
        # Where an overflow is right, or no number is.
        error = np.where(within & ~np.isfinite(observed), 0.0, error)
        nonzero = finite & (expected.values != 0)
        relative = np.divide(error, np.abs(expected.values), out=np.zeros_like(error), where=nonzero)
        units = error / _spacing(expected)
    unexplained = finite & ~np.isfinite(observed) & ~within
    ratio = None if bound is None else _over(error, bound)
    errors = Errors(units, "spacing", ~within) if ratio is None else Errors(ratio, "bound", ~within)
    return Metrics(
        compared=answer.size,
        wrong=int((~within).sum()),
        exact=bound is None,
        worst_error_over_bound=(
            None if bound is None or ratio is None else _largest(np.where(finite & np.isfinite(bound), ratio, 0.0))
        ),
        bitwise_equal=float(equal.mean()),
        max_abs=_largest(error),
        max_rel=_largest(relative),
        max_ulp=_largest(units),
        not_a_number=(int((~finite & ~within).sum()), int(unexplained.sum())),
        zeros=round(zero_share(expected), SHARE_DIGITS),
        nonzero_for_zero=int(((expected.magnitude == 0) & (observed != 0)).sum()),
        quality=None if bound is None or expected.format.kind != "real" else _quality(observed, expected),
        differences=_differences(answer, expected, ~within),
        excerpt=excerpt(answer, rounded, errors, expected.spatial),
        free=0 if free is None else int(free.sum()),
    )


def has_no_error(answer: NDArray[Any], expected: Expected) -> bool:
    """Whether the answer is R, bit for bit, and R a number of the dtype: then each figure of `measure` is 0."""
    if expected.overflowed is not None:
        return False
    rounded = expected.rounded
    same = answer.tobytes() == rounded.tobytes()
    return same and bool((rounded.astype(expected.format.wide) == expected.values).all())


def _opposite_zeros(observed: NDArray[Any], values: NDArray[Any]) -> NDArray[np.bool_]:
    """Elements, or parts of them, that are zeros of another sign."""
    if observed.dtype.kind == "c":
        return _opposite_zeros(observed.real, values.real) | _opposite_zeros(observed.imag, values.imag)
    if observed.dtype.kind != "f":
        return np.zeros(observed.shape, dtype=bool)
    return np.asarray((observed == 0) & (values == 0) & (np.signbit(observed) != np.signbit(values)))


def _within(observed: NDArray[Any], error: NDArray[np.float64], limits: ElementLimits) -> NDArray[np.bool_]:
    """Elements whose R is finite, and that may be what they are."""
    within = np.isfinite(observed) & (error <= limits.error)
    if limits.least is not None:
        within &= np.abs(observed) >= limits.least
    if limits.positive is not None and limits.negative is not None:
        both = limits.positive & limits.negative
        within |= np.where(both, ~np.isfinite(observed), False)
        within |= (limits.positive & (observed == np.inf)) | (limits.negative & (observed == -np.inf))
    return np.asarray(within)


def free_elements(answer: NDArray[Any], expected: Expected, limits: ElementLimits | None) -> NDArray[np.bool_]:
    """Elements of which nothing is proven: they are not R rounded, and zero would have passed, though R is not zero."""
    shape = expected.values.shape
    if limits is None:
        return np.zeros(shape, dtype=bool)
    zero = np.zeros(shape, dtype=expected.format.wide)
    with np.errstate(invalid="ignore", over="ignore"):
        passes = np.isfinite(expected.values) & _within(zero, _error(zero, expected), limits)
        proves_nothing = passes & ((expected.rounded != 0) | np.isinf(limits.error))
        return np.asarray(proves_nothing & (answer != expected.rounded))


def _error(observed: NDArray[Any], expected: Expected) -> NDArray[np.float64]:
    """How far off each element is: of a complex one the larger of its parts' errors, of integers modulo the range."""
    match expected.format.kind:
        case "complex":
            difference = observed - expected.values
            return np.asarray(np.maximum(np.abs(difference.real), np.abs(difference.imag)))
        case "integer":
            return np.abs(observed.astype(np.float64) - expected.rounded.astype(np.float64))
        case "real":
            return np.asarray(np.abs(observed - expected.values))


def zero_share(expected: Expected, free: NDArray[np.bool_] | None = None) -> float:
    """The share of zeros, and of free elements, among those that a tap reaches; 1 where no tap reaches any."""
    reached = np.broadcast_to(expected.products > 0, expected.values.shape)
    proves_nothing = expected.values == 0 if free is None else (expected.values == 0) | free
    return float(proves_nothing[reached].mean()) if reached.any() else 1.0


def _over(error: NDArray[np.float64], bound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Errors in units of their bounds; infinite where a bound of 0 is exceeded."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.divide(error, bound, out=np.where(error > 0, np.inf, 0.0), where=(bound > 0) & np.isfinite(bound))


def _largest(numbers: NDArray[np.float64]) -> float | None:
    """The maximum; None when it is not finite, since a journal's numbers are."""
    largest = float(numbers.max(initial=0.0))
    return largest if np.isfinite(largest) else None


def _spacing(expected: Expected) -> NDArray[np.float64]:
    """The distance from R to the next number of the dtype."""
    form = expected.format
    if form.kind == "integer":
        return np.ones(expected.values.shape)
    exponent = np.frexp(np.where(np.isfinite(expected.values), np.abs(expected.values), 0.0))[1]
    spacing: NDArray[np.float64] = np.maximum(np.ldexp(1.0, exponent - form.significand), form.smallest_subnormal)
    return spacing


def _quality(observed: NDArray[np.float64], expected: Expected) -> Quality | None:
    n, S = np.broadcast_to(expected.products, expected.values.shape), expected.magnitude
    judged = (n > 0) & (S > 0) & np.isfinite(expected.values) & np.isfinite(observed)
    if not judged.any():
        return None
    unit = expected.format.unit_roundoff * np.sqrt(n[judged]) * S[judged]
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # subnormal sums have a unit of 0
        scaled = (observed[judged] - expected.values[judged]) / unit
    if not np.isfinite(scaled).all():
        return None
    largest, rms = float(np.abs(scaled).max()), float(np.sqrt(np.mean(scaled**2)))
    limits = largest <= LARGEST_QUALITY and rms <= LARGEST_ROOT_MEAN_SQUARE
    within = limits if scaled.size >= FEWEST_FOR_QUALITY else None
    return Quality(largest, rms, float(scaled.mean()), within)


def _differences(answer: NDArray[Any], expected: Expected, wrong: NDArray[np.bool_]) -> tuple[Difference, ...]:
    if not wrong.any():
        return ()
    rounded = expected.rounded
    return tuple(
        Difference(index, str(rounded[index]), str(answer[index]), _region(index, expected))
        for index in (tuple(int(i) for i in place) for place in np.argwhere(wrong)[:SHOWN_DIFFERENCES])
    )


def _region(index: tuple[int, ...], expected: Expected) -> str:
    """Where an element lies: reached by as many taps as any other of its phase, or near a border; and its phase."""
    if not expected.spatial:
        return "channel"
    spatial = tuple(index[axis] for axis in expected.spatial)
    counts = expected.taps.reshape(expected.taps.shape[: len(spatial)])
    phase = tuple(position % stride for position, stride in zip(spatial, expected.strides, strict=True))
    of_phase = counts[tuple(slice(start, None, stride) for start, stride in zip(phase, expected.strides, strict=True))]
    place = "interior" if counts[spatial] == of_phase.max() else "border"
    return f"{place}, phase {'x'.join(str(step) for step in phase)}"

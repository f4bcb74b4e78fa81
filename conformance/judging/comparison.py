"""An answer against the oracle: dtype, shape, non-finite elements, then values.

Knows: arrays and bounds. Must not know: frameworks, lanes, waivers. Next stage: `conformance.judging.judge`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.oracle import Expected
from conformance.judging.tolerance import error_bound
from conformance.judging.verdict import Difference, Metrics, Outcome, Verdict

SHOWN_DIFFERENCES = 8
MOST_ZEROS = 0.7


def compare(answer: NDArray[Any], expected: Expected) -> Verdict:
    """The verdict on an answer to a right call."""
    shape, dtype = tuple(answer.shape), answer.dtype.name
    wanted_shape, wanted_dtype = expected.values.shape, expected.format.name
    if dtype != wanted_dtype:
        detail = f"dtype {dtype}; expected {wanted_dtype}"
        return Verdict(Outcome.WRONG_DTYPE, False, detail, (), shape, dtype)
    if shape != wanted_shape:
        detail = f"shape {list(shape)}; expected {list(wanted_shape)}"
        return Verdict(Outcome.WRONG_SHAPE, False, detail, (), shape, dtype)
    if answer.size == 0:
        detail = "agrees in shape and dtype; there are no elements"
        return Verdict(Outcome.AGREES, True, detail, ("shape_only",), shape, dtype)
    flags = ("mistrusted",) if _mostly_zero(expected) else ()
    metrics = _metrics(answer, expected)
    if metrics.wrong:
        return Verdict(Outcome.DIFFERS, False, _difference_sentence(metrics), flags, shape, dtype, metrics)
    return Verdict(Outcome.AGREES, True, _agreement_sentence(metrics), flags, shape, dtype, metrics)


def _mostly_zero(expected: Expected) -> bool:
    """Whether too many of the elements that a tap reaches are zero: an answer of zeros would pass as well."""
    reached = np.broadcast_to(expected.products > 0, expected.values.shape)
    count = int(reached.sum())
    return count == 0 or float((expected.values[reached] == 0).mean()) > MOST_ZEROS


def _metrics(answer: NDArray[Any], expected: Expected) -> Metrics:
    rounded = expected.rounded
    observed = answer.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(observed - expected.values)
    equal = answer == rounded
    if expected.exact:
        wrong, worst = ~equal, None
    else:
        bound = error_bound(expected)
        wrong = ~(error <= bound)
        worst = _largest(np.divide(error, bound, out=np.where(error > 0, np.inf, 0.0), where=bound > 0))
    wrong |= ~np.isfinite(observed)
    spacing = np.spacing(np.abs(rounded)).astype(np.float64)
    return Metrics(
        compared=answer.size,
        wrong=int(wrong.sum()),
        exact=expected.exact,
        worst_error_over_bound=worst,
        bitwise_equal=float(equal.mean()),
        max_abs=_largest(error),
        max_ulp=_largest(np.divide(error, spacing)),
        differences=_differences(answer, expected, wrong),
    )


def _largest(numbers: NDArray[np.float64]) -> float | None:
    """The maximum; None when it is not finite, since a journal's numbers are."""
    largest = float(numbers.max(initial=0.0))
    return largest if np.isfinite(largest) else None


def _differences(answer: NDArray[Any], expected: Expected, wrong: NDArray[np.bool_]) -> tuple[Difference, ...]:
    places = np.argwhere(wrong)[:SHOWN_DIFFERENCES] if wrong.any() else np.empty((0, answer.ndim), int)
    rounded = expected.rounded
    return tuple(
        Difference(index, str(rounded[index]), str(answer[index]), _region(index, expected))
        for index in (tuple(int(i) for i in place) for place in places)
    )


def _region(index: tuple[int, ...], expected: Expected) -> str:
    """Where an element lies: reached by as many taps as any other of its phase, or near a border; and its phase."""
    spatial = index[1:-1] if expected.channels_last else index[2:]
    counts = expected.products[..., 0] if expected.channels_last else expected.products
    phase = tuple(position % stride for position, stride in zip(spatial, expected.strides, strict=True))
    of_phase = counts[tuple(slice(start, None, stride) for start, stride in zip(phase, expected.strides, strict=True))]
    place = "interior" if counts[spatial] == of_phase.max() else "border"
    return f"{place}, phase {'x'.join(str(step) for step in phase)}"


def _difference_sentence(metrics: Metrics) -> str:
    first = metrics.differences[0]
    rule = "bitwise" if metrics.exact else "beyond the error bound"
    return (
        f"{metrics.wrong} of {metrics.compared} elements differ {rule}; first at {list(first.index)} "
        f"({first.region}): expected {first.expected}, observed {first.observed}"
    )


def _agreement_sentence(metrics: Metrics) -> str:
    if metrics.exact:
        return f"all {metrics.compared} elements are bitwise right"
    worst = metrics.worst_error_over_bound
    return f"all {metrics.compared} elements lie within the error bound; the worst uses {worst or 0.0:.2g} of it"

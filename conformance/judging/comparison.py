"""An answer against the oracle: dtype, shape, non-finite elements, then values.

Knows: arrays and bounds. Must not know: frameworks, lanes, waivers. Next stage: `conformance.judging.judge`.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.judging.expected import Expected
from conformance.judging.metrics import SHARE_DIGITS, free_elements, has_no_error, measure, zero_share
from conformance.judging.tolerance import FLOAT32, Bound, error_bound, limits
from conformance.judging.verdict import Flag, Metrics, Outcome, Verdict
from conformance.suite.dtypes import FORMATS

# Beyond this share of zeros an answer of zeros would nearly pass as well: the record is mistrusted.
MOST_ZEROS = 0.7


AllowedError: TypeAlias = Callable[[Expected, Arithmetic], Bound | None]


def allowed_error(expected: Expected, arithmetic: Arithmetic) -> Bound | None:
    """The largest error of a right answer, per element; None where it has to be R rounded once, bit for bit."""
    return None if exact_level(expected, arithmetic) else error_bound(expected, arithmetic)


def compare(
    answer: NDArray[Any],
    expected: Expected,
    arithmetic: Arithmetic,
    allowed: AllowedError = allowed_error,
    *,
    values: bool = True,
) -> Verdict:
    """The verdict on an answer to a right call, from a lane of this arithmetic; of its shape and dtype alone where the
    lane computes no values.
    """
    shape, dtype = tuple(answer.shape), answer.dtype.name
    wanted_shape, wanted_dtype = expected.values.shape, expected.format.name
    if dtype != wanted_dtype:
        detail = f"dtype {dtype}; expected {wanted_dtype}"
        return Verdict(Outcome.WRONG_DTYPE, False, detail, (), shape, dtype)
    if shape != wanted_shape:
        detail = f"shape {list(shape)}; expected {list(wanted_shape)}"
        return Verdict(Outcome.WRONG_SHAPE, False, detail, (), shape, dtype)
    if answer.size == 0 or not values:
        detail = f"agrees in shape and dtype; {'there are no elements' if values else 'this lane computes no values'}"
        return Verdict(Outcome.AGREES, True, detail, (Flag.SHAPE_ONLY,), shape, dtype)
    return _compare_values(answer, expected, arithmetic, allowed)


def _compare_values(answer: NDArray[Any], expected: Expected, arithmetic: Arithmetic, allowed: AllowedError) -> Verdict:
    flags: list[Flag] = []
    expected = expected.settled(answer)
    if arithmetic.flushes and expected.without_subnormals is not None:
        # All or none: a lane that flushes takes every subnormal operand for zero.
        expected = expected.without_subnormals()
        flags.append(Flag.FLUSHED)
    shape, dtype = tuple(answer.shape), answer.dtype.name
    bound = allowed(expected, arithmetic)
    metrics, nothing_proven = _figures(answer, expected, arithmetic, bound)
    flags += [Flag.MISTRUSTED] * (nothing_proven > MOST_ZEROS) + [Flag.FREE] * (metrics.free > 0)
    sentence = _sentence(metrics, arithmetic, tuple(flags))
    if metrics.wrong:
        return Verdict(Outcome.DIFFERS, False, sentence, tuple(flags), shape, dtype, metrics)
    if metrics.free and nothing_proven == 1.0:
        sentence = f"nothing was judged: {metrics.free} of {metrics.compared} elements are free, the others are zero"
        return Verdict(Outcome.UNSUPPORTED, True, sentence, tuple(flags), shape, dtype, metrics)
    return Verdict(Outcome.AGREES, True, sentence, tuple(flags), shape, dtype, metrics)


def _figures(
    answer: NDArray[Any], expected: Expected, arithmetic: Arithmetic, bound: Bound | None
) -> tuple[Metrics, float]:
    """The figures, and the share of the elements of which nothing is proven."""
    if bound is None and has_no_error(answer, expected):  # most answers: what is measured below would all be 0
        zeros = zero_share(expected)
        return Metrics(answer.size, max_rel=0.0, zeros=round(zeros, SHARE_DIGITS)), zeros
    if bound is None and arithmetic.declared and expected.format.kind != "integer":
        answer = np.rint(answer)
    limited = None if bound is None else limits(expected, arithmetic, bound)
    # Taken as right: what an algorithm that mixes pixels spreads from a NaN or an infinity, and sums that the reference
    # cannot represent either.
    observed = answer.astype(expected.format.wide)
    spread = arithmetic.fast and (expected.polluted or not np.isfinite(expected.values).all())
    unjudged = (~np.isfinite(observed) if spread else np.zeros(answer.shape, dtype=bool)) | _overflowed(expected)
    free = free_elements(answer, expected, limited) | (unjudged & np.isfinite(expected.values)) | _overflowed(expected)
    answer = np.where(unjudged, expected.rounded, answer)
    metrics = measure(answer, expected, limited, free)
    return metrics, zero_share(expected, free)


def _overflowed(expected: Expected) -> NDArray[np.bool_]:
    return np.zeros(expected.values.shape, dtype=bool) if expected.overflowed is None else expected.overflowed


def exact_level(expected: Expected, arithmetic: Arithmetic) -> bool:
    """Whether the answer must be R rounded once, bit for bit: the sums fit the accumulator that was measured."""
    if expected.format.kind == "integer":
        return True
    if arithmetic.flushes and expected.quantum != 1.0 and expected.magnitude.any():
        # A sum of normal numbers that is subnormal is flushed as well.
        return False
    if arithmetic.declared:
        # Small integers, which an engine of declared low precision must still hit when rounded.
        small = expected.exact_in(FORMATS["float16"]) and expected.exact_in(expected.format)
        return expected.quantum == 1.0 and small
    match arithmetic.accumulation:
        case Accumulation.WIDE if expected.added is None:
            return expected.exact_in(FLOAT32)
        case Accumulation.TAP if int(expected.taps.max(initial=0)) <= 1:
            return expected.exact_in(FLOAT32)
        case _:
            return expected.exact_in(expected.format)


def _sentence(metrics: Metrics, arithmetic: Arithmetic, flags: tuple[Flag, ...]) -> str:
    profile = "" if arithmetic.accumulation is Accumulation.CLASSICAL else f" of {arithmetic.accumulation} sums"
    if metrics.wrong:
        said = _difference_sentence(metrics, profile)
    elif metrics.exact:
        said = f"all {metrics.compared} elements are bitwise right"
    else:
        worst = f"the worst uses {metrics.worst_error_over_bound or 0.0:.2g} of it"
        said = f"all {metrics.compared} elements lie within the error bound{profile}; {worst}"
    flushed = "; subnormal numbers are flushed to zero" if Flag.FLUSHED in flags else ""
    if not metrics.free:
        return said + flushed
    were = "element was" if metrics.compared == 1 else "elements were"
    free = f"{metrics.free} of {metrics.compared} {were} free: the bound demands nothing there that zero would not meet"
    return f"{said}{flushed}; {free}"


def _difference_sentence(metrics: Metrics, profile: str) -> str:
    first = metrics.differences[0]
    missing, extra = metrics.not_a_number
    if missing or extra:
        rule = f"({missing} lack the NaN or infinity of the inputs, {extra} have one that nothing explains)"
    else:
        rule = "bitwise" if metrics.exact else f"beyond the error bound{profile}"
    return (
        f"{metrics.wrong} of {metrics.compared} elements differ {rule}; first at "
        f"{list(first.index)} ({first.region}): expected {first.expected}, observed {first.observed}"
    )

"""The oracle: what a trial's result must be. Never leaves this process.

Knows: the reference's values, magnitudes and counts. Must not know: frameworks, replies.
Next stage: `conformance.judging.comparison`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Call, Checksum, Generated, Recorded, Trial
from conformance.suite.dtypes import FORMATS, FloatFormat
from conformance.suite.generators import Unfit
from conformance.suite.inputs import literal_array
from reference.arguments import channels_last
from reference.magnitude import magnitude, tap_counts
from reference.transposed import transposed


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The result of a right call and what bounds the error of computing it; arrays in the layout of the call."""

    format: FloatFormat
    values: NDArray[np.float64]
    """R, the reference's sums in float64; NaN and infinity where the inputs' own reach"""
    magnitude: NDArray[np.float64]
    """S: the sum of the products' absolute values"""
    taps: NDArray[np.int64]
    """T: how many (input, tap) pairs reach each element; the shape of one channel of one image, broadcastable"""
    products: NDArray[np.int64]
    """n = T x channels: how many products each element sums; shaped as `taps`"""
    quantum: float | None
    """every product is a whole multiple of this; None for real numbers"""
    channels_last: bool
    strides: tuple[int, ...]
    coarse_magnitude: Callable[[], NDArray[np.float64]]
    """the sum of max abs(x) abs(w): what bounds algorithms that mix pixels; computed when asked for"""

    @property
    def rounded(self) -> NDArray[Any]:
        """R rounded once to the call's dtype."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.values.astype(self.format.numpy)

    def exact_in(self, accumulator: FloatFormat) -> bool:
        """Whether every order of summation in this format gives R, bit for bit: whole multiples of one quantum whose
        sums all fit into its significand.
        """
        if self.quantum is None:
            return False
        finite = self.magnitude[np.isfinite(self.magnitude)]
        return float(finite.max(initial=0.0)) <= self.quantum * 2.0**accumulator.significand


def expect(trial: Trial, value: NDArray[Any], filter: NDArray[Any]) -> Expected:
    """What the reference says of a trial that has a geometry."""
    subnormal = isinstance(trial.inputs, Generated) and trial.inputs.generator == "subnormal"
    return expect_call(trial.call, value, filter, FORMATS[trial.call.dtype].smallest_subnormal if subnormal else 1.0)


def expect_call(call: Call, value: NDArray[Any], filter: NDArray[Any], quantum: float = 1.0) -> Expected:
    """What the reference says of a right call with these operands."""
    geometry = call.geometry
    assert geometry is not None
    last = channels_last(call.data_format)
    wide_value = (value if last else np.moveaxis(value, 1, -1)).astype(np.float64)
    wide_filter = filter.astype(np.float64)
    with np.errstate(invalid="ignore"):
        values = transposed(wide_value, wide_filter, geometry.axes)
        sums = magnitude(wide_value, wide_filter, geometry.axes)
    taps = tap_counts(geometry.axes)
    taps = taps[..., np.newaxis] if last else taps
    return Expected(
        format=FORMATS[call.dtype],
        values=_laid_out(values, last),
        magnitude=_laid_out(sums, last),
        taps=taps,
        products=taps * geometry.channels_in,
        quantum=quantum if _whole(wide_value, quantum) and _whole(wide_filter, 1.0) else None,
        channels_last=last,
        strides=tuple(axis.stride for axis in geometry.axes),
        coarse_magnitude=lambda: _laid_out(
            magnitude(np.full_like(wide_value, np.abs(wide_value).max(initial=0.0)), wide_filter, geometry.axes), last
        ),
    )


def _whole(numbers: NDArray[np.float64], quantum: float) -> bool:
    """Whether every finite number is a whole multiple of the quantum."""
    finite = numbers[np.isfinite(numbers)] / quantum
    return bool(np.all(np.rint(finite) == finite))


def recorded_problem(trial: Trial, expected: Expected) -> str | None:
    """How a recorded expectation and the reference disagree, None when they agree."""
    match trial.expectation:
        case Recorded() | Checksum() if not expected.exact_in(expected.format):
            return "recorded values need exact inputs: these sums depend on the order of their terms"
        case Recorded(values):
            try:
                recorded = literal_array(values, trial.call.output_shape, expected.format.numpy)
            except Unfit as error:
                return f"recorded values: {error}"
            wrong = np.argwhere(recorded != expected.rounded)
            if not len(wrong):
                return None
            first = tuple(int(i) for i in wrong[0])
            return (
                f"recorded values differ from the reference in {len(wrong)} of {recorded.size} elements, "
                f"first at {list(first)}: recorded {recorded[first]}, reference {expected.rounded[first]}"
            )
        case Checksum(digest):
            found = checksum(expected)
            return None if found == digest else f"recorded checksum {digest}, reference {found}"
        case _:
            return None


def checksum(expected: Expected) -> str:
    """Digest of an exact result: its little-endian bytes in the layout and dtype of the call, zeros positive."""
    rounded = np.ascontiguousarray(expected.rounded + expected.format.numpy.type(0))
    return f"sha256:{sha256(rounded.astype(rounded.dtype.newbyteorder('<')).tobytes()).hexdigest()}"


def _laid_out(canonical: NDArray[Any], last: bool) -> NDArray[Any]:
    return canonical if last else np.moveaxis(canonical, -1, 1)

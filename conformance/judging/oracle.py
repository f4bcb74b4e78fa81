"""The oracle: what a trial's result must be. Never leaves this process.

Knows: the reference's values, magnitudes and counts. Must not know: frameworks, replies.
Next stage: `conformance.judging.comparison`.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Checksum, Recorded, Trial
from conformance.suite.dtypes import FORMATS, FloatFormat
from conformance.suite.inputs import Unfit, literal_array
from reference.arguments import channels_last
from reference.geometry import TransposedConvolution
from reference.magnitude import magnitude, tap_counts
from reference.transposed import transposed


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The result of a right call and what bounds the error of computing it; arrays in the layout of the call."""

    format: FloatFormat
    values: NDArray[np.float64]
    """R: exact where `exact`, otherwise within gamma_n(2^-53) S of it"""
    magnitude: NDArray[np.float64]
    """S: the sum of the products' absolute values"""
    products: NDArray[np.int64]
    """n: how many products each element sums; the shape of one channel of one image, broadcastable to `values`"""
    exact: bool
    """integers whose sums all fit into the significand: every order of summation gives R, bit for bit"""
    channels_last: bool
    strides: tuple[int, ...]

    @property
    def rounded(self) -> NDArray[Any]:
        """R rounded once to the call's dtype."""
        with np.errstate(over="ignore"):
            return self.values.astype(self.format.numpy)


def expect(trial: Trial, value: NDArray[Any], filter: NDArray[Any]) -> Expected:
    """What the reference says of a trial that has a geometry."""
    geometry = trial.call.geometry
    assert geometry is not None
    last = channels_last(trial.call.data_format)
    wide_value = (value if last else np.moveaxis(value, 1, -1)).astype(np.float64)
    wide_filter = filter.astype(np.float64)
    form = FORMATS[trial.call.dtype]
    sums = magnitude(wide_value, wide_filter, geometry.axes)
    integral = bool(np.all(np.rint(wide_value) == wide_value) and np.all(np.rint(wide_filter) == wide_filter))
    return Expected(
        form,
        _laid_out(transposed(wide_value, wide_filter, geometry.axes), last),
        _laid_out(sums, last),
        _products(geometry, last),
        integral and float(sums.max(initial=0.0)) <= 2.0**form.significand,
        last,
        tuple(axis.stride for axis in geometry.axes),
    )


def recorded_problem(trial: Trial, expected: Expected) -> str | None:
    """How a recorded expectation and the reference disagree, None when they agree."""
    match trial.expectation:
        case Recorded() | Checksum() if not expected.exact:
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


def _products(geometry: TransposedConvolution, last: bool) -> NDArray[np.int64]:
    counts = tap_counts(geometry.axes) * geometry.channels_in
    return counts[..., np.newaxis] if last else counts


def _laid_out(canonical: NDArray[Any], last: bool) -> NDArray[Any]:
    return canonical if last else np.moveaxis(canonical, -1, 1)

"""What an answer to a right call is compared with.

Knows: arrays, and what bounds their errors. Must not know: operators (their kinds make these), answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Checksum, Recorded, RightTrial
from conformance.suite.dtypes import FORMATS, FloatFormat
from conformance.suite.generating import Unfit
from conformance.suite.literal import literal_array


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The result of a right call and what bounds the error of computing it; arrays in the layout of the call."""

    format: FloatFormat
    values: NDArray[Any]
    """R, the reference's sums in 64 bits (`format.wide`); NaN and infinity where the inputs' own reach"""
    magnitude_when_asked: Callable[[], NDArray[np.float64]]
    """S: the sum of the terms' absolute values; nobody asks of exact sums that come out right"""
    taps: NDArray[np.int64]
    """T: how many pairs of pixels meet in each element; broadcastable to it"""
    products: NDArray[np.int64]
    """n = T x what each pair adds: how many terms each element sums; shaped as `taps`"""
    quantum: float | None
    """every product is a whole multiple of this; None for real numbers"""
    spatial: tuple[int, ...]
    """which axes of the result are spatial: those of pixels, or of the taps of a filter"""
    strides: tuple[int, ...]
    """the phases of each, after which the same taps meet again"""
    added: NDArray[np.float64] | None
    """the absolute value of a bias, where one is added; broadcastable to the result"""
    coarse_magnitude: Callable[[], NDArray[np.float64]]
    """the sum of max abs(x) max abs(w), of finite numbers: what bounds algorithms that mix pixels and taps"""
    undefined: NDArray[np.bool_] | None = None
    """elements that may be NaN instead of R: there a NaN or an infinity meets a pad; None where there is none"""
    overflowed: NDArray[np.bool_] | None = None
    """elements whose sums of finite numbers leave float64 in some order, so that nobody says what is left"""
    polluted: bool = False
    """a factor holds a NaN or an infinity, which an algorithm that mixes pixels spreads"""
    without_subnormals: "Callable[[], Expected] | None" = None
    """what a lane is to answer that takes subnormal operands for zero; None where there are none"""
    chosen: bool = False
    """every element is an operand's, or follows from the shapes: nothing is rounded, whatever the numbers"""
    alternatives: tuple[NDArray[Any], ...] = ()
    """other arrays like `values`, of which an element may be: where arithmetic cannot tell which one is meant"""
    signed: bool = False
    """the sign of a zero counts, too"""
    most: float = inf
    """no finite element of S is larger"""

    @property
    def magnitude(self) -> NDArray[np.float64]:
        """S."""
        return self.magnitude_when_asked()

    @classmethod
    def of_chosen(cls, values: NDArray[Any], dtype: str, *, signed: bool = False) -> "Expected":
        """A result in which nothing is computed, and nothing may be rounded: maxima, copies, constants.

        values: in the layout of the call, exact in the dtype
        """
        form = FORMATS[dtype]
        ones = np.ones(values.shape, np.int64)
        magnitude = cache(lambda: np.abs(values).astype(np.float64))
        return cls(
            form, values.astype(form.wide), magnitude, ones, ones, None, tuple(range(values.ndim)), (1,) * values.ndim,
            None, magnitude, chosen=True, signed=signed,
        )  # fmt: skip

    def settled(self, answer: NDArray[Any]) -> "Expected":
        """The same with the alternatives that the answer takes as its values."""
        values = self.values
        for alternative in self.alternatives:
            taken = answer == alternative.astype(self.format.numpy)
            values = np.where(taken, alternative, values)
        return replace(self, values=values, alternatives=()) if self.alternatives else self

    @property
    def rounded(self) -> NDArray[Any]:
        """R rounded once to the call's dtype; of integers modulo its range."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.values.astype(self.format.numpy)

    def exact_in(self, accumulator: FloatFormat) -> bool:
        """Whether every order of summation in this format gives R, bit for bit: whole multiples of one quantum whose
        sums all fit into its significand.
        """
        if self.chosen:
            return True
        if self.quantum is None:
            return False
        largest = self.quantum * 2.0**accumulator.significand
        if self.most <= largest:
            return True
        return float(self.magnitude.max(initial=0.0, where=np.isfinite(self.magnitude))) <= largest


def recorded_problem(trial: RightTrial, expected: Expected) -> str | None:
    """How a recorded expectation and the reference disagree, None when they agree."""
    match trial.expectation:
        case Recorded() | Checksum() if not expected.exact_in(expected.format):
            return "recorded values need exact inputs: these sums depend on the order of their terms"
        case Recorded(values):
            try:
                recorded = literal_array(values, trial.call.result_shape, expected.format.numpy)
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

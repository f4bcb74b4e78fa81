"""The oracle: what a trial's result must be. Never leaves this process.

Knows: the reference's values, magnitudes and counts. Must not know: frameworks, replies.
Next stage: `conformance.judging.comparison`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Call, Checksum, Recorded, Trial
from conformance.suite.dtypes import FORMATS, FloatFormat
from conformance.suite.generators import Unfit
from conformance.suite.inputs import Operands, factor_names, literal_array, quantum_of
from reference.maps import absolute, taps_of
from reference.operators import Linear


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The result of a right call and what bounds the error of computing it; arrays in the layout of the call."""

    format: FloatFormat
    values: NDArray[Any]
    """R, the reference's sums in 64 bits (`format.wide`); NaN and infinity where the inputs' own reach"""
    magnitude: NDArray[np.float64]
    """S: the sum of the terms' absolute values"""
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
    """the sum of max abs(x) abs(w): what bounds algorithms that mix pixels; computed when asked for"""

    @property
    def rounded(self) -> NDArray[Any]:
        """R rounded once to the call's dtype; of integers modulo its range."""
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


def expect(trial: Trial, operands: Operands) -> Expected:
    """What the reference says of a trial that has a geometry."""
    return expect_call(trial.call, operands, quantum_of(trial.call, trial.inputs))


def expect_call(call: Call, operands: Operands, quantum: float = 1.0) -> Expected:
    """What the reference says of a right call with these operands."""
    geometry = call.geometry
    assert geometry is not None
    form = FORMATS[call.dtype]
    linear = Linear(call.definition, geometry, call.last)
    wide = {name: array.astype(form.wide) for name, array in operands.items()}
    sizes = {name: absolute(array).astype(np.float64) for name, array in wide.items()}
    with np.errstate(invalid="ignore", over="ignore"):
        values = linear.compute(call.direction, wide)
        magnitude = linear.compute(call.direction, sizes)
        taps, products = _counts(call)
        added = _along_channels(sizes["bias"], call) if call.bias and call.direction == "forward" else None
        if added is not None:
            values = values + _along_channels(wide["bias"], call)
            magnitude = magnitude + added
            taps, products = taps + 1, products + 1
    terms = [*factor_names(call), *(("bias",) if added is not None else ())]
    is_whole = all(_whole(wide[name], quantum if position == 0 else 1.0) for position, name in enumerate(terms))
    return Expected(
        format=form,
        values=values,
        magnitude=magnitude,
        taps=taps,
        products=products,
        quantum=quantum if is_whole else None,
        spatial=_spatial(call),
        strides=_phases(call),
        added=added,
        coarse_magnitude=lambda: linear.compute(call.direction, _levelled(sizes, factor_names(call)[0])),
    )


def _counts(call: Call) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """T and n, broadcastable to the result."""
    geometry, target = call.geometry, call.definition.target(call.direction)
    assert geometry is not None
    if target is None:
        pixels = np.array(prod(call.output_shape) // max(call.bias_shape[0], 1), dtype=np.int64).reshape(1)
        return pixels, pixels
    taps = taps_of(target, geometry)
    if target != "filter" and not call.last:
        taps = taps[..., 0]
    return taps, taps * geometry.terms_per_pair(target)


def _spatial(call: Call) -> tuple[int, ...]:
    rank = call.definition.rank
    match call.direction:
        case "bias_gradient":
            return ()
        case "filter_gradient":
            return tuple(range(rank))
        case _:
            first = 1 if call.last else 2
            return tuple(range(first, first + rank))


def _phases(call: Call) -> tuple[int, ...]:
    """Strides where the output of a transposed convolution is asked for; elsewhere every element is of one phase."""
    assert call.geometry is not None
    if call.definition.target(call.direction) == "output":
        return tuple(axis.stride for axis in call.geometry.axes)
    return (1,) * len(_spatial(call))


def _along_channels(bias: NDArray[Any], call: Call) -> NDArray[Any]:
    return bias if call.last else bias.reshape(-1, *(1,) * call.definition.rank)


def _levelled(sizes: Operands, operand: str) -> Operands:
    """All of the operand's numbers as large as its largest."""
    return {**sizes, operand: np.full_like(sizes[operand], sizes[operand].max(initial=0.0))}


def _whole(numbers: NDArray[Any], quantum: float) -> bool:
    """Whether every finite number is a whole multiple of the quantum, its parts apart."""
    if numbers.dtype.kind == "i":
        return True
    if numbers.dtype.kind == "c":
        return _whole(numbers.real, quantum) and _whole(numbers.imag, quantum)
    finite = numbers[np.isfinite(numbers)] / quantum
    return bool(np.all(np.rint(finite) == finite))


def recorded_problem(trial: Trial, expected: Expected) -> str | None:
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

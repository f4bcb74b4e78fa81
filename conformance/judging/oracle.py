"""The oracle: what a trial's result must be. Never leaves this process.

Knows: the reference's values, magnitudes and counts. Must not know: frameworks, replies.
Next stage: `conformance.judging.comparison`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.nonfinite import any_nonfinite, meets_padding, summed
from conformance.suite.case import Checksum, Recorded, RightCall, RightTrial
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
    """the sum of max abs(x) max abs(w), of finite numbers: what bounds algorithms that mix pixels and taps"""
    undefined: NDArray[np.bool_] | None = None
    """elements that may be NaN instead of R: there a NaN or an infinity meets a pad; None where there is none"""
    overflowed: NDArray[np.bool_] | None = None
    """elements whose sums of finite numbers leave float64 in some order, so that nobody says what is left"""
    polluted: bool = False
    """a factor holds a NaN or an infinity, which an algorithm that mixes pixels spreads"""
    without_subnormals: "Callable[[], Expected] | None" = None
    """what a lane is to answer that takes subnormal operands for zero; None where there are none"""

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


def expect(trial: RightTrial, operands: Operands) -> Expected:
    """What the reference says of a trial that has a geometry."""
    return expect_call(trial.call, operands, quantum_of(trial.call, trial.inputs))


def expect_call(call: RightCall, operands: Operands, quantum: float = 1.0) -> Expected:
    """What the reference says of a right call with these operands; the first of them may be multiples of a quantum."""
    form = FORMATS[call.dtype]
    linear = Linear(call.definition, call.geometry, call.last)
    wide = {name: array.astype(form.wide) for name, array in operands.items()}
    sizes = {name: absolute(array).astype(np.float64) for name, array in wide.items()}
    with np.errstate(invalid="ignore", over="ignore"):
        values, undefined = _sums(call, linear, wide)
        magnitude = linear.compute(call.direction, sizes)
        taps, products = _counts(call)
        added = _along_channels(sizes["bias"], call) if call.bias and call.direction == "forward" else None
        if added is not None:
            values = values + _along_channels(wide["bias"], call)
            magnitude = magnitude + added
            taps, products = taps + 1, products + 1
    factors = factor_names(call)
    terms = [*factors, *(("bias",) if added is not None else ())]
    return Expected(
        format=form,
        values=values,
        magnitude=magnitude,
        taps=taps,
        products=products,
        quantum=_quantum([wide[name] for name in terms], magnitude, form, quantum),
        spatial=_spatial(call),
        strides=_phases(call),
        added=added,
        coarse_magnitude=lambda: linear.compute(call.direction, _levelled(sizes)),
        undefined=undefined,
        overflowed=None if np.isfinite(values).all() else _overflowed(call, linear, wide, values),
        polluted=any_nonfinite(*(wide[name] for name in factors)),
        without_subnormals=_without_subnormals(call, operands, form),
    )


def _sums(call: RightCall, linear: Linear, wide: Operands) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """R without a bias, and where NaN is as right."""
    names, target = factor_names(call), call.definition.target(call.direction)
    first, second = wide[names[0]], wide[names[1]]
    if target is None or first.dtype.kind != "f" or not any_nonfinite(first, second):
        return linear.compute(call.direction, wide), None

    def meet(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
        return linear.compute(call.direction, {**wide, names[0]: one, names[1]: other})

    values = summed(meet, first, second)
    undefined = np.broadcast_to(meets_padding(linear, target, meet, first, second), values.shape)
    return values, undefined & ~np.isnan(values) if undefined.any() else None


def _overflowed(call: RightCall, linear: Linear, wide: Operands, values: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Where the sums are not finite, though the operands are, and another order may not overflow, or to the other side.

    Decided on operands that are 2^-512 times as large: all products are 2^-1024 times as large then.
    """
    if any_nonfinite(*wide.values()):
        return None
    lost = ~np.isfinite(values)
    if values.dtype.kind == "c":
        return np.asarray(lost)
    down, (first, second) = 2.0**-512, factor_names(call)
    small = {**wide, first: wide[first] * down, second: wide[second] * down}
    if second == "bias":
        small[first] = small[first] * down  # a sum, not of products
    bias = _along_channels(wide["bias"] * down * down, call) if call.bias and call.direction == "forward" else 0.0
    sums = np.abs(linear.compute(call.direction, small) + bias)
    sizes = linear.compute(call.direction, {name: np.abs(array) for name, array in small.items()}) + np.abs(bias)
    edge = FORMATS["float64"].largest * down * down
    slack = sizes * 2.0**-30
    beyond = (sums - slack > edge) & ((sizes - sums) / 2 + slack < edge / 2)
    return np.asarray(lost & ~beyond)


def _quantum(
    terms: Sequence[NDArray[Any]], magnitude: NDArray[np.float64], form: FloatFormat, promised: float
) -> float | None:
    """What is promised of the first term; 1 for whole numbers; for sums as small as that, the smallest subnormal, of
    which any number is a multiple.
    """
    whole = [_whole(each) for each in terms]
    if promised != 1.0 and all(whole[1:]) and _whole(terms[0] / promised):
        return promised
    if all(whole):
        return 1.0
    small = form.smallest_subnormal * 2.0**form.significand
    finite = magnitude[np.isfinite(magnitude)]
    is_small = len(terms) == 2 and any(whole) and float(finite.max(initial=0.0)) <= small
    return form.smallest_subnormal if is_small else None


def _without_subnormals(call: RightCall, operands: Operands, form: FloatFormat) -> Callable[[], Expected] | None:
    if form.kind == "integer" or not any(_subnormal(array, form).any() for array in operands.values()):
        return None

    def normal(array: NDArray[Any]) -> NDArray[Any]:
        if array.dtype.kind == "c":
            return np.asarray(normal(array.real) + 1j * normal(array.imag)).astype(array.dtype)
        return np.where(_subnormal(array, form), array.dtype.type(0), array)

    return lambda: expect_call(call, {name: normal(array) for name, array in operands.items()})


def _subnormal(array: NDArray[Any], form: FloatFormat) -> NDArray[np.bool_]:
    """Where a number, or one of its parts, is subnormal."""
    parts = (array.real, array.imag) if array.dtype.kind == "c" else (array,)
    sizes = [np.abs(part.astype(np.float64)) for part in parts]
    return np.asarray(np.any([(size > 0) & (size < form.smallest_normal) for size in sizes], axis=0))


def _counts(call: RightCall) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """T and n, broadcastable to the result."""
    geometry, target = call.geometry, call.definition.target(call.direction)
    if target is None:
        pixels = np.array(prod(call.output_shape) // max(call.bias_shape[0], 1), dtype=np.int64).reshape(1)
        return pixels, pixels
    taps = taps_of(target, geometry)
    if target != "filter" and not call.last:
        taps = taps[..., 0]
    return taps, taps * geometry.terms_per_pair(target)


def _spatial(call: RightCall) -> tuple[int, ...]:
    rank = call.definition.rank
    match call.direction:
        case "bias_gradient":
            return ()
        case "filter_gradient":
            return tuple(range(rank))
        case _:
            first = 1 if call.last else 2
            return tuple(range(first, first + rank))


def _phases(call: RightCall) -> tuple[int, ...]:
    """Strides where the output of a transposed convolution is asked for; elsewhere every element is of one phase."""
    if call.definition.target(call.direction) == "output":
        return tuple(axis.stride for axis in call.geometry.axes)
    return (1,) * len(_spatial(call))


def _along_channels(bias: NDArray[Any], call: RightCall) -> NDArray[Any]:
    return bias if call.last else bias.reshape(-1, *(1,) * call.definition.rank)


def _levelled(sizes: Operands) -> Operands:
    """All numbers of an operand as large as its largest finite one: transforms mix pixels, and taps as well."""
    finite = {name: np.where(np.isfinite(array), array, 0.0) for name, array in sizes.items()}
    return {name: np.full_like(array, array.max(initial=0.0)) for name, array in finite.items()}


def _whole(numbers: NDArray[Any]) -> bool:
    """Whether every finite number is whole, its parts apart."""
    if numbers.dtype.kind == "i":
        return True
    if numbers.dtype.kind == "c":
        return _whole(numbers.real) and _whole(numbers.imag)
    finite = numbers[np.isfinite(numbers)]
    return bool(np.all(np.rint(finite) == finite))


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

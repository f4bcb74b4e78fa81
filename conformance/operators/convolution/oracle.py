"""The oracle: what a trial's result must be. Never leaves this process.

Knows: the reference's values, magnitudes and counts. Must not know: frameworks, replies.
Next stage: `conformance.judging.comparison`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.expected import Expected
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.inputs import Operands, factor_names
from conformance.operators.convolution.nonfinite import any_nonfinite, meets_padding, summed
from conformance.suite.dtypes import FORMATS, FloatFormat
from reference.arrays import along_channels
from reference.maps import absolute, taps_of
from reference.operators import Linear


def expect_call(call: RightConvolution, operands: Operands, quantum: float = 1.0) -> Expected:
    """What the reference says of a right call with these operands; the first of them may be multiples of a quantum."""
    form = FORMATS[call.dtype]
    linear = Linear(call.definition, call.geometry, call.last)
    wide = {name: array.astype(form.wide) for name, array in operands.items()}
    whole = {name: _whole(array) for name, array in wide.items()}
    added = None
    with np.errstate(invalid="ignore", over="ignore"):
        values, undefined = _sums(call, linear, wide)
        taps, products = counts(call)
        if call.bias and call.direction == "forward":
            added = along_channels(absolute(wide["bias"]).astype(np.float64), call.definition.rank, call.last)
            values = values + along_channels(wide["bias"], call.definition.rank, call.last)
            taps, products = taps + 1, products + 1

    # Of the operands anew: what they were made into is as large again, and nearly nobody asks.
    @cache
    def magnitude() -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", over="ignore"):
            sizes = linear.compute(call.direction, _sizes(operands, form))
            return sizes if added is None else sizes + added

    spatial = _spatial(call)
    # Where the output of a transposed convolution is asked for, its strides; elsewhere every element is of one phase.
    target = call.definition.target(call.direction)
    phases = tuple(axis.stride for axis in call.geometry.axes) if target == "output" else (1,) * len(spatial)
    factors = factor_names(call)
    terms = [*factors, *(("bias",) if added is not None else ())]
    # A gradient of a bias sums its first factor alone.
    multiplied = factors if target is not None else factors[:1]
    most = float(products.max(initial=0)) * prod(_largest(wide[name]) for name in multiplied)
    if added is not None:
        most += _largest(added)
    return Expected(
        format=form,
        values=values,
        magnitude_when_asked=magnitude,
        taps=taps,
        products=products,
        quantum=_quantum(wide[factors[0]], [whole[name] for name in terms], magnitude, form, quantum),
        spatial=spatial,
        strides=phases,
        added=added,
        coarse_magnitude=lambda: linear.compute(call.direction, _levelled(_sizes(operands, form))),
        undefined=undefined,
        overflowed=None if np.isfinite(values).all() else _overflowed(call, linear, wide, values),
        polluted=any_nonfinite(*(wide[name] for name in factors)),
        without_subnormals=None if all(whole.values()) else _without_subnormals(call, operands, form),
        most=most,
    )


def _sizes(operands: Operands, form: FloatFormat) -> Operands:
    """What each number adds to S."""
    return {name: absolute(array.astype(form.wide)).astype(np.float64) for name, array in operands.items()}


def _sums(call: RightConvolution, linear: Linear, wide: Operands) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
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


def _overflowed(
    call: RightConvolution, linear: Linear, wide: Operands, values: NDArray[Any]
) -> NDArray[np.bool_] | None:
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
    bias: NDArray[Any] | float = 0.0
    if call.bias and call.direction == "forward":
        bias = along_channels(wide["bias"] * down * down, call.definition.rank, call.last)
    sums = np.abs(linear.compute(call.direction, small) + bias)
    sizes = linear.compute(call.direction, {name: np.abs(array) for name, array in small.items()}) + np.abs(bias)
    edge = FORMATS["float64"].largest * down * down
    slack = sizes * 2.0**-30
    beyond = (sums - slack > edge) & ((sizes - sums) / 2 + slack < edge / 2)
    return np.asarray(lost & ~beyond)


def _largest(numbers: NDArray[Any]) -> float:
    """What the largest finite number adds to S."""
    sizes = absolute(numbers)
    return float(sizes.max(initial=0, where=np.isfinite(sizes)))


def _quantum(
    first: NDArray[Any],
    whole: Sequence[bool],
    magnitude: Callable[[], NDArray[np.float64]],
    form: FloatFormat,
    promised: float,
) -> float | None:
    """What is promised of the first term; 1 where all terms are whole numbers; for sums as small as that, the smallest
    subnormal, of which any number is a multiple.
    """
    if promised != 1.0 and all(whole[1:]) and _whole(first / promised):
        return promised
    if all(whole):
        return 1.0
    small = form.smallest_subnormal * 2.0**form.significand
    if len(whole) != 2 or not any(whole):
        return None
    sums = magnitude()
    return form.smallest_subnormal if float(sums.max(initial=0.0, where=np.isfinite(sums))) <= small else None


def _without_subnormals(call: RightConvolution, operands: Operands, form: FloatFormat) -> Callable[[], Expected] | None:
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


def counts(call: RightConvolution) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """T and n, broadcastable to the result."""
    geometry, target = call.geometry, call.definition.target(call.direction)
    if target is None:
        pixels = np.array(prod(call.output_shape) // max(call.bias_shape[0], 1), dtype=np.int64).reshape(1)
        return pixels, pixels
    taps = taps_of(target, geometry)
    if target != "filter" and not call.last:
        taps = taps[..., 0]
    return taps, taps * geometry.terms_per_pair(target)


def _spatial(call: RightConvolution) -> tuple[int, ...]:
    rank = call.definition.rank
    match call.direction:
        case "bias_gradient":
            return ()
        case "filter_gradient":
            return tuple(range(rank))
        case _:
            first = 1 if call.last else 2
            return tuple(range(first, first + rank))


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
    rounded = np.rint(numbers)
    if (rounded == numbers).all():  # infinities, too; only a NaN is not itself
        return True
    finite = np.isfinite(numbers)
    return bool((rounded[finite] == numbers[finite]).all())

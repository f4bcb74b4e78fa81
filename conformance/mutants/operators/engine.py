"""Right engines of all operators and gradients: one literal list of who meets whom, none of them the reference's.

Knows: canonical arrays and the integers of each axis (`conformance.mutants.operators.problem`). Must not know: the
reference's values; this is written on its own, so that a slip of the reference would show as a false alarm.

Every product of a call is x[j] w[t] y[p] with p = s j + d t - b, so three columns j, t, p of positions say it all:
whichever of the three is asked for collects the products of the other two. Slow, and meant for small calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from conformance.mutants.operators.problem import Array, Problem
from reference.geometry import Axis

Scratch: TypeAlias = dict[Any, Array]
"""Buffers that live as long as the adapter; a right engine has no use for them."""
Compute: TypeAlias = Callable[[Problem, Scratch], Array]
"""What is asked for, channels last, without a bias, in the dtype of the accumulator."""
Contract: TypeAlias = Callable[[str, Array, Array], Array]
"""Einstein summation of two arrays."""
Width: TypeAlias = Literal["wide", "widest"]
"""A dtype to sum in: float32 for 16 bits, otherwise the operands' own; or the one of 64 bits a part."""


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Which positions meet, a row each; pixels and taps are numbered in row-major order."""

    short: Array
    tap: Array
    long: Array

    def of(self, tap: int) -> tuple[Array, Array]:
        """The pixels of x and y that this tap brings together."""
        chosen = self.tap == tap
        return self.short[chosen], self.long[chosen]


Meet: TypeAlias = Callable[[Problem], Meetings]


def meetings(problem: Problem) -> Meetings:
    """All that meet within the lengths of x and y; of one tap of the first axis after the other, then its pixels."""
    short, tap, long = (np.zeros(1, dtype=np.int64) for _ in range(3))
    for axis in problem.axes:
        j, t, p = _of_axis(axis)
        short = np.add.outer(short * axis.input, j).ravel()
        tap = np.add.outer(tap * axis.kernel, t).ravel()
        long = np.add.outer(long * axis.output, p).ravel()
    return Meetings(short, tap, long)


def accumulator(dtype: np.dtype[Any], width: Width = "wide") -> np.dtype[Any]:
    """The dtype in which operands of this dtype are summed."""
    if width == "widest":
        return np.dtype({"i": np.int64, "c": np.complex128}.get(dtype.kind, np.float64))
    return np.dtype(np.float32) if dtype.itemsize == 2 else dtype


def einsum(subscripts: str, first: Array, second: Array) -> Array:
    """NumPy's order of summation."""
    return np.asarray(np.einsum(subscripts, first, second))


def sequential(subscripts: str, first: Array, second: Array) -> Array:
    """One product after the other, every product and every sum rounded."""
    (one, other), result = subscripts.split("->")[0].split(","), subscripts.split("->")[1]
    lengths = {**dict(zip(one, first.shape, strict=True)), **dict(zip(other, second.shape, strict=True))}
    summed = [letter for letter in lengths if letter not in result]
    total = np.zeros([lengths[letter] for letter in result], dtype=first.dtype)
    for place in product(*(range(lengths[letter]) for letter in summed)):
        at = dict(zip(summed, place, strict=True))
        parts = [array[tuple(at.get(letter, slice(None)) for letter in names)] for names, array in
                 ((one, first), (other, second))]  # fmt: skip
        kept = ["".join(letter for letter in names if letter not in at) for names in (one, other)]
        total += np.einsum(f"{kept[0]},{kept[1]}->{result}", *parts)
    return total


def three_multiplications(subscripts: str, first: Array, second: Array) -> Array:
    """Complex products from three real ones (Gauss): right, though not every part comes with its own accuracy."""
    if first.dtype.kind != "c":
        return einsum(subscripts, first, second)
    a, b, c, d = first.real, first.imag, second.real, second.imag
    both = einsum(subscripts, a + b, c)
    real = both - einsum(subscripts, b, c + d)
    return np.asarray(real + 1j * (both + einsum(subscripts, a, d - c))).astype(first.dtype)


@dataclass(frozen=True, slots=True)
class Engine:
    """One contraction per tap, added where its pixels meet."""

    contract: Contract = einsum
    width: Width = "wide"
    backwards: bool = False
    meet: Meet = meetings

    def __call__(self, problem: Problem, _: Scratch) -> Array:
        dtype = accumulator(problem.value.dtype, self.width)
        match problem.target:
            case None:
                assert problem.cotangent is not None
                flat = problem.cotangent.astype(dtype).reshape(-1, problem.cotangent.shape[-1])
                return np.asarray(flat.sum(axis=0))
            case "output":
                return self._output(problem, dtype)
            case "input":
                return self._input(problem, dtype)
            case "filter":
                return self._filter(problem, dtype)

    def _output(self, problem: Problem, dtype: np.dtype[Any]) -> Array:
        x, w = rows(problem.short.astype(dtype), problem.groups), taps(problem.filter.astype(dtype), problem.groups)
        lengths = [axis.output for axis in problem.axes]
        y = np.zeros((prod(lengths), x.shape[1], problem.groups, w.shape[1]), dtype=dtype)
        for tap, short, long in self._taps(problem):
            np.add.at(y, long, self.contract("jngi,ogi->jngo", x[short], w[tap]))
        return pixels(y, lengths)

    def _input(self, problem: Problem, dtype: np.dtype[Any]) -> Array:
        y, w = rows(problem.long.astype(dtype), problem.groups), taps(problem.filter.astype(dtype), problem.groups)
        lengths = [axis.input for axis in problem.axes]
        x = np.zeros((prod(lengths), y.shape[1], problem.groups, w.shape[3]), dtype=dtype)
        for tap, short, long in self._taps(problem):
            np.add.at(x, short, self.contract("pngo,ogi->pngi", y[long], w[tap]))
        return pixels(x, lengths)

    def _filter(self, problem: Problem, dtype: np.dtype[Any]) -> Array:
        x, y = rows(problem.short.astype(dtype), problem.groups), rows(problem.long.astype(dtype), problem.groups)
        w = taps(np.zeros(problem.filter.shape, dtype=dtype), problem.groups)
        for tap, short, long in self._taps(problem):
            w[tap] += self.contract("jngi,jngo->ogi", x[short], y[long])
        return w.reshape(problem.filter.shape)

    def _taps(self, problem: Problem) -> Iterator[tuple[int, Array, Array]]:
        meet = self.meet(problem)
        order = range(prod(problem.filter.shape[:-2]))
        for tap in reversed(order) if self.backwards else order:
            yield tap, *meet.of(tap)


PLAIN = Engine()
"""Right, and what every fault is a deviation from."""


def add_bias(result: Array, problem: Problem) -> Array:
    """The bias in the accumulator's dtype, one number a channel."""
    assert problem.bias is not None
    return np.asarray(result + problem.bias.astype(result.dtype))


def store(result: Array, problem: Problem) -> Array:
    """Rounded once to the dtype of the call."""
    return result.astype(problem.value.dtype)


def rows(canonical: Array, groups: int) -> Array:
    """(batch, *spatial, channels) -> (pixels, batch, groups, channels of one)"""
    batch, *lengths, channels = canonical.shape
    return np.moveaxis(canonical.reshape(batch, prod(lengths), groups, channels // groups), 0, 1)


def pixels(numbered: Array, lengths: list[int]) -> Array:
    """(pixels, batch, groups, channels of one) -> (batch, *spatial, channels)"""
    _, batch, groups, channels = numbered.shape
    return np.moveaxis(numbered, 0, 1).reshape(batch, *lengths, groups * channels)


def taps(filter: Array, groups: int) -> Array:
    """(*kernel, out / groups, in) -> (taps, out / groups, groups, in / groups)"""
    *kernel, out, channels = filter.shape
    return filter.reshape(prod(kernel), out, groups, channels // groups)


def _of_axis(axis: Axis) -> tuple[Array, Array, Array]:
    """j, t and p of all that meet on one axis."""
    t, j = (each.ravel() for each in np.indices((axis.kernel, axis.input)))
    p = axis.stride * j + axis.dilation * t - axis.crop_before
    within = (p >= 0) & (p < axis.output)
    return j[within], t[within], p[within]

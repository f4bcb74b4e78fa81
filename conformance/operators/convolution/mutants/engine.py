"""The engine of mutants: one literal list of who meets whom, for every operator and gradient; not the reference's.

Knows: canonical arrays and the integers of each axis (`problem.py`). Must not know: the reference's
values; this is written on its own, so that a slip of the reference would show as a false alarm.

Every product of a call is x[j] w[t] y[p] with p = s j + d t - b, so three columns j, t, p of positions say it all:
whichever of the three is asked for collects the products of the other two. Faults are edits of what goes in, of what
comes out, or of this; other right ways to compute are in `algorithms.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

import ml_dtypes
import numpy as np

from conformance.operators.convolution.mutants.problem import Array, Problem

BFLOAT16: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)

Scratch: TypeAlias = dict[Any, Array]
"""Buffers that live as long as the adapter; a right engine has no use for them."""
Compute: TypeAlias = Callable[[Problem, Scratch], Array]
"""What is asked for, channels last, without a bias, in the dtype of the accumulator."""
Contract: TypeAlias = Callable[[str, Array, Array], Array]
"""Einstein summation of two arrays."""
Width: TypeAlias = Literal["storage", "wide", "widest"]
"""A dtype to sum in: the operands' own; float32 where that has 16 bits; the one of 64 bits a part."""


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Which positions meet, a row each; pixels and taps are numbered in row-major order."""

    short: Array
    tap: Array
    long: Array

    def chosen(self, rows: Array) -> "Meetings":
        """Some of them."""
        return Meetings(self.short[rows], self.tap[rows], self.long[rows])

    def by_tap(self, taps: int) -> Iterator[tuple[int, Array, Array]]:
        """Every tap with the pixels of x and y that it brings together; each pixel comes once in a tap."""
        order = np.argsort(self.tap, kind="stable")
        ends = np.searchsorted(self.tap[order], np.arange(taps + 1))
        for tap in range(taps):
            rows = order[ends[tap] : ends[tap + 1]]
            yield tap, self.short[rows], self.long[rows]


def meetings(problem: Problem) -> Meetings:
    """All that meet within the lengths of x and y; of one tap of the first axis after the other, then its pixels."""
    short, tap, long = (np.zeros(1, dtype=np.int64) for _ in range(3))
    for axis in problem.axes:
        t, j = (each.ravel() for each in np.indices((axis.kernel, axis.input)))
        p = axis.stride * j + axis.dilation * t - axis.crop_before
        within = (p >= 0) & (p < axis.output)
        short = np.add.outer(short * axis.input, j[within]).ravel()
        tap = np.add.outer(tap * axis.kernel, t[within]).ravel()
        long = np.add.outer(long * axis.output, p[within]).ravel()
    return Meetings(short, tap, long)


def accumulator(dtype: np.dtype[Any], width: Width = "wide") -> np.dtype[Any]:
    """The dtype in which operands of this dtype are summed."""
    match width:
        case "storage":
            return dtype
        case "wide":
            return np.dtype(np.float32) if dtype.itemsize == 2 else dtype
        case "widest":
            return np.dtype({"i": np.int64, "c": np.complex128}.get(dtype.kind, np.float64))


def einsum(subscripts: str, first: Array, second: Array) -> Array:
    """NumPy's order of summation."""
    return np.asarray(np.einsum(subscripts, first, second))


def sequential(subscripts: str, first: Array, second: Array) -> Array:
    """One product after the other, every product and every sum rounded."""
    first, second, summed = spread(subscripts, first, second)
    total = np.zeros(first.shape[: first.ndim - len(summed)], dtype=first.dtype)
    for place in product(*map(range, summed)):
        at: Any = (..., *place)
        total += first[at] * second[at]
    return total


def spread(subscripts: str, first: Array, second: Array) -> tuple[Array, Array, list[int]]:
    """Both with the axes of the result and then those that are summed; the lengths of the latter."""
    (one, other), result = subscripts.split("->")[0].split(","), subscripts.split("->")[1]
    lengths = {**dict(zip(one, first.shape, strict=True)), **dict(zip(other, second.shape, strict=True))}
    summed = [letter for letter in lengths if letter not in result]
    letters = [*result, *summed]
    parts = []
    for names, array in ((one, first), (other, second)):
        moved = array.transpose([names.index(letter) for letter in letters if letter in names])
        part = moved.reshape([lengths[letter] if letter in names else 1 for letter in letters])
        parts.append(np.broadcast_to(part, [lengths[letter] for letter in letters]))
    return parts[0], parts[1], [lengths[letter] for letter in summed]


@dataclass(frozen=True, slots=True)
class Engine:
    """One contraction per tap, added where its pixels meet."""

    contract: Contract = einsum
    width: Width = "wide"
    backwards: bool = False
    meet: Callable[[Problem], Meetings] = meetings
    overwrites: bool = False
    """a pixel keeps the product of the last tap that reaches it"""
    rounded: Callable[[np.dtype[Any]], np.dtype[Any]] | None = None
    """the dtype, by that of the operands, to which sums are rounded after every tap, or image of a filter's gradient"""

    def __call__(self, problem: Problem, _: Scratch) -> Array:
        dtype = accumulator(problem.value.dtype, self.width)
        match problem.target:
            case None:
                assert problem.cotangent is not None
                flat = problem.cotangent.astype(dtype).reshape(-1, problem.cotangent.shape[-1])
                return np.asarray(flat.sum(axis=0))
            case "output":
                x, lengths = rows(problem.short.astype(dtype), problem.groups), [axis.output for axis in problem.axes]
                w = taps(problem.filter.astype(dtype), problem.groups)
                result = np.zeros((prod(lengths), x.shape[1], problem.groups, w.shape[1]), dtype=dtype)
                for tap, short, long in self._taps(problem):
                    self._add(problem, result, long, self.contract("jngi,ogi->jngo", x[short], w[tap]))
                return pixels(result, lengths)
            case "input":
                y, lengths = rows(problem.long.astype(dtype), problem.groups), [axis.input for axis in problem.axes]
                w = taps(problem.filter.astype(dtype), problem.groups)
                result = np.zeros((prod(lengths), y.shape[1], problem.groups, w.shape[3]), dtype=dtype)
                for tap, short, long in self._taps(problem):
                    self._add(problem, result, short, self.contract("pngo,ogi->pngi", y[long], w[tap]))
                return pixels(result, lengths)
            case "filter":
                x, y = (rows(each.astype(dtype), problem.groups) for each in (problem.short, problem.long))
                w = taps(np.zeros(problem.filter.shape, dtype=dtype), problem.groups)
                images = [slice(None)] if self.rounded is None else [slice(at, at + 1) for at in range(x.shape[1])]
                for tap, short, long in self._taps(problem):
                    for image in images:
                        self._add(problem, w, tap, self.contract("jngi,jngo->ogi", x[short, image], y[long, image]))
                return w.reshape(problem.filter.shape)

    def _add(self, problem: Problem, total: Array, place: Any, part: Array) -> None:
        total[place] = part if self.overwrites else total[place] + part
        if self.rounded is not None:
            total[place] = total[place].astype(self.rounded(problem.value.dtype)).astype(total.dtype)

    def _taps(self, problem: Problem) -> Iterator[tuple[int, Array, Array]]:
        every = self.meet(problem).by_tap(prod(problem.filter.shape[:-2]))
        return iter(list(every)[::-1]) if self.backwards else every


# Right, and what every fault is a deviation from.
PLAIN = Engine()


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

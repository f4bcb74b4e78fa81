"""Right engines: several ways to compute one transposed convolution, none of them the reference's.

Knows: canonical arrays and the integers of each axis (`conformance.mutants.problem`). Must not know: the
reference's values; this is written on its own, so that a slip of the reference would show as a false alarm.

Each paints the whole result of stride (i - 1) + dilation (k - 1) + 1 elements an axis, then takes the window of
`output` elements from `crop_before` on, with zeros beyond both ends. The faults in `conformance.mutants.families`
are edits of what goes in, of what comes out, or of these.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

import ml_dtypes
import numpy as np

from conformance.mutants.problem import Array, Problem

Scratch: TypeAlias = dict[Any, Array]
"""Buffers that live as long as the adapter; a right engine has no use for them."""
Compute: TypeAlias = Callable[[Problem, Scratch], Array]
"""(batch, height, width, out), in the dtype of the value"""
Contract: TypeAlias = Callable[[Array, Array], Array]
"""value (..., in) and one tap's weights (out, in) to (..., out), in their dtype"""
Width: TypeAlias = Literal["wide", "storage", "float64", "float32", "float16", "bfloat16"]
"""A dtype to sum in: `storage` is the operands' own, `wide` is float32 where that has 16 bits."""


def dtype_of(width: Width, storage: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that a width means for operands of dtype `storage`."""
    match width:
        case "storage":
            return storage
        case "wide":
            return np.dtype(np.float32) if storage.itemsize == 2 else storage
        case "bfloat16":
            narrow: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
            return narrow
        case _:
            return np.dtype(width)


def matrix_product(value: Array, weights: Array) -> Array:
    """The BLAS's order of summation."""
    return np.asarray(value @ weights.T)


def sequential(value: Array, weights: Array) -> Array:
    """One channel after the other, every product and every sum rounded."""
    total = np.zeros((*value.shape[:-1], len(weights)), dtype=value.dtype)
    for channel in range(value.shape[-1]):
        total += value[..., channel : channel + 1] * weights[:, channel]
    return total


def pairwise(value: Array, weights: Array) -> Array:
    """NumPy's pairwise summation."""
    return np.asarray((value[..., np.newaxis, :] * weights).sum(axis=-1))


@dataclass(frozen=True, slots=True)
class Engine:
    """One product per tap, added onto a strided view of the whole result.

    The accumulation profiles are Engine() (wide), Engine(taps="storage") (tap), and Engine("storage", "storage",
    contract=sequential) (native).
    """

    channels: Width = "wide"
    """in which the products of one tap are summed"""
    taps: Width = "wide"
    """in which the taps are summed"""
    contract: Contract = matrix_product
    backwards: bool = False

    def __call__(self, problem: Problem, _: Scratch) -> Array:
        storage = problem.value.dtype
        channels = dtype_of(self.channels, storage)
        value, filter = problem.value.astype(channels), problem.filter.astype(channels)
        whole = canvas(problem, dtype_of(self.taps, storage))
        for tap, place in landings(problem, self.backwards):
            whole[place] += self.contract(value, filter[tap]).astype(whole.dtype)
        return window(whole, problem).astype(storage)


PLAIN = Engine()
"""Right, and what every fault is a deviation from."""


def canvas(problem: Problem, dtype: np.dtype[Any]) -> Array:
    """Zeros for the whole result (batch, *full, out)."""
    lengths = [
        max(axis.stride * (length - 1) + axis.dilation * (kernel - 1) + 1, 0) if length else 0
        for axis, length, kernel in _axes(problem)
    ]
    return np.zeros((len(problem.value), *lengths, problem.filter.shape[2]), dtype=dtype)


def landings(problem: Problem, backwards: bool = False) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Every tap, and where on the canvas it puts the inputs."""
    if prod(problem.value.shape) == 0:
        return
    taps: Iterable[tuple[int, ...]] = product(*(range(kernel) for kernel in problem.filter.shape[:2]))
    for tap in reversed(list(taps)) if backwards else taps:
        place = [
            slice(axis.dilation * t, axis.dilation * t + axis.stride * (length - 1) + 1, axis.stride)
            for (axis, length, _), t in zip(_axes(problem), tap, strict=True)
        ]
        yield tap, (slice(None), *place)


def window(whole: Array, problem: Problem) -> Array:
    """`output` elements an axis from `crop_before` on, zeros where the canvas does not reach."""
    result = np.zeros((len(whole), *(axis.output for axis in problem.axes), whole.shape[-1]), dtype=whole.dtype)
    sources, targets = [slice(None)], [slice(None)]
    for axis, full in zip(problem.axes, whole.shape[1:], strict=False):
        start, stop = max(axis.crop_before, 0), min(axis.crop_before + axis.output, full)
        behind = max(-axis.crop_before, 0)
        sources.append(slice(start, max(start, stop)))
        targets.append(slice(behind, behind + max(stop - start, 0)))
    result[tuple(targets)] = whole[tuple(sources)]
    return result


def channels_first(problem: Problem, _: Scratch) -> Array:
    """The taps of channels-first images, as cuDNN and oneDNN like them best."""
    wide = dtype_of("wide", problem.value.dtype)
    images = np.ascontiguousarray(np.moveaxis(problem.value, -1, 1)).astype(wide)
    whole = np.moveaxis(canvas(problem, wide), -1, 1).copy()
    for tap, (batches, *places) in landings(problem):
        weights = problem.filter[tap].astype(wide)
        whole[batches, :, *places] += np.einsum("oi,bihw->bohw", weights, images)
    return window(np.moveaxis(whole, 1, -1), problem).astype(problem.value.dtype)


def columns(problem: Problem, _: Scratch) -> Array:
    """One large matrix product, then the columns added into the image (col2im)."""
    wide = dtype_of("wide", problem.value.dtype)
    products = np.einsum("bhwi,ytoi->bhwyto", problem.value.astype(wide), problem.filter.astype(wide), optimize=True)
    whole = canvas(problem, wide)
    for (row, column), place in landings(problem):
        whole[place] += products[:, :, :, row, column]
    return window(whole, problem).astype(problem.value.dtype)


def zero_insertion(problem: Problem, _: Scratch) -> Array:
    """The forward convolution of the input with zeros between its elements, by the flipped kernel, as XLA does it."""
    wide = dtype_of("wide", problem.value.dtype)
    whole = canvas(problem, wide)
    if prod(problem.value.shape) == 0:
        return window(whole, problem).astype(problem.value.dtype)
    extents = [axis.dilation * (kernel - 1) for axis, _, kernel in _axes(problem)]
    lengths = [full + extent for full, extent in zip(whole.shape[1:3], extents, strict=True)]
    spread = np.zeros((len(whole), *lengths, problem.value.shape[-1]), dtype=wide)
    between = [
        slice(extent, extent + axis.stride * (length - 1) + 1, axis.stride)
        for extent, (axis, length, _) in zip(extents, _axes(problem), strict=True)
    ]
    spread[:, *between] = problem.value
    for tap in product(*(range(kernel) for kernel in problem.filter.shape[:2])):
        starts = [extent - axis.dilation * t for extent, axis, t in zip(extents, problem.axes, tap, strict=True)]
        seen = [slice(start, start + full) for start, full in zip(starts, whole.shape[1:3], strict=True)]
        whole += matrix_product(spread[:, *seen], problem.filter[tap].astype(wide))
    return window(whole, problem).astype(problem.value.dtype)


def _axes(problem: Problem) -> list[tuple[Any, int, int]]:
    """(axis, input length, kernel length) of height and width."""
    return list(zip(problem.axes, problem.value.shape[1:3], problem.filter.shape[:2], strict=True))

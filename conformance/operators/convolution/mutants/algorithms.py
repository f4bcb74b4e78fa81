"""Other right ways to compute, each as an implementation might choose: orders of sums, layouts, fast algorithms.

Knows: the plain engine, which computes whatever a way does not speak of. Must not know: faults; a few ways take the one
part that a fault gets wrong as an argument.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

from conformance.operators.convolution.mutants.changes import operands
from conformance.operators.convolution.mutants.engine import (
    PLAIN,
    Compute,
    Scratch,
    accumulator,
    einsum,
    pixels,
    rows,
    spread,
    taps,
)
from conformance.operators.convolution.mutants.problem import Array, Problem
from reference.geometry import Axis

Tile: TypeAlias = Callable[[Array, Array, Array, Array], tuple[Array, Array]]
"""the four products of a tile, to its two outputs"""


def pairwise(subscripts: str, first: Array, second: Array) -> Array:
    """NumPy's pairwise summation."""
    first, second, summed = spread(subscripts, first, second)
    products = first * second
    kept = products.shape[: products.ndim - len(summed)]
    return np.asarray(products.reshape(*kept, prod(summed)).sum(axis=-1, dtype=products.dtype))


def channels_first(subscripts: str, first: Array, second: Array) -> Array:
    """Of arrays whose channels come first in memory, as cuDNN and oneDNN like them best."""
    (one, other), made = subscripts.split("->")[0].split(","), subscripts.split("->")[1]
    turned = f"{one[::-1]},{other[::-1]}->{made[::-1]}"
    return einsum(turned, np.ascontiguousarray(first.T), np.ascontiguousarray(second.T)).T


def three_multiplications(subscripts: str, first: Array, second: Array) -> Array:
    """Complex products from three real ones (Gauss): right, though not every part comes with its own accuracy."""
    if first.dtype.kind != "c":
        return einsum(subscripts, first, second)
    a, b, c, d = first.real, first.imag, second.real, second.imag
    both = einsum(subscripts, a + b, c)
    real = both - einsum(subscripts, b, c + d)
    return np.asarray(real + 1j * (both + einsum(subscripts, a, d - c))).astype(first.dtype)


def columns(problem: Problem, scratch: Scratch) -> Array:
    """One large product of all pixels and taps, then its columns added into the image (col2im)."""
    if not problem.of_pixels:
        return PLAIN(problem, scratch)
    dtype, out = accumulator(problem.value.dtype), problem.target == "output"
    given = rows(problem.given.astype(dtype), problem.groups)
    weights = taps(problem.filter.astype(dtype), problem.groups)
    products = np.einsum("jngi,togi->tjngo" if out else "jngo,togi->tjngi", given, weights, optimize=True)
    lengths = [axis.output if out else axis.input for axis in problem.axes]
    made = np.zeros((prod(lengths), *products.shape[2:]), dtype=dtype)
    for tap, short, long in PLAIN.meet(problem).by_tap(len(weights)):
        source, target = (short, long) if out else (long, short)
        made[target] += products[tap, source]
    return pixels(made, lengths)


def zero_insertion(problem: Problem, scratch: Scratch) -> Array:
    """The forward convolution of x with zeros between its pixels, by the flipped kernel, as XLA does it."""
    if problem.target != "output":
        return PLAIN(problem, scratch)
    # Pixel p takes tap t from position p + (k - 1 - t) d, where x[j] lies at s j - b + (k - 1) d.
    lengths = [axis.output + axis.extent - 1 for axis in problem.axes]
    positions = [axis.stride * np.arange(axis.input) - axis.crop_before + axis.extent - 1 for axis in problem.axes]
    kept = [(place >= 0) & (place < length) for place, length in zip(positions, lengths, strict=True)]
    dtype = accumulator(problem.value.dtype)
    inserted = np.zeros((len(problem.short), *lengths, problem.short.shape[-1]), dtype=dtype)
    images, channels = np.arange(len(inserted)), np.arange(inserted.shape[-1])
    places = [place[chosen] for place, chosen in zip(positions, kept, strict=True)]
    chosen = np.ix_(images, *map(np.flatnonzero, kept), channels)
    inserted[np.ix_(images, *places, channels)] = problem.short[chosen]
    forward = [
        Axis(axis.output, axis.kernel, 1, axis.dilation, 0, at) for axis, at in zip(problem.axes, lengths, strict=True)
    ]
    y, w = rows(inserted, problem.groups), taps(problem.filter.astype(dtype), problem.groups)[::-1]
    made = np.zeros((prod(axis.output for axis in problem.axes), *y.shape[1:3], w.shape[1]), dtype=dtype)
    for tap, short, long in PLAIN.meet(replace(problem, axes=tuple(forward))).by_tap(len(w)):
        made[short] += np.einsum("jngi,ogi->jngo", y[long], w[tap])
    return pixels(made, [axis.output for axis in problem.axes])


def winograd(tile: Tile) -> Compute:
    """F(2, 3) along the width: two outputs by four products. Source: Lavin and Gray, arXiv 1509.09308.

    Kernels of another width than 3, strides, dilations and integers are left to the plain engine.
    """

    def compute(problem: Problem, scratch: Scratch) -> Array:
        *others, width = problem.axes
        fits = problem.of_pixels and (width.kernel, width.stride, width.dilation) == (3, 1, 1)
        if not fits or problem.value.dtype.kind == "i":  # integers have no halves
            return PLAIN(problem, scratch)
        dtype, out = accumulator(problem.value.dtype), problem.target == "output"
        length = width.output if out else width.input
        pairs = -(-length // 2)
        # Pixel n of the result sums padded[n + t] taps[t], which are the kernel's from the last on where x is given.
        given = problem.given.astype(dtype)
        before = 2 - width.crop_before if out else width.crop_before
        padded = np.zeros((*given.shape[:-2], 2 * pairs + 2, given.shape[-1]), dtype=dtype)
        source = np.arange(2 * pairs + 2) - before
        within = (source >= 0) & (source < given.shape[-2])
        padded[..., within, :] = given[..., source[within], :]
        d = [padded[..., start : start + 2 * pairs : 2, :] for start in range(4)]
        g = np.moveaxis(problem.filter.astype(dtype), -3, 0)[:: -1 if out else 1]
        half = dtype.type(0.5)
        both = (g[0] + g[2]) * half
        factors = (
            (d[0] - d[2], g[0]), (d[1] + d[2], both + g[1] * half), (d[2] - d[1], both - g[1] * half),
            (d[1] - d[3], g[2]),
        )  # fmt: skip
        axes = (*others, Axis(pairs, 1, 1, 1, 0, pairs))
        name = "value" if problem.direction == "forward" else "cotangent"
        products = []
        for pixels_, weights in factors:
            changed: dict[str, Any] = {name: pixels_, "filter": weights[..., np.newaxis, :, :]}
            products.append(PLAIN(replace(problem, axes=axes, **changed), scratch))
        made = np.stack(tile(*products), axis=-2)
        return made.reshape(*made.shape[:-3], 2 * pairs, made.shape[-1])[..., :length, :]

    return compute


def tile(one: Array, two: Array, three: Array, four: Array) -> tuple[Array, Array]:
    """The two outputs of F(2, 3)."""
    return one + two + three, two - three - four


def fourier(*, wraps: bool) -> Compute:
    """The product of spectra; `wraps` takes them one element too short, so that what leaves one end enters at the
    other.
    """

    def compute(problem: Problem, scratch: Scratch) -> Array:
        if not problem.of_pixels or problem.value.dtype.kind in "ic" or 0 in problem.given.shape:
            return PLAIN(problem, scratch)
        out, axes, places = problem.target == "output", problem.axes, range(1, len(problem.axes) + 1)
        dtype = accumulator(problem.value.dtype)
        # Among all positions that are reached x[j] lies at s j, y[p] at p, and the kernel's taps are d apart.
        lengths = [axis.full if out else axis.output + axis.extent - 1 for axis in axes]
        short = [max(length - 1, 1) if wraps else length for length in lengths]
        inserted = np.zeros((len(problem.given), *lengths, problem.given.shape[-1]), dtype=dtype)
        reach = [axis.stride * (axis.input - 1) + 1 if out else axis.output for axis in axes]
        inserted[:, *(slice(0, end, axis.stride if out else 1) for end, axis in zip(reach, axes, strict=True))] = (
            problem.given
        )
        dilated = np.zeros((*(axis.extent for axis in axes), *problem.filter.shape[-2:]), dtype=dtype)
        dilated[tuple(slice(None, None, axis.dilation) for axis in axes)] = problem.filter
        if not out:
            dilated = np.flip(dilated, tuple(range(len(axes))))
        one, other = np.fft.rfftn(inserted, short, places), np.fft.rfftn(dilated, short, range(len(axes)))
        product = np.einsum(
            "n...gi,...ogi->n...go" if out else "n...go,...ogi->n...gi",
            one.reshape(*one.shape[:-1], problem.groups, -1),
            other.reshape(*other.shape[:-1], problem.groups, -1),
        )
        found = np.fft.irfftn(product.reshape(*product.shape[:-2], -1), short, places)
        for place, axis in zip(places, axes, strict=True):
            first = axis.crop_before if out else axis.extent - 1 - axis.crop_before
            at = np.arange(first, first + axis.output) if out else first + axis.stride * np.arange(axis.input)
            within = (at >= 0) & (at < found.shape[place])
            found = found.take(np.where(within, at, 0), axis=place)
            found = np.where(within.reshape(-1, *[1] * (found.ndim - place - 1)), found, 0)
        reached = PLAIN(operands(np.ones_like)(problem), scratch) != 0
        return np.where(reached, found, 0).astype(dtype)

    return compute


def with_offset(offset_of: Callable[[float], float]) -> Compute:
    """(x + c) w - c w, as fast algorithms trade digits for products: sums of pixels lose what is far smaller than c.

    `offset_of` gives c from the largest pixel.
    """

    def compute(problem: Problem, scratch: Scratch) -> Array:
        name = "value" if problem.direction in ("forward", "filter_gradient") else "cotangent"
        mixed: Array | None = getattr(problem, name)
        if mixed is None or problem.target is None or mixed.dtype.kind in "ic":
            return PLAIN(problem, scratch)
        largest = float(np.abs(mixed[np.isfinite(mixed)].astype(np.float64)).max(initial=0.0))
        offset = mixed.dtype.type(min(offset_of(largest), float(ml_dtypes.finfo(mixed.dtype).max)))
        shifted: dict[str, Any] = {name: mixed + offset}
        constant: dict[str, Any] = {name: np.full_like(mixed, offset)}
        return np.asarray(PLAIN(replace(problem, **shifted), scratch) - PLAIN(replace(problem, **constant), scratch))

    return compute

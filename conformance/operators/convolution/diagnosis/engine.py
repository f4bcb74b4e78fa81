"""The three maps of one geometry, for many renditions of small calls.

Knows: canonical arrays, (batch, *spatial, channels) and (*kernel, out / groups, in), and the integers of each axis.
Must not know: calls, edits, answers. It is written on its own because of its use: a diagnosis renders one small call
some hundreds of times, so that what counts is how few calls of NumPy one rendition takes.

x, w and y are the short pixels, the filter and the long pixels of `reference.geometry`; y[p] is the sum of x[j] w[t]
with p = s j + d t - b, and each map yields one of the three from the other two.
"""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from reference.geometry import Axis

Array: TypeAlias = NDArray[Any]
Axes: TypeAlias = tuple[Axis, ...]
Where: TypeAlias = tuple[Any, ...]
"""an index of a result whose channels are taken apart: (..., groups, channels of one)"""


def canvas(x: Array, w: Array, axes: Axes, groups: int) -> Array:
    """Y before anything is cropped: (batch, *full, out)"""
    batch, lengths, kernels = len(x), [axis.input for axis in axes], [axis.kernel for axis in axes]
    share = w.shape[-2]
    products = _rows(x, groups) @ _matrix(w, groups, "in")
    parted = products.reshape(groups, batch, *lengths, prod(kernels), share)
    spread = np.moveaxis(parted, 0, -2)
    y = np.zeros((batch, *(max(axis.full, 0) for axis in axes), groups, share), dtype=x.dtype)
    for number, tap in enumerate(np.ndindex(*kernels)):
        y[(slice(None), *_targets(axes, tap))] += spread[(..., number, slice(None), slice(None))]
    return y.reshape(*y.shape[:-2], groups * share)


def gathered(y: Array, w: Array, axes: Axes, groups: int) -> Array:
    """x: what a forward convolution yields, (batch, *input, in)"""
    lengths, share = [axis.input for axis in axes], w.shape[-1] // groups
    read = windows(y, axes, groups) @ _matrix(w, groups, "out")
    return np.moveaxis(read, 0, 1).reshape(len(y), *lengths, groups * share)


def correlated(x: Array, y: Array, axes: Axes, groups: int) -> Array:
    """w: what a filter's gradient yields, (*kernel, out / groups, in)"""
    kernels, out, channels = [axis.kernel for axis in axes], y.shape[-1] // groups, x.shape[-1]
    sums = _rows(x, groups).swapaxes(-1, -2) @ windows(y, axes, groups)
    taps = sums.reshape(groups, channels // groups, *kernels, out)
    return np.moveaxis(taps, (0, 1), (-2, -1)).reshape(*kernels, out, channels)


def windows(y: Array, axes: Axes, groups: int) -> Array:
    """What each pixel of x reads: (groups, batch x *input, *kernel x out / groups)"""
    full = uncropped(y, axes)
    lengths, kernels = [axis.input for axis in axes], [axis.kernel for axis in axes]
    inner = full.strides[1:-1]
    moving = [stride * axis.stride for stride, axis in zip(inner, axes, strict=True)]
    within = [stride * axis.dilation for stride, axis in zip(inner, axes, strict=True)]
    shape = (len(y), *lengths, *kernels, y.shape[-1])
    read = as_strided(full, shape, (full.strides[0], *moving, *within, full.strides[-1]), writeable=False)
    share, taps = y.shape[-1] // groups, prod(kernels)
    parted = read.reshape(len(y) * prod(lengths), taps, groups, share)
    return np.moveaxis(parted, 2, 0).reshape(groups, len(parted), taps * share)


def uncropped(y: Array, axes: Axes) -> Array:
    """Y as far as the taps of x reach, (batch, *full, out), with zeros where it was cropped."""
    full = np.zeros((len(y), *(max(axis.full, 0) for axis in axes), y.shape[-1]), dtype=y.dtype)
    cut, kept = _overlap([axis.crop_before for axis in axes], y.shape[1:-1], full.shape[1:-1])
    full[(slice(None), *cut)] = y[(slice(None), *kept)]
    return full


def window(full: Array, axes: Axes) -> Array:
    """`output` elements an axis from `crop_before` on, zeros where the canvas (batch, *full, out) does not reach."""
    y = np.zeros((len(full), *(axis.output for axis in axes), full.shape[-1]), dtype=full.dtype)
    cut, kept = _overlap([axis.crop_before for axis in axes], y.shape[1:-1], full.shape[1:-1])
    y[(slice(None), *kept)] = full[(slice(None), *cut)]
    return y


def output_terms(
    x: Array, w: Array, axes: Axes, groups: int, *, products: bool = False
) -> Iterator[tuple[Where, Array]]:
    """What each tap, or each of its channels, adds to y (batch, *output, groups, out / groups); no pad is read."""
    x, w = _parted(x, groups), _taps(w, groups)
    for short, number, long in _landings(axes):
        yield from ((long, term) for term in _terms(x[short], w[number], "...gc,ogc->...go", products))


def input_terms(
    y: Array, w: Array, axes: Axes, groups: int, *, products: bool = False
) -> Iterator[tuple[Where, Array]]:
    """What each tap, or each of its channels, adds to x (batch, *input, groups, in / groups); no pad is read."""
    y, w = _parted(y, groups), _taps(w, groups).swapaxes(1, 3)
    for short, number, long in _landings(axes):
        yield from ((short, term) for term in _terms(y[long], w[number], "...gc,ogc->...go", products))


def filter_terms(
    x: Array, y: Array, axes: Axes, groups: int, *, products: bool = False
) -> Iterator[tuple[Where, Array]]:
    """What each image, or each row of it, adds to a tap of w (taps, out / groups, groups, in / groups)."""
    x, y = _parted(x, groups), _parted(y, groups)
    for short, number, long in _landings(axes):
        read, met = x[short], y[long]
        for image in range(len(x)):
            rows = range(read.shape[1]) if products else (slice(None),)
            for row in rows:
                yield (number,), np.einsum("pgc,pgo->ogc", _flat(read[image, row]), _flat(met[image, row]))


def _terms(pixels: Array, tap: Array, subscripts: str, products: bool) -> Iterator[Array]:
    """Pixels (batch, *lengths, groups, c) times a tap (o, groups, c), summed over c or apart."""
    if not products:
        yield np.einsum(subscripts, pixels, tap)
        return
    for channel in range(pixels.shape[-1]):
        yield pixels[..., channel, np.newaxis] * tap[..., channel].T


def _landings(axes: Axes) -> Iterator[tuple[Where, int, Where]]:
    for number, tap in enumerate(np.ndindex(*(axis.kernel for axis in axes))):
        short: list[slice] = [slice(None)]
        long: list[slice] = [slice(None)]
        for axis, t in zip(axes, tap, strict=True):
            landing = axis.landing(t)
            first, count = landing.first_output, landing.count
            short.append(slice(landing.first_input, landing.first_input + count))
            long.append(slice(first, first + axis.stride * (count - 1) + 1, axis.stride) if count else slice(0, 0))
        yield tuple(short), number, tuple(long)


def _targets(axes: Axes, tap: Sequence[int]) -> Iterator[slice]:
    """Where a tap puts the inputs on an uncropped canvas."""
    for axis, t in zip(axes, tap, strict=True):
        first = axis.dilation * t
        yield slice(first, first + axis.stride * (axis.input - 1) + 1, axis.stride) if axis.input else slice(0, 0)


def _overlap(
    crops: Sequence[int], outputs: Sequence[int], fulls: Sequence[int]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Of the uncropped pixels, and of those kept, the part that they share."""
    cut, kept = [], []
    for crop, output, full in zip(crops, outputs, fulls, strict=True):
        start = max(crop, 0)
        count = max(min(crop + output, full) - start, 0)
        cut.append(slice(start, start + count))
        kept.append(slice(start - crop, start - crop + count))
    return tuple(cut), tuple(kept)


def _rows(pixels: Array, groups: int) -> Array:
    """(batch, *spatial, channels) -> (groups, batch x *spatial, channels of one)"""
    return np.moveaxis(pixels.reshape(prod(pixels.shape[:-1]), groups, pixels.shape[-1] // groups), 1, 0)


def _matrix(w: Array, groups: int, summed: str) -> Array:
    """(*kernel, out / groups, in) -> (groups, in of one, taps x out of one), or the other way round."""
    *kernels, out, channels = w.shape
    parted = w.reshape(prod(kernels) * out, groups, channels // groups)
    return parted.transpose(1, 2, 0) if summed == "in" else parted.transpose(1, 0, 2)


def _flat(parted: Array) -> Array:
    """(*lengths, groups, channels of one) -> (pixels, groups, channels of one)"""
    return parted.reshape(-1, *parted.shape[-2:])


def _parted(pixels: Array, groups: int) -> Array:
    return pixels.reshape(*pixels.shape[:-1], groups, pixels.shape[-1] // groups)


def _taps(w: Array, groups: int) -> Array:
    """(*kernel, out / groups, in) -> (taps, out / groups, groups, in / groups)"""
    return w.reshape(prod(w.shape[:-2]), w.shape[-2], groups, -1)

"""The engine: transposed convolution of canonical arrays.

Knows: canonical layouts, (batch, *spatial, channels) and (*kernel, out, in), geometry, and which form serves which.
Must not know: data formats, argument spellings, frameworks; how a form computes.
Next stage: one of `reference.forms`; `reference.definition` is what each of them is held to.

| form       | serves                                   | because                                                    |
|------------|------------------------------------------|------------------------------------------------------------|
| by_gather  | tiny geometries that come back           | four calls of NumPy, but its index is dear to make         |
| by_windows | kernel = taps x stride; tiny geometries  | one product, each output written once; nothing to prepare  |
| by_planes  | at most FEW_CHANNELS out, not tiny       | rows of an image are longer to add than its few channels   |
| by_runs    | everything else; NaN and infinities      | large products, without the zeros that windows multiply by |
"""

from cmath import isfinite
from functools import lru_cache
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reference.forms.gather import GEOMETRIES, by_gather
from reference.forms.planes import by_planes
from reference.forms.runs import by_runs
from reference.forms.windows import by_windows
from reference.geometry import Axis

FEW_CHANNELS = 16
TINY = 2**22
"""multiply-adds up to which the cost of a call of NumPy outweighs that of windows' products with zero"""
GATHERED = 2**14
"""rows up to which gathering takes less time than the calls of NumPy that it saves"""
OFTEN = 3
"""An index takes about as long to make as it saves in this many calls."""
LEAST_BUFFER = 16


class Form(Protocol):
    """One way to compute `transposed`."""

    def __call__(self, value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...], /) -> NDArray[Any]: ...


def transposed(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """y[p] = sum of x[j] w[t] over p = s j + d t - b, along every spatial axis; `reference.geometry` has the formula.

    value (batch, *input, in), filter (*kernel, out, in) -> (batch, *output, out), computed in value's dtype. The
    result may be a view, cut out of a slightly larger array.

    A NaN or an infinity reaches only those outputs that one of its taps reaches.
    """
    form = form_for(value, filter, axes)
    if form is by_gather or form is by_windows:
        return form(value, filter, axes)
    with np.errstate():
        np.setbufsize(LEAST_BUFFER)  # a larger one makes NumPy copy operands with gaps before it adds them
        return form(value, filter, axes)


def form_for(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> Form:
    """The form that the table above gives to these operands."""
    channels = value.shape[-1]
    if (value.size // channels) * (filter.size // channels) <= GATHERED and _comes_back(value.shape[0], axes):
        return by_gather
    tiny = _work_of_windows(value, filter, axes) <= TINY
    if filter.shape[-2] <= FEW_CHANNELS and not tiny:
        return by_planes
    if (tiny or _every_phase_full(axes)) and _finite(value, filter):
        return by_windows
    return by_runs


def _comes_back(batch: int, axes: tuple[Axis, ...]) -> bool:
    """Whether this geometry has been asked about OFTEN; counts the asking."""
    times = _sightings(batch, axes)
    times[0] += 1
    return times[0] > OFTEN


@lru_cache(maxsize=GEOMETRIES)
def _sightings(batch: int, axes: tuple[Axis, ...]) -> list[int]:
    """How often a geometry was asked about: one number, counted up where it is kept."""
    return [0]


def _work_of_windows(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> int:
    """Multiply-adds of one product for all phases, zeros included; about."""
    work: int = value.shape[0] * filter.shape[-2] * value.shape[-1]
    for axis in axes:
        stride = axis.stride
        work *= (axis.output + stride) * (axis.dilation * (axis.kernel - 1) // stride + 1)
    return work


def _every_phase_full(axes: tuple[Axis, ...]) -> bool:
    """Whether windows hold no zeros but those at the border."""
    return all(axis.dilation == 1 and axis.kernel % axis.stride == 0 for axis in axes)


def _finite(value: NDArray[Any], filter: NDArray[Any]) -> bool:
    """Whether zeros may be multiplied by these: no NaN, no infinity, and no square beyond the dtype's range.

    One pass without a temporary array; a number too large to be squared only costs the faster form.
    """
    return value.dtype.kind in "biu" or isfinite(np.vdot(value, value) + np.vdot(filter, filter))

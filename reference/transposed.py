"""The engine: transposed convolution of canonical arrays.

Knows: canonical layouts, (batch, *spatial, channels) and (*kernel, out, in), geometry, and which form serves which.
Must not know: data formats, argument spellings, frameworks; how a form computes.
Next stage: one of `reference.forms`; `reference.definition` is what each of them is held to.

| form       | serves                                  | because                                                     |
|------------|-----------------------------------------|-------------------------------------------------------------|
| by_sums    | the tiniest                             | few calls of NumPy, and where products land is remembered   |
| by_windows | kernel = taps x stride; what is tiny    | one product, each output written once                       |
| by_planes  | at most FEW_CHANNELS out, not tiny      | rows of an image are longer to add than its few channels    |
| by_runs    | everything else; NaN and infinities     | large products, without the zeros that windows multiply by  |

The choice depends on shapes and geometry, and on whether all operands are finite: a sum's rounding depends on nothing
that was asked before.
"""

from cmath import isfinite
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from reference.forms.planes import by_planes
from reference.forms.runs import by_runs
from reference.forms.sums import GEOMETRIES, by_sums, spread_positions
from reference.forms.windows import by_windows
from reference.geometry import Axis

# Channels of the result up to which rows of an image are the longer ones to add, as the table says
FEW_CHANNELS = 16
# Elements up to which spreading out all products takes less time than the calls of NumPy that windows need
TINIEST = 2**14
# multiply-adds up to which the cost of a call of NumPy outweighs that of windows' products with zero
TINY = 2**22
# Elements: the smallest that NumPy accepts
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
    if form is by_sums or form is by_windows:
        return form(value, filter, axes)
    with np.errstate():
        np.setbufsize(LEAST_BUFFER)  # a larger one makes NumPy copy operands with gaps before it adds them
        return form(value, filter, axes)


def form_for(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> Form:
    """The form that the table above gives to these operands."""
    costs, out = _costs(value.shape[0], axes), filter.shape[-2]
    if costs.spread * out <= TINIEST:
        return by_sums
    tiny = costs.windows * out * value.shape[-1] <= TINY
    if out <= FEW_CHANNELS and not tiny:
        return by_planes
    if (tiny or costs.full) and _finite(value, filter):
        return by_windows
    return by_runs


class _Costs(NamedTuple):
    """What forms would do for one channel in and out."""

    spread: int
    """positions of all taps' uncropped outputs"""
    windows: int
    """about how many products, zeros included"""
    full: bool
    """whether windows hold no zeros but those at the border"""


@lru_cache(maxsize=GEOMETRIES)
def _costs(batch: int, axes: tuple[Axis, ...]) -> _Costs:
    windows, full = batch, True
    for axis in axes:
        stride = axis.stride
        windows *= (axis.output + stride) * (axis.dilation * (axis.kernel - 1) // stride + 1)
        full = full and axis.dilation == 1 and axis.kernel % stride == 0
    return _Costs(spread_positions(batch, axes), windows, full)


def _finite(value: NDArray[Any], filter: NDArray[Any]) -> bool:
    """Whether zeros may be multiplied by these: no NaN, no infinity, and no square beyond the dtype's range.

    One pass without a temporary array; a number too large to be squared only costs the faster form.
    """
    return value.dtype.kind in "biu" or isfinite(np.vdot(value, value) + np.vdot(filter, filter))

"""The engine: transposed convolution of canonical arrays.

Knows: canonical layouts, (batch, *spatial, channels) and (*kernel, out, in), geometry, and which form serves which.
Must not know: data formats, argument spellings, frameworks; how a form computes.
Next stage: one of `reference.forms`; `reference.definition` is what each of them is held to.

| form       | serves                                   | because                                                    |
|------------|------------------------------------------|------------------------------------------------------------|
| by_planes  | at most FEW_CHANNELS out, not tiny       | rows of an image are longer to add than its few channels   |
| by_windows | kernel = taps x stride; and what is tiny | one product, each output written once; few calls of NumPy  |
| tap_by_tap | everything else; NaN and infinities      | large products, without the zeros that windows multiply by |
"""

from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reference.forms.planes import by_planes
from reference.forms.taps import tap_by_tap
from reference.forms.windows import by_windows
from reference.geometry import Axis

FEW_CHANNELS = 16
TINY = 2**22
"""multiply-adds up to which the cost of a call of NumPy outweighs that of windows' products with zero"""


class Form(Protocol):
    """One way to compute `transposed`."""

    def __call__(self, value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...], /) -> NDArray[Any]: ...


def transposed(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """y[p] = sum of x[j] w[t] over p = s j + d t - b, along every spatial axis; `reference.geometry` has the formula.

    value (batch, *input, in), filter (*kernel, out, in) -> (batch, *output, out), computed in value's dtype. The
    result may be a view, cut out of a slightly larger array.

    A NaN or an infinity reaches only those outputs that one of its taps reaches.
    """
    return form_for(value, filter, axes)(value, filter, axes)


def form_for(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> Form:
    """The form that the table above gives to these operands."""
    tiny = _work_of_windows(value, filter, axes) <= TINY
    if filter.shape[-2] <= FEW_CHANNELS and not tiny:
        return by_planes
    if (tiny or _every_phase_full(axes)) and _finite(value) and _finite(filter):
        return by_windows
    return tap_by_tap


def _work_of_windows(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> int:
    """Multiply-adds of one product for all phases, zeros included; about."""
    outputs = prod([axis.output + axis.stride for axis in axes])
    reaches = prod([axis.extent // axis.stride + 1 for axis in axes])
    work: int = value.shape[0] * outputs * filter.shape[-2] * reaches * value.shape[-1]
    return work


def _every_phase_full(axes: tuple[Axis, ...]) -> bool:
    """Whether windows hold no zeros but those at the border."""
    return all(axis.dilation == 1 and axis.kernel % axis.stride == 0 for axis in axes)


def _finite(numbers: NDArray[Any]) -> bool:
    """Whether zeros may be multiplied by these: no NaN, no infinity, and no square beyond the dtype's range.

    One pass without a temporary array; a number too large to be squared only costs the faster form.
    """
    return numbers.dtype.kind in "biu" or bool(np.isfinite(np.vdot(numbers, numbers)))

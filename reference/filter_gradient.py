"""The correlation of both sides of a transposed convolution: the derivative for its filter.

Knows and must not know: as `reference.transposed`. Written on its own: with `transposed` and `convolution` it makes the
three derivatives of one trilinear form, <transposed(x, w), y> = <x, convolution(y, w)> = <w, filter_gradient(x, y)>.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis


def filter_gradient(value: NDArray[Any], image: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """w[t] = sum over the batch and j of x[j] y[s j + d t - b], where 0 <= s j + d t - b < output.

    value (batch, *input, in), image (batch, *output, out) -> (*kernel, out, in).

    One matrix product per tap, of those pixels that the tap brings together.
    """
    channels_out, channels_in = image.shape[-1], value.shape[-1]
    result = np.zeros((*(axis.kernel for axis in axes), channels_out, channels_in), dtype=value.dtype)
    for tap in product(*(range(axis.kernel) for axis in axes)):
        landings = [axis.landing(position) for axis, position in zip(axes, tap, strict=True)]
        sources = [slice(landing.first_input, landing.first_input + landing.count) for landing in landings]
        targets = [
            slice(landing.first_output, landing.first_output + axis.stride * (landing.count - 1) + 1, axis.stride)
            for axis, landing in zip(axes, landings, strict=True)
        ]
        if all(landing.count for landing in landings):
            rows = image[:, *targets].reshape(-1, channels_out)
            result[tap] = rows.T @ value[:, *sources].reshape(-1, channels_in)
    return result

"""The engine: transposed convolution of canonical arrays.

Knows: canonical layouts, (batch, *spatial, channels) and (*kernel, out, in), and geometry.
Must not know: data formats, argument spellings, frameworks.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis


def transposed(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """y[p] = sum of x[j] w[t] over p = s j + d t - b, along every spatial axis; `reference.geometry` has the formula.

    value (batch, *input, in), filter (*kernel, out, in) -> (batch, *output, out), computed in value's dtype.

    One matrix product per tap, of only those inputs that reach the output, added onto a strided view of it: no
    position of the output is multiplied by a zero that the stride or a crop put there.
    """
    output = np.zeros((value.shape[0], *(axis.output for axis in axes), filter.shape[-2]), dtype=value.dtype)
    for tap in product(*(range(axis.kernel) for axis in axes)):
        landings = [axis.landing(position) for axis, position in zip(axes, tap, strict=True)]
        if not all(landing.count for landing in landings):
            continue
        sources = tuple(slice(at.first_input, at.first_input + at.count) for at in landings)
        targets = tuple(
            slice(at.first_output, at.first_output + axis.stride * (at.count - 1) + 1, axis.stride)
            for at, axis in zip(landings, axes, strict=True)
        )
        output[:, *targets] += value[:, *sources] @ filter[tap].T
    return output

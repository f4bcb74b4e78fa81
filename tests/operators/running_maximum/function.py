"""What it computes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def running_maximum(value: NDArray[Any], window: int) -> NDArray[Any]:
    """The largest of the last `window` elements, or of all there are yet; shape and dtype of value."""
    if window < 1:
        raise ValueError(f"window is {window}; it must be at least 1")
    return np.array([value[max(0, end - window) : end].max() for end in range(1, len(value) + 1)], value.dtype)

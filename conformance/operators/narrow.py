"""What becomes of numbers of 8 bits in an engine that holds them otherwise: mistakes that every kind may make.

Knows: whole numbers, wider than they are asked. Must not know: any kind, the mutants that make the mistakes.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def _scaled(numbers: Array) -> Array:
    """As who keeps them as float32 with the scale of -1 to 1, and cuts off what comes back."""
    scale = np.float32(1) / np.float32(127)
    return np.asarray(numbers.astype(np.float32) * scale * np.float32(127)).astype(np.int64)


MISTAKES: Mapping[str, Callable[[Array], Array]] = {
    "numbers beyond 127 were 127": lambda numbers: np.minimum(numbers, 127),
    "negative numbers were 0": lambda numbers: np.maximum(numbers, 0),
    "numbers of 8 bits lost the highest": lambda numbers: numbers & 0x7F,
    "numbers passed through 127ths in float32, and were cut off": _scaled,
}
"""a sentence of a diagnosis, and what the numbers become"""

"""What operators do with the arrays of their callers before they compute, and with a result: layout, dtype, rounding.

Knows: NumPy. Must not know: which layouts there are (`reference.spelling`), operators.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.arguments import check_dtypes
from reference.errors import DtypeError

Array: TypeAlias = NDArray[Any]


def from_layout(pixels: Array, last: bool) -> Array:
    """(batch, *spatial, channels) of pixels whose channels are last or second."""
    return pixels if last else np.moveaxis(pixels, 1, -1)


def to_layout(canonical: Array, last: bool) -> Array:
    """The pixels with their channels last or second."""
    return canonical if last else np.moveaxis(canonical, -1, 1)


def along_channels(bias: Array, rank: int, last: bool) -> Array:
    """The bias as it is added to pixels of so many spatial axes, whose channels are last or second."""
    return bias if last else bias.reshape(-1, *(1,) * rank)


def rounded(wide: Array, dtype: np.dtype[Any]) -> Array:
    """An array of its own in the dtype of a result; what is too large for it becomes infinity."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(wide.astype(dtype))


def check_value_dtype(arrays: Mapping[str, Array], kinds: str) -> None:
    """Raise DtypeError unless all arrays have the dtype of `value`, and that is of one of NumPy's kinds."""
    dtype = arrays["value"].dtype
    check_dtypes({name: str(array.dtype) for name, array in arrays.items()})
    if dtype.kind not in kinds or issubclass(dtype.type, np.void):
        legal = "a real or integer dtype" if "i" in kinds else "a real dtype"
        raise DtypeError(f"value is {dtype}; it must have {legal}")

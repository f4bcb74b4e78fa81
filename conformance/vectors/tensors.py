"""Arrays as safetensors files.

Knows: the layout's dtypes, and that complex numbers are pairs. Must not know: what the arrays are.
"""

from collections.abc import Callable, Mapping
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

DTYPES: Mapping[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("bool"),
    "C64": np.dtype("<c8"),
}


class TensorError(Exception):
    """Bytes that are no safetensors file which can be used; the message says why."""


def write_tensors(arrays: Arrays) -> bytes:
    """The file's bytes: the same for the same arrays. Complex numbers become pairs on a last axis of 2."""
    from safetensors.numpy import save

    # The format has no complex128: complex numbers of both widths are written alike.
    written = {
        name: np.stack([array.real, array.imag], axis=-1) if array.dtype.kind == "c" else array
        for name, array in arrays.items()
    }
    return bytes(save({name: np.require(array, requirements="C") for name, array in written.items()}))


def read_tensors(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a file. Raises TensorError for one that is broken, or has a dtype that is not known here."""
    import safetensors

    deserialize: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = safetensors.deserialize
    try:
        arrays: dict[str, NDArray[Any]] = {}
        for name, tensor in deserialize(content):
            dtype = DTYPES.get(tensor["dtype"])
            if dtype is None:
                raise TensorError(f"holds {name!r} as {tensor['dtype']}; it must be one of {', '.join(DTYPES)}")
            arrays[name] = np.frombuffer(tensor["data"], dtype=dtype).reshape(tensor["shape"])
        return arrays
    except (safetensors.SafetensorError, ValueError) as error:
        raise TensorError(f"is not a safetensors file that can be read: {error}") from error


def as_dtype(array: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Pairs on a last axis of 2 as the complex dtype that is asked for; every other array as it is."""
    parts = {"complex64": "float32", "complex128": "float64"}.get(dtype)
    if parts is None or array.dtype.name != parts or array.shape[-1:] != (2,):
        return array
    pairs: NDArray[Any] = np.ascontiguousarray(array).view(dtype)[..., 0]
    return pairs

"""Frames: what crosses the process boundary, one out and one in per trial.

A frame is the length of its header as an unsigned 64-bit little-endian integer, the header as a JSON object in UTF-8,
and the tensors that the header's `tensors` list (name, dtype, shape), raw, little-endian, row-major, in that order.

Knows: bytes and their limits. Must not know: what a header means (`conformance.workers.worker`, `process`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from struct import Struct
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from conformance.files import json_of

LENGTH = Struct("<Q")
# Checked before anything is read or set aside (docs/decisions/0002): what a broken port announces may be any number.
LONGEST_HEADER = 2**24
MOST_TENSOR_BYTES = 2**31
MOST_TENSORS = 16
# Of several calls in one frame.
MOST_TENSORS_TOGETHER = 1024
# Twice as many as any layout here has; NumPy takes 32 and more.
MOST_AXES = 16
# Characters of a foreign name in a message: what a port sends may be long, and is quoted only so that it can be
# found.
SHOWN = 60

DTYPES: Mapping[str, np.dtype[Any]] = {
    **{name: np.dtype(name) for name in ("float64", "float32", "float16", "int64", "int32", "int16", "int8")},
    **{name: np.dtype(name) for name in ("uint8", "bool", "complex64", "complex128")},
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
}


Described: TypeAlias = tuple[str, np.dtype[Any], tuple[int, ...]]
"""name, dtype and shape of a tensor"""


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """What a frame may hold at most; what exceeds it is refused before it is read."""

    header: int = LONGEST_HEADER
    """bytes"""
    tensors: int = MOST_TENSORS
    tensor_bytes: int = MOST_TENSOR_BYTES
    """of all tensors together"""


class FrameError(Exception):
    """Bytes that are no frame; the message says which rule they break and shows them."""


class TooLarge(FrameError):
    """A frame whose header could be read, and whose tensors are more than are accepted: none of them was read."""

    def __init__(self, header: Mapping[str, Any], described: Sequence[Described], total: int, most: int) -> None:
        super().__init__(f"a frame of {total:,} bytes of tensors; at most {most:,} are accepted")
        self.header, self.described, self.total, self.most = header, described, total, most


class EndOfStream(Exception):
    """The stream ended between two frames."""


def frame(header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]] | None = None) -> list[bytes | memoryview]:
    """The parts of one frame, to be written one after the other.

    Raises FrameError for an array of a dtype that frames do not have.
    """
    arrays, described = [], []
    for name, given in (tensors or {}).items():
        array = np.asarray(given)
        dtype = _name_of(array.dtype)
        if dtype not in DTYPES:
            raise FrameError(f"tensor {name!r} has dtype {array.dtype}; a frame takes {', '.join(DTYPES)}")
        arrays.append(np.asarray(array, dtype=DTYPES[dtype], order="C"))
        described.append({"name": name, "dtype": dtype, "shape": array.shape})
    text = json.dumps({**header, "tensors": described}, separators=(",", ":"), allow_nan=False).encode()
    return [LENGTH.pack(len(text)) + text, *(array.reshape(-1).view(np.uint8).data for array in arrays)]


@cache
def _name_of(dtype: np.dtype[Any]) -> str:
    """Kept: NumPy puts a dtype's name together in Python each time, which takes as long as a small array's frame."""
    return dtype.name


def read_frame(
    read: Callable[[int], bytes | bytearray], limits: FrameLimits = FrameLimits()
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """One frame from `read(n)`, which returns n bytes, or fewer where the stream ends.

    Raises EndOfStream where the stream ends between frames and FrameError for everything that is not a frame, TooLarge
    for one whose tensors exceed their limit; what would exceed a limit is refused before it is read.
    """
    prefix = bytes(read(LENGTH.size))
    if not prefix:
        raise EndOfStream
    if len(prefix) < LENGTH.size:
        raise FrameError(f"the stream ended inside a frame's length, after {prefix!r}")
    (length,) = LENGTH.unpack(prefix)
    if length > limits.header:
        raise FrameError(
            f"{prefix!r} is not the length of a frame: {length:,} bytes of header, at most {limits.header:,}"
        )
    header = _header(bytes(_exactly(read, length, "header")))
    described = _described(header.pop("tensors", []), limits.tensors)
    # A length of 0 counts as 1: NumPy has no empty array whose other lengths are beyond all memory.
    total = sum(dtype.itemsize * prod(length or 1 for length in shape) for _, dtype, shape in described)
    if total > limits.tensor_bytes:
        raise TooLarge(header, described, total, limits.tensor_bytes)
    tensors = {}
    for name, dtype, shape in described:
        raw = _exactly(read, dtype.itemsize * prod(shape), f"tensor {name[:SHOWN]!r}")
        writable = raw if isinstance(raw, bytearray) else bytearray(raw)
        tensors[name] = np.frombuffer(writable, dtype=dtype).reshape(shape)
    return header, tensors


def operands_together(asked: Sequence[Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """All operands under one roof, named by the number of their call."""
    return {f"{number}/{name}": array for number, each in enumerate(asked) for name, array in each.items()}


def operands_apart(arrays: Mapping[str, NDArray[Any]], count: int) -> list[dict[str, NDArray[Any]]]:
    """What `operands_together` put together."""
    apart: list[dict[str, NDArray[Any]]] = [{} for _ in range(count)]
    for name, array in arrays.items():
        number, _, operand = name.partition("/")
        apart[int(number)][operand] = array
    return apart


def shown(foreign: Any, most: int = SHOWN) -> str:
    """The beginning of what JSON held, for a message."""
    try:
        return str(foreign)[:most]
    except RecursionError:
        return f"{type(foreign).__name__}s in {type(foreign).__name__}s"


def _exactly(read: Callable[[int], bytes | bytearray], count: int, what: str) -> bytes | bytearray:
    content = read(count) if count else b""
    if len(content) < count:
        raise FrameError(f"the stream ended inside a frame's {what}: {len(content):,} of {count:,} bytes came")
    return content


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json_of(text)
        if b"\\u" in text:
            # Half of a pair of escapes is JSON, and no text that a report could hold.
            header = json.loads(json.dumps(header, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise FrameError(f"a frame's header is not JSON: {error}: {text[:60]!r}") from error
    if not isinstance(header, dict):
        raise FrameError(f"a frame's header is not a JSON object: {text[:60]!r}")
    return header


def _described(listed: Any, most_tensors: int) -> list[Described]:
    """The header's tensors, each checked for itself."""
    if not isinstance(listed, list) or len(listed) > most_tensors:
        raise FrameError(f"a header's tensors are a list of at most {most_tensors}")
    described = []
    for entry in listed:
        match entry:
            case {"name": str(name), "dtype": str(dtype), "shape": [*shape]} if (
                dtype in DTYPES
                and all(type(length) is int and 0 <= length < 2**40 for length in shape)
                and len(shape) <= MOST_AXES
            ):
                described.append((name, DTYPES[dtype], tuple(shape)))
            case _:
                raise FrameError(
                    f"{shown(entry, 120)} describes no tensor: name, dtype ({', '.join(DTYPES)}) and a shape"
                )
    return described

"""Arrays and lists of integers as a command line gives them.

Knows: spellings and `.npy` files. Must not know: what is done with them.
"""

import json
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import click
import ml_dtypes
import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from conformance.cli.arguments import INTEGER
from conformance.errors import UsageError
from conformance.files import read_regular
from conformance.suite.dtypes import FORMATS
from conformance.suite.size import MOST_BYTES

NPY_HEADERS: Mapping[tuple[int, int], Callable[[BytesIO], tuple[tuple[int, ...], bool, np.dtype[Any]]]] = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}
# No pad of any framework reaches it.
LARGEST = 10**18
ZIPPED = b"PK"
"""the beginning of a `.npz` file"""
MOST_PAIRS = 5
"""of three spatial axes, batch and channels"""


class Integers(click.ParamType[Any]):
    """4, 4x5, 4,5 or [4, 5]: one integer, or a tuple of them."""

    name = "INTEGERS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip().removeprefix("[").removesuffix("]")
        parts = re.split(r"\s*[x,]\s*", text)
        if not all(map(INTEGER.fullmatch, parts)):
            self.fail(f"{value!r} are not integers; expected 4, 4x5, 4,5 or [4, 5]", param, ctx)
        numbers = tuple(int(part) for part in parts)
        return numbers[0] if len(numbers) == 1 else numbers


class PaddingType(click.ParamType[Any]):
    """SAME, VALID, or pairs as JSON."""

    name = "PADDING"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in ("SAME", "VALID"):
            return value
        try:
            pairs = tuple((before, after) for before, after in json.loads(str(value)))
        except (ValueError, TypeError, RecursionError):
            pairs = ()
        if not 1 <= len(pairs) <= MOST_PAIRS or not all(
            type(pad) is int and abs(pad) < LARGEST for pair in pairs for pad in pair
        ):
            expected = (
                "SAME, VALID, or a pair [before,after] for each spatial axis such as [[1,0],[0,2]], or for each axis"
            )
            self.fail(f"{value!r}: expected {expected}", param, ctx)
        return pairs


def read_array(path: Path) -> NDArray[Any]:
    """The array of a `.npy` file, which cannot be written to; raises UsageError for what is none, for one that promises
    more than the file holds, and for another dtype than the suite has.

    NumPy writes bfloat16 as two bytes without a name.
    """
    try:
        content = read_regular(path, MOST_BYTES)
        array = _npy_array(content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        if content.startswith(ZIPPED):
            raise UsageError(f"{path}: holds several arrays; expected a .npy file of one") from error
        raise UsageError(f"{path}: is not an .npy file of numbers: {error}") from error
    if array.dtype.kind == "V" and array.dtype.itemsize == 2:
        array = array.view(ml_dtypes.bfloat16)
    if array.dtype.name not in FORMATS:
        raise UsageError(f"{path}: holds {array.dtype}; expected {', '.join(FORMATS)}")
    return array


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A `.npz` file of the arrays by name; of bfloat16 as `read_array` reads it."""
    stream = BytesIO()
    with ZipFile(stream, "w") as file:
        for name, array in arrays.items():
            with file.open(f"{name}.npy", "w") as entry:
                npy.write_array(entry, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def _npy_array(content: bytes) -> NDArray[Any]:
    """The array over the file's own bytes: `np.load` makes room for what the header promises before it reads it."""
    stream = BytesIO(content)
    version = npy.read_magic(stream)
    if version not in NPY_HEADERS:
        raise ValueError(f"version {'.'.join(map(str, version))}; it must be 1.0 or 2.0")
    try:
        shape, fortran, dtype = NPY_HEADERS[version](stream)
    except Exception as error:  # NumPy has Python read it: what that raises is not all among ValueErrors
        raise ValueError(f"its header cannot be read: {error or type(error).__name__}") from error
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    needed, there = dtype.itemsize * prod(shape), len(content) - stream.tell()
    if needed > there or min(shape, default=0) < 0:
        raise ValueError(f"its header promises {list(shape)} {dtype}, {needed:,} bytes, and {there:,} are there")
    return np.ndarray(shape, dtype, content, stream.tell(), order="F" if fortran else "C")

"""Arrays and lists of integers as a command line gives them.

Knows: spellings and `.npy` files. Must not know: what is done with them.
"""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from conformance.errors import UsageError
from conformance.files import read_regular
from conformance.suite.dtypes import FORMATS
from reference.arguments import channels_last


class Integers(click.ParamType[Any]):
    """4, 4x5, 4,5 or [4, 5]: one integer, or a tuple of them."""

    name = "INTEGERS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip().removeprefix("[").removesuffix("]")
        parts = re.split(r"\s*[x,]\s*", text)
        if not all(part.isdecimal() for part in parts):
            self.fail(f"{value!r} are no integers; expected 4, 4x5, 4,5 or [4, 5]", param, ctx)
        numbers = tuple(int(part) for part in parts)
        return numbers[0] if len(numbers) == 1 else numbers


class PaddingType(click.ParamType[Any]):
    """SAME, VALID, or pairs as JSON."""

    name = "PADDING"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in ("SAME", "VALID"):
            return value
        try:
            pairs = tuple((int(before), int(after)) for before, after in json.loads(str(value)))
        except (ValueError, TypeError):
            pairs = ()
        if len(pairs) not in (2, 4):
            self.fail(f"{value!r}: expected SAME, VALID, or two or four pairs such as [[1,0],[0,2]]", param, ctx)
        return pairs


def expanded_padding(
    padding: str | tuple[tuple[int, int], ...], data_format: str | None
) -> str | tuple[tuple[int, int], ...]:
    """Two pairs are those of height and width."""
    if isinstance(padding, str) or len(padding) != 2:
        return padding
    none = (0, 0)
    return (none, *padding, none) if channels_last(data_format) else (none, none, *padding)


def read_array(path: Path) -> NDArray[Any]:
    """The array of a `.npy` file; raises UsageError for what is none, or of another dtype than the suite has.

    NumPy writes bfloat16 as two bytes without a name.
    """
    try:
        array: NDArray[Any] = np.load(BytesIO(read_regular(path)), allow_pickle=False)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, EOFError) as error:
        raise UsageError(f"{path}: is no .npy file of numbers: {error}") from error
    if not isinstance(array, np.ndarray):
        raise UsageError(f"{path}: holds several arrays; expected a .npy file of one")
    if array.dtype.kind == "V" and array.dtype.itemsize == 2:
        array = array.view(ml_dtypes.bfloat16)
    if array.dtype.name not in FORMATS:
        raise UsageError(f"{path}: holds {array.dtype}; expected {', '.join(FORMATS)}")
    return array

"""The operands of trials that are not as expected, as the page of a record shows and offers them.

Knows: arrays. Must not know: how they are made (`conformance.cli.beside` asks the suite for them), HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Elements of an operand that a page shows; of larger ones it says where they are to be had.
MOST_ELEMENTS = 512


@dataclass(frozen=True, slots=True)
class OperandTable:
    """One operand of a call."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    numbers: str | None
    """separated by spaces, row-major, each with all its digits; None where there are too many"""


Inputs: TypeAlias = Mapping[str, tuple[OperandTable, ...]]
"""trial -> its operands in their order"""


def operand_table(name: str, array: NDArray[Any]) -> OperandTable:
    """The table of an operand."""
    numbers = " ".join(map(_text, array.ravel())) if array.size <= MOST_ELEMENTS else None
    return OperandTable(name, array.dtype.name, array.shape, numbers)


def _text(number: Any) -> str:
    """The shortest decimal that is this number; of a dtype that NumPy has not, all its digits."""
    if np.iscomplexobj(number):
        return f"{_text(number.real)}{'' if np.signbit(number.imag) else '+'}{_text(number.imag)}j"
    plain = number if isinstance(number, np.number) else float(number)
    return str(plain).removesuffix(".0")

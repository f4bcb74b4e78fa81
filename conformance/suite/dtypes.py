"""The dtypes of the suite and their arithmetic: one table, read by generators, bounds and the wire."""

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import ml_dtypes
import numpy as np

Kind: TypeAlias = Literal["real", "integer", "complex"]


@dataclass(frozen=True, slots=True)
class FloatFormat:
    """A number format as error analysis sees it; of a complex one, that of its parts."""

    name: str
    significand: int
    """p: bits of the significand, the hidden one included; the unit roundoff is 2**-p. Of integers the magnitude's"""
    smallest_normal: float
    smallest_subnormal: float
    largest: float
    kind: Kind = "real"

    @property
    def unit_roundoff(self) -> float:
        """u: the largest relative error of rounding one number."""
        return 2.0**-self.significand

    @property
    def lowest(self) -> int:
        """The lowest number of an integer dtype; raises ValueError for another one."""
        return int(np.iinfo(self.name).min)

    @property
    def narrow(self) -> bool:
        """Whether it is asked of copies and maxima alone, since sums soon leave its range (decision 48)."""
        return self.kind == "integer" and self.numpy.itemsize == 1

    @property
    def numpy(self) -> np.dtype[Any]:
        """The NumPy dtype of the same name."""
        return _numpy(self.name)

    @property
    def wide(self) -> np.dtype[Any]:
        """The dtype in which the reference sums: 64 bits, of each part."""
        return np.dtype({"real": np.float64, "integer": np.int64, "complex": np.complex128}[self.kind])


def _numpy(name: str) -> np.dtype[Any]:
    dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)
    return dtype


def _measured(name: str) -> FloatFormat:
    info = ml_dtypes.finfo(_numpy(name))
    return FloatFormat(
        name, info.nmant + 1, float(info.smallest_normal), float(info.smallest_subnormal), float(info.max)
    )


def _integer(name: str) -> FloatFormat:
    info = np.iinfo(name)
    # One bit of int64 stays free, so that a sum of such sums does not leave the range either.
    return FloatFormat(name, min(int(info.max).bit_length(), 62), 1.0, 1.0, float(info.max), "integer")


def _complex(name: str, part: str) -> FloatFormat:
    return replace(_measured(part), name=name, kind="complex")


FORMATS: dict[str, FloatFormat] = {
    **{name: _measured(name) for name in ("float64", "float32", "float16", "bfloat16")},
    **{name: _integer(name) for name in ("int32", "int64", "int8", "uint8")},
    "complex64": _complex("complex64", "float32"),
    "complex128": _complex("complex128", "float64"),
}
SUMMED = tuple(name for name, form in FORMATS.items() if not form.narrow)
"""the dtypes in which operators that sum are asked"""

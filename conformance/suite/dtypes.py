"""The dtypes of the suite and their arithmetic: one table, read by generators, bounds and the wire."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np


@dataclass(frozen=True, slots=True)
class FloatFormat:
    """A binary floating-point format as error analysis sees it."""

    name: str
    significand: int
    """p: bits of the significand, the hidden one included; the unit roundoff is 2**-p"""
    smallest_normal: float
    smallest_subnormal: float
    largest: float

    @property
    def unit_roundoff(self) -> float:
        """u: the largest relative error of rounding one number."""
        return 2.0**-self.significand

    @property
    def numpy(self) -> np.dtype[Any]:
        """The NumPy dtype of the same name."""
        return _numpy(self.name)


def _numpy(name: str) -> np.dtype[Any]:
    dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)
    return dtype


def _measured(name: str) -> FloatFormat:
    info = ml_dtypes.finfo(_numpy(name))
    return FloatFormat(
        name, info.nmant + 1, float(info.smallest_normal), float(info.smallest_subnormal), float(info.max)
    )


FORMATS: dict[str, FloatFormat] = {name: _measured(name) for name in ("float64", "float32", "float16", "bfloat16")}

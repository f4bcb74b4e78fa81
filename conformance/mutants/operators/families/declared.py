"""Lanes that declare less than their dtype's own arithmetic: right ones, and wrong ones behind the same words.

Knows: roundings of operands, and how a fast algorithm errs. Must not know: the bounds under which they are judged.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ml_dtypes
import numpy as np

from conformance.mutants.operators.engine import PLAIN, Scratch
from conformance.mutants.operators.fault import Edit, FamilyFault, edit_where
from conformance.mutants.operators.problem import Array, Problem

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
TF32_BITS = 11
"""of the significand, the hidden one included"""


def _right(name: str, summary: str, declares: dict[str, str], **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "faithful", (), declares=declares, **stages)


def _wrong(
    name: str, summary: str, declares: dict[str, str], diagnosis: tuple[str, ...] = (), **stages: Any
) -> FamilyFault:
    return FamilyFault(name, summary, "dtype", ("differs",), diagnosis=diagnosis, declares=declares, **stages)


def _factors(problem: Problem, change: Callable[[Array], Array]) -> Problem:
    """The numbers that are multiplied; a bias is added as it is, and its gradient multiplies nothing."""
    if problem.target is None:
        return problem
    cotangent = None if problem.cotangent is None else change(problem.cotangent)
    return replace(problem, value=change(problem.value), filter=change(problem.filter), cotangent=cotangent)


def _rounded(change: Callable[[Array], Array]) -> Edit:
    """Operands of float32, rounded before they are multiplied."""
    return edit_where(lambda problem: problem.value.dtype == np.float32, lambda problem: _factors(problem, change))


def _to_bits(bits: int) -> Callable[[Array], Array]:
    def change(array: Array) -> Array:
        significand, exponent = np.frexp(array.astype(np.float64))
        return np.ldexp(np.rint(significand * 2.0**bits) / 2.0**bits, exponent).astype(array.dtype)

    return change


def _to_bfloat16(array: Array) -> Array:
    return array.astype(BFLOAT16).astype(array.dtype)


def _offset(largest: float) -> Callable[[Problem, Scratch], Array]:
    """(x + c) w - c w, with a c of about the largest x: the sums of pixels in a transform lose what is far smaller."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        forward = problem.direction in ("forward", "filter_gradient")
        mixed = problem.value if forward else problem.cotangent
        if mixed is None or problem.target is None or mixed.dtype.kind in "ic":
            return PLAIN(problem, scratch)
        sizes = np.abs(mixed[np.isfinite(mixed)].astype(np.float64))
        offset = mixed.dtype.type(min(largest * float(sizes.max(initial=0.0)), float(ml_dtypes.finfo(mixed.dtype).max)))
        shifted, constant = mixed + offset, np.full_like(mixed, offset)
        if forward:
            terms = replace(problem, value=shifted), replace(problem, value=constant)
        else:
            terms = replace(problem, cotangent=shifted), replace(problem, cotangent=constant)
        return np.asarray(PLAIN(terms[0], scratch) - PLAIN(terms[1], scratch))

    return compute


FAULTS = (
    _right(
        "faithful-declared-winograd",
        "Declares Winograd; the largest pixel sets the error of all.",
        {"algorithm": "winograd"},
        compute=_offset(0.5),
    ),
    _right("faithful-declared-fft", "Declares FFT, and multiplies every product.", {"algorithm": "fft"}),
    _right(
        "faithful-declared-tf32",
        "Declares TensorFloat-32, and rounds float32 operands to it.",
        {"operands": "tf32"},
        edit=_rounded(_to_bits(TF32_BITS)),
    ),
    _right(
        "faithful-declared-bfloat16x1",
        "Declares bfloat16x1, and rounds float32 operands to it.",
        {"operands": "bfloat16x1"},
        edit=_rounded(_to_bfloat16),
    ),
    _wrong(
        "declared-winograd-cancels",
        "Declares Winograd; an offset far above all pixels is added and taken off.",
        {"algorithm": "winograd"},
        undiagnosed="the error has the size of the largest pixel, and no specification that computes so",
        compute=_offset(4096.0),
    ),
    _wrong(
        "declared-tf32-operands-bfloat16",
        "Declares TensorFloat-32; float32 operands are rounded to bfloat16.",
        {"operands": "tf32"},
        ("operands_bfloat16",),
        edit=_rounded(_to_bfloat16),
    ),
    _wrong(
        "declared-bfloat16x1-four-bits",
        "Declares bfloat16x1; float32 operands are rounded to four bits.",
        {"operands": "bfloat16x1"},
        undiagnosed="no dtype has four bits",
        edit=_rounded(_to_bits(4)),
    ),
)

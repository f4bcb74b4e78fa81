"""Lanes that declare less than their dtype's own arithmetic: right ones, and wrong ones behind the same words.

Knows: fast algorithms and roundings of operands. Must not know: the bounds under which they are judged.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.algorithms import fourier, tile, winograd, with_offset
from conformance.operators.convolution.mutants.changes import Change
from conformance.operators.convolution.mutants.families.numbers import BFLOAT16_BITS, TF32_BITS, bits_kept
from conformance.operators.convolution.mutants.fault import right, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem

_WINOGRAD, _FFT, _TF32, _BFLOAT16 = (
    {"algorithm": "winograd"}, {"algorithm": "fft"}, {"operands": "tf32"}, {"operands": "bfloat16x1"},
)  # fmt: skip


def _factors(change: Change) -> dict[str, Any]:
    """Numbers of float32 that are multiplied; a bias is added as it is, and its gradient multiplies nothing."""

    def edit(problem: Problem) -> Problem:
        cotangent = None if problem.cotangent is None else change(problem.cotangent)
        return replace(problem, value=change(problem.value), filter=change(problem.filter), cotangent=cotangent)

    return {
        "edit": edit,
        "where": lambda problem: problem.value.dtype == np.float32 and problem.target is not None,
    }


def _tile_of_wrong_sign(one: Array, two: Array, three: Array, four: Array) -> tuple[Array, Array]:
    return one + two + three, two - three + four


_TRANSFORM = "an error of a transform is not a misreading of the call"

FAULTS = (
    right("faithful-declared-winograd", "Declares Winograd, and computes F(2, 3).", declares=_WINOGRAD,
          compute=winograd(tile)),
    right("faithful-declared-winograd-unused", "Declares Winograd, and multiplies every product.", declares=_WINOGRAD),
    right("faithful-declared-winograd-offset", "Declares Winograd; the largest pixel sets the error of all.",
          declares=_WINOGRAD, compute=with_offset(lambda largest: 0.5 * largest)),
    right("faithful-declared-fft", "Declares FFT, and multiplies spectra.", declares=_FFT,
          compute=fourier(wraps=False)),
    right("faithful-declared-fft-unused", "Declares FFT, and multiplies every product.", declares=_FFT),
    right("faithful-declared-tf32", "Declares TensorFloat-32, and rounds float32 operands to it.", declares=_TF32,
          **_factors(bits_kept(TF32_BITS))),
    right("faithful-declared-bfloat16x1", "Declares bfloat16x1, and rounds float32 operands to it.",
          declares=_BFLOAT16, **_factors(bits_kept(BFLOAT16_BITS))),
    wrong("declared-winograd-wrong-sign", "Declares Winograd; the last product of a tile has the wrong sign.",
          declares=_WINOGRAD, compute=winograd(_tile_of_wrong_sign), undiagnosed=_TRANSFORM),
    wrong("declared-winograd-cancels", "Declares Winograd; an offset far above all pixels is added and taken off.",
          declares=_WINOGRAD, compute=with_offset(lambda largest: 4096.0 * largest), undiagnosed=_TRANSFORM),
    wrong("declared-fft-wraps",
          "Declares FFT; spectra are one element too short, so that the end comes in at the beginning.",
          declares=_FFT, compute=fourier(wraps=True), undiagnosed=_TRANSFORM),
    wrong("declared-tf32-operands-bfloat16", "Declares TensorFloat-32; float32 operands are rounded to bfloat16.",
          "operands_bfloat16", declares=_TF32, **_factors(bits_kept(BFLOAT16_BITS))),
    wrong("declared-bfloat16x1-four-bits", "Declares bfloat16x1; float32 operands are rounded to four bits.",
          declares=_BFLOAT16, **_factors(bits_kept(4)), undiagnosed="no dtype has four bits"),
)  # fmt: skip

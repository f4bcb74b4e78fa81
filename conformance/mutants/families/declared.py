"""Lanes that declare less than their dtype's own arithmetic: right ones, and wrong ones behind the same words.

Knows: fast algorithms and roundings of operands. Must not know: the bounds under which they are judged.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from conformance.mutants.engine import PLAIN, Scratch, canvas, dtype_of, landings, window
from conformance.mutants.families.precision import BFLOAT16_BITS, TF32_BITS, bits_kept, float32_only, of_operands
from conformance.mutants.fault import Fault
from conformance.mutants.problem import Array, Problem

Tile = Callable[[Array, Array, Array, Array], tuple[Array, Array]]
"""the four products of a tile, to its two outputs"""


def _right(name: str, summary: str, declares: dict[str, str], **stages: Any) -> Fault:
    return Fault(name, summary, "faithful", (), declares=declares, **stages)


def _wrong(name: str, summary: str, declares: dict[str, str], diagnosis: tuple[str, ...] = (), **stages: Any) -> Fault:
    return Fault(name, summary, "precision", ("differs",), diagnosis, declares=declares, **stages)


def _tile(one: Array, two: Array, three: Array, four: Array) -> tuple[Array, Array]:
    return one + two + three, two - three - four


def _tile_of_wrong_sign(one: Array, two: Array, three: Array, four: Array) -> tuple[Array, Array]:
    return one + two + three, two - three + four


def _winograd(tile: Tile) -> Callable[[Problem, Scratch], Array]:
    """F(2, 3) along the width: two outputs by four products. Source: Lavin and Gray, arXiv 1509.09308.

    Kernels of another width than 3, strides and dilations are left to the plain engine.
    """

    def compute(problem: Problem, scratch: Scratch) -> Array:
        width = problem.axes[1]
        if (problem.filter.shape[1], width.stride, width.dilation) != (3, 1, 1) or prod(problem.value.shape) == 0:
            return PLAIN(problem, scratch)
        wide = dtype_of("wide", problem.value.dtype)
        whole = canvas(problem, wide)
        pairs = -(-whole.shape[2] // 2)
        behind = 2 * pairs + 2 - problem.value.shape[2] - 2
        value = np.pad(problem.value.astype(wide), ((0, 0), (0, 0), (2, behind), (0, 0)))
        d = [value[:, :, start : start + 2 * pairs : 2] for start in range(4)]
        half = wide.type(0.5)
        for (row, column), place in landings(problem):
            if column:
                continue
            last, middle, first = problem.filter[row].astype(wide)  # back to front: p = j + t
            both = (first + last) * half
            products = (
                (d[0] - d[2]) @ first.T, (d[1] + d[2]) @ (both + middle * half).T,
                (d[2] - d[1]) @ (both - middle * half).T, (d[1] - d[3]) @ last.T,
            )  # fmt: skip
            outputs = np.stack(tile(*products), axis=3).reshape(*products[0].shape[:2], 2 * pairs, -1)
            whole[:, place[1]] += outputs[:, :, : whole.shape[2]]
        return window(whole, problem).astype(problem.value.dtype)

    return compute


def _fourier(*, wraps: bool) -> Callable[[Problem, Scratch], Array]:
    """The product of spectra; `wraps` takes them as short as the value, so that what leaves one end enters at the
    other.
    """

    def compute(problem: Problem, scratch: Scratch) -> Array:
        if prod(problem.value.shape) == 0:
            return PLAIN(problem, scratch)
        wide = dtype_of("wide", problem.value.dtype)
        whole = canvas(problem, wide)
        spread, weights = np.zeros_like(whole, shape=(*whole.shape[:3], problem.value.shape[-1])), problem.filter
        spread[:, *(slice(0, axis.stride * (axis.input - 1) + 1, axis.stride) for axis in problem.axes)] = problem.value
        kernel = np.zeros((*whole.shape[1:3], *weights.shape[2:]), dtype=wide)
        kernel[*(slice(0, axis.dilation * (axis.kernel - 1) + 1, axis.dilation) for axis in problem.axes)] = weights
        lengths = [max(length - 1, 1) if wraps else length for length in whole.shape[1:3]]
        spectra = np.fft.rfft2(spread, lengths, (1, 2)), np.fft.rfft2(kernel, lengths, (0, 1))
        found = np.fft.irfft2(np.einsum("bhwi,hwoi->bhwo", *spectra), lengths, (1, 2))
        whole[:, : lengths[0], : lengths[1]] = found
        ones = replace(problem, value=np.ones_like(problem.value), filter=np.ones_like(weights))
        reached = PLAIN(ones, scratch) != 0
        return np.where(reached, window(whole, problem), 0).astype(problem.value.dtype)

    return compute


_TO_TF32, _TO_BFLOAT16 = bits_kept(TF32_BITS), bits_kept(BFLOAT16_BITS)

FAULTS = (
    _right(
        "faithful-declared-winograd",
        "Declares Winograd, and computes F(2, 3).",
        {"algorithm": "winograd"},
        compute=_winograd(_tile),
    ),
    _right(
        "faithful-declared-winograd-unused",
        "Declares Winograd, and multiplies every product.",
        {"algorithm": "winograd"},
    ),
    _right(
        "faithful-declared-fft",
        "Declares FFT, and multiplies spectra.",
        {"algorithm": "fft"},
        compute=_fourier(wraps=False),
    ),
    _right(
        "faithful-declared-tf32",
        "Declares TensorFloat-32, and rounds float32 operands to it.",
        {"operands": "tf32"},
        edit=float32_only(of_operands(_TO_TF32)),
    ),
    _right(
        "faithful-declared-bfloat16x1",
        "Declares bfloat16x1, and rounds float32 operands to it.",
        {"operands": "bfloat16x1"},
        edit=float32_only(of_operands(_TO_BFLOAT16)),
    ),
    _wrong(
        "declared-winograd-wrong-sign",
        "Declares Winograd; the last product of a tile has the wrong sign.",
        {"algorithm": "winograd"},
        compute=_winograd(_tile_of_wrong_sign),
    ),
    _wrong(
        "declared-fft-wraps",
        "Declares FFT; spectra are one element too short, so that the end comes in at the beginning.",
        {"algorithm": "fft"},
        compute=_fourier(wraps=True),
    ),
    _wrong(
        "declared-tf32-operands-bfloat16",
        "Declares TensorFloat-32; float32 operands are rounded to bfloat16.",
        {"operands": "tf32"},
        ("operands_bfloat16",),
        edit=float32_only(of_operands(_TO_BFLOAT16)),
    ),
    _wrong(
        "declared-bfloat16x1-four-bits",
        "Declares bfloat16x1; float32 operands are rounded to four bits.",
        {"operands": "bfloat16x1"},
        edit=float32_only(of_operands(bits_kept(4))),
    ),
)

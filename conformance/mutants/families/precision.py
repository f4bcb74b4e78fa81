"""Precision: operands, sums or results with fewer bits than the call's dtype.

Knows: significands and ranges. A dtype that is no wider than what a fault rounds to is answered rightly.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.engine import PLAIN, Engine, Scratch, Width, dtype_of, sequential
from conformance.mutants.fault import Edit, Fault, Finish
from conformance.mutants.problem import Array, Problem

TF32_BITS, BFLOAT16_BITS = 11, 8
HALF_TINY = 2.0**-14
"""float16's smallest normal number"""
SIXTEEN_BITS = ("float16", "bfloat16")
Change = Callable[[Array], Array]


def _fault(name: str, summary: str, diagnosis: str, dtypes: tuple[str, ...] = (), **stages: Any) -> Fault:
    return Fault(name, summary, "precision", ("differs",), tuple(diagnosis.split()), dtypes=dtypes, **stages)


def bits_kept(bits: int, towards: Callable[[Array], Array] = np.rint) -> Change:
    """Significands of `bits` bits, the hidden one included; ranges stay."""

    def change(array: Array) -> Array:
        significand, exponent = np.frexp(array.astype(np.float64))
        return np.ldexp(towards(significand * 2.0**bits) / 2.0**bits, exponent).astype(array.dtype)

    return change


def _through(width: Width) -> Change:
    """Rounded to another dtype and back."""

    def change(array: Array) -> Array:
        return array.astype(dtype_of(width, array.dtype)).astype(array.dtype)

    return change


def of_operands(change: Change) -> Edit:
    """Both operands, changed."""
    return lambda problem: replace(problem, value=change(problem.value), filter=change(problem.filter))


def _filter_only(change: Change) -> Edit:
    return lambda problem: replace(problem, filter=change(problem.filter))


def _value_only(change: Change) -> Edit:
    return lambda problem: replace(problem, value=change(problem.value))


def _result(change: Change) -> Finish:
    return lambda result, problem: change(result)


def float32_only(edit: Edit) -> Edit:
    """TensorFloat-32 is a mode of float32's matrix products."""
    return lambda problem: edit(problem) if problem.value.dtype == np.float32 else problem


def _quantised(array: Array) -> Array:
    """127 steps of the largest magnitude."""
    largest = np.abs(array).max(initial=0)
    return array if largest == 0 else np.rint(array / largest * 127) * largest / array.dtype.type(127)


def _small_flushed(array: Array) -> Array:
    return np.where(np.abs(array) < HALF_TINY, array.dtype.type(0), array)


def _truncated_once(problem: Problem, scratch: Scratch) -> Array:
    """Summed in float64, then cut to the dtype's significand instead of rounded."""
    storage = problem.value.dtype
    wide = replace(problem, value=problem.value.astype(np.float64), filter=problem.filter.astype(np.float64))
    exact = PLAIN(wide, scratch)
    if storage == np.float64:
        return exact
    rounded = exact.astype(storage)
    beyond = np.abs(rounded.astype(np.float64)) > np.abs(exact)
    return np.where(beyond, np.nextafter(rounded, storage.type(0)), rounded)


def _cancelling(problem: Problem, scratch: Scratch) -> Array:
    """(x + c) w - c w with a c far above x, as fast algorithms trade digits for products."""
    offset = problem.value.dtype.type(64 * (1 + np.abs(problem.value).max(initial=0)))
    shifted = replace(problem, value=problem.value + offset)
    constant = replace(problem, value=np.full_like(problem.value, offset))
    return np.asarray(PLAIN(shifted, scratch) - PLAIN(constant, scratch))


FAULTS = (
    _fault(
        "operands-tf32",
        "Operands have TensorFloat-32's 10 bits.",
        "operands_tf32",
        edit=float32_only(of_operands(bits_kept(TF32_BITS))),
    ),
    _fault(
        "operands-tf32-truncated",
        "Operands are cut to TensorFloat-32's 10 bits.",
        "operands_tf32_truncated",
        edit=float32_only(of_operands(bits_kept(TF32_BITS, np.trunc))),
    ),
    _fault(
        "value-tf32", "The value alone has 10 bits.", "value_tf32", edit=float32_only(_value_only(bits_kept(TF32_BITS)))
    ),
    _fault(
        "operands-bfloat16",
        "Operands are rounded to bfloat16.",
        "operands_bfloat16",
        edit=of_operands(bits_kept(BFLOAT16_BITS)),
    ),
    _fault(
        "filter-bfloat16",
        "The filter alone is rounded to bfloat16.",
        "filter_bfloat16",
        edit=_filter_only(bits_kept(BFLOAT16_BITS)),
    ),
    _fault(
        "operands-float16",
        "Operands are rounded to float16.",
        "operands_float16",
        edit=of_operands(_through("float16")),
    ),
    _fault(
        "operands-float32",
        "Operands of float64 are rounded to float32.",
        "operands_float32",
        ("float64",),
        edit=of_operands(_through("float32")),
    ),
    _fault("operands-int8", "Operands are quantised to 8 bits.", "operands_int8", edit=of_operands(_quantised)),
    _fault("sums-bfloat16", "Taps are summed in bfloat16.", "accumulate_bfloat16", compute=Engine(taps="bfloat16")),
    _fault("sums-float16", "Taps are summed in float16.", "accumulate_float16", compute=Engine(taps="float16")),
    _fault(
        "sums-float32",
        "float64 is summed in float32.",
        "accumulate_float32",
        ("float64",),
        compute=Engine(taps="float32"),
    ),
    _fault(
        "accumulates-tap",
        "Taps of 16-bit operands are summed in their own dtype.",
        "accumulate_float16 accumulate_bfloat16",
        SIXTEEN_BITS,
        compute=Engine(taps="storage"),
    ),
    _fault(
        "accumulates-native",
        "Every sum of 16-bit operands is rounded to their dtype.",
        "accumulate_float16 accumulate_bfloat16",
        SIXTEEN_BITS,
        compute=Engine("storage", "storage", sequential),
    ),
    _fault(
        "result-float16", "The result was rounded to float16.", "result_float16", finish=_result(_through("float16"))
    ),
    _fault(
        "result-bfloat16",
        "The result was rounded to bfloat16.",
        "result_bfloat16",
        finish=_result(bits_kept(BFLOAT16_BITS)),
    ),
    _fault("result-whole", "The result is rounded to integers.", "result_integers", finish=_result(np.rint)),
    _fault(
        "truncates",
        "The result is cut to its dtype instead of rounded.",
        "result_truncated",
        ("float32", *SIXTEEN_BITS),
        compute=_truncated_once,
    ),
    _fault("cancels", "An offset is added to the value and taken off the result.", "", compute=_cancelling),
    _fault(
        "flushes-small-operands",
        "Operands below float16's smallest normal are zero.",
        "subnormals_flushed",
        edit=of_operands(_small_flushed),
    ),
)

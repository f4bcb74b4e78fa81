"""Dtypes: integers that are no integers on the way, complex numbers that lose a part, bits that are cut.

Knows: operands, sums and results as numbers. A dtype to which a fault does not apply is answered rightly.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ml_dtypes
import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.engine import PLAIN, Compute, Engine, Scratch
from conformance.mutants.operators.fault import Edit, FamilyFault, Finish, edit_where
from conformance.mutants.operators.problem import Array, Problem

Change = Callable[[Array], Array]
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def _fault(name: str, summary: str, *outcomes: Outcome, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "dtype", outcomes or ("differs",), **stages)


def _is(*dtypes: str) -> Callable[[Problem], bool]:
    return lambda problem: problem.value.dtype.name in dtypes


_COMPLEX = _is("complex64", "complex128")
_SIXTEEN_BITS = _is("float16", "bfloat16")


def _operands(change: Change, condition: Callable[[Problem], bool]) -> Edit:
    """All operands, changed."""

    def edit(problem: Problem) -> Problem:
        return replace(
            problem,
            value=change(problem.value),
            filter=change(problem.filter),
            cotangent=None if problem.cotangent is None else change(problem.cotangent),
            bias=None if problem.bias is None else change(problem.bias),
        )

    return edit_where(condition, edit)


def _computed_in(dtype: str, *dtypes: str) -> dict[str, Any]:
    """Operands and sums of these dtypes go through another one, and the result comes back."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        there = _operands(lambda array: array.astype(dtype), _is(*dtypes))(problem)
        return PLAIN(there, scratch)

    def store(result: Array, problem: Problem) -> Array:
        return result.astype(problem.value.dtype)

    return {"compute": compute, "store": store}


def _saturated(problem: Problem, scratch: Scratch) -> Array:
    """Summed in 64 bits, and cut to the range of 32."""
    if not _is("int32")(problem):
        return PLAIN(problem, scratch)
    return Engine(width="widest")(problem, scratch)


def _clipped(result: Array, problem: Problem) -> Array:
    if not _is("int32")(problem):
        return result.astype(problem.value.dtype)
    limits = np.iinfo(np.int32)
    return np.clip(result, limits.min, limits.max).astype(np.int32)


def _parts_apart(subscripts: str, first: Array, second: Array) -> Array:
    """Real parts with real parts, imaginary ones with imaginary ones."""
    if first.dtype.kind != "c":
        return np.asarray(np.einsum(subscripts, first, second))
    real = np.einsum(subscripts, first.real, second.real)
    return np.asarray(real + 1j * np.einsum(subscripts, first.imag, second.imag)).astype(first.dtype)


def _without_minus(subscripts: str, first: Array, second: Array) -> Array:
    """The real part of a product is ac + bd, where ac - bd belongs."""
    if first.dtype.kind != "c":
        return np.asarray(np.einsum(subscripts, first, second))
    product = np.einsum(subscripts, first, second)
    both = np.einsum(subscripts, first.imag, second.imag)
    return np.asarray(product + 2 * both).astype(first.dtype)


def _truncated(result: Array, problem: Problem) -> Array:
    """float32's lower half is cut off."""
    if problem.value.dtype != BFLOAT16:
        return result.astype(problem.value.dtype)
    bits = np.ascontiguousarray(result, dtype=np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
    return bits.view(np.float32).astype(BFLOAT16)


def _summed_in(dtype: np.dtype[Any] | None, condition: Callable[[Problem], bool]) -> Compute:
    """After every tap, the sums are rounded to a dtype, None for that of the operands."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        if not condition(problem) or problem.target is None:
            return PLAIN(problem, scratch)
        narrow = problem.value.dtype if dtype is None else dtype
        total = None
        for part in _by_tap(problem, scratch):
            total = (part if total is None else total + part).astype(narrow).astype(part.dtype)
        return PLAIN(problem, scratch) if total is None else total

    return compute


def _by_tap(problem: Problem, scratch: Scratch) -> Any:
    """What each image, and of the filter each tap, adds: of a filter's gradient what an image adds to every tap."""
    if problem.target == "filter":
        assert problem.cotangent is not None
        for image in range(len(problem.value)):
            chosen = slice(image, image + 1)
            yield PLAIN(replace(problem, value=problem.value[chosen], cotangent=problem.cotangent[chosen]), scratch)
        return
    flat = problem.filter.reshape(-1, *problem.filter.shape[-2:])
    for tap in range(len(flat)):
        one = np.zeros_like(flat)
        one[tap] = flat[tap]
        yield PLAIN(replace(problem, filter=one.reshape(problem.filter.shape)), scratch)


def _returned_as(dtype: str, given: str, change: Change = lambda array: array) -> Finish:
    return lambda result, problem: change(result).astype(dtype) if result.dtype == given else result


def _to_bfloat16(array: Array) -> Array:
    return array.astype(BFLOAT16).astype(array.dtype)


def _parts_to_bfloat16(array: Array) -> Array:
    parts = np.ascontiguousarray(array).view(array.real.dtype)
    return _to_bfloat16(parts).view(array.dtype)


def _to_tf32(array: Array) -> Array:
    """Rounded to nearest, ties to even, at the 13 bits of float32's significand that TF32 lacks."""
    bits = np.ascontiguousarray(array).view(np.uint32)
    rounded = bits + np.uint32(0xFFF) + ((bits >> np.uint32(13)) & np.uint32(1))
    return (rounded & np.uint32(0xFFFFE000)).view(np.float32)


def _stored_as(narrow: np.dtype[Any], *dtypes: str) -> Callable[[Array, Problem], Array]:
    """The result passes through another dtype."""

    def store(result: Array, problem: Problem) -> Array:
        dtype = problem.value.dtype
        return result.astype(narrow).astype(dtype) if dtype.name in dtypes else result.astype(dtype)

    return store


FAULTS = (
    _fault(
        "int64-through-float64",
        "int64 is computed in float64.",
        **_computed_in("float64", "int64"),
        diagnosis=("computed_in_float64",),
    ),
    _fault(
        "int64-through-int32",
        "int64 is computed in int32.",
        **_computed_in("int32", "int64"),
        diagnosis=("computed_in_int32",),
    ),
    _fault(
        "int32-through-float32",
        "int32 is computed in float32.",
        **_computed_in("float32", "int32"),
        diagnosis=("computed_in_float32",),
    ),
    _fault(
        "int32-saturates",
        "Sums beyond int32 stop at its ends instead of wrapping.",
        compute=_saturated,
        store=_clipped,
        diagnosis=("saturated",),
    ),
    _fault(
        "int32-comes-back-as-int64",
        "int32 comes back as int64.",
        "wrong_dtype",
        finish=_returned_as("int64", "int32"),
        diagnosis=("result_dtype",),
    ),
    _fault(
        "complex-conjugates-filter",
        "The filter is conjugated.",
        edit=edit_where(_COMPLEX, lambda problem: replace(problem, filter=problem.filter.conj())),
        diagnosis=("filter_conjugated",),
    ),
    _fault(
        "complex-conjugates-value",
        "The value is conjugated.",
        edit=edit_where(_COMPLEX, lambda problem: replace(problem, value=problem.value.conj())),
        diagnosis=("value_conjugated",),
    ),
    _fault(
        "complex-without-imaginary",
        "The imaginary part of the result is zero.",
        finish=lambda result, problem: result.real.astype(result.dtype) if _COMPLEX(problem) else result,
        diagnosis=("imaginary_result_dropped",),
    ),
    _fault(
        "complex-real-operands",
        "The operands' imaginary parts are dropped.",
        edit=_operands(lambda array: array.real.astype(array.dtype), _COMPLEX),
        diagnosis=("imaginary_operands_dropped",),
    ),
    _fault(
        "complex-parts-apart",
        "Real parts are convolved with real ones and imaginary with imaginary ones.",
        compute=Engine(_parts_apart),
        diagnosis=("parts_apart",),
    ),
    _fault(
        "complex-without-minus",
        "The product of imaginary parts is added instead of subtracted.",
        compute=Engine(_without_minus),
        diagnosis=("imaginary_product_added",),
    ),
    _fault(
        "complex128-through-complex64",
        "complex128 is computed in complex64.",
        **_computed_in("complex64", "complex128"),
        diagnosis=("computed_in_float32",),
    ),
    _fault(
        "complex-comes-back-real",
        "complex64 comes back as float32.",
        "wrong_dtype",
        finish=_returned_as("float32", "complex64", np.real),
        diagnosis=("result_dtype",),
    ),
    _fault(
        "bfloat16-truncated",
        "float32 sums are cut to bfloat16 instead of rounded.",
        store=_truncated,
        diagnosis=("result_truncated",),
    ),
    _fault(
        "float32-summed-in-bfloat16",
        "float32 sums are rounded to bfloat16 after every tap, or image.",
        compute=_summed_in(BFLOAT16, _is("float32")),
        diagnosis=("accumulate_bfloat16", "result_bfloat16"),
    ),
    _fault(
        "float32-operands-bfloat16",
        "Operands of float32 are rounded to bfloat16.",
        edit=_operands(_to_bfloat16, _is("float32")),
        diagnosis=("operands_bfloat16",),
    ),
    _fault(
        "sixteen-bits-summed-narrow",
        "Sums of 16-bit operands are rounded to their dtype after every tap, or image.",
        compute=_summed_in(None, _SIXTEEN_BITS),
        diagnosis=("accumulate_float16", "accumulate_bfloat16"),
    ),
    _fault(
        "float64-through-float32",
        "float64 is computed in float32.",
        **_computed_in("float32", "float64"),
        diagnosis=("computed_in_float32",),
    ),
    _fault(
        "operands-through-float16",
        "Operands of float32 and float64 are rounded to float16.",
        edit=_operands(lambda array: array.astype(np.float16).astype(array.dtype), _is("float32", "float64")),
        diagnosis=("operands_float16",),
    ),
    _fault(
        "operands-through-tf32",
        "Operands of float32 are rounded to 11 bits.",
        edit=_operands(_to_tf32, _is("float32")),
        diagnosis=("operands_tf32",),
    ),
    _fault(
        "complex-operands-bfloat16",
        "The parts of complex64 operands are rounded to bfloat16.",
        edit=_operands(_parts_to_bfloat16, _is("complex64")),
        diagnosis=("operands_bfloat16",),
    ),
    _fault(
        "float64-operands-float32",
        "Operands of float64 are rounded to float32.",
        edit=_operands(lambda array: array.astype(np.float32).astype(array.dtype), _is("float64")),
        diagnosis=("operands_float32",),
    ),
    _fault(
        "float16-through-bfloat16",
        "float16 is computed in bfloat16.",
        compute=_computed_in("bfloat16", "float16")["compute"],
        store=_stored_as(BFLOAT16, "float16"),
        diagnosis=("computed_in_bfloat16",),
    ),
    _fault(
        "float32-through-float16",
        "float32 is computed in float16.",
        compute=_computed_in("float16", "float32")["compute"],
        store=_stored_as(np.dtype(np.float16), "float32"),
        diagnosis=("computed_in_float16", "result_float16"),
    ),
    _fault(
        "float32-stored-in-bfloat16",
        "Results of float32 pass through bfloat16.",
        store=_stored_as(BFLOAT16, "float32"),
        diagnosis=("result_bfloat16",),
    ),
    _fault(
        "float32-summed-in-float16",
        "float32 sums are rounded to float16 after every tap, or image.",
        compute=_summed_in(np.dtype(np.float16), _is("float32")),
        diagnosis=("accumulate_float16", "result_float16"),
    ),
    _fault(
        "int64-through-float32",
        "int64 is computed in float32.",
        **_computed_in("float32", "int64"),
        diagnosis=("computed_in_float32",),
    ),
)

"""Numbers: operands, sums or results with fewer bits than the call's dtype, integers that are none on the way, complex
numbers that lose a part.

Knows: significands and ranges. A dtype to which a fault does not apply is answered rightly.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.algorithms import with_offset
from conformance.operators.convolution.mutants.changes import Change, operand, operands, result
from conformance.operators.convolution.mutants.engine import BFLOAT16, PLAIN, Engine, Scratch, einsum, sequential
from conformance.operators.convolution.mutants.fault import Condition, Fault, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem

# Of the significand, the hidden one included
TF32_BITS, BFLOAT16_BITS = 11, 8
# float16's smallest normal number
HALF_TINY = 2.0**-14
FLOAT16: np.dtype[Any] = np.dtype(np.float16)


def of(*dtypes: str) -> Condition:
    """Whether the operands have one of these dtypes."""
    return lambda problem: problem.value.dtype.name in dtypes


def real(problem: Problem) -> bool:
    """Whether the operands are real numbers with fractions."""
    return problem.value.dtype.kind not in "ic"


_COMPLEX = of("complex64", "complex128")
_SIXTEEN_BITS = of("float16", "bfloat16")


def bits_kept(bits: int, towards: Callable[[Array], Array] = np.rint) -> Change:
    """Significands of `bits` bits, the hidden one included; ranges stay."""

    def change(array: Array) -> Array:
        significand, exponent = np.frexp(array.astype(np.float64))
        return np.ldexp(towards(significand * 2.0**bits) / 2.0**bits, exponent).astype(array.dtype)

    return change


def _through(narrow: np.dtype[Any] | str) -> Change:
    """Rounded to another dtype and back."""
    return lambda array: array.astype(narrow).astype(array.dtype)


def _of_parts(change: Change) -> Change:
    """Of real and imaginary parts."""

    def changed(array: Array) -> Array:
        parts = np.ascontiguousarray(array).view(array.real.dtype)
        return change(parts).view(array.dtype)

    return changed


def _quantised(array: Array) -> Array:
    """127 steps of the largest magnitude."""
    largest = np.abs(array).max(initial=0)
    return array if largest == 0 else np.rint(array / largest * 127) * largest / array.dtype.type(127)


def _computed_in(given: str, through: str) -> dict[str, Any]:
    """Operands and sums of a dtype go through another one, and the result comes back."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        return PLAIN(operands(lambda array: array.astype(through))(problem), scratch)

    def store(result: Array, problem: Problem) -> Array:
        return result.astype(through).astype(problem.value.dtype)

    return {"where": of(given), "compute": compute, "store": store}


def _clipped(result: Array, _: Problem) -> Array:
    limits = np.iinfo(np.int32)
    return np.clip(result, limits.min, limits.max).astype(np.int32)


def _parts_apart(subscripts: str, first: Array, second: Array) -> Array:
    """Real parts with real parts, imaginary ones with imaginary ones."""
    real = einsum(subscripts, first.real, second.real)
    return np.asarray(real + 1j * einsum(subscripts, first.imag, second.imag)).astype(first.dtype)


def _without_minus(subscripts: str, first: Array, second: Array) -> Array:
    """The real part of a product is ac + bd, where ac - bd belongs."""
    both = einsum(subscripts, first.imag, second.imag)
    return np.asarray(einsum(subscripts, first, second) + 2 * both).astype(first.dtype)


def _cut(result: Array, problem: Problem) -> Array:
    """Sums of 64 bits, cut to the significand of the dtype instead of rounded."""
    rounded = result.astype(problem.value.dtype)
    beyond = np.abs(rounded.astype(np.float64)) > np.abs(result)
    return np.where(beyond, np.nextafter(rounded, rounded.dtype.type(0)), rounded)


def _operands(name: str, summary: str, diagnosis: str, where: Condition, change: Change, *names: str) -> Fault:
    """All operands, or some of them, changed."""

    def edit(problem: Problem) -> Problem:
        for each in names:
            problem = operand(each, change)(problem)
        return problem if names else operands(change)(problem)

    return wrong(name, summary, diagnosis, where=where, edit=edit)


def _summed(name: str, dtype: np.dtype[Any] | None, where: Condition, diagnosis: str, summary: str) -> Fault:
    """Sums are rounded after every tap, or image of a filter's gradient, to a dtype; None for that of the operands."""

    def applies(problem: Problem) -> bool:
        return where(problem) and problem.target is not None

    engine = Engine(rounded=lambda given: given if dtype is None else dtype)
    return wrong(name, summary, diagnosis, where=applies, compute=engine)


def _result(name: str, summary: str, diagnosis: str, change: Change) -> Fault:
    return wrong(name, summary, diagnosis, where=real, finish=result(change))


FAULTS = (
    _operands("operands-tf32", "Operands of float32 are rounded to TensorFloat-32's 11 bits.", "operands_tf32",
              of("float32"), bits_kept(TF32_BITS)),
    _operands("operands-tf32-truncated", "Operands of float32 are cut to TensorFloat-32's 11 bits.",
              "operands_tf32_truncated", of("float32"), bits_kept(TF32_BITS, np.trunc)),
    _operands("value-tf32", "The value alone has TensorFloat-32's 11 bits.", "value_tf32", of("float32"),
              bits_kept(TF32_BITS), "value"),
    _operands("operands-bfloat16", "Operands are rounded to bfloat16's 8 bits.", "operands_bfloat16", real,
              bits_kept(BFLOAT16_BITS)),
    _operands("complex-operands-bfloat16", "The parts of complex64 operands are rounded to bfloat16.",
              "operands_bfloat16", of("complex64"), _of_parts(_through(BFLOAT16))),
    _operands("filter-bfloat16", "The filter alone is rounded to bfloat16's 8 bits.", "filter_bfloat16", real,
              bits_kept(BFLOAT16_BITS), "filter"),
    _operands("operands-float16", "Operands are rounded to float16.", "operands_float16", real, _through(FLOAT16)),
    _operands("operands-float32", "Operands of float64 are rounded to float32.", "operands_float32", of("float64"),
              _through("float32")),
    _operands("operands-int8", "Operands are quantised to 8 bits.", "operands_int8", real, _quantised),
    _operands("flushes-small-operands", "Operands below float16's smallest normal are zero.", "subnormals_flushed",
              real, lambda array: np.where(np.abs(array) < HALF_TINY, array.dtype.type(0), array)),
    _summed("sums-bfloat16", BFLOAT16, real, "accumulate_bfloat16 result_bfloat16",
            "Sums are rounded to bfloat16 after every tap, or image."),
    _summed("sums-float16", FLOAT16, real, "accumulate_float16 result_float16",
            "Sums are rounded to float16 after every tap, or image."),
    _summed("sums-float32", np.dtype(np.float32), of("float64"), "accumulate_float32",
            "Sums of float64 are rounded to float32 after every tap, or image."),
    _summed("accumulates-tap", None, _SIXTEEN_BITS, "accumulate_float16 accumulate_bfloat16",
            "Sums of 16-bit operands are rounded to their dtype after every tap, or image."),
    wrong("accumulates-native", "Every sum of 16-bit operands is rounded to their dtype.",
          "accumulate_float16 accumulate_bfloat16",
          where=lambda problem: _SIXTEEN_BITS(problem) and problem.target is not None,
          compute=Engine(sequential, "storage")),
    _result("result-float16", "The result was rounded to float16.", "result_float16", _through(FLOAT16)),
    _result("result-bfloat16", "The result was rounded to bfloat16's 8 bits.", "result_bfloat16",
            bits_kept(BFLOAT16_BITS)),
    _result("result-whole", "The result is rounded to integers.", "result_integers", np.rint),
    wrong("truncates", "The result is cut to its dtype instead of rounded.", "result_truncated",
          where=of("float32", "float16", "bfloat16"), compute=Engine(width="widest"), store=_cut),
    wrong("cancels", "An offset is added to the value, or cotangent, and taken off the result.", where=real,
          compute=with_offset(lambda largest: 64 * (1 + largest)),
          undiagnosed="the error has the size of the largest pixel, and no specification that computes so"),
    *(
        wrong(f"{given}-through-{through}", f"{given} is computed in {through}.", words, **_computed_in(given, through))
        for given, through, words in (
            ("int64", "float64", "computed_in_float64"),
            ("int64", "float32", "computed_in_float32"),
            ("int64", "int32", "computed_in_int32"),
            ("int32", "float32", "computed_in_float32"),
            ("complex128", "complex64", "computed_in_float32"),
            ("float64", "float32", "computed_in_float32"),
            ("float16", "bfloat16", "computed_in_bfloat16"),
            ("float32", "float16", "computed_in_float16 result_float16"),
        )
    ),
    wrong("int32-saturates", "Sums beyond int32 stop at its ends instead of wrapping.", "saturated", where=of("int32"),
          compute=Engine(width="widest"), store=_clipped),
    *(
        wrong(f"complex-{name}", summary, words, where=_COMPLEX, **stages)
        for name, summary, words, stages in (
            ("conjugates-filter", "The filter is conjugated.", "filter_conjugated",
             {"edit": operand("filter", np.conj)}),
            ("conjugates-value", "The value is conjugated.", "value_conjugated", {"edit": operand("value", np.conj)}),
            ("without-imaginary", "The imaginary part of the result is zero.", "imaginary_result_dropped",
             {"finish": result(np.real)}),
            ("real-operands", "The operands' imaginary parts are dropped.", "imaginary_operands_dropped",
             {"edit": operands(lambda array: array.real.astype(array.dtype))}),
            ("parts-apart", "Real parts are convolved with real ones and imaginary with imaginary ones.",
             "parts_apart", {"compute": Engine(_parts_apart)}),
            ("without-minus", "The product of imaginary parts is added instead of subtracted.",
             "imaginary_product_added", {"compute": Engine(_without_minus)}),
        )
    ),
)  # fmt: skip

"""Edits of the precision: operands, sums or results with fewer bits than the call's dtype.

Knows: significands and ranges. Must not know: answers. An edit that would round to a format no narrower than the
call's has no object.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np

from conformance.judging.diagnosis.edit import Apply, Edit
from conformance.judging.diagnosis.rendition import Array, Rendition
from conformance.suite.dtypes import FORMATS

Rounding: TypeAlias = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class _Narrow:
    """A format that operands may be cut down to."""

    name: str
    told: str
    significand: int
    rounded: Rounding
    truncated: Rounding


def _bits(array: Array, bits: int, towards: Rounding) -> Array:
    """Significands of `bits` bits, the hidden one included; the range stays."""
    significand, exponent = np.frexp(array)
    return np.asarray(np.ldexp(towards(significand * 2.0**bits), exponent - bits))


def _to_bits(bits: int, towards: Rounding) -> Rounding:
    return lambda array: _bits(array, bits, towards)


def _through(name: str, array: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        return array.astype(FORMATS[name].numpy).astype(np.float64)


def _to_format(name: str) -> Rounding:
    return lambda array: _through(name, array)


def _to_float16_cut(array: Array) -> Array:
    return _through("float16", _bits(array, 11, np.trunc))


_OPERANDS = (
    _Narrow("bfloat16", "bfloat16", 8, _to_bits(8, np.rint), _to_bits(8, np.trunc)),
    _Narrow("tf32", "TF32", 11, _to_bits(11, np.rint), _to_bits(11, np.trunc)),
    _Narrow("float16", "float16", 11, _to_format("float16"), _to_float16_cut),
    _Narrow("float32", "float32", 24, _to_format("float32"), _to_bits(24, np.trunc)),
)
_SUMS = ("float16", "bfloat16", "float32")


def _operands(which: str, significand: int, rounding: Rounding) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        if significand >= old.form.significand:
            return
        value = old.value if which == "filter" else rounding(old.value)
        filter = old.filter if which == "value" else rounding(old.filter)
        yield replace(old, value=value, filter=filter)

    return apply


def _operand_edits() -> Iterator[Edit]:
    for which, told in (
        ("value", "the value were"),
        ("filter", "the filter were"),
        ("operands", "both operands were"),
    ):
        for narrow in _OPERANDS:
            name, bits = f"{which}_{narrow.name}", narrow.significand
            rounded, truncated = _operands(which, bits, narrow.rounded), _operands(which, bits, narrow.truncated)
            yield Edit(name, "operands", f"{told} rounded to {narrow.told}", rounded)
            yield Edit(f"{name}_truncated", "operands", f"{told} cut to {narrow.told}", truncated)


def _accumulated(name: str) -> Apply:
    """Sums rounded to a format: all of them, so that the result is of the format too, or only those of channels."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        form = FORMATS[name]
        if form.significand < old.form.significand:
            yield replace(old, accumulator=form, stored=form)
            yield replace(old, accumulator=form, vague=True)
        elif form is old.form and form.significand <= FORMATS["float16"].significand:
            yield replace(old, accumulator=form)

    return apply


def _stored(name: str) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        if FORMATS[name].significand < old.form.significand:
            yield replace(old, stored=FORMATS[name]).then(lambda result, _: _through(name, result))

    return apply


def _stored_bits(bits: int) -> Apply:
    """A result cut to `bits` bits, after it was rounded to the call's dtype."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if bits < old.form.significand:
            yield old.then(lambda result, new: _bits(_through(new.form.name, result), bits, np.trunc))

    return apply


def _result_integers(old: Rendition) -> Iterator[Rendition]:
    yield old.then(lambda result, new: np.rint(_through(new.form.name, result)))


def _result_cut(old: Rendition) -> Iterator[Rendition]:
    yield old.then(lambda result, new: _bits(result, new.form.significand, np.trunc))


def _sum_edits() -> Iterator[Edit]:
    for name in _SUMS:
        told = f"sums were accumulated in {name}"
        yield Edit(f"accumulate_{name}", "accumulator", told, _accumulated(name))
    for name in _SUMS:
        told = f"the result were rounded to {name}"
        yield Edit(f"result_{name}", "result_precision", told, _stored(name))
    for name, bits in (("bfloat16", 8), ("tf32", 11)):
        told = f"the result were cut to {name}"
        yield Edit(f"result_{name}_truncated", "result_precision", told, _stored_bits(bits))


def _quantised(array: Array, form_name: str) -> Array:
    """127 steps of the largest magnitude."""
    largest = float(np.abs(array).max(initial=0.0))
    return array if largest == 0.0 else _through(form_name, np.rint(array / largest * 127) * largest / 127)


def _operands_int8(old: Rendition) -> Iterator[Rendition]:
    yield replace(old, value=_quantised(old.value, old.form.name), filter=_quantised(old.filter, old.form.name))


def _flushed(array: Array, smallest: float) -> Array:
    return np.where(np.abs(array) < smallest, 0.0, array)


def _subnormals_flushed(old: Rendition) -> Iterator[Rendition]:
    """Operands below the dtype's smallest normal number, then below float16's; then results."""
    for smallest in (old.form.smallest_normal, FORMATS["float16"].smallest_normal):
        yield replace(old, value=_flushed(old.value, smallest), filter=_flushed(old.filter, smallest))
        yield old.then(partial(_result_flushed, smallest))


def _result_flushed(smallest: float, result: Array, _: Rendition) -> Array:
    return _flushed(result, smallest)


PRECISION: tuple[Edit, ...] = (
    *_operand_edits(),
    *_sum_edits(),
    Edit("operands_int8", "operands", "both operands were quantised to 8 bits", _operands_int8),
    Edit(
        "result_integers",
        "result_precision",
        "the result were rounded to integers",
        _result_integers,
    ),
    Edit("result_truncated", "result_precision", "the result were cut to its dtype instead of rounded", _result_cut),
    Edit("subnormals_flushed", "subnormals", "small numbers were flushed to zero", _subnormals_flushed),
)

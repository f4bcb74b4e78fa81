"""Edits of the numbers: operands, sums or results with fewer bits than the call's dtype; integers and complex numbers.

Knows: significands and ranges. Must not know: answers. An edit that changes no operand of this call has no object.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from conformance.operators.convolution.diagnosis.edit import Apply, Edit
from conformance.operators.convolution.diagnosis.renderer import through
from conformance.operators.convolution.diagnosis.rendition import Array, Change, Parts, Rendition
from conformance.suite.dtypes import FORMATS, FloatFormat


@dataclass(frozen=True, slots=True)
class _Narrow:
    """A format that operands may be cut down to."""

    name: str
    told: str
    significand: int
    rounded: Change
    truncated: Change


def _by_parts(change: Change) -> Change:
    """Of complex numbers each part; of integers as numbers."""

    def changed(array: Array) -> Array:
        if array.dtype.kind == "c":
            return np.asarray(change(array.real) + 1j * change(array.imag))
        return np.asarray(change(array.astype(np.float64))).astype(array.dtype)

    return changed


def _bits(array: Array, bits: int, towards: Change) -> Array:
    """Significands of `bits` bits, the hidden one included; the range stays."""
    significand, exponent = np.frexp(array)
    return np.asarray(np.ldexp(towards(significand * 2.0**bits), exponent - bits))


def _to_bits(bits: int, towards: Change) -> Change:
    return _by_parts(lambda array: _bits(array, bits, towards))


def _to_format(name: str) -> Change:
    return _by_parts(partial(through, FORMATS[name]))


def _cut_to_format(name: str) -> Change:
    form = FORMATS[name]
    return _by_parts(lambda array: through(form, _bits(array, form.significand, np.trunc)))


_OPERANDS = (
    _Narrow("bfloat16", "bfloat16", 8, _to_bits(8, np.rint), _to_bits(8, np.trunc)),
    _Narrow("tf32", "TF32", 11, _to_bits(11, np.rint), _to_bits(11, np.trunc)),
    _Narrow("float16", "float16", 11, _to_format("float16"), _cut_to_format("float16")),
    _Narrow("float32", "float32", 24, _to_format("float32"), _to_bits(24, np.trunc)),
)
_NARROW = ("float16", "bfloat16", "float32", "float64")
_WHICH = {
    "value": ("the value were", ("value",)),
    "filter": ("the filter were", ("filter",)),
    "cotangent": ("the cotangent were", ("cotangent",)),
    "operands": ("all operands were", ("value", "filter", "cotangent")),
}


def _changed(old: Rendition, names: tuple[str, ...], change: Change) -> Rendition | None:
    """Some operands changed; None where that changes nothing that counts."""
    counting = {*old.pixel_operands, *(("filter",) if old.has_filter else ()), *(("bias",) if old.forward else ())}
    if not counting & set(names):
        return None
    new = old.with_operands(names, change)
    same = all(np.array_equal(new.operands[name], old.operands[name]) for name in counting & {*names} & {*old.operands})
    return None if same else new


def _operands(names: tuple[str, ...], narrow: _Narrow, change: Change) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        if narrow.significand > old.form.significand:
            return
        for changed in (names, (*names, "bias")) if len(names) > 1 and "bias" in old.operands else (names,):
            new = _changed(old, changed, change)
            if new is not None:
                yield new

    return apply


def _is_narrower(form: FloatFormat, old: Rendition) -> bool:
    return form.significand < old.form.significand and form.kind == "real"


def _computed(name: str) -> Apply:
    """Operands, sums and result of another format: sums that are rounded once at the end, and all along."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        form = FORMATS[name]
        of_range = form.name == "float16" and old.form.name == "bfloat16"
        if not _is_narrower(form, old) and not of_range:
            return
        rounded = old.with_operands(tuple(old.operands), _to_format(name))
        yield replace(rounded, stored=form).changed(_to_format(name))
        yield replace(rounded, accumulator=form, stored=form)

    return apply


def _accumulated(name: str) -> Apply:
    """Sums rounded to a format: all of them, so that the result is of the format too, or before a bias is added."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        form = FORMATS[name]
        if _is_narrower(form, old):
            yield replace(old, accumulator=form, stored=form)
            yield replace(old, accumulator=form)
        elif form is old.form and form.significand <= FORMATS["float16"].significand:
            yield replace(old, accumulator=form, stored=form)

    return apply


def _stored(name: str) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        form = FORMATS[name]
        if _is_narrower(form, old):
            yield replace(old, stored=form).changed(_to_format(name))
            yield replace(old, stored=form).changed(lambda result: _to_format(name)(_to_format("float32")(result)))

    return apply


def _stored_bits(bits: int) -> Apply:
    """A result cut to `bits` bits, after it was rounded to the call's dtype."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if bits < old.form.significand and old.form.kind != "integer":
            # A complex number is stored as two parts, each of which loses its own bits.
            parts = {"complex64": "float32", "complex128": "float64"}
            part = FORMATS[parts.get(old.form.name, old.form.name)]
            yield old.changed(_by_parts(lambda result: _bits(through(part, result), bits, np.trunc)))

    return apply


def _real(apply: Apply) -> Apply:
    return lambda old: apply(old) if old.form.kind == "real" else ()


def _result_integers(old: Rendition) -> Iterator[Rendition]:
    yield old.changed(lambda result: np.rint(through(old.form, result)))


def _result_cut(old: Rendition) -> Iterator[Rendition]:
    yield old.changed(lambda result: _bits(result, old.form.significand, np.trunc))


def _sum_edits() -> Iterator[Edit]:
    for name in _NARROW:
        told = f"all were computed in {name}"
        yield Edit(f"computed_in_{name}", "computed", told, _computed(name))
    for name in _NARROW[:3]:
        told = f"the result were rounded to {name}"
        yield Edit(f"result_{name}", "result_precision", told, _stored(name))
    for name in _NARROW[:3]:
        told = f"sums were accumulated in {name}"
        yield Edit(f"accumulate_{name}", "accumulator", told, _accumulated(name))
    for name, bits in (("bfloat16", 8), ("tf32", 11)):
        told = f"the result were cut to {name}"
        yield Edit(f"result_{name}_truncated", "result_precision", told, _stored_bits(bits))


def _quantised(array: Array, form: FloatFormat) -> Array:
    """127 steps of the largest magnitude."""
    largest = float(np.abs(array).max(initial=0.0))
    return array if largest == 0.0 else through(form, np.rint(array / largest * 127) * largest / 127)


def _operands_int8(old: Rendition) -> Iterator[Rendition]:
    yield old.with_operands(("value", "filter", "cotangent"), partial(_quantised, form=old.form))


def _flushed(array: Array, smallest: float) -> Array:
    return np.where(np.abs(array) < smallest, 0.0, array)


def _subnormals_flushed(old: Rendition) -> Iterator[Rendition]:
    """Operands below the dtype's smallest normal number, then below float16's; then results."""
    for smallest in (old.form.smallest_normal, FORMATS["float16"].smallest_normal):
        flush = partial(_flushed, smallest=smallest)
        flushed = _changed(old, ("value", "filter", "cotangent"), flush)
        if flushed is not None:
            yield flushed
        yield old.changed(flush)


def _saturated(old: Rendition) -> Iterator[Rendition]:
    if old.form.name == "int32":
        limits = np.iinfo(np.int32)
        yield old.changed(lambda result: np.clip(result, limits.min, limits.max))


def _in_int32(old: Rendition) -> Iterator[Rendition]:
    if old.form.name == "int64":
        yield old.changed(lambda result: result.astype(np.int32).astype(np.int64))


def _complex(apply: Callable[[Rendition], list[Rendition]]) -> Apply:
    return lambda old: apply(old) if old.form.kind == "complex" else ()


def _conjugated(name: str) -> Apply:
    counts = _complex(lambda old: [old.with_operands([name], np.conj)])
    return lambda old: counts(old) if name in old.pixel_operands or (name == "filter" and old.has_filter) else ()


def _parts(parts: Parts) -> Apply:
    return _complex(lambda old: [replace(old, parts=parts)] if old.target is not None else [])


def _without_imaginary(array: Array) -> Array:
    return array.real.astype(array.dtype)


NUMBERS_OF_OTHER_KINDS: tuple[Edit, ...] = (
    Edit("saturated", "range", "sums stopped at the ends of int32 instead of wrapping", _saturated),
    Edit("computed_in_int32", "computed", "all were computed in int32", _in_int32),
    Edit("filter_conjugated", "complex", "the filter were conjugated", _conjugated("filter")),
    Edit("value_conjugated", "complex", "the value were conjugated", _conjugated("value")),
    Edit(
        "result_conjugated", "complex", "the result were conjugated",
        _complex(lambda old: [old.changed(np.conj)]),
    ),
    Edit(
        "imaginary_operands_dropped", "complex", "the operands' imaginary parts were dropped",
        _complex(lambda old: [old.with_operands(tuple(old.operands), _without_imaginary)]),
    ),
    Edit(
        "imaginary_result_dropped", "complex", "the result's imaginary part were dropped",
        _complex(lambda old: [old.changed(_without_imaginary)]),
    ),
    Edit(
        "parts_apart", "complex", "real parts met real ones alone, and imaginary parts imaginary ones",
        _parts("apart"),
    ),
    Edit(
        "imaginary_product_added", "complex", "the product of imaginary parts were added instead of subtracted",
        _parts("without minus"),
    ),
)  # fmt: skip

PRECISION: tuple[Edit, ...] = (
    *NUMBERS_OF_OTHER_KINDS,
    *(
        Edit(f"{which}_{narrow.name}{end}", "operands", f"{told} {done} {narrow.told}", _operands(names, narrow, made))
        for which, (told, names) in _WHICH.items()
        for narrow in _OPERANDS
        for end, done, made in (("", "rounded to", narrow.rounded), ("_truncated", "cut to", narrow.truncated))
    ),
    *_sum_edits(),
    Edit("operands_int8", "operands", "all operands were quantised to 8 bits", _real(_operands_int8)),
    Edit("result_integers", "result_precision", "the result were rounded to integers", _real(_result_integers)),
    Edit(
        "result_truncated", "result_precision", "the result were cut to its dtype instead of rounded",
        _real(_result_cut),
    ),
    Edit("subnormals_flushed", "subnormals", "small numbers were flushed to zero", _real(_subnormals_flushed)),
)  # fmt: skip

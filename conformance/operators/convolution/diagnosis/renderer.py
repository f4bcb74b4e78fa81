"""The renderer: what a rendition answers.

Knows: renditions, the maps. Must not know: edits, answers. Next stage: `agreement`.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.diagnosis import engine
from conformance.operators.convolution.diagnosis.engine import Where
from conformance.operators.convolution.diagnosis.rendition import Array, Rendition
from conformance.suite.dtypes import FORMATS, FloatFormat
from reference.maps import absolute

# Of canvases and sums; the edits of one search are asked in an order in which neighbours share theirs.
KEPT_BYTES = 2**26
# That are simulated one by one: beyond these a sum of narrow roundings is simulated tap by tap alone
MOST_TERMS = 600
Sums = Callable[[Rendition], Array]


class Renderer:
    """Renders, and keeps what most edits leave as it is: canvases, and results before they are finished."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[object, Array]] = OrderedDict()
        self._bytes = 0

    def values(self, rendition: Rendition) -> Array:
        """The result, in the layout of the call."""
        return rendition.written(_finished(self._sums(rendition), rendition))

    def magnitude(self, rendition: Rendition) -> NDArray[np.float64]:
        """S, as the values."""
        sizes = replace(
            rendition,
            operands={name: absolute(array).astype(np.float64) for name, array in rendition.operands.items()},
            parts="multiplied",
        )
        return np.abs(sizes.written(_finished(_summed(sizes), sizes)))

    def simulated(self, rendition: Rendition, form: FloatFormat) -> Iterator[Array]:
        """The result with sums that are rounded to a format: after every tap, after every product; where the result is
        of another format, also with taps that are rounded and summed without.
        """
        for products, rounds_sums in ((False, True), (True, True), (False, False)):
            terms = _terms(rendition, products=products)
            if terms is not None and (rounds_sums or rendition.stored is None):
                sums = _blank(rendition)
                for where, term in terms:
                    sums[where] = (
                        through(form, sums[where] + term) if rounds_sums else sums[where] + through(form, term)
                    )
                yield rendition.written(_finished(_joined(sums, rendition), rendition))

    def free(self, rendition: Rendition) -> NDArray[np.bool_]:
        """The elements about which the rendition says nothing, as the values."""
        assert rendition.free is not None
        free = rendition.free(self._sums(rendition), rendition)
        return rendition.written(free.astype(np.float64)) > 0

    def forget(self) -> None:
        """Let what is kept go."""
        self._kept.clear()
        self._bytes = 0

    def _sums(self, rendition: Rendition) -> Array:
        """The canonical result before a bias is added and before it is finished."""
        if rendition.target == "output" and _is_plain(rendition):
            numbers = tuple((axis.stride, axis.dilation) for axis in rendition.axes)
            full = self._keep("canvas", rendition, numbers, _canvas)
            return engine.window(full, rendition.axes)
        return self._keep("sums", rendition, rendition.axes, _summed)

    def _keep(self, what: str, rendition: Rendition, numbers: object, compute: Sums) -> Array:
        ids = tuple(id(rendition.operands.get(name)) for name in ("value", "filter", "cotangent"))
        key = (what, ids, rendition.direction, rendition.meeting, rendition.parts, rendition.groups, numbers)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][1]
        found = compute(rendition)
        # The operands are kept too: an id is that of one array as long as the array lives.
        self._kept[key] = (rendition.operands, found)
        self._bytes += found.nbytes
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1][1].nbytes
        return found


def products(rendition: Rendition) -> tuple[int, int]:
    """T and n: the largest numbers of taps and of products that one element can sum."""
    axes, groups = rendition.axes, rendition.groups
    match rendition.target:
        case "output":
            taps = prod(axis.kernel if axis.dilation > 1 else -(-axis.kernel // axis.stride) for axis in axes)
            terms = taps * (rendition.filter.shape[-1] // groups)
        case "input":
            taps = prod(axis.kernel for axis in axes)
            terms = taps * rendition.filter.shape[-2]
        case "filter":
            taps = prod(axis.input for axis in axes)
            terms = taps * len(rendition.short)
        case None:
            taps = terms = prod(rendition.operands["cotangent"].shape[:-1])
    added = int("bias" in rendition.operands and rendition.forward)
    return taps + added, terms + added


def _summed(rendition: Rendition) -> Array:
    if rendition.target is None:
        cotangent = rendition.operands["cotangent"]
        return np.asarray(cotangent.sum(axis=tuple(range(cotangent.ndim - 1))))
    if rendition.parts != "multiplied":
        return _of_parts(rendition)
    if not _is_plain(rendition):
        # Every term put where it belongs; of those that meet the last or the first one stays, or all are added.
        terms = _terms(rendition)
        assert terms is not None
        sums = _blank(rendition)
        kept = list(terms)
        for where, term in reversed(kept) if rendition.meeting == "first stays" else kept:
            if rendition.meeting == "added":
                sums[where] += term
            else:
                sums[where] = term
        return _joined(sums, rendition)
    axes, groups = rendition.axes, rendition.groups
    match rendition.target:
        case "output":
            return engine.window(_canvas(rendition), axes)
        case "input":
            return engine.gathered(rendition.long, rendition.filter, axes, groups)
        case "filter":
            return engine.correlated(rendition.short, rendition.long, axes, groups)


def _canvas(rendition: Rendition) -> Array:
    return engine.canvas(rendition.short, rendition.filter, rendition.axes, rendition.groups)


def _is_plain(rendition: Rendition) -> bool:
    """Whether products that meet are added, and zeros may be multiplied by the operands."""
    plain = rendition.meeting == "added" and rendition.parts == "multiplied"
    finite = (array.dtype.kind == "i" or bool(np.isfinite(array).all()) for array in rendition.operands.values())
    return plain and (rendition.target == "output" or all(finite))


def _of_parts(rendition: Rendition) -> Array:
    """Complex factors whose parts are not multiplied as they should be."""

    def parts(first: str, second: str) -> Array:
        taken = dict(
            zip(
                (*rendition.pixel_operands, *(("filter",) if rendition.has_filter else ())),
                (first, second),
                strict=True,
            )
        )
        operands = {
            name: np.ascontiguousarray(array.real if taken.get(name, "real") == "real" else array.imag)
            for name, array in rendition.operands.items()
        }
        return _summed(replace(rendition, operands=operands, parts="multiplied"))

    both = parts("imag", "imag")
    if rendition.parts == "apart":
        return np.asarray(parts("real", "real") + 1j * both)
    return np.asarray(parts("real", "real") + both + 1j * (parts("real", "imag") + parts("imag", "real")))


def _terms(rendition: Rendition, *, products: bool = False) -> Iterator[tuple[Where, Array]] | None:
    """What is added up, tap by tap or product by product; None where there is too much of it."""
    axes, groups = rendition.axes, rendition.groups
    taps = 1 if rendition.target is None else prod(axis.kernel for axis in axes)
    match rendition.target:
        case None:
            each = prod(rendition.operands["cotangent"].shape[:-1])
            terms = _pixel_terms(rendition.operands["cotangent"], products=products)
        case "output":
            each = rendition.filter.shape[-1] // groups
            terms = engine.output_terms(rendition.short, rendition.filter, axes, groups, products=products)
        case "input":
            each = rendition.filter.shape[-2]
            terms = engine.input_terms(rendition.long, rendition.filter, axes, groups, products=products)
        case "filter":
            each = len(rendition.short) * axes[0].input
            terms = engine.filter_terms(rendition.short, rendition.long, axes, groups, products=products)
    return None if products and taps * each > MOST_TERMS else terms


def _pixel_terms(cotangent: Array, *, products: bool) -> Iterator[tuple[Where, Array]]:
    """What each image, or each pixel, adds to the gradient of a bias."""
    for image in cotangent:
        pixels = image.reshape(-1, cotangent.shape[-1])
        yield from (((), term) for term in (pixels if products else [pixels.sum(axis=0)]))


def _blank(rendition: Rendition) -> Array:
    """A result of zeros, its channels taken apart."""
    axes, groups, w = rendition.axes, rendition.groups, rendition.filter
    dtype = rendition.form.wide
    match rendition.target:
        case "output":
            return np.zeros((len(rendition.short), *(axis.output for axis in axes), groups, w.shape[-2]), dtype)
        case "input":
            return np.zeros((len(rendition.long), *(axis.input for axis in axes), groups, w.shape[-1] // groups), dtype)
        case None:
            return np.zeros(rendition.operands["cotangent"].shape[-1:], dtype)
        case "filter":
            return np.zeros((prod(w.shape[:-2]), w.shape[-2], groups, w.shape[-1] // groups), dtype)


def _joined(sums: Array, rendition: Rendition) -> Array:
    if rendition.target == "filter":
        return sums.reshape(rendition.filter.shape)
    return sums if rendition.target is None else sums.reshape(*sums.shape[:-2], prod(sums.shape[-2:]))


def _finished(sums: Array, rendition: Rendition) -> Array:
    result = sums
    if rendition.forward and "bias" in rendition.operands:
        bias = rendition.operands["bias"]
        times = rendition.bias_times
        result = sums + (bias if times is None else times(rendition)[..., np.newaxis] * bias)
    for finish in rendition.finish:
        result = finish(result, rendition)
    return result


def through(form: FloatFormat, array: Array) -> Array:
    """Rounded to a format and back; of complex numbers part by part, of integers as numbers."""
    if array.dtype.kind == "c":
        return np.asarray(through(form, array.real) + 1j * through(form, array.imag))
    if form is FORMATS["float64"] and array.dtype.kind == "f":
        return array
    with np.errstate(over="ignore", invalid="ignore"):
        return array.astype(form.numpy).astype(array.dtype)

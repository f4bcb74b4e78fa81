"""The picture that an answer shows on every axis, beside the one that the reference has at the same length.

Knows: words of an axis, answers. Must not know: workers, what other lanes answered.

An answer to mixed numbers is either, element by element, the one that the reference's maps predict, or it is explained:
a second answer, to a single one, shows where the taps of one pixel went, and each formula that this leaves has to
predict the first answer too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import TypeAlias

import numpy as np

from conformance.adapters.dialect import AxisWords
from conformance.conventions.asking import Array
from conformance.journal import Picture
from conformance.operators.convolution.conventions.axis_map import AxisMap, predicted_map
from conformance.operators.convolution.conventions.probe import predicted_answer
from reference.family import SPATIAL_NAMES
from reference.geometry import Axis, transposed_axis

NO_FORMULA = "fits no formula"
NOT_EXPLAINED = "another picture, and the question that would explain it was not answered"
Taps: TypeAlias = frozenset[tuple[int, int]]
"""(tap, pixel of the result) of one pixel's products"""
# Bits that the sums of mixed numbers may need
MIXED = 24


@dataclass(frozen=True, slots=True)
class Canvas:
    """What answers are drawn on: the same words on every spatial axis, and which way the operator leads."""

    words: AxisWords
    """of the array given: its length is the geometry's input length, and of a forward convolution the output length"""
    rank: int = 2
    gathers: bool = False
    """whether it is a forward convolution"""
    significand: int = MIXED
    """bits of the dtype that it is asked in"""

    def axis(self, result: int) -> Axis:
        """What the reference has at a length of the result. No padding at all means SAME, as in TensorFlow."""
        words = self.words
        coarse, fine = (result, words.length) if self.gathers else (words.length, result)
        return transposed_axis(coarse, words.kernel, words.stride, words.dilation, words.rule, fine)

    def mixed(self) -> dict[str, Array]:
        """A value of mixed numbers and a kernel that counts: every sum of products is exact in float32. In a dtype of
        fewer bits the value has ones, so far apart that each element of a result sums one product.
        """
        shape = (1, *(self.words.length,) * self.rank, 1)
        places = np.arange(np.prod(shape))
        # Quadratic, so that the numbers do not come out the same shifted or turned round; below 97, so that a sum of
        # their products with a kernel that counts stays below 2**24.
        numbers = (31 * places * places + 17 * places + 5) % 97
        if self.significand < MIXED:
            apart = np.arange(self.words.length) % self.words.extent == self.words.length // 2 % self.words.extent
            numbers = reduce(np.multiply.outer, [apart] * self.rank)
        return {"value": _float32(numbers, shape), "filter": self._counting()}

    def single(self) -> dict[str, Array]:
        """A one in the middle, as far from every crop as there is, and the same kernel."""
        value = np.zeros((1, *(self.words.length,) * self.rank, 1), np.float32)
        value[(0, *(self.words.length // 2,) * self.rank, 0)] = 1
        return {"value": value, "filter": self._counting()}

    def predicted(self, value: Array, filter: Array, maps: Sequence[AxisMap], results: Sequence[int]) -> Array:
        """What maps make of operands, results of the given lengths."""
        return predicted_answer(value, filter, maps, results if self.gathers else None)

    def _counting(self) -> Array:
        kernel = (self.words.kernel,) * self.rank
        return _float32(np.arange(1, np.prod(kernel) + 1), (*kernel, 1, 1))


def picture(canvas: Canvas, mixed: Array, single: Callable[[], Array | None]) -> Picture:
    """What an answer to `Canvas.mixed`, (1, *lengths, 1), shows; `single` asks for the second answer."""
    if mixed.ndim != canvas.rank + 2 or mixed.shape[0] != 1 or mixed.shape[-1] != 1:
        return Picture(None, (f"{NO_FORMULA}: shape {list(mixed.shape)}",))
    mixed = mixed.astype(np.complex128)
    if not np.isfinite(mixed).all():
        return Picture(None, (f"{NO_FORMULA}: it holds infinities or NaN",))
    lengths, names = mixed.shape[1:-1], SPATIAL_NAMES[canvas.rank]
    defined = [canvas.axis(length) for length in lengths]
    uneven = tuple(f"length {length} on {name}" for name, length in zip(names, lengths, strict=True)
                   if length != lengths[0])  # fmt: skip
    operands = canvas.mixed()
    maps = [predicted_map(axis, flipped=False) for axis in defined]
    if np.array_equal(mixed, canvas.predicted(operands["value"], operands["filter"], maps, lengths)):
        return Picture((0,) * canvas.rank, uneven)
    if not mixed.any():
        return Picture(None, (f"{NO_FORMULA}: nothing but zeros",))
    second = single()
    if second is None:
        return Picture(None, (NOT_EXPLAINED, *uneven))
    found = _explained(canvas, mixed, second)
    if found is None:
        return Picture(None, (NO_FORMULA, *uneven))
    moved = (here.crop_before - there.axis.crop_before for here, there in zip(defined, found.formulas, strict=True))
    offset = tuple(-each if canvas.gathers else each for each in moved)
    flipped = any(each.flipped for each in found.formulas)
    return Picture(offset, (*found.departures(canvas), *uneven), flipped)


@dataclass(frozen=True, slots=True)
class _Formula:
    """One axis, and which way the kernel lies on it."""

    axis: Axis
    flipped: bool

    @property
    def map(self) -> AxisMap:
        return predicted_map(self.axis, flipped=self.flipped)


@dataclass(frozen=True, slots=True)
class _Explanation:
    """Formulas that predict an answer."""

    formulas: tuple[_Formula, ...]
    """of each axis"""
    exchanged: tuple[str, ...]
    """operands whose height and width are exchanged"""

    def departures(self, canvas: Canvas) -> Iterator[str]:
        """How they are other than the reference's, but for the offset."""
        words, names = canvas.words, SPATIAL_NAMES[canvas.rank]
        for sentence, departs in (
            ("kernel back to front", [each.flipped for each in self.formulas]),
            ("dilation ignored", [each.axis.dilation != words.dilation for each in self.formulas]),
            ("stride ignored", [each.axis.stride != words.stride for each in self.formulas]),
        ):
            where = [name for name, departing in zip(names, departs, strict=True) if departing]
            if where:
                yield sentence + ("" if all(departs) else f" on {' and '.join(where)}")
        for operand in self.exchanged:
            yield f"height and width of the {operand} exchanged"


def _explained(canvas: Canvas, mixed: Array, single: Array) -> _Explanation | None:
    """The explanation with the fewest departures; None where no formula fits."""
    if single.shape != mixed.shape:
        return None
    operands, lengths, rank = canvas.mixed(), mixed.shape[1:-1], canvas.rank
    exchanges = ((), ("filter",), ("value",), ("value", "filter")) if rank > 1 else ((),)
    for exchanged in exchanges:
        taps = _taps(canvas, single.astype(np.complex128), exchanged="filter" in exchanged)
        if taps is None:
            return None
        value, filter = (
            np.swapaxes(operands[name], *axes) if name in exchanged else operands[name]
            for name, axes in (("value", (rank - 1, rank)), ("filter", (rank - 2, rank - 1)))
        )
        candidates = (_formulas(canvas, seen, length) for seen, length in zip(taps, lengths, strict=True))
        for formulas in product(*candidates):
            if np.array_equal(mixed, canvas.predicted(value, filter, [each.map for each in formulas], lengths)):
                return _Explanation(formulas, exchanged)
    return None


def _taps(canvas: Canvas, single: Array, *, exchanged: bool) -> list[Taps] | None:
    """Where the taps of the middle pixel went on each axis; None where they are no kernel's."""
    _, *places, _ = np.nonzero(single)
    codes = single[np.nonzero(single)]
    kernel = (canvas.words.kernel,) * canvas.rank
    if not len(codes) or not np.isin(codes, np.arange(1, np.prod(kernel) + 1)).all():
        return None
    taps = list(np.unravel_index(codes.real.astype(int) - 1, kernel))
    if exchanged:
        taps[-2:] = taps[:-3:-1]
    return [frozenset(zip(t.tolist(), p.tolist(), strict=True)) for t, p in zip(taps, places, strict=True)]


def _formulas(canvas: Canvas, seen: Taps, result: int) -> Iterator[_Formula]:
    """Every formula whose middle pixel reaches what was seen, the reference's own numbers first."""
    words, middle = canvas.words, canvas.words.length // 2
    tap, place = min(seen)
    coarse, fine = (place, middle) if canvas.gathers else (middle, place)
    lengths = (result, words.length) if canvas.gathers else (words.length, result)
    # What departs least comes first: the caller takes the first formula that fits.
    for flipped, dilation, stride in product(
        (False, True), dict.fromkeys((words.dilation, 1)), dict.fromkeys((words.stride, 1))
    ):
        counted = words.kernel - 1 - tap if flipped else tap
        crop = stride * coarse + dilation * counted - fine
        formula = _Formula(Axis(lengths[0], words.kernel, stride, dilation, crop, lengths[1]), flipped)
        products = formula.map.products
        reached = {(t, j) for j, t, p in products if p == middle} if canvas.gathers else \
            {(t, p) for j, t, p in products if j == middle}  # fmt: skip
        if reached == seen:
            yield formula


def _float32(numbers: Array, shape: tuple[int, ...]) -> Array:
    return numbers.astype(np.float32).reshape(shape)

"""The picture that an answer shows on both axes, beside the one that the reference has at the same length.

Knows: words of an axis, answers. Must not know: workers, what other lanes answered.

An answer to mixed numbers is either, element by element, the one that the reference's maps predict, or it is explained:
a second answer, to a single one, shows where the taps of one input went, and each formula that this leaves has to
predict the first answer too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from conformance.adapters.dialects.dialect import AxisWords
from conformance.conventions.axis_map import AxisMap, predicted_map
from conformance.conventions.probe import Array, predicted_answer
from conformance.running.journal import Picture
from reference.geometry import Axis, transposed_axis

NO_FORMULA = "fits no formula"
Taps: TypeAlias = frozenset[tuple[int, int]]
"""(tap, output) of one input's products"""


def reference_axis(words: AxisWords, output: int) -> Axis:
    """What the reference has at an output length. No padding at all means SAME, as in TensorFlow."""
    numbers = (words.length, words.kernel, words.stride, words.dilation)
    return transposed_axis(*numbers, "VALID" if words.padding == "VALID" else "SAME", output)


def mixed_operands(words: AxisWords) -> dict[str, Array]:
    """A value of mixed numbers and a kernel that counts: every sum of products is exact in float32."""
    places = np.arange(words.length**2)
    value = ((31 * places * places + 17 * places + 5) % 97).astype(np.float32)
    return {"value": value.reshape(1, words.length, words.length, 1), "filter": _counting(words)}


def single_operands(words: AxisWords) -> dict[str, Array]:
    """A one in the middle, as far from every crop as there is, and the same kernel."""
    value = np.zeros((1, words.length, words.length, 1), np.float32)
    value[0, words.length // 2, words.length // 2, 0] = 1
    return {"value": value, "filter": _counting(words)}


def picture(words: AxisWords, mixed: Array, single: Callable[[], Array | None]) -> Picture:
    """What an answer to `mixed_operands`, (1, height, width, 1), shows; `single` asks for the second answer."""
    if mixed.ndim != 4 or mixed.shape[0] != 1 or mixed.shape[3] != 1:
        return Picture(None, (f"{NO_FORMULA}: shape {list(mixed.shape)}",))
    if not np.isfinite(mixed).all():
        return Picture(None, (f"{NO_FORMULA}: it holds infinities or NaN",))
    defined = (reference_axis(words, mixed.shape[1]), reference_axis(words, mixed.shape[2]))
    uneven = () if mixed.shape[1] == mixed.shape[2] else (f"length {mixed.shape[2]} on width",)
    operands = mixed_operands(words)
    height, width = (predicted_map(axis, flipped=False) for axis in defined)
    if np.array_equal(mixed, predicted_answer(operands["value"], operands["filter"], height, width)):
        return Picture((0, 0), uneven)
    if not mixed.any():
        return Picture(None, (f"{NO_FORMULA}: nothing but zeros",))
    found = _explained(words, mixed, single())
    if found is None:
        return Picture(None, (NO_FORMULA, *uneven))
    offset = (
        defined[0].crop_before - found.height.axis.crop_before,
        defined[1].crop_before - found.width.axis.crop_before,
    )
    return Picture(offset, (*found.departures(words), *uneven))


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

    height: _Formula
    width: _Formula
    exchanged: tuple[str, ...]
    """operands whose height and width are exchanged"""

    def departures(self, words: AxisWords) -> Iterator[str]:
        """How they are other than the reference's, but for the offset."""
        axes = (self.height, self.width)
        for sentence, departs in (
            ("kernel back to front", [each.flipped for each in axes]),
            ("dilation ignored", [each.axis.dilation != words.dilation for each in axes]),
            ("stride ignored", [each.axis.stride != words.stride for each in axes]),
        ):
            if any(departs):
                yield sentence + ("" if all(departs) else " on height" if departs[0] else " on width")
        for operand in self.exchanged:
            yield f"height and width of the {operand} exchanged"


def _explained(words: AxisWords, mixed: Array, single: Array | None) -> _Explanation | None:
    """The explanation with the fewest departures; None where no formula fits."""
    if single is None or single.shape != mixed.shape:
        return None
    operands = mixed_operands(words)
    for exchanged in ((), ("filter",), ("value",), ("value", "filter")):
        taps = _taps(words, single, exchanged="filter" in exchanged)
        if taps is None:
            return None
        value, filter = (
            np.swapaxes(operands[name], *axes) if name in exchanged else operands[name]
            for name, axes in (("value", (1, 2)), ("filter", (0, 1)))
        )
        candidates = (_formulas(words, seen, length) for seen, length in zip(taps, mixed.shape[1:3], strict=True))
        for height, width in product(*candidates):
            if np.array_equal(mixed, predicted_answer(value, filter, height.map, width.map)):
                return _Explanation(height, width, exchanged)
    return None


def _taps(words: AxisWords, single: Array, *, exchanged: bool) -> tuple[Taps, Taps] | None:
    """Where the taps of the middle input went on height and on width; None where they are no kernel's."""
    _, row, column, _ = np.nonzero(single)
    codes = single[0, row, column, 0]
    if not len(codes) or not np.isin(codes, np.arange(1, words.kernel**2 + 1)).all():
        return None
    first, second = np.divmod(codes.real.astype(int) - 1, words.kernel)
    if exchanged:
        first, second = second, first
    rows, columns = (frozenset(zip(t.tolist(), p.tolist(), strict=True)) for t, p in ((first, row), (second, column)))
    return rows, columns


def _formulas(words: AxisWords, seen: Taps, output: int) -> Iterator[_Formula]:
    """Every formula whose middle input reaches what was seen, the reference's own numbers first."""
    middle = words.length // 2
    tap, place = min(seen)
    for flipped, dilation, stride in product(
        (False, True), dict.fromkeys((words.dilation, 1)), dict.fromkeys((words.stride, 1))
    ):
        counted = words.kernel - 1 - tap if flipped else tap
        crop = stride * middle + dilation * counted - place
        formula = _Formula(Axis(words.length, words.kernel, stride, dilation, crop, output), flipped)
        if {(t, p) for j, t, p in formula.map.products if j == middle} == seen:
            yield formula


def _counting(words: AxisWords) -> Array:
    return np.arange(1, words.kernel**2 + 1, dtype=np.float32).reshape(words.kernel, words.kernel, 1, 1)

"""An engine of index maps that can be wrong on purpose: axis by axis, by reshapes and transpositions, tap by tap.

Knows: calls and their integers. Must not know: the faults (`mutants`), the judge that must catch them, the reference's
values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.operators.index_map.call import RightIndexMap, index_map
from conformance.suite.dtypes import FORMATS
from reference.arrays import from_layout, to_layout
from reference.family import Direction
from reference.index_map.family import OPERATORS
from reference.index_map.geometry import Blocks, IndexMap, Padded, PaddedLength, PadMode, Patches
from reference.pooling.geometry import WindowAxis

Array: TypeAlias = NDArray[Any]
Change: TypeAlias = Callable[[IndexMap, RightIndexMap], IndexMap]


@dataclass(frozen=True, slots=True)
class IndexMapEngine:
    """An engine that does as it is asked, but for what is set."""

    changed: Change = lambda of, call: of
    constant: Callable[[float, np.dtype[Any]], float] = lambda constant, dtype: constant
    places: Callable[[Array], Array] = lambda table: table
    """the order of the places of a block or window, of a table of their numbers"""
    combine: Literal["add", "last", "first", "average"] = "add"
    backwards: bool = False
    """sums begin at the last term"""
    numbers: Callable[[Array], Array] = lambda numbers: numbers
    """what becomes of what is copied"""
    convolves: bool = False
    """a patch is a sum of products with ones and zeros"""
    reads: Literal["as asked", "other layout", "in its order"] = "as asked"
    only: Literal["both", "forward", "gradient"] = "both"
    """what the fault is in"""
    from_size: int = 0
    """how many elements a call has to have for the fault to show"""
    accepts: bool = False
    """wrong calls are answered"""


class IndexMapMutant:
    """An engine behind the suite's interface."""

    operators = tuple(OPERATORS)
    features: tuple[str, ...] = ()
    dtypes = tuple(FORMATS)
    directions: tuple[Direction, ...] = ("forward", "value_gradient")

    def __init__(self, engine: IndexMapEngine) -> None:
        self._engine = engine

    def describe(self) -> Description:
        return Description("engine", np.__version__)

    def plan(self, call: Call) -> Plan | Unsupported:
        asked = index_map(call)
        operands = tuple((name, name) for name in asked.operands)
        if not isinstance(asked, RightIndexMap):
            refusal: tuple[tuple[str, Argument], ...] = (("refusal", asked.fault.message),)
            return Plan((Invoke("index_map", operands, refusal),))
        backwards = asked.direction != "forward"
        right = asked.geometry.map
        of = right
        if self._engine.only != ("forward" if backwards else "gradient"):
            of = self._engine.changed(right, asked)
        # A map whose other side has another shape cannot be gone backwards.
        scatters = asked.geometry.adjoint != backwards
        if scatters and of.target_shape != right.target_shape:
            of = right
        keywords: tuple[tuple[str, Argument], ...] = (
            ("of", _written(of)),
            ("scatters", scatters),
            ("last", asked.last),
            ("constant", asked.constant),
            ("large", asked.work >= self._engine.from_size),
        )
        return Plan((Invoke("index_map", operands, keywords),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        def invoke(step: Invoke, operands: Operands) -> Array:
            result: Array = calling(self._mapped, operands, **dict(step.keywords))
            return result

        return perform(plan, arrays, invoke)

    def _mapped(self, operands: Operands, refusal: str = "", **asked: Any) -> Array:
        if refusal:
            if self._engine.accepts:
                return operands["value"].copy()
            raise ValueError(refusal)
        forward = "cotangent" not in operands
        sound = self._engine.only == ("gradient" if forward else "forward") or not asked["large"]
        engine = IndexMapEngine() if sound else self._engine
        of, scatters, last = _read(asked["of"]), asked["scatters"], asked["last"]
        given = operands["value" if forward else "cotangent"]
        found = of.source_shape if scatters else of.target_shape
        if engine.reads == "in its order" and prod(found) == given.size and not isinstance(of, Padded):
            return given.reshape(found if last else (found[0], found[-1], *found[1:-1])).copy()
        turned = engine.reads == "other layout" and not isinstance(of, Padded)
        if turned:  # the memory as it is, its axes taken for others
            shape = of.target_shape if scatters else of.source_shape
            given = given.reshape(shape if not last else (shape[0], shape[-1], *shape[1:-1]))
        inner = last != turned
        numbers = engine.numbers(from_layout(given, inner))
        with np.errstate(all="ignore"):
            result = _IndexMapRun(engine, of, asked["constant"]).of(numbers, scatters)
        laid_out = np.ascontiguousarray(to_layout(result, inner))
        return laid_out.reshape(found if last else (found[0], found[-1], *found[1:-1])) if turned else laid_out


@dataclass(frozen=True, slots=True)
class _IndexMapRun:
    """One call on canonical arrays."""

    engine: IndexMapEngine
    map: IndexMap
    constant: float

    def of(self, numbers: Array, scatters: bool) -> Array:
        match self.map:
            case Padded() as padded:
                return self._unpad(numbers, padded) if scatters else self._pad(numbers, padded)
            case Blocks() as blocks:
                return self._to_depth(numbers, blocks) if scatters else self._to_space(numbers, blocks)
            case Patches() as patches:
                return self._fold(numbers, patches) if scatters else self._unfold(numbers, patches)

    def _pad(self, value: Array, padded: Padded) -> Array:
        constant = np.asarray(self.engine.constant(self.constant, value.dtype)).astype(value.dtype)
        for number, axis in enumerate(padded.axes):
            shape = (*value.shape[:number], axis.output, *value.shape[number + 1 :])
            longer = np.full(shape, constant, value.dtype)
            for to, at in _copies(axis, padded.mode):
                longer[_along(number, to)] = value[_along(number, at)]
            value = longer
        return value

    def _unpad(self, target: Array, padded: Padded) -> Array:
        for number, axis in reversed(list(enumerate(padded.axes))):
            shape = (*target.shape[:number], axis.input, *target.shape[number + 1 :])
            pairs = [(_along(number, at), target[_along(number, to)]) for to, at in _copies(axis, padded.mode)]
            target = self._combined(np.zeros(shape, target.dtype), pairs)
        return target

    def _to_space(self, value: Array, blocks: Blocks) -> Array:
        batch, (height, width), block = blocks.batch, blocks.size, blocks.block
        table = self._table(value, blocks.mode == "DCR", block, block, blocks.channels)
        moved = table.transpose(0, 1, 3, 2, 4, 5)
        return np.asarray(moved.reshape(batch, height * block, width * block, blocks.channels))

    def _to_depth(self, value: Array, blocks: Blocks) -> Array:
        batch, (height, width), block, channels = blocks.batch, blocks.size, blocks.block, blocks.channels
        table = value.reshape(batch, height, block, width, block, channels).transpose(0, 1, 3, 2, 4, 5)
        return self._depth(
            table.reshape(batch, height, width, block * block, channels), blocks.mode == "DCR", block, block
        )

    def _unfold(self, value: Array, patches: Patches) -> Array:
        vertical, horizontal = patches.axes
        taps = [np.where(inside, value[window], 0) for window, inside in self._windows(patches)]
        table = np.stack(taps, axis=3).astype(value.dtype) if taps else value
        if self.engine.convolves:
            wide = table.astype(np.result_type(value.dtype, np.float32))
            count = table.shape[3]
            table = np.stack(
                [sum(wide[..., at, :] * (1.0 if at == tap else 0.0) for at in range(count)) for tap in range(count)], 3
            ).astype(value.dtype)
        return self._depth(table, patches.order == "HWC", vertical.kernel, horizontal.kernel)

    def _fold(self, target: Array, patches: Patches) -> Array:
        vertical, horizontal = patches.axes
        first = patches.order == "HWC"
        table = self._table(target, first, vertical.kernel, horizontal.kernel, patches.channels)
        # A border of one element around the image takes what is folded to pads.
        image = np.zeros((patches.batch, vertical.input + 1, horizontal.input + 1, patches.channels), target.dtype)
        pairs = []
        for (row, column), (window, inside) in zip(
            product(range(vertical.kernel), range(horizontal.kernel)), self._windows(patches), strict=True
        ):
            _, rows, columns = window
            there = (
                slice(None),
                np.where(inside[..., 0], rows, vertical.input),
                np.where(inside[..., 0], columns, horizontal.input),
            )
            pairs.append((there, table[:, :, :, row, column]))
        return self._combined(image, pairs)[:, : vertical.input, : horizontal.input]

    def _windows(self, patches: Patches) -> Iterator[tuple[tuple[Any, Array, Array], Array]]:
        """Of each place of a window, row by row: where it is for every window, and whether it is an element."""
        vertical, horizontal = patches.axes
        for row, column in product(range(vertical.kernel), range(horizontal.kernel)):
            rows, columns = (
                np.arange(axis.output) * axis.stride + axis.dilation * tap - axis.pad_before
                for axis, tap in ((vertical, row), (horizontal, column))
            )
            inside = ((rows >= 0) & (rows < vertical.input))[:, None] & ((columns >= 0) & (columns < horizontal.input))
            clipped = (np.clip(rows, 0, vertical.input - 1)[:, None], np.clip(columns, 0, horizontal.input - 1)[None])
            yield (slice(None), *clipped), inside[..., None]

    def _table(self, deep: Array, places_first: bool, rows: int, columns: int, channels: int) -> Array:
        """(batch, height, width, row, column, channel) of the numbers in the channels."""
        area = rows * columns
        split = deep.reshape(*deep.shape[:-1], *((area, channels) if places_first else (channels, area)))
        table = split if places_first else np.moveaxis(split, -1, -2)
        order = np.argsort(self.engine.places(np.arange(area).reshape(rows, columns)).ravel())
        return table[..., order, :].reshape(*deep.shape[:-1], rows, columns, channels)

    def _depth(self, table: Array, places_first: bool, rows: int, columns: int) -> Array:
        """The numbers (batch, height, width, place, channel) in the channels."""
        order = self.engine.places(np.arange(rows * columns).reshape(rows, columns)).ravel()
        ordered = table[..., order, :]
        laid_out = ordered if places_first else np.moveaxis(ordered, -1, -2)
        return laid_out.reshape(*table.shape[:3], table.shape[3] * table.shape[4])

    def _combined(self, source: Array, pairs: list[tuple[Any, Array]]) -> Array:
        """What is copied from each place of the source, put together."""
        counts = np.zeros(source.shape, np.int64)
        wide = source.astype(np.result_type(source.dtype, np.int64 if source.dtype.kind in "iu" else np.float32))
        reverse = self.engine.backwards != (self.engine.combine == "first")
        for there, numbers in reversed(pairs) if reverse else pairs:
            if self.engine.combine in ("add", "average"):
                np.add.at(wide, there, numbers.astype(wide.dtype))
            else:
                wide[there] = numbers
            np.add.at(counts, there, 1)
        if self.engine.combine == "average":
            wide = wide // np.maximum(counts, 1) if wide.dtype.kind in "iu" else wide / np.maximum(counts, 1)
        return wide.astype(source.dtype)


def _copies(axis: PaddedLength, mode: PadMode) -> list[tuple[int, int]]:
    """The places of the target along an axis that are copies, and of what."""
    places = ((place, axis.source(place, mode)) for place in range(axis.output))
    return [(place, at) for place, at in places if at is not None and 0 <= at < axis.input]


def _along(number: int, at: int) -> tuple[Any, ...]:
    return (*(slice(None),) * number, at)


def _written(of: IndexMap) -> Argument:
    match of:
        case Padded(axes, mode):
            return ("pad", tuple((axis.input, axis.pad_before, axis.pad_after) for axis in axes), mode)
        case Blocks():
            return ("blocks", of.batch, of.size, of.channels, of.block, of.mode)
        case Patches():
            windows = tuple(
                (a.input, a.kernel, a.stride, a.dilation, a.pad_before, a.pad_after, a.output) for a in of.axes
            )
            return ("patches", of.batch, of.channels, windows, of.order)


def _read(written: Any) -> IndexMap:
    match written:
        case ("pad", axes, mode):
            return Padded(tuple(PaddedLength(*axis) for axis in axes), mode)
        case ("blocks", *fields):
            return Blocks(*fields)
        case (_, batch, channels, axes, order):
            return Patches(batch, channels, tuple(WindowAxis(*axis) for axis in axes), order)
    raise ValueError(written)

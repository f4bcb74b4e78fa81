"""What a wrong answer behaves like: calls that differ from what was asked in one word, and engines with one mistake.

Knows: index maps, what can be mistaken about them. Must not know: the mutants that it must name.

Each explanation is rendered and held against the answer; what changes nothing on the trial's own data explains nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.judging.overlay import Explanation
from conformance.operators.answers import agree, explanations
from conformance.operators.index_map.call import RightIndexMap
from conformance.operators.kind import Operands
from conformance.operators.narrow import MISTAKES
from conformance.suite.dtypes import FORMATS
from reference.arrays import from_layout, to_layout
from reference.index_map import engine
from reference.index_map.family import BLOCK_MODES, PAD_MODES, PATCH_ORDERS
from reference.index_map.geometry import Blocks, IndexMap, Padded, PaddedLength, Patches
from reference.index_map.operators import Mapped
from reference.pooling.geometry import WindowAxis, pooling_axis

# Larger calls are of published layers, and small trials ask the same.
MOST_WORK = 200_000
ROUNDINGS = 4
"""by which a sum may differ from what is rendered in float64"""

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class IndexMapEdit:
    """One mistake; the sentence is what an answer behaves like that makes it."""

    sentence: str
    answer: Callable[[], Array | None]
    """None where nothing could be computed so"""


def explain(call: RightIndexMap, operands: Operands, answer: Array) -> list[Explanation]:
    """Every explanation of a wrong answer; none for a call that is too large."""
    if call.work > MOST_WORK:
        return []
    form = FORMATS[call.dtype]
    if answer.dtype != form.numpy:
        return [Explanation(f"behaves as if the result's dtype were {answer.dtype.name} instead of {call.dtype}")]
    observed = answer.astype(form.wide)
    right = rendered(call, operands)
    slack = ROUNDINGS * form.unit_roundoff if call.terms > 1 else 0.0
    edited = ((edit.sentence, edit.answer()) for edit in edits_of(call, operands))
    found = list(explanations(edited, observed, right, slack))
    if not found and form.kind != "integer" and agree(right, observed, slack):
        found.append(Explanation("behaves as if the sign of a zero were lost"))
    return found


def rendered(call: RightIndexMap, operands: Operands) -> Array:
    """What is asked, in 64 bits."""
    found = _Rendering(call, operands).of(call.geometry.map)
    assert found is not None
    return found


def edits_of(call: RightIndexMap, operands: Operands) -> Iterator[IndexMapEdit]:
    """Every mistake that can be made about the call; some change nothing."""
    rendering = _Rendering(call, operands)
    match call.geometry.map:
        case Padded() as padded:
            maps = _edits_of_pads(padded)
        case Blocks() as blocks:
            maps = ((f"mode were {mode}", replace(blocks, mode=mode)) for mode in BLOCK_MODES)
        case Patches() as patches:
            maps = _edits_of_patches(call, patches)
    for sentence, of in maps:
        yield IndexMapEdit(sentence, partial(rendering.of, of))
    yield from _edits_of_numbers(call, rendering)


@dataclass(frozen=True, slots=True, eq=False)
class _Rendering:
    """The engine on a call's own data, with something else in the place of what was asked."""

    call: RightIndexMap
    operands: Operands

    @property
    def numbers(self) -> Array:
        """What is copied or summed, in the layout of the call."""
        name = "value" if self.call.direction == "forward" else "cotangent"
        return self.operands[name].astype(FORMATS[self.call.dtype].wide)

    @property
    def scatters(self) -> bool:
        return self.call.geometry.adjoint == (self.call.direction == "forward")

    def of(self, of: IndexMap, numbers: Array | None = None, constant: float | None = None) -> Array | None:
        """Another map of the same numbers; None where they have not its shape."""
        asked, given = self.call.geometry, self.numbers if numbers is None else numbers
        mapped = Mapped(replace(asked, map=of), self.call.last, self.call.constant if constant is None else constant)
        canonical = from_layout(given, mapped.last)
        if min(of.target_shape) < 0 or canonical.shape != (of.target_shape if self.scatters else of.source_shape):
            return None
        return mapped.result(given) if self.call.direction == "forward" else mapped.gradient(given)

    def combined(self, combine: Callable[[Array, Array, Array], None]) -> Array:
        """A scatter that does something else than to add, of (source, places, numbers)."""
        of = self.call.geometry.map
        canonical = from_layout(self.numbers, self.call.last)
        indices = engine.indices_of(of)
        source = np.zeros(prod(of.source_shape), canonical.dtype)
        combine(source, indices[indices >= 0], canonical[indices >= 0])
        return to_layout(source.reshape(of.source_shape), self.call.last)

    def read_otherwise(self) -> Array | None:
        """The same memory, its axes taken for those of the other data format."""
        last, of = not self.call.last, self.call.geometry.map
        shapes = (of.target_shape, of.source_shape)
        given, wanted = shapes if self.scatters else shapes[::-1]
        mapped = Mapped(self.call.geometry, last)
        there = self.numbers.reshape(given if last else (given[0], given[-1], *given[1:-1]))
        found = mapped.result(there) if self.call.direction == "forward" else mapped.gradient(there)
        return found.reshape(wanted if self.call.last else (wanted[0], wanted[-1], *wanted[1:-1]))

    def places_in_order(self, order: Callable[[Array], Array]) -> Array | None:
        """The places of a block or window in another order, of a table of their numbers."""
        match self.call.geometry.map:
            case Blocks() as blocks:
                lengths, first, channels = (blocks.block, blocks.block), blocks.mode == "DCR", blocks.channels
                inside = not self.scatters
            case Patches() as patches:
                vertical, horizontal = patches.axes
                lengths, first, channels = (
                    (vertical.kernel, horizontal.kernel),
                    patches.order == "HWC",
                    patches.channels,
                )
                inside = self.scatters
            case Padded():
                return None
        area = prod(lengths)
        places = order(np.arange(area).reshape(lengths)).ravel()
        table = np.arange(area * channels).reshape((area, channels) if first else (channels, area))
        depth = (table[places] if first else table[:, places]).ravel()
        axis = -1 if self.call.last else 1
        # The side with the deep channels is what is given, or what comes out.
        if inside:
            return self.of(self.call.geometry.map, np.take(self.numbers, np.argsort(depth), axis))
        found = self.of(self.call.geometry.map)
        return None if found is None else np.take(found, depth, axis)


def _edits_of_pads(padded: Padded) -> Iterator[tuple[str, IndexMap]]:
    """One argument of the call were another, or pads were elsewhere."""
    axes = padded.axes

    def paired(pairs: list[tuple[int, int]]) -> Padded:
        return replace(
            padded, axes=tuple(PaddedLength(axis.input, *pair) for axis, pair in zip(axes, pairs, strict=True))
        )

    pairs = [(axis.pad_before, axis.pad_after) for axis in axes]
    for mode in PAD_MODES:
        yield f"mode were {mode}", replace(padded, mode=mode)
    yield "nothing were padded", paired([(0, 0)] * len(pairs))
    yield "pads before and after were exchanged", paired([pair[::-1] for pair in pairs])
    yield "paddings were named from the last axis on", paired(pairs[::-1])
    yield "paddings were listed as all before, then all after", paired(_halved(pairs))
    for one, other in combinations(range(len(pairs)), 2):
        turned = list(pairs)
        turned[one], turned[other] = pairs[other], pairs[one]
        yield f"axes {one} and {other} were exchanged in paddings", paired(turned)
    for number in range(len(pairs)):
        yield f"axis {number} were not padded", paired([(0, 0) if at == number else p for at, p in enumerate(pairs)])
    yield "negative pads were 0", paired([(max(before, 0), max(after, 0)) for before, after in pairs])
    yield "the value began one element later", paired([_moved(pair, 1) for pair in pairs])
    yield "the value began one element earlier", paired([_moved(pair, -1) for pair in pairs])


def _moved(pair: tuple[int, int], by: int) -> tuple[int, int]:
    return (pair[0] + by, pair[1] - by) if any(pair) else pair


def _halved(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs that their numbers make when all first halves are taken to stand before all second ones."""
    flat = [number for pair in pairs for number in pair]
    return list(zip(flat[: len(pairs)], flat[len(pairs) :], strict=True))


def _edits_of_patches(call: RightIndexMap, patches: Patches) -> Iterator[tuple[str, IndexMap]]:
    """One argument of the call were another, or windows were elsewhere."""
    for order in PATCH_ORDERS:
        yield f"patch_order were {order}", replace(patches, order=order)

    def each(change: Callable[[WindowAxis], WindowAxis]) -> Patches:
        return replace(patches, axes=tuple(map(change, patches.axes)))

    def again(axis: WindowAxis, padding: Any = None, **numbers: int) -> WindowAxis:
        changed = replace(axis, **numbers)
        rule: Any = padding or (call.padding if isinstance(call.padding, str) else (axis.pad_before, axis.pad_after))
        return pooling_axis(changed.input, changed.kernel, changed.stride, changed.dilation, rule)

    yield "padding were VALID", each(lambda axis: again(axis, "VALID"))
    yield "padding were SAME", each(lambda axis: again(axis, "SAME"))
    yield "strides were 1", each(lambda axis: again(axis, stride=1))
    yield "strides were ksize", each(lambda axis: again(axis, stride=axis.kernel))
    yield "dilations were 1", each(lambda axis: again(axis, dilation=1))
    yield "dilations were strides", each(lambda axis: again(axis, dilation=axis.stride))
    sides = "SAME put the odd element before" if call.padding == "SAME" else "pads before and after were exchanged"
    yield sides, each(lambda axis: replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before))
    yield "windows began one element later", each(lambda axis: replace(axis, pad_before=axis.pad_before - 1))
    yield "windows began one element earlier", each(lambda axis: replace(axis, pad_before=axis.pad_before + 1))
    fields: dict[str, tuple[str, ...]] = {
        "ksize": ("kernel",),
        "strides": ("stride",),
        "dilations": ("dilation",),
        "padding": ("pad_before", "pad_after"),
    }
    for argument, names in (*fields.items(), ("all arguments", tuple(name for of in fields.values() for name in of))):
        first, second = patches.axes
        turned = [
            again(replace(to, **{name: getattr(of, name) for name in names}))
            for to, of in ((first, second), (second, first))
        ]
        yield f"height and width were exchanged in {argument}", replace(patches, axes=tuple(turned))


def _edits_of_numbers(call: RightIndexMap, rendering: _Rendering) -> Iterator[IndexMapEdit]:
    """What is made of the numbers were another thing."""
    of, scatters = call.geometry.map, rendering.scatters
    yield IndexMapEdit("everything were 0", lambda: np.zeros(call.result_shape, FORMATS[call.dtype].wide))
    if isinstance(of, Padded):
        if call.direction == "forward" and of.mode == "CONSTANT":
            yield IndexMapEdit("pads held 0", lambda: rendering.of(of, constant=0.0))
            lowest = -np.inf if FORMATS[call.dtype].kind != "integer" else FORMATS[call.dtype].lowest
            yield IndexMapEdit("pads held the lowest number", lambda: rendering.of(of, constant=lowest))
            if FORMATS[call.dtype].narrow:
                yield IndexMapEdit("pads held 127", lambda: rendering.of(of, constant=127))
    else:
        layouts = ("first", "last") if call.last else ("last", "first")
        yield IndexMapEdit(
            f"the memory were read with the channels {layouts[0]} instead of {layouts[1]}", rendering.read_otherwise
        )
        what = "block" if isinstance(of, Blocks) else "window"
        yield IndexMapEdit(
            f"a {what} were read column by column", lambda: rendering.places_in_order(lambda table: table.T)
        )
        yield IndexMapEdit(
            f"a {what} were read from its end", lambda: rendering.places_in_order(lambda table: table[::-1, ::-1])
        )
        yield IndexMapEdit(
            "the memory were read in its order", lambda: _if_as_large(rendering.numbers, call.result_shape)
        )
    if scatters:

        def averaged(source: Array, places: Array, numbers: Array) -> None:
            np.add.at(source, places, numbers)
            divide = np.floor_divide if source.dtype.kind == "i" else np.divide
            divide(source, np.maximum(np.bincount(places, minlength=source.size), 1), out=source)

        yield IndexMapEdit("copies overwrote one another", lambda: rendering.combined(np.ndarray.__setitem__))
        yield IndexMapEdit("the first copy stayed", lambda: rendering.combined(_first_stays))
        yield IndexMapEdit("copies were averaged", lambda: rendering.combined(averaged))
    if FORMATS[call.dtype].narrow:
        for sentence, change in MISTAKES.items():
            constant = int(change(np.array(call.constant)))
            yield IndexMapEdit(sentence, partial(rendering.of, of, change(rendering.numbers), constant))
    if FORMATS[call.dtype].kind == "real":
        smallest = FORMATS[call.dtype].smallest_normal
        flushed = np.where(np.abs(rendering.numbers) < smallest, 0.0, rendering.numbers)
        yield IndexMapEdit("subnormal numbers were 0", lambda: rendering.of(of, flushed))
        cleaned = np.where(np.isnan(rendering.numbers), 0.0, rendering.numbers)
        yield IndexMapEdit("NaN were 0", lambda: rendering.of(of, cleaned))
        if isinstance(of, Patches) and not scatters:
            sentence = "patches were sums of products with zeros"
            yield IndexMapEdit(sentence, lambda: _with_products(call, of, rendering.of(of)))
            yield IndexMapEdit(
                f"{sentence}, and subnormal numbers 0", lambda: _with_products(call, of, rendering.of(of, flushed))
            )


def _first_stays(source: Array, places: Array, numbers: Array) -> None:
    source[places[::-1]] = numbers[::-1]


def _if_as_large(numbers: Array, shape: tuple[int, ...]) -> Array | None:
    return numbers.reshape(shape) if numbers.size == prod(shape) else None


def _with_products(call: RightIndexMap, of: Patches, found: Array | None) -> Array | None:
    """Each place as the sum of its window's elements of the same channel, all others times 0: a convolution."""
    if found is None:
        return None
    canonical = from_layout(found, call.last)
    places, channels = prod(axis.kernel for axis in of.axes), of.channels
    split = (places, channels) if of.order == "HWC" else (channels, places)
    table = canonical.reshape(*canonical.shape[:-1], *split)
    axis = -2 if of.order == "HWC" else -1
    infinite = ~np.isfinite(table)  # times 0, these are NaN
    others = infinite.sum(axis=axis, keepdims=True) - infinite > 0
    summed = np.where(others, np.nan, table)
    canonical = summed.reshape(canonical.shape)
    return to_layout(canonical, call.last)

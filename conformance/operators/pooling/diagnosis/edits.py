"""The mistakes that are looked for in a wrong answer, each with the sentence that names it.

Knows: calls, renditions. Must not know: answers, the mutants that make the mistakes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.diagnosis.rendition import Counted, ListedAxis, PoolingRendition
from conformance.suite.dtypes import FORMATS
from reference.family import SPATIAL_NAMES
from reference.pooling.geometry import AdaptiveAxis, WindowAxis, pooling_axis


@dataclass(frozen=True, slots=True)
class PoolingEdit:
    """One mistake; the sentence is what an answer behaves like that makes it."""

    sentence: str
    apply: Callable[[PoolingRendition], PoolingRendition]


def edits_of(call: RightPooling) -> Iterator[PoolingEdit]:
    """Every mistake that can be made about the call; some change nothing."""
    if call.definition.adaptive:
        yield from _edits_of_adaptive(call)
    else:
        # What is made of windows that hang over, which few calls have: other words that explain it as well come later.
        if call.definition.reduction == "norm":
            sentence = "the sum of a partial window were multiplied by the whole window over the divisor of the partial"
            yield PoolingEdit(f"{sentence} window", lambda old: replace(old, of_window="whole"))
        elif call.averages and call.ceil_mode:
            overhang = "windows that hang over were divided by all of them"
            yield PoolingEdit(overhang, lambda old: replace(old, overhang=True))
        yield from _edits_of_words(call)
        yield from _edits_of_axes(call)
        for names in combinations(range(call.definition.rank), 2):
            yield from _exchanges(call, *names)
    yield from _edits_of_numbers(call)


def _edits_of_words(call: RightPooling) -> Iterator[PoolingEdit]:
    """One argument of the call were another."""

    def read(
        padding: Any = None, ceil_mode: bool | None = None, **numbers: Callable[[WindowAxis], int]
    ) -> Callable[[PoolingRendition], PoolingRendition]:
        def apply(old: PoolingRendition) -> PoolingRendition:
            new = []
            for axis in call.geometry.sliding:
                rule: Any = padding or (
                    call.padding if isinstance(call.padding, str) else (axis.pad_before, axis.pad_after)
                )
                mode = call.ceil_mode if ceil_mode is None else ceil_mode
                changed = replace(axis, **{name: number(axis) for name, number in numbers.items()})
                new.append(
                    pooling_axis(changed.input, changed.kernel, changed.stride, changed.dilation, rule, ceil_mode=mode)
                )
            return replace(old, axes=tuple(new))

        return apply

    yield PoolingEdit("ceil_mode were True", read(ceil_mode=True))
    yield PoolingEdit("ceil_mode were False", read(ceil_mode=False))
    yield PoolingEdit("padding were VALID", read("VALID"))
    yield PoolingEdit("padding were SAME", read("SAME"))
    yield PoolingEdit("strides were 1", read(stride=lambda axis: 1))
    yield PoolingEdit("strides were ksize", read(stride=lambda axis: axis.kernel))
    yield PoolingEdit("dilations were 1", read(dilation=lambda axis: 1))
    yield PoolingEdit("dilations were strides", read(dilation=lambda axis: axis.stride))
    yield PoolingEdit("the window were one element longer", read(kernel=lambda axis: axis.kernel + 1))
    yield PoolingEdit("the window were one element shorter", read(kernel=lambda axis: max(axis.kernel - 1, 1)))


def _in_pairs(call: RightPooling, old: PoolingRendition) -> PoolingRendition:
    """ONNX's list of pads, taken for PyTorch's."""
    asked = call.geometry.sliding
    listed = [*(axis.pad_before for axis in asked), *(axis.pad_after for axis in asked)]
    pairs = zip(asked, listed[::2], listed[1::2], strict=True)
    axes = (
        pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, (before, after), ceil_mode=call.ceil_mode)
        for axis, before, after in pairs
    )
    return replace(old, axes=tuple(axes))


def _edits_of_axes(call: RightPooling) -> Iterator[PoolingEdit]:
    """Pads were elsewhere."""

    def each(change: Callable[[WindowAxis], WindowAxis]) -> Callable[[PoolingRendition], PoolingRendition]:
        return lambda old: replace(old, axes=tuple(map(change, call.geometry.sliding)))

    exchanged = each(lambda axis: replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before))
    yield PoolingEdit(
        "SAME put the odd element before" if call.padding == "SAME" else "pads before and behind were exchanged",
        exchanged,
    )
    if call.padding is not None and not isinstance(call.padding, str):
        yield PoolingEdit("pads that are all before, then all after, were read in pairs", partial(_in_pairs, call))
    yield PoolingEdit(
        "windows began one element later", each(lambda axis: replace(axis, pad_before=axis.pad_before - 1))
    )
    yield PoolingEdit(
        "windows began one element earlier", each(lambda axis: replace(axis, pad_before=axis.pad_before + 1))
    )
    yield PoolingEdit("a last window that begins behind the value were kept", each(_with_last_window))


def _with_last_window(axis: WindowAxis) -> WindowAxis:
    room = axis.input + axis.pad_before + axis.pad_after - axis.extent
    return replace(axis, output=max(axis.output, -(-room // axis.stride) + 1))


def _edits_of_adaptive(call: RightPooling) -> Iterator[PoolingEdit]:
    """Windows began or ended elsewhere, or there were as many as along another axis."""
    asked = [(axis.input, axis.output) for axis in call.geometry.axes]

    def windows(place: Callable[[int, int, int], tuple[int, int]]) -> Callable[[PoolingRendition], PoolingRendition]:
        """place: of output j, the lengths of input and output, where the window begins and before what it ends."""
        return lambda old: replace(old, axes=tuple(_listed(length, count, place) for length, count in asked))

    yield PoolingEdit(
        "windows began at a rounded place", windows(lambda j, i, o: ((2 * j * i + o) // (2 * o), _end(j, i, o)))
    )
    yield PoolingEdit("windows began at a place rounded up", windows(lambda j, i, o: (-(-j * i // o), _end(j, i, o))))
    yield PoolingEdit("windows ended at a place rounded down", windows(lambda j, i, o: (j * i // o, (j + 1) * i // o)))
    yield PoolingEdit(
        "windows were as long as the ratio rounded up", windows(lambda j, i, o: (j * i // o, j * i // o - (-i // o)))
    )
    yield PoolingEdit(
        "windows had one length and one stride, the ratio rounded down",
        windows(lambda j, i, o: (j * (i // o), j * (i // o) + i - (o - 1) * (i // o))),
    )
    yield PoolingEdit(
        "windows had one length and one stride, the ratio rounded up",
        windows(lambda j, i, o: (j * -(-i // o), (j + 1) * -(-i // o))),
    )
    yield PoolingEdit(
        "windows began at a multiple of a ratio in float32",
        windows(lambda j, i, o: (int(np.float32(j) * (np.float32(i) / np.float32(o))), _end(j, i, o))),
    )
    yield PoolingEdit(
        "windows had elements as far apart as there are windows",
        lambda old: replace(
            old,
            axes=tuple(
                ListedAxis(length, tuple(range(j, length, count) for j in range(count))) for length, count in asked
            ),
        ),
    )
    yield PoolingEdit("windows ended one element later", windows(lambda j, i, o: (j * i // o, _end(j, i, o) + 1)))
    yield PoolingEdit("windows began one element later", windows(lambda j, i, o: (j * i // o + 1, _end(j, i, o))))
    names = SPATIAL_NAMES[call.definition.rank]
    for first, second in combinations(range(call.definition.rank), 2):
        order = list(range(call.definition.rank))
        order[first], order[second] = second, first
        yield PoolingEdit(
            f"{names[first]} and {names[second]} were exchanged in output_size",
            lambda old, order=order: replace(  # type: ignore[misc]
                old, axes=tuple(AdaptiveAxis(asked[to][0], asked[of][1]) for to, of in enumerate(order))
            ),
        )


def _end(output: int, length: int, count: int) -> int:
    return -(-(output + 1) * length // count)


def _listed(length: int, count: int, place: Callable[[int, int, int], tuple[int, int]]) -> ListedAxis:
    places = (place(output, length, count) for output in range(count))
    return ListedAxis(length, tuple(range(max(start, 0), min(stop, length)) for start, stop in places))


def _exchanges(call: RightPooling, first: int, second: int) -> Iterator[PoolingEdit]:
    """Two axes were taken for one another in one argument, or in all."""
    names = SPATIAL_NAMES[call.definition.rank]
    pair = f"{names[first]} and {names[second]}"

    def exchange(*fields: str) -> Callable[[PoolingRendition], PoolingRendition]:
        def apply(old: PoolingRendition) -> PoolingRendition:
            asked = call.geometry.sliding
            axes = list(asked)
            for to, of in ((first, second), (second, first)):
                axes[to] = replace(asked[to], **{field: getattr(asked[of], field) for field in fields})
                rule: Any = call.padding if isinstance(call.padding, str) else (axes[to].pad_before, axes[to].pad_after)
                axis = axes[to]
                axes[to] = pooling_axis(
                    axis.input, axis.kernel, axis.stride, axis.dilation, rule, ceil_mode=call.ceil_mode
                )
            return replace(old, axes=tuple(axes))

        return apply

    yield PoolingEdit(f"{pair} were exchanged in ksize", exchange("kernel"))
    yield PoolingEdit(f"{pair} were exchanged in strides", exchange("stride"))
    yield PoolingEdit(f"{pair} were exchanged in dilations", exchange("dilation"))
    yield PoolingEdit(f"{pair} were exchanged in padding", exchange("pad_before", "pad_after"))
    everything = exchange("kernel", "stride", "dilation", "pad_before", "pad_after")
    yield PoolingEdit(f"{pair} were exchanged in all arguments", everything)


def _edits_of_numbers(call: RightPooling) -> Iterator[PoolingEdit]:
    """What is made of the numbers were another thing."""
    if call.definition.reduction == "index":
        yield from _edits_of_indices(call)
    elif call.definition.reduction == "norm":
        yield from _edits_of_norms()
    elif call.averages:
        yield PoolingEdit("averages were divided by their elements", lambda old: replace(old, divisor="elements"))
        yield PoolingEdit(
            "averages were divided by their places, pads included", lambda old: replace(old, divisor="places")
        )
        yield PoolingEdit("averages were divided by the whole window", lambda old: replace(old, divisor="window"))
        if call.count_include_pad:
            yield PoolingEdit("pads behind the value counted in no divisor", lambda old: replace(old, divisor="front"))
        yield PoolingEdit("windows were summed and not divided", lambda old: replace(old, taken="sum"))
        if not call.definition.adaptive:
            yield PoolingEdit(
                "pads held copies of the border", lambda old: replace(old, pads="copies", divisor="window")
            )
        yield PoolingEdit("the maximum were taken", lambda old: replace(old, taken="maximum"))
    else:
        if not call.definition.adaptive:
            yield PoolingEdit("pads held 0", lambda old: replace(old, pads="zeros"))
            yield PoolingEdit("pads held copies of the border", lambda old: replace(old, pads="copies"))
        yield PoolingEdit("the minimum were taken", lambda old: replace(old, taken="minimum"))
        yield PoolingEdit("windows were averaged", lambda old: replace(old, taken="average"))
        yield PoolingEdit("absolute values were compared", lambda old: replace(old, sizes=True))
        yield from _edits_of_8_bits(call)
        lowest = -FORMATS[call.dtype].largest
        yield PoolingEdit("the lowest finite number stood for -inf", lambda old: replace(old, of_nothing=lowest))
    if call.direction != "forward" and call.definition.reduction == "maximum":
        yield PoolingEdit("the last of equal maxima took the cotangent", lambda old: replace(old, routed="last"))
        yield PoolingEdit("each of equal maxima took the cotangent", lambda old: replace(old, routed="all"))
        yield PoolingEdit("equal maxima shared the cotangent", lambda old: replace(old, routed="shared"))
    yield PoolingEdit("NaN were left out", lambda old: replace(old, keeps_nan=False))
    yield PoolingEdit("windows without an element gave 0", lambda old: replace(old, of_nothing=0.0))
    layouts = ("first", "last") if call.last else ("last", "first")
    yield PoolingEdit(
        f"the memory were read with the channels {layouts[0]} instead of {layouts[1]}",
        lambda old: replace(old, last=not old.last),
    )


def _edits_of_8_bits(call: RightPooling) -> Iterator[PoolingEdit]:
    form = FORMATS[call.dtype]
    if form.narrow and form.lowest == 0:
        yield PoolingEdit("numbers beyond 127 were compared as negative ones", lambda old: replace(old, wraps=True))
    if form.narrow and not call.definition.adaptive:
        held = 128 if form.lowest == 0 else -127
        yield PoolingEdit(f"pads held {held}", lambda old: replace(old, pads="zeros", held=held))


def _edits_of_indices(call: RightPooling) -> Iterator[PoolingEdit]:
    ways: dict[Counted, str] = {
        "image": "indices were places in their image",
        "batch": "indices were places in the whole value",
        "plane": "indices were places in the plane of their channel",
        "window": "indices were places in their window",
        "padded": "indices were places in the padded value",
        "columns": "indices were places in a value whose columns lie first",
        "other layout": f"indices were places in a value with its channels {'first' if call.last else 'last'}",
    }
    for counted, sentence in ways.items():
        yield PoolingEdit(sentence, lambda old, counted=counted: replace(old, index=counted))  # type: ignore[misc]
    yield from _edits_of_8_bits(call)
    yield PoolingEdit("the last of equal maxima were taken", lambda old: replace(old, routed="last"))
    yield PoolingEdit("the minimum were taken", lambda old: replace(old, taken="minimum"))
    yield PoolingEdit("absolute values were compared", lambda old: replace(old, sizes=True))


def _edits_of_norms() -> Iterator[PoolingEdit]:
    yield PoolingEdit("no absolute values were taken", lambda old: replace(old, signed=True))
    yield PoolingEdit("no root were taken", lambda old: replace(old, rooted=False))
    yield PoolingEdit("powers were averaged over the window", lambda old: replace(old, of_window="mean"))
    yield PoolingEdit("the largest absolute value were taken", lambda old: replace(old, taken="maximum", sizes=True))
    yield PoolingEdit("pads held copies of the border", lambda old: replace(old, pads="copies"))
    yield PoolingEdit("windows were summed and no norm taken", lambda old: replace(old, taken="sum"))
    for norm in (1, 2, 3):
        yield PoolingEdit(f"norm_type were {norm}", lambda old, norm=norm: replace(old, norm=norm))  # type: ignore[misc]

"""Windows that are others than those of the call: what a mutant's engine is given in their place.

Knows: calls and their integers. Must not know: arrays, the words in which a diagnosis explains them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from conformance.operators.pooling.call import RightPooling
from reference.pooling.geometry import WindowAxis, pooling_axis

AxesOf: TypeAlias = Callable[[RightPooling], tuple[WindowAxis, ...]]
Spans: TypeAlias = tuple[tuple[range, ...], ...]
"""of each spatial axis the places of every window"""
SpansOf: TypeAlias = Callable[[tuple[tuple[int, int], ...]], Spans]
"""of an adaptive pooling, from the lengths of input and output of each axis"""


def spans(
    start: Callable[[int, int, int], int] = lambda j, i, o: j * i // o,
    stop: Callable[[int, int, int], int] = lambda j, i, o: -(-(j + 1) * i // o),
) -> SpansOf:
    """Windows that begin and end where these say, of output number j and the two lengths; none leaves the value."""

    def of(lengths: tuple[tuple[int, int], ...]) -> Spans:
        return tuple(tuple(range(max(start(j, i, o), 0), min(stop(j, i, o), i)) for j in range(o)) for i, o in lengths)

    return of


def last_two_exchanged(lengths: tuple[tuple[int, int], ...]) -> Spans:
    """As many windows along each of the last two axes as there are to be along the other."""
    inputs, outputs = [i for i, _ in lengths], [o for _, o in lengths]
    outputs[-2:] = outputs[-2:][::-1]
    return spans()(tuple(zip(inputs, outputs, strict=True)))


def again(
    change: Callable[[WindowAxis], WindowAxis] = lambda axis: axis, padding: Any = None, ceil_mode: bool | None = None
) -> AxesOf:
    """The axes of the call with other numbers, another padding, other lengths."""

    def axes(call: RightPooling) -> tuple[WindowAxis, ...]:
        mode = call.ceil_mode if ceil_mode is None else ceil_mode
        changed = [change(axis) for axis in call.geometry.sliding]
        made = [_made(axis, call, mode, padding) for axis in changed]
        return tuple(axis if axis.output >= 0 else asked for axis, asked in zip(made, changed, strict=True))

    return axes


def each(change: Callable[[WindowAxis], WindowAxis]) -> AxesOf:
    """Every axis of the call, changed."""
    return lambda call: tuple(map(change, call.geometry.sliding))


def turned(*fields: str) -> AxesOf:
    """The last two axes exchange these numbers."""

    def axes(call: RightPooling) -> tuple[WindowAxis, ...]:
        order = [*range(call.definition.rank - 2), *(range(call.definition.rank)[:-3:-1])]
        taken = zip(call.geometry.sliding, (call.geometry.sliding[number] for number in order), strict=True)
        exchanged = [replace(to, **{field: getattr(of, field) for field in fields}) for to, of in taken]
        made = [_made(axis, call, call.ceil_mode) for axis in exchanged]
        return tuple(axis if axis.output >= 0 else asked for axis, asked in zip(made, exchanged, strict=True))

    return axes


def _made(axis: WindowAxis, call: RightPooling, ceil_mode: bool, padding: Any = None) -> WindowAxis:
    """The axis of these numbers and pads, or of the call's word."""
    rule: Any = padding or (call.padding if isinstance(call.padding, str) else (axis.pad_before, axis.pad_after))
    return pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, rule, ceil_mode=ceil_mode)


def _one_more(axis: WindowAxis) -> WindowAxis:
    room = axis.input + axis.pad_before + axis.pad_after - axis.extent
    return replace(axis, output=max(axis.output, -(-room // axis.stride) + 1))


def kept(call: RightPooling) -> tuple[WindowAxis, ...]:
    """In ceil_mode with a last window that begins behind the value."""
    return (
        tuple(map(_one_more, call.geometry.sliding))
        if call.ceil_mode and call.padding != "SAME"
        else call.geometry.sliding
    )


def listed_otherwise(call: RightPooling) -> tuple[WindowAxis, ...]:
    """Pads that are listed as all before, then all after, are read as a pair for each axis."""
    axes = call.geometry.sliding
    if isinstance(call.padding, str):
        return axes
    listed = [*(axis.pad_before for axis in axes), *(axis.pad_after for axis in axes)]
    pairs = zip(axes, listed[::2], listed[1::2], strict=True)
    read = [replace(axis, pad_before=before, pad_after=after) for axis, before, after in pairs]
    made = [_made(axis, call, call.ceil_mode) for axis in read]
    return tuple(axis if axis.output >= 0 else asked for axis, asked in zip(made, read, strict=True))


def one_later(axis: WindowAxis) -> WindowAxis:
    """Its windows begin one element later."""
    return replace(axis, pad_before=axis.pad_before - 1, pad_after=axis.pad_after + 1)


def sides(axis: WindowAxis) -> WindowAxis:
    """The pads of its two sides are exchanged."""
    return replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before)


def same_lower(call: RightPooling) -> tuple[WindowAxis, ...]:
    """SAME with the odd element before."""
    return tuple(map(sides, call.geometry.sliding)) if call.padding == "SAME" else call.geometry.sliding

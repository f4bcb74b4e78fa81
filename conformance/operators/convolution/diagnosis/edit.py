"""An edit: one way in which an implementation can misread or mistreat the specification.

Knows: renditions. Must not know: answers. The edits themselves are one file a family; the table is
`conformance.operators.convolution.diagnosis.edits`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from conformance.operators.convolution.diagnosis.rendition import Array, Change, Rendition
from reference.geometry import Axis, AxisPadding, convolved_length, legal_output_lengths, transposed_axis

Apply: TypeAlias = Callable[[Rendition], Iterable[Rendition]]
"""the edited renditions: several where one mistake can be carried out in several ways, none where it has no object"""
Place: TypeAlias = Callable[[int], slice]
"""which of a number of taps, phases, rows or channels"""


# Of an edited array, or four times those of the call: an edit that puts pixels 2^32 apart has no room
MOST_POSITIONS = 10_000_000


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of the specification."""

    name: str
    kind: str
    """what it is about; two edits of one kind exclude each other"""
    clause: str
    """what it behaves as if; {old} and {new} are the specification's rendition and the edited one"""
    apply: Apply

    def told(self, old: Rendition, new: Rendition) -> str:
        """The clause with its numbers."""
        return self.clause.format(old=old, new=new)


def axis_sets(rank: int) -> Iterator[tuple[int, ...]]:
    """The axes on which one mistake can be made: all, then fewer, then one at a time."""
    for count in range(rank, 0, -1):
        yield from combinations(range(rank), count)


def on_axes(old: Rendition, change: Callable[[Axis, AxisPadding], Axis | None]) -> Iterator[Rendition]:
    """The rendition with some axes changed, all of them first; without those that change nothing."""
    changed = [change(axis, rule) or axis for axis, rule in zip(old.axes, old.rules, strict=True)]
    seen = {old.axes}
    for chosen in axis_sets(len(old.axes)):
        axes = tuple(
            new if at in chosen else kept for at, (new, kept) in enumerate(zip(changed, old.axes, strict=True))
        )
        if axes not in seen:
            seen.add(axes)
            yield replace(old, axes=axes)


def recropped(axis: Axis, rule: AxisPadding) -> Axis:
    """The axis with the crop_before that its numbers and the call's rule for the padding mean."""
    return transposed_axis(axis.input, axis.kernel, axis.stride, axis.dilation, rule, axis.output)


def legal(axis: Axis, rule: AxisPadding) -> range:
    """The legal output lengths of a transposed convolution; its own where there is none."""
    lengths = legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, rule)
    return lengths or range(axis.output, axis.output + 1)


def consequences(old: Rendition, new: Rendition) -> Iterator[Rendition]:
    """What may follow from edited numbers: the crop kept, the crop that they mean, and the lengths that they mean."""
    yield new
    pairs = list(zip(new.axes, new.rules, strict=True))
    following = [[recropped(axis, rule) for axis, rule in pairs]]
    if new.forward and not new.operator.transposed:
        longer = new.with_lengths([_convolved(axis, rule) for axis, rule in pairs])
        following.append(list(longer.axes))
        following.append([recropped(axis, rule) for axis, rule in zip(longer.axes, new.rules, strict=True)])
    seen = {old.axes, new.axes}
    for axes in following:
        if tuple(axes) not in seen:
            seen.add(tuple(axes))
            yield new.with_axes(axes)


def repadded(old: Rendition, rules: Sequence[AxisPadding]) -> Iterator[Rendition]:
    """The padding read as another one: with the lengths asked for, and with the lengths that follow from it."""
    axes = old.axes
    yield old.with_axes([recropped(axis, rule) for axis, rule in zip(axes, rules, strict=True)])
    if not old.forward:
        return
    if not old.operator.transposed:
        lengths = [[_convolved(axis, rule) for axis, rule in zip(axes, rules, strict=True)]]
    else:
        spans = [legal(axis, rule) for axis, rule in zip(axes, rules, strict=True)]
        lengths = [[span[0] for span in spans], [span[-1] for span in spans]]
    for each in lengths:
        longer = old.with_lengths(each)
        yield longer.with_axes([recropped(axis, rule) for axis, rule in zip(longer.axes, rules, strict=True)])


def _convolved(axis: Axis, rule: AxisPadding) -> int:
    return convolved_length(axis.output, axis.kernel, axis.stride, axis.dilation, rule)


def on_filter(old: Rendition, change: Change) -> Iterator[Rendition]:
    """The filter changed by what is its own inverse, or loses something: as an operand, or as what is asked for."""
    if old.has_filter:
        yield old.with_operand("filter", change(old.filter))
    elif old.target == "filter":
        yield old.changed(change)


def on_result_channels(old: Rendition, change: Change) -> Iterator[Rendition]:
    """The channels of the operator's result changed, as those of its cotangent where a gradient is asked for."""
    if old.forward:
        yield old.changed(change)
    else:
        yield old.with_operands(["cotangent"], change)


def on_value_channels(old: Rendition, change: Change) -> Iterator[Rendition]:
    """The channels of the value changed, as those of its gradient where that is asked for."""
    if old.direction == "value_gradient":
        yield old.changed(change)
    elif "value" in old.pixel_operands:
        yield old.with_operands(["value"], change)


def on_images(old: Rendition, change: Change) -> Iterator[Rendition]:
    """The images of what is asked for changed; where they are summed, those of its cotangent."""
    yield old.changed(change) if old.of_pixels else old.with_operands(["cotangent"], change)


def without(array: Array, at: slice, axis: int) -> Array:
    """A copy with zeros there."""
    array = array.copy()
    array.swapaxes(0, axis)[at] = 0
    return array

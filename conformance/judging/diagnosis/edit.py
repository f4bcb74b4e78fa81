"""An edit: one way in which an implementation can misread or mistreat the specification.

Knows: renditions. Must not know: answers. The edits themselves are one file a family; the table is
`conformance.judging.diagnosis.edits`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from conformance.judging.diagnosis.rendition import Rendition
from reference.geometry import Axis, AxisPadding, transposed_axis

Apply: TypeAlias = Callable[[Rendition], Iterable[Rendition]]
"""the edited renditions: several where one mistake can be carried out in several ways, none where it has no object"""
AXIS_SETS: tuple[tuple[int, ...], ...] = ((0, 1), (0,), (1,))
"""the axes on which one mistake can be made: both, height, width"""


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


def recropped(axis: Axis, rule: AxisPadding) -> Axis:
    """The axis with the crop_before that its numbers and the call's rule for the padding mean."""
    return transposed_axis(axis.input, axis.kernel, axis.stride, axis.dilation, rule, axis.output)


def both_crops(rendition: Rendition) -> Iterator[Rendition]:
    """The rendition with its crop kept, and with the crop that follows from its edited numbers."""
    yield rendition
    axes = tuple(recropped(axis, rule) for axis, rule in zip(rendition.axes, rendition.rules, strict=True))
    if axes != rendition.axes:
        yield replace(rendition, axes=axes)


def on_axes(rendition: Rendition, change: Callable[[Axis, AxisPadding], Axis | None]) -> Iterator[Rendition]:
    """The rendition with both axes changed, then one at a time; without those that change nothing."""
    changed = [change(axis, rule) or axis for axis, rule in zip(rendition.axes, rendition.rules, strict=True)]
    seen = {rendition.axes}
    for chosen in AXIS_SETS:
        axes = tuple(
            new if at in chosen else old for at, (new, old) in enumerate(zip(changed, rendition.axes, strict=True))
        )
        if axes not in seen:
            seen.add(axes)
            yield replace(rendition, axes=axes)

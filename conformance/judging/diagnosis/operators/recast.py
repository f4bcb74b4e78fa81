"""A question recast: the call and its operands as somebody misread them.

Knows: calls, operands by name, the geometry. Must not know: answers. Next stage: the oracle computes what is right for
the recast question (`conformance.judging.diagnosis.operators.search`). The edits are one file a kind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Call
from reference.geometry import Axis, TransposedConvolution

Array: TypeAlias = NDArray[Any]
Change: TypeAlias = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class Recast:
    """A call, its operands in the layouts of the call, and what is done to the result in that layout."""

    call: Call
    operands: Mapping[str, Array]
    finish: Change | None = None

    @property
    def geometry(self) -> TransposedConvolution:
        """The geometry of the call, which is a right one."""
        assert self.call.geometry is not None
        return self.call.geometry

    @property
    def channels(self) -> int:
        """Which axis of value, result and cotangent has the channels."""
        return -1 if self.call.last else 1

    def with_geometry(self, **changes: Any) -> "Recast":
        """The same with other numbers in its geometry."""
        return replace(self, call=replace(self.call, geometry=replace(self.geometry, **changes)))

    def with_axes(self, change: Callable[[Axis], Axis]) -> "Recast":
        """The same with every axis changed."""
        return self.with_geometry(axes=tuple(change(axis) for axis in self.geometry.axes))

    def with_operand(self, name: str, change: Change) -> "Recast":
        """The same with one operand changed."""
        return replace(self, operands={**self.operands, name: change(self.operands[name])})

    def with_operands(self, change: Change) -> "Recast":
        """The same with all operands changed."""
        return replace(self, operands={name: change(operand) for name, operand in self.operands.items()})

    def then(self, change: Change) -> "Recast":
        """The same with something done to the result."""
        return replace(self, finish=change)


Recasts: TypeAlias = Iterator[tuple[str, str, Recast]]
"""an edit's stable name, what it behaves as if, and the question that this makes; a name several times where one
mistake can be carried out in several ways, and not at all where it has no object"""
QuestionEdit: TypeAlias = Callable[[Recast], Recasts]
"""Ways in which an implementation can misread a call of any operator."""


def parts(array: Array, axis: int, groups: int) -> Array:
    """The channels of an array (..., channels, ...) as (..., groups, channels of one), moved to its end."""
    moved = np.moveaxis(array, axis, -1)
    return moved.reshape(*moved.shape[:-1], groups, moved.shape[-1] // groups)


def joined(array: Array, axis: int) -> Array:
    """What `parts` took apart."""
    return np.moveaxis(array.reshape(*array.shape[:-2], -1), -1, axis)

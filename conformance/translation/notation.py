"""Notation between the layouts of a call that is read and of the one that is judged: joined, and undone.

Knows: plans' steps. Must not know: any kind, frameworks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.adjoint import backwards
from conformance.adapters.plan import Flip, NumpyStep, Plan, Reshape, Transpose

Shape: TypeAlias = tuple[int, ...]
Notation: TypeAlias = tuple[Transpose | Flip | Reshape, ...]


def undone(notation: Notation, shape: Shape, array: NDArray[Any]) -> NDArray[Any]:
    """What the notation would have made the array of, from the shape that it starts from."""
    for step in backwards(notation, shape, ""):
        array = step.apply(array)
    return array


def simplified(plan: Plan) -> Plan:
    """The same plan with the notation of each operand joined: at most one flip and one transposition in a row."""
    before, invoke, after = plan.parts
    return Plan((*_joined(before), invoke, *_joined(after)), plan.notes)


def _joined(steps: Iterable[NumpyStep]) -> list[NumpyStep]:
    """Operands do not meet outside of the call: their steps are joined one operand at a time."""
    by_operand: dict[str, list[NumpyStep]] = {}
    for step in steps:
        by_operand.setdefault(step.operand, []).append(step)
    return [step for operand, own in by_operand.items() for step in _joined_operand(operand, own)]


def _joined_operand(operand: str, steps: list[NumpyStep]) -> list[NumpyStep]:
    # Axes that are counted from the end cannot be joined without the number of axes.
    if any(min(step.axes) < 0 for step in steps if isinstance(step, Transpose | Flip)):
        return steps
    joined: list[NumpyStep] = []
    notation = _Notation()
    for step in steps:
        if isinstance(step, Transpose | Flip):
            notation = notation.then(step)
        else:
            joined += [*notation.steps(operand), step]
            notation = _Notation()
    return joined + notation.steps(operand)


@dataclass(frozen=True, slots=True)
class _Notation:
    """A flip, then a transposition; the neutral one until a step says of how many axes."""

    flipped: frozenset[int] = frozenset()
    """axes of the array before"""
    order: tuple[int, ...] = ()

    def then(self, step: Transpose | Flip) -> "_Notation":
        order = self.order or tuple(range(max(step.axes) + 1))
        if isinstance(step, Transpose):
            return _Notation(self.flipped, tuple(order[axis] for axis in step.axes))
        before = {order[axis] if axis < len(order) else axis for axis in step.axes}
        return _Notation(self.flipped ^ before, self.order)

    def steps(self, operand: str) -> list[NumpyStep]:
        flips: list[NumpyStep] = [Flip(operand, tuple(sorted(self.flipped)))] if self.flipped else []
        moves = self.order and self.order != tuple(range(len(self.order)))
        return [*flips, Transpose(operand, self.order)] if moves else flips

"""From a meaning to the plan of a target: the notation from the given operands, the target's own plan, and back.

Knows: plans and adapters. Must not know: where the call came from, workers (`conformance.translation.experiment`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.adapters.plan import Flip, Invoke, NumpyStep, Pad, Plan, Step, Transpose, Unsupported
from conformance.adapters.protocol import Adapter, plan_call
from conformance.translation.meaning import Meaning, Notation, has_margins


def write(meaning: Meaning, adapter: Adapter) -> Plan | Unsupported:
    """The call for the adapter's framework, from the operands that the given call has to the result that it has."""
    plan = plan_call(adapter, meaning.call)
    if isinstance(plan, Unsupported):
        return plan
    steps: list[Step] = [*meaning.value, *meaning.filter, *plan.steps]
    notes = list(plan.notes)
    if has_margins(meaning.margins):
        steps.append(Pad("result", ((0, 0), *meaning.margins, (0, 0))))
        around = ", ".join(f"{before} and {after}" for before, after in meaning.margins)
        notes.append(
            f"zeros lie around the full result, before and after per axis: {around}; they are put there: composed"
        )
    steps += meaning.result
    return Plan(simplified(steps), tuple(notes))


def undone(notation: Iterable[Transpose | Flip]) -> tuple[Transpose | Flip, ...]:
    """The steps that lead back."""
    return tuple(_inverse(step) for step in reversed(tuple(notation)))


def given_shapes(meaning: Meaning) -> dict[str, tuple[int, ...]]:
    """The shapes of the given call's operands, by name, in order."""
    notation = {"value": meaning.value, "filter": meaning.filter}
    return {name: _before(notation.get(name, ()), shape) for name, shape in meaning.call.operands.items()}


def _before(notation: Notation, shape: tuple[int, ...]) -> tuple[int, ...]:
    for step in undone(notation):
        if isinstance(step, Transpose):
            shape = tuple(shape[axis] for axis in step.axes)
    return shape


def filter_steps(plan: Plan) -> tuple[NumpyStep, ...]:
    """What a plan does to the filter before its call."""
    return tuple(step for step in plan.steps if not isinstance(step, Invoke) and step.operand == "filter")


def simplified(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The same steps with the notation of each operand joined: at most one flip and one transposition in a row."""
    steps = tuple(steps)
    place = next(number for number, step in enumerate(steps) if isinstance(step, Invoke))
    return (*_joined(steps[:place]), steps[place], *_joined(steps[place + 1 :]))


def _inverse(step: Transpose | Flip) -> Transpose | Flip:
    if isinstance(step, Flip):
        return step
    return Transpose(step.operand, tuple(step.axes.index(axis) for axis in range(len(step.axes))))


def _joined(steps: Iterable[Step]) -> list[NumpyStep]:
    """Operands do not meet outside of the call: their steps are joined one operand at a time."""
    by_operand: dict[str, list[NumpyStep]] = {}
    for step in steps:
        assert not isinstance(step, Invoke)
        by_operand.setdefault(step.operand, []).append(step)
    return [step for operand, own in by_operand.items() for step in _joined_operand(operand, own)]


def _joined_operand(operand: str, steps: list[NumpyStep]) -> list[NumpyStep]:
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

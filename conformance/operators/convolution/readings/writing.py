"""From a meaning to the plan of a target: the notation from the given operands, the target's own plan, and back.

Knows: plans and adapters. Must not know: where the call came from, workers (`conformance.translation.experiment`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Argument, Crop, Flip, NumpyStep, Pad, Plan, Step, Transpose, Unsupported
from conformance.adapters.protocol import Adapter, Composes, asked, plan_call
from conformance.operators.convolution.call import Convolution
from conformance.operators.convolution.readings.meaning import Meaning

TENSORFLOW = load_adapter(parse_lane("tensorflow"))
_LETTERS = {"value": "x", "filter": "f", "bias": "b", "cotangent": "c"}


def write(meaning: Meaning, adapter: Adapter) -> Plan | Unsupported:
    """The call for the adapter's framework, from the operands that the given call has to the result that it has."""
    plan = plan_call(adapter, meaning.call)
    if isinstance(adapter, Composes) and isinstance(plan, Plan):
        plan = asked("plan_composed", Plan | Unsupported, adapter.plan_composed, meaning.call)
    if isinstance(plan, Unsupported):
        return plan
    fit: list[Step] = [] if meaning.fit is None else [meaning.fit]
    steps: list[Step] = [*meaning.value, *fit, *meaning.filter, *plan.steps, *meaning.result]
    return simplified(Plan(tuple(steps), (*plan.notes, *fit_notes(meaning))))


def fit_notes(meaning: Meaning) -> tuple[str, ...]:
    """Why the value is longer or shorter than the given one."""
    match meaning.fit:
        case Pad(width=width):
            around = ", ".join(f"{before} and {after}" for before, after in width[1:-1])
            return (
                f"the result reaches beyond what the value alone gives; zeros are put around the value, before and "
                f"after per axis: {around}: composed",
            )
        case Crop():
            return ("the pads cut into the value; what they cut off is cropped: composed",)
    return ()


def written(call: Convolution) -> str:
    """A TensorFlow call as a user would write it here: with a bias, and what it is differentiated for."""
    plan = TENSORFLOW.plan(call)
    assert isinstance(plan, Plan)
    _, invoke, _ = plan.parts
    text = ""
    for each in (invoke, *invoke.then):
        operands = [text if name == "result" else _tensor(call, name) for _, name in each.operands]
        keywords = [f"{name}={_listed(argument)}" for name, argument in each.keywords]
        text = f"{each.function}({', '.join(operands + keywords)})"
    if invoke.gradient:
        return f"gradient({text}, of {_LETTERS[invoke.gradient]}, with {_tensor(call, 'cotangent')})"
    return text


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


def _tensor(call: Convolution, name: str) -> str:
    return f"{_LETTERS[name]}{_listed(call.operands[name])}"


def _listed(argument: Argument) -> str:
    return f"[{', '.join(_listed(each) for each in argument)}]" if isinstance(argument, tuple) else repr(argument)

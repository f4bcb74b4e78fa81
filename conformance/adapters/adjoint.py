"""The plan of a gradient, from the plan of the result: every step backwards.

Knows: steps and shapes. Must not know: frameworks; the one step that differentiates is the framework's own.

What a plan does to the result is undone to the cotangent, and what it does to the operand in question is undone to that
operand's gradient. Notation stays notation; the adjoint of a crop is a pad, and of a pad a crop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from conformance.adapters.plan import Crop, Flip, NumpyStep, Pad, Plan, Reshape, Transpose

Shape = tuple[int, ...]


def gradient_plan(plan: Plan, operand: str, shapes: Mapping[str, Shape], called: Shape) -> Plan:
    """The plan that leaves the gradient for `operand`, given `cotangent`, as `result`.

    shapes: of the operands before the first step. called: of what the framework's call returns.
    """
    before, invoke, after = plan.parts
    # Steps on other operands stay in front; those on this one are undone to its gradient as well.
    own = [step for step in before if step.operand == operand]
    return Plan(
        (
            *before,
            *backwards(after, called, "cotangent"),
            replace(invoke, gradient=operand),
            *backwards(own, shapes[operand], "result"),
        ),
        plan.notes,
    )


def backwards(steps: Sequence[NumpyStep], shape: Shape, operand: str) -> list[NumpyStep]:
    """The adjoints of the steps, last one first, applied to another operand; `shape` is what the first step found.

    Of notation the adjoint is the inverse.
    """
    found = []
    for step in steps:
        found.append((step, shape))
        shape = _shape_after(step, shape)
    return [_adjoint(step, shape, operand) for step, shape in reversed(found)]


def _adjoint(step: NumpyStep, shape: Shape, operand: str) -> NumpyStep:
    match step:
        case Transpose(axes=axes):
            return Transpose(operand, tuple(axes.index(axis) for axis in range(len(axes))))
        case Flip(axes=axes):
            return Flip(operand, axes)
        case Reshape():
            return Reshape(operand, shape)
        case Crop(start=start, length=length):
            ends = zip(start, length, shape, strict=True)
            return Pad(operand, tuple((first, whole - first - count) for first, count, whole in ends))
        case Pad(width=width):
            return Crop(operand, tuple(before for before, _ in width), shape)


def _shape_after(step: NumpyStep, shape: Shape) -> Shape:
    match step:
        case Transpose(axes=axes):
            return tuple(shape[axis] for axis in axes)
        case Flip():
            return shape
        case Reshape(shape=new):
            return new
        case Crop(length=length):
            return length
        case Pad(width=width):
            return tuple(before + count + after for count, (before, after) in zip(shape, width, strict=True))

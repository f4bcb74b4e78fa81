"""A plan's call as a user would write it, with shapes in place of tensors.

Knows: plans. Must not know: any kind, frameworks.
"""

from collections.abc import Mapping

from conformance.adapters.plan import Argument, Name, Plan

_LETTERS = {"value": "x", "filter": "f", "bias": "b", "indices": "i", "cotangent": "c"}
Shapes = Mapping[str, tuple[int, ...]]


def written_plan(plan: Plan, operands: Shapes) -> str:
    """The plan's call and what follows it, of operands of these shapes, and what it is differentiated for."""
    _, invoke, _ = plan.parts
    left: dict[str, str] = {}
    for each in (invoke, *invoke.then):
        written = [
            f"{parameter}={text}" if parameter else text
            for parameter, name in each.operands
            for text in [left.get(name) or _tensor(operands, name)]
        ]
        written += [f"{name}={_listed(argument)}" for name, argument in each.keywords]
        called, names = f"{each.function}({', '.join(written)})", each.leaves.split(", ")
        left |= {name: f"{called}[{place}]" if len(names) > 1 else called for place, name in enumerate(names)}
    text = left["result"]
    if invoke.gradient:
        return f"gradient({text}, of {_LETTERS[invoke.gradient]}, with {_tensor(operands, 'cotangent')})"
    return text


def _tensor(operands: Shapes, name: str) -> str:
    return f"{_LETTERS[name]}{_listed(operands[name])}"


def _listed(argument: Argument) -> str:
    if isinstance(argument, Name):
        return argument.dotted
    return f"[{', '.join(_listed(each) for each in argument)}]" if isinstance(argument, tuple) else repr(argument)

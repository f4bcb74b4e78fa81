"""What is asked, as JSON: a plan, which a worker of the suite executes, or the call itself, for which a port plans.

What is expected crosses to neither.
"""

from math import isfinite
from typing import Any

from conformance.adapters.plan import FIELD_NAMES, Crop, Flip, Invoke, Name, Pad, Plan, Reshape, Step, Transpose
from conformance.suite.case import Call, RightCall

_STEPS: dict[str, type[Step]] = {step.__name__.lower(): step for step in (Transpose, Flip, Reshape, Crop, Pad, Invoke)}


def port_question(call: Call) -> dict[str, Any]:
    """What a port that plans for itself is asked: the call, and its geometry where it has one."""
    axes = None
    if isinstance(call, RightCall):
        # What follows from the other numbers is left out: a port need not ask which of the two holds.
        axes = [{name: number for name, number in axis.items() if name != "crop_after"} for axis in call.axes]
    return {"operator": call.operator, "arguments": call.arguments(), "axes": axes}


def encode_plan(plan: Plan) -> list[dict[str, Any]]:
    """The steps as JSON objects; notes stay behind, they are for readers."""
    return [_encoded(step) for step in plan.steps]


def decode_plan(encoded: list[dict[str, Any]]) -> Plan:
    """The plan that `encode_plan` took apart."""
    return Plan(tuple(_step(dict(step)) for step in encoded))


def _encoded(step: Step) -> dict[str, Any]:
    written = {name: _written(getattr(step, name)) for name in FIELD_NAMES[type(step)] if name != "then"}
    if isinstance(step, Invoke):
        written["then"] = [_encoded(each) for each in step.then]
    return {"step": type(step).__name__.lower(), **written}


def _written(value: Any) -> Any:
    """A step's field as JSON has it, which has no infinity, no NaN and no names."""
    match value:
        case int() | str() | None:
            return value
        case tuple():
            return [_written(each) for each in value]
        case Name(dotted):
            return {"name": dotted}
        case float() if not isfinite(value):
            return {"float": str(value)}
    return value


def _step(encoded: dict[str, Any]) -> Step:
    kind = _STEPS[encoded.pop("step")]
    if kind is Invoke:
        encoded["then"] = [_step(dict(each)) for each in encoded.get("then", ())]
    return kind(**{name: _read(written) for name, written in encoded.items()})


def _read(written: Any) -> Any:
    match written:
        case list():
            return tuple(_read(each) for each in written)
        case {"name": str(dotted)}:
            return Name(dotted)
        case {"float": str(text)}:
            return float(text)
    return written

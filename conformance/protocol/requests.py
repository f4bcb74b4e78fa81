"""What is asked, as JSON: a plan, which a worker of the suite executes, or the call itself, for which a port plans.

What is expected crosses to neither.
"""

from dataclasses import asdict, fields
from typing import Any

from conformance.adapters.plan import Crop, Flip, Invoke, Pad, Plan, Reshape, Step, Transpose
from conformance.suite.case import Call

_STEPS: dict[str, type[Step]] = {step.__name__.lower(): step for step in (Transpose, Flip, Reshape, Crop, Pad, Invoke)}


def port_question(call: Call) -> dict[str, Any]:
    """What a port that plans for itself is asked: the call, and its geometry where it has one."""
    geometry = call.geometry
    return {
        "operator": call.operator,
        "arguments": call.arguments(),
        "axes": None if geometry is None else [asdict(axis) for axis in geometry.axes],
    }


def encode_plan(plan: Plan) -> list[dict[str, Any]]:
    """The steps as JSON objects; notes stay behind, they are for readers."""
    return [_encoded(step) for step in plan.steps]


def decode_plan(encoded: list[dict[str, Any]]) -> Plan:
    """The plan that `encode_plan` took apart."""
    return Plan(tuple(_step(dict(step)) for step in encoded))


def _encoded(step: Step) -> dict[str, Any]:
    written = {field.name: getattr(step, field.name) for field in fields(step)}
    if isinstance(step, Invoke):
        written["then"] = [_encoded(each) for each in step.then]
    return {"step": type(step).__name__.lower(), **written}


def _step(encoded: dict[str, Any]) -> Step:
    kind = _STEPS[encoded.pop("step")]
    if kind is Invoke:
        encoded["then"] = [_step(dict(each)) for each in encoded.get("then", ())]
    return kind(**{name: _tuples(written) for name, written in encoded.items()})


def _tuples(written: Any) -> Any:
    return tuple(_tuples(each) for each in written) if isinstance(written, list) else written

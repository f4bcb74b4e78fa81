"""Plans as JSON and back. A plan crosses to the worker; what is expected of it does not."""

from dataclasses import fields
from typing import Any

from conformance.adapters.plan import Crop, Flip, Invoke, Pad, Plan, Reshape, Step, Transpose

_STEPS: dict[str, type[Step]] = {step.__name__.lower(): step for step in (Transpose, Flip, Reshape, Crop, Pad, Invoke)}


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

"""Plans as JSON and back. A plan crosses to the worker; what is expected of it does not."""

from dataclasses import fields
from typing import Any

from conformance.adapters.plan import Crop, Flip, Invoke, Pad, Plan, Step, Transpose

_STEPS: dict[str, type[Step]] = {step.__name__.lower(): step for step in (Transpose, Flip, Crop, Pad, Invoke)}


def encode_plan(plan: Plan) -> list[dict[str, Any]]:
    """The steps as JSON objects; notes stay behind, they are for readers."""
    return [
        {"step": type(step).__name__.lower(), **{field.name: getattr(step, field.name) for field in fields(step)}}
        for step in plan.steps
    ]


def decode_plan(encoded: list[dict[str, Any]]) -> Plan:
    """The plan that `encode_plan` took apart."""
    return Plan(tuple(_step(dict(step)) for step in encoded))


def _step(encoded: dict[str, Any]) -> Step:
    kind = _STEPS[encoded.pop("step")]
    return kind(**{name: _tuples(written) for name, written in encoded.items()})


def _tuples(written: Any) -> Any:
    return tuple(_tuples(each) for each in written) if isinstance(written, list) else written

"""How a framework is asked a call: by the part `plans` of the package of the call's kind of operator."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, TypeAlias, TypeVar

from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.registry import operators, part
from conformance.suite.case import Call

Given = TypeVar("Given")
Planner: TypeAlias = Callable[[Any, Any], Plan | Unsupported]
"""of an adapter of the framework and a call of the kind"""
Dialects: TypeAlias = Mapping[str, Callable[[Any], Given]]
"""DIALECTS of the part `dialects`: the framework's name -> of an adapter, what is expected of its words"""
Plans: TypeAlias = Mapping[str, Planner]
"""PLANS of the part: the framework's name -> how it is asked"""


def plan_of(framework: str, adapter: Any, call: Call) -> Plan | Unsupported:
    """The plan of a call, right or wrong, in the words of a built-in framework."""
    planner = _plans(call.operator).get(framework)
    return Unsupported(f"nothing says {call.operator} to {framework}") if planner is None else planner(adapter, call)


@cache
def planned_operators(framework: str) -> tuple[str, ...]:
    """The operators that somebody can say to the framework."""
    return tuple(name for name in operators() if framework in _plans(name))


class Planned:
    """What adapters share whose calls are said by PLANS."""

    planner: str
    """the framework's name there"""

    @cached_property
    def operators(self) -> tuple[str, ...]:
        return planned_operators(self.planner)

    def plan(self, call: Call) -> Plan | Unsupported:
        return plan_of(self.planner, self, call)


def _plans(operator: str) -> Plans:
    plans: Plans = part(operator, "plans").PLANS
    return plans


def dialect_of(adapter: object, dialects: Dialects[Given]) -> Given | None:
    """What is expected of the words of the adapter's framework; None of a port, and of who has no words there."""
    made = dialects.get(getattr(adapter, "planner", ""))
    return None if made is None else made(adapter)

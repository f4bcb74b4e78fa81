"""Which operators an adapter says, and in which dtypes, asked of it without its framework.

Knows: the calls of the quick tier. Must not know: frameworks, answers.
"""

from collections.abc import Callable, Mapping
from functools import cache

from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import DTYPES, Adapter, plan_call
from conformance.operators.registry import operators
from conformance.suite.case import Call, RightTrial
from conformance.suite.corpus import select
from conformance.suite.tiers import QUICK


def supported_operators(adapter: Adapter) -> tuple[str, ...]:
    """Those of which it says at least one right call of the quick tier. Raises AdapterError as `plan_call` does."""
    return tuple(
        operator
        for operator, calls in _right_calls().items()
        if any(not isinstance(plan_call(adapter, call), Unsupported) for call in calls)
    )


def said_dtypes(adapter: Adapter, called: Callable[[str], Call]) -> tuple[str, ...]:
    """The dtypes in which it says a call. Raises AdapterError as `plan_call` does."""
    return tuple(dtype for dtype in DTYPES if not isinstance(plan_call(adapter, called(dtype)), Unsupported))


@cache
def _right_calls() -> Mapping[str, list[Call]]:
    calls: dict[str, list[Call]] = {operator: [] for operator in operators()}
    for trial in select([], QUICK):
        if isinstance(trial, RightTrial):
            calls[trial.call.operator].append(trial.call)
    return calls

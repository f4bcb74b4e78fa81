"""What is validated, and what is accepted in silence: the corpus' refusals and each dialect's own wrong calls.

Knows: wrong calls and replies. Must not know: verdicts (a run judges the same calls; here they are only told).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ml_dtypes
import numpy as np

from conformance.adapters.dialects.dialect import Dialect
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Plans, plan_call
from conformance.adapters.reply import Answer
from conformance.conventions.probe import Ask, trouble
from conformance.suite.case import Trial
from conformance.suite.corpus import select

REFUSALS = "conv2d_transpose/refusals/"


@dataclass(frozen=True, slots=True)
class WrongCallFound:
    """One wrong call and what became of it."""

    label: str
    outcome: str
    """refused, accepted, aborts, unsaid, or garbled where the harness failed"""
    text: str


def try_wrong_calls(ask: Ask, adapter: Plans, dialect: Dialect) -> Iterator[WrongCallFound]:
    """Every wrong call that the framework can be handed."""
    for trial in _refusals():
        plan = plan_call(adapter, trial.call)
        label = trial.id.removeprefix(REFUSALS)
        if isinstance(plan, Unsupported):
            yield WrongCallFound(label, "unsaid", plan.reason)
        else:
            yield _tried(ask, label, plan, trial.call.value_shape, trial.call.filter_shape, trial.call.dtype)
    for wrong in dialect.wrong_calls:
        yield _tried(ask, wrong.label, wrong.plan, wrong.value, wrong.filter, "float32")


def _refusals() -> Sequence[Trial]:
    return [trial for trial in select([f"{REFUSALS}*"]) if trial.call.geometry is None]


def _tried(
    ask: Ask, label: str, plan: Plan, value: tuple[int, ...], filter: tuple[int, ...], dtype: str
) -> WrongCallFound:
    number = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    reply = ask(plan, {"value": np.ones(value, number), "filter": np.ones(filter, number)})
    if isinstance(reply, Answer):
        return WrongCallFound(label, "accepted", f"answered with shape {list(reply.array.shape)}")
    found = trouble(reply)
    return WrongCallFound(label, found.kind, found.text)

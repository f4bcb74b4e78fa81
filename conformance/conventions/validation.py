"""What is validated, and what is accepted in silence: the corpus' refusals and each dialect's own wrong calls.

Knows: wrong calls and replies. Must not know: verdicts (a run judges the same calls; here they are only shown).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from conformance.adapters.dialect import RefusedCall, Said
from conformance.adapters.reply import Answer, CannotSay
from conformance.conventions.probe import Ask, trouble
from conformance.operators.convolution.inputs import Operands
from conformance.operators.registry import signature
from conformance.suite.case import WrongTrial
from conformance.suite.corpus import select

REFUSALS = "refusals"
"""the chapter of an operator's wrong calls"""


@dataclass(frozen=True, slots=True)
class WrongCallFound:
    """One wrong call and what became of it."""

    label: str
    outcome: str
    """refused, accepted, aborts, unsaid, or garbled where the harness failed"""
    text: str


def try_wrong_calls(ask: Ask, operators: Sequence[str], wrong_calls: Sequence[RefusedCall]) -> Iterator[WrongCallFound]:
    """Every wrong call of the operators in the corpus that the lane can be handed, and those of its own API."""
    chapters = [f"{operator}/{REFUSALS}/*" for operator in operators]
    for trial in select(chapters) if chapters else ():  # select takes no chapters for all of them
        if isinstance(trial, WrongTrial):
            yield _tried(
                ask, trial.id, trial.call, signature(trial.call.operator).generate(trial.id, trial.call, trial.inputs)
            )
    for wrong in wrong_calls:
        ones = {"value": np.ones(wrong.value, np.float32), "filter": np.ones(wrong.filter, np.float32)}
        yield _tried(ask, wrong.label, wrong.plan, ones)


def _tried(ask: Ask, label: str, said: Said, operands: Operands) -> WrongCallFound:
    reply = ask(said, operands)
    if isinstance(reply, Answer):
        return WrongCallFound(label, "accepted", f"answered with shape {list(reply.array.shape)}")
    if isinstance(reply, CannotSay):
        return WrongCallFound(label, "unsaid", reply.reason)
    found = trouble(reply)
    return WrongCallFound(label, found.kind, found.text)

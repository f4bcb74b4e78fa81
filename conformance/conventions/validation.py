"""What is validated, and what is accepted in silence: the corpus' refusals and each dialect's own wrong calls.

Knows: wrong calls and replies. Must not know: verdicts (a run judges the same calls; here they are only shown).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from conformance.adapters.dialect import RefusedCall, Said
from conformance.adapters.reply import Answer, CannotSay
from conformance.conventions.asking import Ask, trouble
from conformance.journal import ConventionFact
from conformance.operators.kind import Operands
from conformance.operators.registry import signature
from conformance.suite.case import WrongTrial
from conformance.suite.corpus import select

# The chapter of an operator's wrong calls
REFUSALS = "refusals"


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


def validation_fact(lane: str, found: Sequence[WrongCallFound]) -> ConventionFact:
    """What is refused, what is accepted in silence, what aborts the process."""
    tried = [each for each in found if each.outcome != "unsaid"]
    wrong = [each for each in tried if each.outcome != "refused"]
    parts = [f"{sum(each.outcome == 'refused' for each in tried)} refused"]
    for outcome, title in (
        ("accepted", "accepted in silence"),
        ("aborts", "abort the process"),
        ("garbled", "garbled"),
    ):
        labels = [f"{each.label} ({each.text})" for each in wrong if each.outcome == outcome]
        if labels:
            parts.append(f"{len(labels)} {title}")
    unsaid = len(found) - len(tried)
    notes = [f"{each.label}: {each.text}" for each in wrong]
    if unsaid:
        notes.append(f"{unsaid} wrong calls of the corpus cannot be said in this API")
    return ConventionFact(
        lane, "validation", "wrong calls", "; ".join(parts), f"all {len(tried)} are refused",
        not wrong if tried else None, len(tried), "wrong calls", len(wrong), notes=tuple(notes),
    )  # fmt: skip


def _tried(ask: Ask, label: str, said: Said, operands: Operands) -> WrongCallFound:
    reply = ask(said, operands)
    if isinstance(reply, Answer):
        return WrongCallFound(label, "accepted", f"answered with shape {list(reply.array.shape)}")
    if isinstance(reply, CannotSay):
        return WrongCallFound(label, "unsaid", reply.reason)
    found = trouble(reply)
    return WrongCallFound(label, found.kind, found.text)

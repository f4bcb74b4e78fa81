"""Trials and verdicts as entries of a journal.

Knows: trials, plans, verdicts. Must not know: lines and files.
"""

from hashlib import sha256

from conformance.adapters.plan import Plan
from conformance.journal import Record, TrialEntry
from conformance.journal.entry import REFUSAL
from conformance.judging.verdict import Verdict, Waived, suite_failure
from conformance.operators.facts import facts
from conformance.operators.registry import signature
from conformance.suite.case import (
    Checksum,
    FromReference,
    Generated,
    Literal,
    Recorded,
    Refusal,
    RightCall,
    Trial,
    WrongCall,
)

# Microseconds: below that a clock says nothing of a call, and 55,000 records need not say it.
CLOCK_DIGITS = 6


def trial_entry(trial: Trial) -> TrialEntry:
    """The trial as the journal tells it."""
    call = trial.call
    axes = call.axes if isinstance(call, RightCall) else ()
    own_axes = signature(call.operator).own_axes(call.operator, axes)
    known = facts(trial)
    written = [part for part in (trial.inputs, trial.expectation) if isinstance(part, Literal | Recorded | Checksum)]
    return TrialEntry(
        id=trial.id,
        operator=call.operator,
        arguments=trial.arguments(),
        inputs=trial.inputs.generator if isinstance(trial.inputs, Generated) else "literal",
        expectation=_expectation(trial),
        refusal=trial.expectation.reason if isinstance(trial.expectation, Refusal) else None,
        refusal_about=(call.fault.about or None) if isinstance(call, WrongCall) else None,
        products=call.products if isinstance(call, RightCall) else None,
        why=trial.why,
        url=trial.url,
        location=trial.location,
        axes=axes,
        fault=call.fault.message if isinstance(call, WrongCall) else None,
        written=sha256(repr(written).encode()).hexdigest() if written else None,
        own_axes=() if own_axes == axes else own_axes,
        facts={
            fact.name: known[fact.name]
            for fact in signature(call.operator).FACTS
            if known[fact.name] is not fact.otherwise
        },
    )


def record(
    trial: Trial,
    lane: str,
    plan: Plan | None,
    verdict: Verdict,
    waived: Waived | None,
    seconds: float | None,
    accumulation: str | None = None,
) -> Record:
    """The record of one verdict."""
    return Record(
        trial=trial.id,
        lane=lane,
        outcome=str(verdict.outcome),
        conforms=verdict.conforms,
        detail=verdict.detail,
        native=plan.native if plan is not None else None,
        plan=plan.source() if plan is not None else (),
        notes=plan.notes if plan is not None else (),
        observed_shape=verdict.observed_shape,
        observed_dtype=verdict.observed_dtype,
        flags=tuple(map(str, verdict.flags)),
        seconds=None if seconds is None else round(seconds, CLOCK_DIGITS),
        accumulation=accumulation,
        digest=verdict.digest,
        diagnosis=verdict.diagnosis,
        overlay=verdict.overlay,
        metrics=verdict.metrics,
        waived=waived,
        traceback=verdict.traceback or None,
    )


def failed_record(trial: Trial, lane: str, error: BaseException) -> Record:
    """The record of a trial for which the suite itself failed."""
    return record(trial, lane, None, suite_failure(error), None, None)


def _expectation(trial: Trial) -> str:
    match trial.expectation:
        case FromReference():
            return "reference"
        case Recorded():
            return "values"
        case Checksum():
            return "checksum"
        case Refusal(reason):
            return f"{REFUSAL}{reason}"

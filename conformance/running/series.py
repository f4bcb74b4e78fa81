"""A trial of several calls: its rounds, and the one verdict that comes of them.

Knows: trials, verdicts. Must not know: how a round is asked (`conformance.running.asking`).
"""

from collections.abc import Iterator
from dataclasses import replace

from conformance.judging.verdict import Outcome, Verdict
from conformance.suite.case import Trial


def rounds(trial: Trial) -> Iterator[range]:
    """The calls of each round, counted from 0."""
    for start in range(0, trial.calls, trial.at_once):
        yield range(start, start + trial.at_once)


def of_series(trial: Trial, number: int, verdict: Verdict) -> Verdict:
    """The verdict on call `number` as that of the trial: of the first that is wrong, or of the first of all."""
    if not verdict.conforms:
        together = f", made {trial.at_once} at once" if trial.at_once > 1 else ""
        return replace(verdict, detail=f"call {number} of {trial.calls}{together}: {verdict.detail}")
    if verdict.outcome is Outcome.UNSUPPORTED:
        return verdict
    return replace(verdict, detail=f"each of {trial.calls} calls: {verdict.detail}")

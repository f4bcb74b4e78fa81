"""One failure for people: its call, what is expected and observed, and the script that shows both.

Knows: trials and records of failures, scripts. Must not know: how the calls were found.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions, version

import numpy as np

from conformance import __version__
from conformance.adapters.lane import BUILT_IN, Lane, load_adapter
from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import WritesScripts, plan_call
from conformance.adapters.script import MOST_WRITTEN_OUT, ScriptExpectation, short_script
from conformance.errors import AdapterError
from conformance.journal import Record
from conformance.journal.records import trial_entry
from conformance.judging.comparison import allowed_error
from conformance.judging.expectation import required_of
from conformance.judging.question import make_question
from conformance.report import wording
from conformance.report.findings import MOST_LINES
from conformance.suite.case import Refusal, Trial
from conformance.workers.environment import environment_flags
from conformance.workers.process import THREAD_VARIABLES

# The script shows whole arrays; these say at a glance where to look.
MOST_DIFFERENCES = 3


def script_environment(threads: int) -> dict[str, str]:
    """The variables of a lane's worker, as its scripts set them."""
    return {**dict.fromkeys(THREAD_VARIABLES, str(threads)), **environment_flags()}


def origin(lane: Lane, verb: str = "explain") -> str:
    """Who wrote a script, and with what installed."""
    if lane.python:
        return f"Written by `conformance {verb}` of nn-conformance {__version__}, to be run by {lane.python}."
    there = [f"NumPy {np.__version__}"]
    known = BUILT_IN.get(lane.name)
    if known is not None and known.requires is not None:
        # The version that its distribution says: to import a framework takes seconds.
        distributions = _distributions().get(known.requires, [])
        there += [f"{each} {version(each)}" for each in distributions[:1]] or [f"no {known.requires}"]
    return f"Written by `conformance {verb}` of nn-conformance {__version__}; installed there: {', '.join(there)}."


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Module -> what installed it. All that is installed is read: 60 ms."""
    return packages_distributions()


def short_script_of(trial: Trial, record: Record, lane: Lane, verb: str, threads: int = 1) -> str | None:
    """The script that prints what is expected and observed, and exits with 1 while they differ; None where there is
    none: of a port, of an adapter that writes no scripts, or fails to, of large or complex results.
    """
    if lane.command:
        return None
    adapter = load_adapter(lane)
    try:
        plan = plan_call(adapter, trial.call)
        if isinstance(plan, Unsupported) or not isinstance(adapter, WritesScripts):
            return None
        expectation = _expectation(trial, record)
        if expectation is None:
            return None
        return short_script(
            trial, plan, adapter, expectation,
            lane=lane.text, environment=script_environment(threads), origin=origin(lane, verb),
        )  # fmt: skip
    except AdapterError:  # of its plan the record has the traceback; `explain` says why there is no script
        return None


def _expectation(trial: Trial, record: Record) -> ScriptExpectation | None:
    if isinstance(trial.expectation, Refusal):
        return ScriptExpectation(record.outcome, None, refusal=trial.expectation.reason)
    expected = make_question(trial).expected
    assert expected is not None
    if expected.values.size > MOST_WRITTEN_OUT or expected.format.kind == "complex" or expected.alternatives:
        return None
    return ScriptExpectation(record.outcome, expected.rounded, allowed_error(expected, required_of(trial.call)))


def told(trial: Trial, record: Record) -> list[str]:
    """Lines on the failure: the call, how the lane was asked, what was expected and what came."""
    entry = trial_entry(trial)
    differences = record.metrics.differences[:MOST_DIFFERENCES] if record.metrics else ()
    return [
        f"call      {wording.call(entry.operator, entry.arguments)}",
        f"inputs    {entry.inputs}",
        *(f"asked as  {line}" for line in record.plan),
        *([f"wrong     {entry.fault}"] if entry.fault else []),
        f"observed  {record.outcome}: {record.detail}",
        *(f"at {wording.shape(each.index)} expected {each.expected}, observed {each.observed}" for each in differences),
        *(f"behaves   {sentence}" for sentence in record.diagnosis[:2]),
        *(f"raised    {line}" for line in (record.traceback or "").splitlines()[-MOST_LINES:]),
    ]

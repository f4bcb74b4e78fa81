"""Trials of the suite from what a journal or a folder of vectors tells of them.

Knows: how a case becomes a trial. Must not know: arrays. Waivers ask trials for facts, and a diagnosis asks them for
the call; what is expected is not among it.
"""

from collections.abc import Iterable
from dataclasses import replace

from conformance.errors import UsageError
from conformance.journal import TrialEntry
from conformance.suite.case import Generated, Trial
from conformance.suite.expansion import Case, UnusableCombination, expand


def recalled(entries: Iterable[TrialEntry], suite_version: str) -> dict[str, Trial]:
    """The trials by their ids. Raises UsageError with all calls that this version of the suite does not know."""
    trials, problems = {}, []
    for entry in entries:
        trial = recalled_trial(entry)
        if isinstance(trial, Trial):
            trials[entry.id] = trial
        else:
            problems.append(f"{entry.id}: this version cannot read the call: {trial}")
    if problems:
        raise UsageError("\n".join([*problems, f"version {suite_version} exported it: judge with that one"]))
    return trials


def recalled_trial(entry: TrialEntry) -> Trial | str:
    """The trial, or why this version cannot read the call."""
    expect = {"refusal": entry.refusal} if entry.fault is not None else "reference"
    # The generator does not matter to the call; `ones` fits every geometry.
    parameters = {**entry.arguments, "inputs": "ones"}
    case = Case("", "", entry.why, entry.url, entry.location, entry.operator, parameters, expect, {}, (), (), None)
    try:
        (found,) = expand(case)
    except Exception as error:  # what another program wrote may be anything
        return f"{type(error).__name__}: {error}"
    if isinstance(found, UnusableCombination):
        return found.message
    return replace(found, id=entry.id, inputs=Generated(entry.inputs))

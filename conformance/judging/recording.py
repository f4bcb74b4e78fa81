"""Cases written by the reference: concrete YAML with the expected output recorded.

Knows: the parametric form, the oracle, how YAML is laid out. `conformance cases generate` calls it; `cases check`
holds what it wrote against the reference, so that a drift of either is seen.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from conformance.errors import CaseFileError
from conformance.judging.expected import checksum
from conformance.judging.question import make_question
from conformance.suite.case import Trial
from conformance.suite.expansion import Case, UnusableCombination, expand

# Results up to this many elements are written out, larger ones as a checksum.
MOST_VALUES = 64


def generate_cases(
    operator: str, stem: str, sweep: Mapping[str, Sequence[Any]], sample: int | None, seed: int, why: str
) -> str:
    """The text of an operator's case file `stem`.yaml: every combination of the sweep, or `sample` of them chosen by
    `seed`.

    Raises CaseFileError for parameters that do not exist, combinations that are no trials, and inputs whose sums are
    not exact, since those cannot be recorded.
    """
    from conformance.suite.schema import sweep_problems

    problems = sweep_problems(operator, sweep)
    if problems:
        raise CaseFileError(problems)
    trials = _parametric_trials(operator, stem, sweep)
    if sample is not None:
        ranked = sorted(trials, key=lambda trial: sha256(f"{seed}/{trial.id}".encode()).digest())
        kept = {trial.id for trial in ranked[:sample]}
        trials = [trial for trial in trials if trial.id in kept]
    lines = [
        f"# Written by: conformance cases generate ({len(trials)} cases, seed {seed}).",
        "# The recorded expectations are the reference's; `conformance cases check` holds both together.",
        f"operator: {operator}",
        "cases:",
    ]
    for trial in trials:
        lines += _case_lines(stem, trial, why)
    return "\n".join(lines) + "\n"


def _parametric_trials(operator: str, stem: str, sweep: Mapping[str, Sequence[Any]]) -> list[Trial]:
    fixed = {"batch": 1, **{name: values[0] for name, values in sweep.items() if len(values) == 1}}
    crossed = {name: values for name, values in sweep.items() if len(values) > 1}
    case = Case(
        f"{operator}/{stem}", "swept", "-", None, "the sweep", operator, fixed, "reference", crossed, (), (), None
    )
    trials: list[Trial] = []
    problems: list[str] = []
    for each in expand(case):
        if isinstance(each, UnusableCombination):
            problems.append(f"{each.trial_id}: {each.message}")
        else:
            trials.append(each)
    if problems:
        raise CaseFileError(problems)
    return trials


def _case_lines(stem: str, trial: Trial, why: str) -> Iterator[str]:
    # What varies: brackets, equal signs and colons are not for names.
    swept = trial.id.partition("[")[2].removesuffix("]")
    name = swept.replace("=", "").replace(",", "_").replace(":", "-") or "case"
    yield f"  - name: {name}"
    yield f"    why: {json.dumps(why)}"
    given = {**trial.call.arguments(), "inputs": getattr(trial.inputs, "generator", None)}
    parameters = {key: written for key, written in given.items() if written is not None}
    for key, written in parameters.items():
        yield f"    {key}: {written if isinstance(written, str) else json.dumps(written)}"
    recorded = _trial_of(trial.call.operator, stem, name, parameters)
    expected = make_question(recorded).expected
    assert expected is not None
    if not expected.exact_in(expected.format):
        raise CaseFileError([f"{trial.id}: recorded values need exact inputs, such as mix"])
    # YAML has no complex numbers.
    if expected.values.size <= MOST_VALUES and expected.format.kind != "complex":
        whole = expected.values.astype(int).tolist()
        yield f"    expect: {{values: {json.dumps(whole)}}}"
    else:
        yield f'    expect: {{checksum: "{checksum(expected)}"}}'


def _trial_of(operator: str, stem: str, name: str, parameters: Mapping[str, Any]) -> Trial:
    """The written case read back, since the inputs follow from its id."""
    case = Case(f"{operator}/{stem}", name, "-", None, name, operator, parameters, "reference", {}, (), (), None)
    (each,) = expand(case)
    if isinstance(each, UnusableCombination):
        raise CaseFileError([f"{each.trial_id}: {each.message}"])
    return each

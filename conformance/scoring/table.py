"""The score as Markdown and as JSON. A function of the score alone."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from conformance.scoring.score import Score
from conformance.scoring.tally import FaultScore

COMMAND = "conformance score"


def markdown(score: Score) -> str:
    """The committed report."""
    faults = [fault for fault in score.faults if not fault.right]
    right = [fault for fault in score.faults if fault.right]
    caught = sum(not fault.survives for fault in faults)
    lines = [
        "# What the cases catch",
        "",
        f"Written by `{COMMAND}`. {score.trials} shipped trials against {len(faults)} deliberately wrong adapters and "
        f"{len(right)} right ones (`conformance/mutants`).",
        "",
        f"- **{caught} of {len(faults)} faults are caught**; {sum(fault.caught == 0 for fault in right)} of "
        f"{len(right)} right engines are never flagged.",
        *_yardstick_lines(score.yardstick_name, score.yardstick_cases, faults),
        *_diagnosis_lines(faults),
        "",
        "*Caught by* counts the trials whose outcome is not the expected one. *Named* is the share of diagnosed wrong "
        "answers whose explanations contain the true one.",
        "",
        "| fault | what it does | caught by | outcomes | named | yardstick |",
        "|---|---|---:|---|---:|---:|",
        *(_row(fault, score) for fault in faults),
        "",
        "## Right engines",
        "",
        "| engine | what it does | flagged |",
        "|---|---|---:|",
        *_right_rows(right),
        *_family_lines(score),
        "",
        "## In words",
        "",
        "What the diagnosis says of each fault, on the first trial where it contains the true one.",
        "",
        *(f"- **{fault.name}**: {fault.sentence}" for fault in (*faults, *score.family_faults) if fault.sentence),
    ]
    return "\n".join(lines) + "\n"


def as_json(score: Score) -> str:
    """The score for programs."""
    return json.dumps(asdict(score), indent=1) + "\n"


def _family_lines(score: Score) -> list[str]:
    """The faults of all operators, which are asked until enough trials caught them."""
    if not score.family_faults:
        return []
    faults = [fault for fault in score.family_faults if not fault.right]
    right = [fault for fault in score.family_faults if fault.right]
    caught = sum(not fault.survives for fault in faults)
    return [
        "",
        "## All operators, groups, bias, gradients, integers and complex numbers",
        "",
        f"{score.family_trials} more shipped trials against {len(faults)} deliberately wrong adapters of all operators "
        f"and {len(right)} right ones (`conformance/mutants/operators`).",
        "",
        f"- **{caught} of {len(faults)} faults are caught**; {sum(fault.caught == 0 for fault in right)} of "
        f"{len(right)} right engines are never flagged.",
        *_yardstick_lines(score.yardstick_name, score.family_yardstick_cases, faults),
        *_diagnosis_lines(faults),
        "",
        "A fault is asked no more once enough trials have caught it, in an order that mixes the operators: *caught by* "
        "counts those, of as many as were asked until then, and *of* the operators among them.",
        "",
        "| fault | what it does | caught by | outcomes | named | of | yardstick |",
        "|---|---|---:|---|---:|---|---:|",
        *(_family_row(fault, score) for fault in faults),
        "",
        "| right engine | what it does | flagged |",
        "|---|---|---:|",
        *_right_rows(right),
    ]


def _right_rows(right: Iterable[FaultScore]) -> list[str]:
    return [f"| {fault.name} | {fault.summary} | {fault.caught} of {fault.asked} |" for fault in right]


def _yardstick_lines(name: str, cases: int, faults: Iterable[FaultScore]) -> list[str]:
    asked = [fault for fault in faults if fault.yardstick is not None]
    if not cases or not asked:
        return []
    caught = sum(bool(fault.yardstick) for fault in asked)
    return [
        f"- The yardstick, {name} ({cases} that can be said here, judged by ONNX's own tolerance), catches {caught} of "
        f"the {len(asked)} faults that it can be asked about."
    ]


def _diagnosis_lines(faults: Iterable[FaultScore]) -> list[str]:
    diagnosed, named = sum(f.diagnosed for f in faults), sum(f.named for f in faults)
    if not diagnosed:
        return []
    return [
        f"- {named:,} of {diagnosed:,} diagnosed wrong answers ({named / diagnosed:.2%}) have the true fault among "
        "their explanations."
    ]


def _row(fault: FaultScore, score: Score) -> str:
    return f"{_cells(fault)} {_yardstick(fault, score.yardstick_cases)} |"


def _yardstick(fault: FaultScore, cases: int) -> str:
    return f"{fault.yardstick} of {cases}" if fault.yardstick is not None else "-"


def _family_row(fault: FaultScore, score: Score) -> str:
    operators = ", ".join(fault.operators) or "-"
    missed = f"; **missed: {', '.join(fault.missed)}**" if fault.missed else ""
    return f"{_cells(fault)} {operators}{missed} | {_yardstick(fault, score.family_yardstick_cases)} |"


def _cells(fault: FaultScore) -> str:
    outcomes = ", ".join(f"{name} {count}" for name, count in fault.outcomes.items())
    named = f"{fault.named / fault.diagnosed:.0%}" if fault.diagnosed else "-"
    caught = f"{fault.caught} of {fault.asked}"
    return f"| {fault.name} | {fault.summary} | {caught} | {outcomes or '**survives**'} | {named} |"

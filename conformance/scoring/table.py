"""The score as Markdown and as JSON. A function of the score alone."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from conformance.operators.registry import kind_of
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
        *_summary(score, faults),
        "",
        "A fault is asked the trials that can show it, in an order that mixes the operators, until enough of them have "
        "caught it; one that begins at a size or needs several calls, until a trial of every operator and direction in "
        "which it must be seen has. *Caught by* counts those, of as many as were asked until then, and *of* their "
        "operators. *Named* is the share of diagnosed wrong answers whose explanations contain the true one.",
        "",
        "| fault | what it does | caught by | outcomes | named | of | yardstick |",
        "|---|---|---:|---|---:|---|---:|",
        *(_row(fault) for fault in faults),
        "",
        "## Right engines",
        "",
        "| engine | what it does | flagged |",
        "|---|---|---:|",
        *(f"| {fault.name} | {fault.summary} | {fault.caught} of {fault.asked} |" for fault in right),
        "",
        "## In words",
        "",
        "What the diagnosis says of each fault, on the first trial where it contains the true one.",
        "",
        *(f"- **{fault.name}**: {fault.sentence}" for fault in faults if fault.sentence),
    ]
    return "\n".join(lines) + "\n"


def as_json(score: Score) -> str:
    """The score for programs, without the trials that caught each fault, which only tiers are made of."""
    faults = [replace(fault, catchers=()) for fault in score.faults]
    return json.dumps(asdict(replace(score, faults=tuple(faults))), indent=1) + "\n"


def _summary(score: Score, faults: Sequence[FaultScore]) -> list[str]:
    """How the yardstick and the diagnosis fare, where either was asked."""
    lines = []
    asked = [fault for fault in faults if fault.yardstick is not None]
    if score.yardstick_cases and asked:
        caught = sum(bool(fault.yardstick) for fault in asked)
        lines.append(
            f"- The yardstick, {score.yardstick_name} ({score.yardstick_cases} that can be said here, judged by ONNX's "
            f"own tolerance), catches {caught} of the {len(asked)} faults that it can be asked about{_by_kind(asked)}."
        )
    diagnosed, named = sum(fault.diagnosed for fault in faults), sum(fault.named for fault in faults)
    if diagnosed:
        lines.append(
            f"- {named:,} of {diagnosed:,} diagnosed wrong answers ({named / diagnosed:.2%}) have the true fault among "
            "their explanations."
        )
    return lines


def _by_kind(asked: Sequence[FaultScore]) -> str:
    """How many the yardstick catches, by kind of operator."""
    kinds: dict[str, list[FaultScore]] = {}
    for fault in asked:
        if fault.operators:
            kinds.setdefault(kind_of(fault.operators[0]).rpartition(".")[2], []).append(fault)
    counts = {name: (sum(bool(each.yardstick) for each in faults), len(faults)) for name, faults in kinds.items()}
    told = ", ".join(f"{caught} of {total} ({name})" for name, (caught, total) in counts.items())
    return f": {told}" if told else ""


def _row(fault: FaultScore) -> str:
    outcomes = ", ".join(f"{name} {count}" for name, count in fault.outcomes.items()) or "**survives**"
    named = f"{fault.named / fault.diagnosed:.0%}" if fault.diagnosed else "-"
    operators = ", ".join(fault.operators) or "-"
    missed = f"; **missed: {', '.join(fault.missed)}**" if fault.missed else ""
    yardstick = f"{fault.yardstick} of {fault.yardstick_asked}" if fault.yardstick is not None else "-"
    return (
        f"| {fault.name} | {fault.summary} | {fault.caught} of {fault.asked} | {outcomes} | {named} | "
        f"{operators}{missed} | {yardstick} |"
    )

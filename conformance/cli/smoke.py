"""`conformance smoke`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from conformance.adapters.lane import load_adapter, missing_framework, parse_lanes
from conformance.cli.arguments import Seconds, variables
from conformance.errors import IncompleteError, UsageError
from conformance.protocol.messages import json_schema
from conformance.smoke.conversation import Blame, Conversation, Keeper
from conformance.smoke.steps import Smoke, Step
from conformance.workers.process import worker_command, worker_environment

WIDTH = 11


@click.command("smoke")
@click.option(
    "--lane",
    "lane_name",
    metavar="LANE",
    help="exec:COMMAND, NAME=exec:COMMAND, NAME[:mode][@device], package.module:Adapter or ./file.py:Adapter",
)
@variables
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="write every frame of both directions into this folder, for replay")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=20.0, show_default=True, metavar="S",
              help="seconds an answer may take")  # fmt: skip
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option("--schema", is_flag=True, help="print the JSON Schema of the protocol's messages, and nothing else")
def command(
    lane_name: str | None, keep: Path | None, timeout: float, wanted: str, schema: bool, variables: tuple[str, ...]
) -> int:
    """Ask a lane small questions with known answers, and say what its author has to fix.

    A port is written by docs/protocol.md. Exit status 1 when a step fails, 3 when the lane does not come to be judged.
    """
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return 0
    if lane_name is None:
        raise UsageError("no lane: name one with --lane, such as --lane exec:./my_port")
    keeper = Keeper(keep)
    smoke = _smoke(lane_name, variables, keeper, timeout)
    steps = []
    for step in smoke.steps():
        steps.append(step)
        if wanted == "terminal" and step.status != "not reached":
            click.echo(_step_text(step))
    conclusion = _conclusion(steps)
    if wanted == "json":
        click.echo(
            json.dumps({"lane": smoke.lane, "conclusion": conclusion, "steps": list(map(asdict, steps))}, indent=2)
        )
    else:
        missed = sum(step.status == "not reached" for step in steps)
        click.echo(f"{'not reached':{WIDTH}}  {missed} more\n\n{conclusion}" if missed else f"\n{conclusion}")
        if keep is not None:
            click.echo(
                f"{keeper.count} frames are in {keep}; replay them with: cat {keep}/*-sent.frame | COMMAND | xxd"
            )
    if not smoke.judged:
        return 3
    return 1 if any(step.status == "failed" for step in steps) else 0


def _smoke(lane_name: str, variables: Sequence[str], keeper: Keeper, timeout: float) -> Smoke:
    (lane,) = parse_lanes([lane_name], variables)
    adapter = None if lane.command else load_adapter(lane)
    hint = missing_framework(lane)
    if hint is not None:
        raise IncompleteError(f"lane {lane.text}: {hint}")
    return Smoke(lane.text, Conversation(worker_command(lane), worker_environment(lane), keeper, timeout), adapter)


def _step_text(step: Step) -> str:
    word = "FAILED" if step.status == "failed" else step.status
    line = f"{word:{WIDTH}}  {step.name}"
    if step.detail:
        line += f": {step.detail}"
    parts = (("found", step.found), ("expected", step.expected), ("to do", step.hint))
    lines = [line, *(f"{'':{WIDTH}}    {name:8}  {text}" for name, text in parts if text)]
    lines += [f"{'':{WIDTH}}    {text}" for text in step.traceback.splitlines()]
    # Without what would move a terminal's cursor: ports say what they like.
    return "\n".join(
        "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line) for line in lines
    )


def _conclusion(steps: Sequence[Step]) -> str:
    failed = {
        blame: [step.name for step in steps if step.status == "failed" and step.blame == blame] for blame in Blame
    }
    if not any(failed.values()):
        return "The harness is in order, and so is what it answered. Next: conformance run"
    for broken in (Blame.HARNESS, Blame.ADAPTER):
        if names := failed[broken]:
            return f"The {broken} is broken: {', '.join(names)}. Fix it first; the implementation is judged afterwards."
    sentences = ["The harness is in order"]
    if names := failed[Blame.IMPLEMENTATION]:
        sentences.append(f"the implementation is wrong: {', '.join(names)}")
    if names := failed[Blame.WORDS]:
        sentences.append(
            f"it takes a call's words otherwise, which is wrong unless its documents say so: {', '.join(names)}"
        )
    return f"{'; '.join(sentences)}."

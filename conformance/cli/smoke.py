"""`conformance smoke`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from conformance.adapters.lane import load_adapter, missing_framework, parse_lanes
from conformance.adapters.protocol import DECLARATIONS
from conformance.cli.arguments import Seconds, variables
from conformance.errors import IncompleteError, UsageError
from conformance.journal import Record
from conformance.judging.waivers import read_waivers
from conformance.protocol.messages import json_schema
from conformance.running.assignment import is_sampled, sample
from conformance.running.lane_run import available_cores
from conformance.searching.asking import Asker
from conformance.smoke.conversation import Blame, Conversation, Keeper
from conformance.smoke.deep import LaneClient, deep
from conformance.smoke.steps import Smoke, Step
from conformance.suite.case import Trial
from conformance.suite.corpus import WAIVERS, select, shipped_cases
from conformance.workers.process import worker_command, worker_environment

# Of the longest status, `not reached`, so that the names of steps begin in one column.
WIDTH = 11
MOST_WORKERS = 4
"""processes of a lane that --deep asks: more of them take longer to start than they save"""


@click.command("smoke")
@click.option(
    "--lane",
    "lane_name",
    metavar="LANE",
    help="exec:COMMAND, NAME=exec:COMMAND, NAME[:mode][@device], package.module:Adapter or ./file.py:Adapter",
)
@click.option(
    "--deep",
    "asks_deep",
    is_flag=True,
    help="ask a question for each operator, feature, layout, dtype and direction that the lane declares, too",
)
@click.option("--waivers", "waiver_files", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="of --deep: waivers of your own, beside the shipped ones")  # fmt: skip
@variables
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="write every frame of both directions into this folder, for replay")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=20.0, show_default=True, metavar="S",
              help="seconds an answer may take")  # fmt: skip
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option("--schema", is_flag=True, help="print the JSON Schema of the protocol's messages, and nothing else")
def command(
    lane_name: str | None, asks_deep: bool, waiver_files: tuple[Path, ...], keep: Path | None, timeout: float,
    wanted: str, schema: bool, variables: tuple[str, ...],
) -> int:  # fmt: skip
    """Ask a lane small questions with known answers, and say what its author has to fix.

    With --deep it is asked about all that it declares: the calls of the corpus that tell most mistakes apart, a step
    for each operator and direction; what goes wrong is told with what the wrong questions have in common, and at the
    end which lines of its declarations to change.

    A port is written by docs/protocol.md. Exit status 1 when a step fails, 3 when the lane does not come to be judged.
    """
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return 0
    if lane_name is None:
        raise UsageError("no lane: name one with --lane, such as --lane exec:./my_port")
    keeper = Keeper(keep)
    smoke = _smoke(lane_name, variables, keeper, timeout)
    steps: list[Step] = []
    for step in _steps(smoke, lane_name, variables, waiver_files if asks_deep else None, timeout):
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


def _steps(
    smoke: Smoke, lane_name: str, variables: Sequence[str], waiver_files: Sequence[Path] | None, timeout: float
) -> Iterator[Step]:
    """The steps, and, where there are files of waivers, none too, those of --deep: unless nothing came of the first."""
    reached = True
    for step in smoke.steps():
        reached = reached and step.status != "not reached"
        yield step
    if waiver_files is not None and reached:
        yield from _deep(lane_name, variables, waiver_files, timeout)


def _deep(lane_name: str, variables: Sequence[str], waiver_files: Sequence[Path], timeout: float) -> Iterator[Step]:
    shipped = sorted((shipped_cases() / WAIVERS).glob("*.yaml"))
    workers = min(available_cores(), MOST_WORKERS)
    asker = Asker(parse_lanes([lane_name], variables) * workers, read_waivers([*shipped, *waiver_files]), timeout)
    try:
        asker.start()
        session, trials = asker.sessions[0], select([])
        if is_sampled(session.lane):
            trials = sample(trials)
        client = session.client
        declaring = client.adapter or client.worker.hello

        def records(asked: Sequence[Trial]) -> Mapping[str, Record]:
            by_id = {trial.id: trial for trial in asked}
            return {name: replace(each, waived=asker.excused(by_id[name], each) if not each.conforms else None)
                    for name, each in asker.share(asked).items()}  # fmt: skip

        lane_client = LaneClient(
            session.lane.text, client.adapter, {name: getattr(declaring, name) for name in DECLARATIONS},
            records, client.reply, client.perform,
        )  # fmt: skip
        yield from deep(lane_client, trials)
    finally:
        asker.close()


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

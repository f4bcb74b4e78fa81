"""`conformance explain`: the stand-alone script of one record, and the scripts of a run's nonconformances."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from numpy.typing import NDArray

from conformance.adapters.lane import Lane, load_adapter, missing_framework, parse_lane
from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import WritesScripts, plan_call
from conformance.adapters.script import script
from conformance.cli.arguments import MOST_THREADS, seed
from conformance.cli.arrays import npz
from conformance.cli.output import write
from conformance.errors import AdapterError, ConformanceError, IncompleteError, UsageError, brief
from conformance.journal import Journal
from conformance.judging.judge import digest
from conformance.judging.question import make_question
from conformance.operators.registry import signature
from conformance.protocol.requests import port_question
from conformance.report.script_files import script_stem
from conformance.searching.asking import Asker
from conformance.searching.showing import origin, script_environment, short_script_of
from conformance.searching.smallest import smallest
from conformance.suite.case import Trial
from conformance.suite.corpus import seeded, select
from conformance.suite.wildcard import matches

# A call may take.
EXPLAIN_SECONDS = 60.0


@click.command("explain")
@click.argument("trial")
@click.option("--lane", "lane_name", required=True, metavar="LANE", help="whose record")
@click.option("--cases", "sources", multiple=True, metavar="PATH",
              help="case file or folder that holds the trial, if it is not a shipped one; may be repeated")  # fmt: skip
@click.option("--threads", type=click.IntRange(1, MOST_THREADS), default=1, show_default=True, help="as the run had it")
@seed
@click.option("--as-asked", is_flag=True, help="the record's own call, whatever its size, and nobody is asked")
@click.option("--operands", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.npz",
              help="write the call's operands, and what is expected, instead of a script")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
def command(
    trial: str, lane_name: str, sources: tuple[str, ...], threads: int, seed: str, as_asked: bool,
    operands: Path | None, output: Path | None,
) -> None:  # fmt: skip
    """Print the stand-alone script of one record: the framework, NumPy and the plan that was executed.

    The lane is asked. Where its answer is wrong, the script is short: the smallest call that fails for the same cause
    (`conformance reduce` finds it), what is expected and what is observed; it exits with 1 while they differ. Where the
    answer is right, or with --as-asked, it prints `answered SHAPE DTYPE DIGEST` or `refused ERROR`, to be compared with
    the record. For a port behind exec: what is printed is the request that it gets.
    """
    (asked,) = seeded([only_trial(trial, sources)], seed)
    lane = parse_lane(lane_name)
    if operands is not None:
        arrays = arrays_of(asked)
        write(operands, npz(arrays))
        click.echo("\n".join(f"{name} {list(array.shape)} {array.dtype.name}" for name, array in arrays.items()))
        return
    explained = (None if as_asked else _shortest(asked, lane, threads)) or explain(asked, lane, threads)
    if isinstance(explained, NoScript):
        click.echo(explained.reason)
    elif output is None:
        click.echo(explained.text, nl=False)
    else:
        write(output, explained.text)


def _shortest(trial: Trial, lane: Lane, threads: int) -> "Script | None":
    """The short script of a record that is wrong; None where there is none, or nobody can be asked."""
    if lane.command or missing_framework(lane) is not None:
        return None
    asker = Asker([lane], (), EXPLAIN_SECONDS, threads)
    try:
        asker.start()
        found = smallest(asker, trial)
    except IncompleteError:
        return None
    finally:
        asker.close()
    if found.record.conforms or found.record.outcome == "unsupported":
        return None
    named = replace(found.trial, id=trial.id) if found.draft is None or "inputs" in found.draft.given else found.trial
    text = short_script_of(named, found.record, lane, "explain", threads)
    return None if text is None else Script(text)


def arrays_of(trial: Trial) -> dict[str, NDArray[Any]]:
    """The operands of a trial by name, and of a right call what is expected, in the result's dtype."""
    question = make_question(trial)
    expected = {} if question.expected is None else {"expected": question.expected.rounded}
    return {**question.operands, **expected}


@dataclass(frozen=True, slots=True)
class Script:
    """What answers a trial as a lane does."""

    text: str
    suffix: str = ".py"
    """.json for the request to a port"""


@dataclass(frozen=True, slots=True)
class NoScript:
    """Why there is no script of a record."""

    reason: str


def explain(trial: Trial, lane: Lane, threads: int = 1) -> Script | NoScript:
    """The script of the trial in the lane, as this environment would run it.

    Raises UsageError for a lane whose adapter cannot be loaded.
    """
    if lane.command:
        operands = signature(trial.call.operator).generate(trial.content_id, trial.call, trial.inputs)
        tensors = [
            {"name": name, "dtype": array.dtype.name, "shape": array.shape, "sha256": digest(array)}
            for name, array in operands.items()
        ]
        # The command of a port that was given a name is shown nowhere.
        command = lane.command if lane.text.startswith("exec:") else [lane.text]
        request = {"trial": trial.id, "command": command, "request": port_question(trial.call), "tensors": tensors}
        return Script(json.dumps(request, indent=2) + "\n", ".json")
    adapter = load_adapter(lane)
    plan = plan_call(adapter, trial.call)
    if isinstance(plan, Unsupported):
        return NoScript(f"{lane.text} cannot say {trial.id}: {plan.reason}; there is no script of what was not asked")
    if not isinstance(adapter, WritesScripts):
        steps = "\n".join(f"    {step}" for step in plan.source())
        return NoScript(f"the adapter of {lane.text} writes no scripts (no call_source); its plan is\n{steps}")
    environment = script_environment(threads)
    return Script(script(trial, plan, adapter, lane=lane.text, environment=environment, origin=origin(lane)))


def write_scripts(journal: Journal, trials: Iterable[Trial], lanes: Iterable[Lane], folder: Path) -> list[str]:
    """Write the script of every nonconformance, waived or not; a line on what was written, and one per missing one."""
    asked, answering = {trial.id: trial for trial in trials}, {lane.text: lane for lane in lanes}
    threads = int(journal.header.flags.get("threads", "1"))
    written, missing = 0, []
    for record in journal.records:
        if not record.conforms:
            reason = _written(asked[record.trial], answering[record.lane], threads, folder)
            if reason is None:
                written += 1
            else:
                missing.append(f"no script of {record.trial} in {record.lane}: {reason}")
    return [f"Scripts of {written:,} of {written + len(missing):,} nonconformances: {folder}", *missing]


def _written(trial: Trial, lane: Lane, threads: int, folder: Path) -> str | None:
    """Write the script of one record; why there is none. Whatever goes wrong costs this script alone."""
    try:
        explained = explain(trial, lane, threads)
        if isinstance(explained, NoScript):
            return explained.reason.splitlines()[0]
        write(folder / f"{script_stem(trial.id, lane.text)}{explained.suffix}", explained.text)
    except AdapterError as error:
        return error.brief
    except ConformanceError as error:
        return str(error).splitlines()[0]
    except Exception as error:
        return f"the suite itself failed: {brief(error)}"
    return None


def make_folder(folder: Path) -> None:
    """Make the folder; raises UsageError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}") from error


def only_trial(trial: str, sources: Sequence[str], verb: str = "explain") -> Trial:
    """The one trial that is meant, shipped or of these files; raises UsageError for none, and for several."""
    candidates = select(sources or [trial])
    found = [each for each in candidates if matches(trial, each.id)]
    if len(found) != 1:
        where = f" in {', '.join(sources)}" if sources else ""
        raise UsageError(f"{trial!r} matches {len(found)} trials{where}; `{verb}` takes one")
    return found[0]

"""`conformance score`."""

import os
from hashlib import sha256
from pathlib import Path

import click

from conformance.errors import IncompleteError, UsageError
from conformance.files import write_whole
from conformance.mutants import KindMutant, renamed
from conformance.scoring.score import ENOUGH, FaultScore, all_faults, score
from conformance.scoring.table import as_json, markdown
from conformance.scoring.tiers import choose
from conformance.scoring.yardstick import Yardstick, onnx_yardstick
from conformance.suite.corpus import select
from conformance.suite.tiers import written
from conformance.suite.wildcard import matches

# Each process reads the corpus and makes its questions first: for fewer mutants it is not worth starting.
FAULTS_A_JOB = 8


@click.command("score")
@click.argument("faults", nargs=-1, metavar="[FAULT]...")
@click.option("--sample", type=click.IntRange(min=1), help="ask that many of the mutants, the same ones every time")
@click.option("--diagnosed", type=click.IntRange(min=0), default=20, show_default=True, help="wrong answers of each")
@click.option("--yardstick/--no-yardstick", "measured", default=True, help="ask ONNX's published cases too")
@click.option(
    "--enough",
    type=click.IntRange(min=1),
    default=ENOUGH,
    show_default=True,
    help="ask a fault no more once that many trials caught it",
)
@click.option("--cases", multiple=True, help="a case file, a folder, or a pattern of shipped ids; default: all shipped")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="processes that ask at once; one is enough for fewer than 16 faults",
)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="folder for score.md and score.json")
@click.option("--tiers", "table", type=click.Path(path_type=Path, dir_okay=False),
              help="choose the quick and the standard tier by this score, and write them into the file")  # fmt: skip
def command(
    faults: tuple[str, ...],
    sample: int | None,
    diagnosed: int,
    measured: bool,
    enough: int,
    cases: tuple[str, ...],
    jobs: int,
    output: Path | None,
    table: Path | None,
) -> int:
    """Ask every deliberately wrong adapter the shipped cases, or others.

    FAULT is a name, or a pattern with *. Exit status 1 when a fault survives, shows an outcome that it does not
    explain, or a right engine is flagged.
    """
    if table is not None and (faults or sample or cases):
        raise UsageError(
            "--tiers needs the score of every fault on the whole corpus: leave FAULT, --sample, --cases out"
        )
    chosen, trials = _chosen(faults), select(cases)
    # By the digests of their names: the same ones every time, and still some of each family.
    ranked = sorted(chosen, key=lambda fault: sha256(fault.name.encode()).digest())
    sampled = {fault.name for fault in ranked[:sample]}
    chosen = [fault for fault in chosen if fault.name in sampled]
    result = score(
        trials,
        chosen,
        _yardstick() if measured else None,
        diagnosed=diagnosed,
        enough=enough,
        on_result=_print,
        # Each process makes the questions of the whole corpus, which takes as long as a few faults.
        jobs=min(jobs, max(1, len(chosen) // FAULTS_A_JOB)),
    )
    try:
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            write_whole(output / "score.md", markdown(result))
            write_whole(output / "score.json", as_json(result))
        if table is not None:
            write_whole(table, written(choose(trials, result)))
    except OSError as error:
        raise IncompleteError(f"{error.filename or output}: cannot be written: {error.strerror}") from error
    wrong = [fault for fault in result.faults if not fault.right]
    caught = sum(not fault.survives for fault in wrong)
    click.echo(f"{caught} of {len(wrong)} faults caught on {result.trials} trials")
    for fault in result.survivors:
        click.echo(f"not as it must be: {fault.name}: {fault.summary}", err=True)
    return 1 if result.survivors else 0


def _chosen(names: tuple[str, ...]) -> list[KindMutant]:
    """The faults that the names, or former names, mean."""
    wanted = [renamed().get(name, name) for name in names]
    faults = [fault for fault in all_faults() if not wanted or any(matches(name, fault.name) for name in wanted)]
    if not faults:
        known = ", ".join(fault.name for fault in all_faults())
        raise UsageError(f"{' '.join(names)}: no fault is called that; there are {known}")
    return faults


def _yardstick() -> Yardstick | None:
    try:
        return onnx_yardstick()
    except ImportError:
        click.echo("note: onnx is not installed; the yardstick is left out (pip install onnx)", err=True)
        return None


def _print(fault: FaultScore) -> None:
    if fault.right:
        click.echo(f"{fault.name}: {'FLAGGED by' if fault.caught else 'right on'} {fault.caught or fault.asked} trials")
        return
    named = f", named in {fault.named} of {fault.diagnosed}" if fault.diagnosed else ""
    yardstick = f", yardstick {fault.yardstick}" if fault.yardstick is not None else ""
    undue = f", UNDUE {fault.undue}" if fault.undue else ""
    caught = f"caught by {fault.caught} of {fault.asked}" if fault.caught else "SURVIVES"
    click.echo(f"{fault.name}: {caught}{named}{yardstick}{undue}")

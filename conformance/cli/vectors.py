"""`conformance vectors`."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from conformance.judging.question import check_recorded
from conformance.suite.corpus import select
from conformance.vectors.exporting import export


@click.group("vectors")
def command() -> None:
    """Test vectors: trials as plain files, for machines without this suite."""


@command.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("selection", nargs=-1, metavar="[SELECT]...")
@click.option("--quiet", is_flag=True, help="no progress")
def export_verb(folder: Path, selection: tuple[str, ...], quiet: bool) -> None:
    """Write trials into DIR: descriptions, inputs, expected values and allowed errors, with checksums.

    SELECT is a case file, a folder of them, or a pattern of trial ids of the shipped corpus, where * stands for any
    text. Without it, the whole shipped corpus is written. docs/vectors.md describes the files.
    """
    trials = select(selection)
    check_recorded(trials)
    console = Console(stderr=True)
    with Progress(console=console, disable=quiet or not console.is_terminal) as bars:
        task = bars.add_task("exporting", total=len(trials))
        exported = export(trials, selection, folder, lambda: bars.advance(task))
    click.echo(
        f"{folder}: {exported.trials:,} trials in {exported.files:,} files, {exported.bytes / 1e6:,.1f} MB; "
        f"`conformance judge {folder} ANSWERS` judges answers to them"
    )

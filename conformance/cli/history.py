"""`conformance history`."""

from pathlib import Path

import click

from conformance.cli.output import put, write
from conformance.report.history import badge, history, markdown
from conformance.report.merging import read_run


@click.command("history")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@click.option("--badge", "picture", type=click.Path(path_type=Path, dir_okay=False),
              help="write a picture (SVG) of what the newest run judged into this file")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
def command(journals: tuple[Path, ...], picture: Path | None, output: Path | None) -> None:
    """Put runs beside one another: which cause of a framework came with which version, and which went.

    Each JOURNAL is a run's journal.jsonl, or the folder that holds it. They are ordered by the time of their start.
    The page is Markdown. Waived causes are shown, too: a waiver says that a fault is known, not that it is gone.
    """
    runs = [read_run(journal) for journal in journals]
    if picture is not None:
        write(picture, badge(max(runs, key=lambda run: run.header.started)))
    put(markdown(history(runs)), output)

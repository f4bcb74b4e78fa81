"""`conformance report`."""

from pathlib import Path

import click
from rich.console import Console

from conformance.report.summary import exit_status, summarise
from conformance.report.writing import print_report, render
from conformance.running.journal import read_journal


@click.command("report")
@click.argument("journal", type=click.Path(path_type=Path))
@click.option("--format", "wanted", type=click.Choice(["terminal", "html", "markdown", "json", "junit"]), default="terminal", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
def command(journal: Path, wanted: str, output: Path | None) -> int:
    """Write a report from a JOURNAL (the journal.jsonl of a run, or the folder that holds it)."""
    contents = read_journal(journal / "journal.jsonl" if journal.is_dir() else journal)
    if wanted == "terminal":
        print_report(contents, Console())
    elif output is None:
        click.echo(render([contents], wanted))
    else:
        output.write_text(render([contents], wanted), encoding="utf-8")
    return exit_status(summarise(contents))

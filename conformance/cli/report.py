"""`conformance report`."""

from pathlib import Path
from typing import cast

import click
from rich.console import Console

from conformance.errors import UsageError
from conformance.report.merging import merge, read_run
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import FORMATS, Format, print_report, render


@click.command("report")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@click.option("--format", "wanted", type=click.Choice(("terminal", *FORMATS)), default="terminal", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
def command(journals: tuple[Path, ...], wanted: str, output: Path | None) -> int:
    """Write a report from a JOURNAL (the journal.jsonl of a run, or the folder that holds it).

    A run in shards is reported as one from the journals of all shards, or from the folder that holds their folders.
    A shard that is missing or there twice is an error.
    """
    contents = merge([read_run(journal) for journal in journals])
    if wanted == "terminal":
        print_report(contents, Console())
    else:
        text = render([contents], cast(Format, wanted))
        if output is None:
            click.echo(text, nl=False)
        else:
            try:
                output.write_text(text, encoding="utf-8")
            except OSError as error:
                raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
    return exit_status(summarise(contents))

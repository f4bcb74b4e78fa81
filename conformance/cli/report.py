"""`conformance report`."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click
from rich.console import Console

from conformance.cli.beside import lanes_of, page_inputs, page_scripts, trials_of
from conformance.cli.output import put
from conformance.cli.streams import heard_or_not, tell
from conformance.errors import UsageError
from conformance.journal import Journal
from conformance.report.frameworks import markdown as frameworks_page
from conformance.report.merging import merge, read_run
from conformance.report.script_files import read_scripts
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import FORMATS, Format, print_report, render, write_folder

FRAMEWORKS = "frameworks"
"""of several runs: a table of frameworks beside one another"""


@click.command("report")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@click.option(
    "--format", "wanted", type=click.Choice(("terminal", *FORMATS, FRAMEWORKS)), default="terminal", show_default=True
)
@click.option("--base", type=click.Path(path_type=Path), metavar="JOURNAL",
              help="tell at the top what changed since this earlier run")  # fmt: skip
@click.option("--scripts", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="with --format html: a folder of run --script-dir, whose scripts go into the page")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False),
              help="with --format html: a folder to write, records in files of their own, for large runs")  # fmt: skip
def command(
    journals: tuple[Path, ...], wanted: str, base: Path | None, scripts: Path | None, output: Path | None,
    folder: Path | None,
) -> int:  # fmt: skip
    """Write a report from a JOURNAL (the journal.jsonl of a run, or the folder that holds it).

    A run in shards is reported as one from the journals of all shards, or from the folder that holds their folders.
    A shard that is missing or there twice is an error. --format frameworks takes several runs, and writes a table in
    Markdown: what each framework in each version says, answers and gets right, and what it gets wrong, by cause.
    """
    if folder is not None and (wanted != "html" or output is not None):
        found = f"--format {wanted}" if wanted != "html" else "--output"
        raise UsageError(f"--folder {folder} is for --format html without --output; found {found}")
    if scripts is not None and wanted != "html":
        raise UsageError(f"--scripts {scripts} is for --format html; found --format {wanted}")
    if wanted == FRAMEWORKS:
        if base is not None:
            raise UsageError("--base is for the report of one run; --format frameworks takes runs beside one another")
        return _write_frameworks([read_run(journal) for journal in journals], journals, output)
    contents = merge([read_run(journal) for journal in journals])
    earlier = None if base is None else read_run(base)
    written = None if scripts is None else read_scripts(scripts, contents)
    if written is not None and not written:
        raise UsageError(f"{scripts}: no script of this journal's nonconformances; `run --script-dir` writes them")
    if wanted == "terminal":
        with heard_or_not():
            print_report(contents, Console(), earlier)
    elif wanted != "html":
        put(render([contents], cast(Format, wanted), earlier), output)
    else:
        trials = trials_of(contents)
        shown = {**page_scripts(contents, trials, lanes_of(contents)), **(written or {})}
        inputs = page_inputs(contents, trials)
        if folder is not None:
            try:
                page = write_folder(contents, folder, earlier, shown, inputs)
            except OSError as error:
                raise UsageError(f"{folder}: cannot be written: {error.strerror}") from error
            tell(f"Report: {page}\n")
        else:
            put(render([contents], "html", earlier, shown, inputs), output)
    return exit_status(summarise(contents))


def _write_frameworks(runs: Sequence[Journal], journals: Sequence[Path], output: Path | None) -> int:
    """The page of runs beside one another; 3 where one of them is incomplete, 1 where something does not conform."""
    put(
        frameworks_page(runs, shlex.join(["conformance", "report", *map(str, journals), "--format", FRAMEWORKS])),
        output,
    )
    statuses = {exit_status(summarise(run)) for run in runs}
    return 3 if 3 in statuses else max(statuses)

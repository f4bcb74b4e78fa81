"""`conformance compare`."""

from pathlib import Path

import click

from conformance.cli.output import put
from conformance.errors import UsageError
from conformance.report.merging import read_run
from conformance.report.regression_report import markdown, regression_json, terminal
from conformance.report.regressions import compare

_FORMATS = {"terminal": terminal, "markdown": markdown, "json": regression_json}


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option(
    "--lane",
    "lanes",
    multiple=True,
    metavar="OLD=NEW",
    help="compare BASE's lane OLD with NEW's lane NEW, and no others but those named so; again for more of them; "
    "without NEW, both are of BASE",
)
@click.option("--format", "wanted", type=click.Choice(tuple(_FORMATS)), default="terminal", show_default=True)
@click.option("--intersection", is_flag=True, help="compare what both ask in the same words, where their cases differ")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
def command(
    base: Path, new: Path | None, lanes: tuple[str, ...], wanted: str, intersection: bool, output: Path | None
) -> int:
    """Tell what changed between two runs, or from one lane to another: regressions first.

    BASE and NEW are each the journal.jsonl of a run, the folder that holds it, or the folder that holds the folders
    of all its shards. Lanes are matched by name, unless --lane says which is compared with which.

    Exit status: 0 no regression, 1 regressions, 2 not comparable or not readable, 3 NEW is incomplete.
    """
    if new is None and not lanes:
        raise UsageError("Missing argument 'NEW': the run to compare with, or --lane OLD=NEW for two lanes of BASE")
    before = read_run(base)
    after = before if new is None else read_run(new)
    comparison = compare(before, after, intersection=intersection, lanes=lanes)
    put(_FORMATS[wanted](comparison), output)
    return comparison.exit_status

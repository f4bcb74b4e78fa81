"""`conformance judge`."""

from collections import Counter
from pathlib import Path
from typing import cast

import click
from rich.console import Console

from conformance.cli.arguments import called
from conformance.cli.progress import progress
from conformance.cli.results import hold_journal, journal_writer, write_results
from conformance.cli.streams import heard_or_not, mutter, tell
from conformance.journal import read_journal
from conformance.judging.waivers import read_waivers
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import FORMATS, Format, print_report, render
from conformance.suite.corpus import WAIVERS, shipped_cases
from conformance.vectors.answering import read_answers
from conformance.vectors.judging import judge_answers, prepare
from conformance.vectors.reading import read_vectors


@click.command("judge")
@click.argument("vectors_folder", metavar="VECTORS", type=click.Path(path_type=Path))
@click.argument("answers_folder", metavar="ANSWERS", type=click.Path(path_type=Path))
@click.option("--lane", metavar="NAME", help="name of what answered; default: `name` in answers.json, or `answers`")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), default=Path("conformance-report"),
              show_default=True, help="folder for journal.jsonl and the reports")  # fmt: skip
@click.option("--waivers", "waiver_files", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="excuse this file's known deviations too; may be repeated")  # fmt: skip
@click.option("--no-waivers", is_flag=True, help="leave the shipped waivers out")
@click.option("--format", "wanted", type=click.Choice(("terminal", *FORMATS)), default="terminal", show_default=True,
              help="of the report on standard output")  # fmt: skip
@click.option("--quiet", is_flag=True, help="no progress")
def command(
    vectors_folder: Path, answers_folder: Path, lane: str | None, output: Path, waiver_files: tuple[Path, ...],
    no_waivers: bool, wanted: str, quiet: bool,
) -> int:  # fmt: skip
    """Judge ANSWERS, a folder that some program filled, to the test vectors in VECTORS.

    VECTORS is what `conformance vectors export` wrote; all of its files are compared with their checksums first. The
    verdicts are those of a run, but for 16-bit dtypes: nobody can be asked how the sums were kept, and the weakest
    profile that is allowed applies. docs/vectors.md describes both folders.
    """
    vectors, answers = read_vectors(vectors_folder), read_answers(answers_folder)
    shipped = [] if no_waivers else sorted((shipped_cases() / WAIVERS).glob("*.yaml"))
    judgement = prepare(vectors, answers, lane, read_waivers([*shipped, *waiver_files]))
    strangers = answers.strangers({vector.listed.name for vector in vectors.vectors})
    if strangers:
        mutter(f"note: {len(strangers)} files in {answers.folder} answer no trial, first {strangers[0]}")
    journal_path = output / "journal.jsonl"
    with hold_journal(journal_path, called()):
        with (
            journal_writer(journal_path) as writer,
            progress([judgement.lane], len(vectors.vectors), Counter(), quiet=quiet) as listener,
        ):
            judge_answers(judgement, called(), writer, listener)
        journal = read_journal(journal_path)
        write_results(journal, output)
    if wanted == "terminal":
        with heard_or_not():
            print_report(journal, Console())
            click.echo(
                f"\nReports: {output / 'report.html'}, report.md, summary.json, junit.xml; journal: {journal_path}"
            )
    else:
        tell(render([journal], cast(Format, wanted)))
    return exit_status(summarise(journal))

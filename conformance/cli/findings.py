"""`conformance findings`: what runs found lanes to get wrong, one entry a cause, each with its script."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from conformance.adapters.lane import parse_lane
from conformance.cli.explain import NoScript, Script, explain
from conformance.cli.output import put
from conformance.errors import ConformanceError
from conformance.report.causes import Cause, causes, grouped
from conformance.report.finding_page import Setting, finding_page
from conformance.report.findings import Finding, findings
from conformance.report.merging import read_run
from conformance.searching.showing import short_script_of
from conformance.suite.corpus import seeded, select

CLASSES = ("bug", "permanent", "unsupported")


@click.command("findings")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@click.option("--class", "classes", multiple=True, type=click.Choice(CLASSES), default=("bug",), show_default=True,
              help="of waivers whose records are findings; may be repeated")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of the terminal")
def command(journals: tuple[Path, ...], classes: tuple[str, ...], output: Path | None) -> None:
    """Tell what the lanes of runs get wrong: a page in Markdown, with one entry a cause.

    Each JOURNAL is of a run of its own (its journal.jsonl, or the folder that holds it): of the default lanes, say, and
    of other modes. An entry has the smallest call, what was expected and observed, the stand-alone script, versions and
    the waiver's address. What is not waived is told, too.
    """
    runs = [read_run(journal) for journal in journals]
    found = causes(
        (finding for run in runs for finding in findings(run) if _is_wrong(finding, classes)),
        {name: lane.framework for run in runs for name, lane in run.lanes.items()},
    )
    command = shlex.join(["conformance", "findings", *map(str, journals)])
    settings = [Setting({lane.lane: lane.versions for lane in run.lanes.values()}, run.header.machine) for run in runs]
    page = finding_page(found, settings, _scripts(found), command)
    put(page, output, makes_folder=True)


def _is_wrong(finding: Finding, classes: tuple[str, ...]) -> bool:
    waived = finding.record.waived
    return not finding.record.conforms and (waived is None or waived.category in classes)


def _scripts(found: Sequence[Cause]) -> dict[tuple[str, str], str]:
    """Of the smallest record of each cause; where there is none, why."""
    scripts = {}
    for selection, of_run in grouped(found, lambda cause: cause.smallest.header.selection).items():
        # All shipped trials of a run at once: each selection reads their files anew.
        known = select(selection or list(dict.fromkeys(cause.smallest.record.trial for cause in of_run)))
        trials = {trial.id: trial for trial in known}
        for cause in of_run:
            record, flags = cause.smallest.record, cause.smallest.header.flags
            try:
                (trial,) = seeded([trials[record.trial]], flags.get("seed", ""))
                lane, threads = parse_lane(cause.smallest.header.spelling(record.lane)), int(flags.get("threads", "1"))
                short = short_script_of(trial, record, lane, "findings", threads)
                explained = explain(trial, lane, threads) if short is None else Script(short)
                text = explained.reason if isinstance(explained, NoScript) else explained.text
            except ConformanceError as error:
                text = f"no script: {error}"
            scripts[record.trial, record.lane] = text
    return scripts

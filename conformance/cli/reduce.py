"""`conformance reduce`: the smallest call that fails as one record does."""

from pathlib import Path

import click

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.cli.arguments import MOST_THREADS, Seconds, seed
from conformance.cli.explain import only_trial
from conformance.cli.streams import mutter
from conformance.errors import IncompleteError, UsageError
from conformance.report import wording
from conformance.searching.asking import Asker
from conformance.searching.draft import Draft
from conformance.searching.reducing import MOST_ASKED
from conformance.searching.showing import short_script_of, told
from conformance.searching.smallest import smallest
from conformance.searching.telling import FoundCause, case_lines, write_findings
from conformance.suite.corpus import seeded


@click.command("reduce")
@click.argument("trial")
@click.option("--lane", "lane_name", required=True, metavar="LANE", help="whose answer is wrong")
@click.option("--cases", "sources", multiple=True, metavar="PATH",
              help="case file or folder that holds the trial, if it is not a shipped one; may be repeated")  # fmt: skip
@click.option("--calls", type=click.IntRange(1), default=MOST_ASKED, show_default=True, metavar="N",
              help="how many calls may be asked on the way")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="write the case file, the script and the text of an issue into this folder")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=60.0, show_default=True, metavar="S", help="seconds a call may take")
@click.option("--threads", type=click.IntRange(1, MOST_THREADS), default=1, show_default=True,
              help="threads of the framework")  # fmt: skip
@seed
def command(
    trial: str, lane_name: str, sources: tuple[str, ...], calls: int, output: Path | None, timeout: float,
    threads: int, seed: str,
) -> int:  # fmt: skip
    """Make one failing record smaller: the smallest call that fails for the same cause, the same outcome and
    explanation.

    It prints that call as a case, what is expected and observed, and a script that exits with 1 while these differ.
    Exit status 1 where the lane's answer is wrong, 0 where it is right.
    """
    (asked,) = seeded([only_trial(trial, sources, "reduce")], seed)
    lane = parse_lane(lane_name)
    if hint := missing_framework(lane):
        raise IncompleteError(f"lane {lane.text}: {hint}")
    asker = Asker([lane], (), timeout, threads)
    try:
        asker.start()
        found = smallest(asker, asked, calls)
    finally:
        asker.close()
    if found.asked.outcome == "unsupported":
        raise UsageError(f"{lane.text} cannot say {asked.id}: {found.asked.detail}; there is nothing to reduce")
    if found.asked.conforms:
        click.echo(f"{asked.id} in {lane.text} is as expected: {found.asked.detail}; there is nothing to reduce")
        return 0
    draft = found.draft or Draft.of(asked)
    cause = FoundCause(draft, found.trial, found.record)
    if found.draft is None:
        mutter("note: no smaller call fails alike: this is the trial as it stands")
    before, after = Draft.of(asked).elements, draft.elements
    click.echo(f"{asked.id} in {lane.text}: {wording.count(before, 'element')} reduced to {after:,}\n")
    click.echo("\n".join(map(wording.printable, [*told(found.trial, found.record), "", *case_lines([cause])])))
    script = short_script_of(found.trial, found.record, lane, "reduce", threads)
    if script is not None:
        click.echo(f"\n{script}", nl=False)
    if output is not None:
        written = write_findings(output, [cause], asker.entries, "reduce", threads)
        mutter(f"{', '.join(written)}: in {output}")
    return 1

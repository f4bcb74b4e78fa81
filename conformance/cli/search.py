"""`conformance search`: calls that nobody wrote, asked until the time is spent."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from conformance.adapters.lane import load_adapter, missing_framework, parse_lanes
from conformance.cli.arguments import MOST_THREADS, Seconds, seed
from conformance.cli.output import write
from conformance.cli.streams import mutter
from conformance.errors import IncompleteError, UsageError
from conformance.judging.waivers import read_waivers
from conformance.operators.registry import operators as every_operator
from conformance.report import wording
from conformance.searching.asking import Asker, waived_causes
from conformance.searching.draft import shipped_drafts
from conformance.searching.drawing import Drawer, Space
from conformance.searching.search import Search, Searched, totals
from conformance.searching.showing import told
from conformance.searching.telling import CASES, write_findings
from conformance.suite.case import RightTrial
from conformance.suite.corpus import WAIVERS, select, shipped_cases
from reference.family import DIRECTIONS

# A week: what takes longer is a slip.
MOST_MINUTES = 7 * 24 * 60
LOG = "search.json"


@click.command("search")
@click.option("--lane", "lane_names", required=True, multiple=True, metavar="LANE",
              help="who is asked; of several, what one answers is told beside what the others do")  # fmt: skip
@click.option("--operator", "operators", multiple=True, type=click.Choice(list(every_operator())), metavar="NAME",
              help="whose calls are drawn; may be repeated; all that the lanes declare by default")  # fmt: skip
@click.option("--direction", "directions", multiple=True, type=click.Choice(DIRECTIONS), default=DIRECTIONS,
              help="the result, or gradients; may be repeated; all by default")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(0.01, MOST_MINUTES), default=5.0, show_default=True, metavar="M",
              help="how long calls are drawn; to make the failing ones small takes a little longer")  # fmt: skip
@click.option("--calls", type=click.IntRange(1), metavar="N", help="stop after so many calls")
@click.option("--first", is_flag=True, help="stop at the first cause")
@click.option("--wrong-calls", is_flag=True, help="draw calls that the definition refuses, too")
@click.option("--waivers", "waiver_files", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="waivers of your own, beside the shipped ones")  # fmt: skip
@click.option("--no-waivers", is_flag=True, help="tell what is known already, too")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), default=Path("search"), show_default=True,
              metavar="DIR", help="the folder for cases, scripts, issues and the log")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=20.0, show_default=True, metavar="S", help="seconds a call may take")
@click.option("--threads", type=click.IntRange(1, MOST_THREADS), default=1, show_default=True,
              help="threads of each framework")  # fmt: skip
@seed
def command(
    lane_names: tuple[str, ...], operators: tuple[str, ...], directions: tuple[str, ...], minutes: float,
    calls: int | None, first: bool, wrong_calls: bool, waiver_files: tuple[Path, ...], no_waivers: bool, output: Path,
    timeout: float, threads: int, seed: str,
) -> int:  # fmt: skip
    """Draw calls that nobody wrote, judge the answers, and end with the smallest call of each cause of failure.

    Calls are those of the corpus, changed towards borders (a pad against the kernel, the kernel against the value) and
    crossed; what shows a plan, an outcome or an explanation for the first time is followed. Numbers are mostly such
    that sums are exact, so that any difference is proven. What the shipped waivers excuse is left out.

    DIR gets found.yaml, which `conformance run` takes, a script and the text of an issue for each cause, and
    search.json with the space that was searched. Exit status 1 where causes were found, 0 where none, 3 where it was
    interrupted.
    """
    lanes = parse_lanes(lane_names)
    for lane in lanes:
        if not lane.command:
            load_adapter(lane)
        if hint := missing_framework(lane):
            raise IncompleteError(f"lane {lane.text}: {hint}")
    shipped = [] if no_waivers else sorted((shipped_cases() / WAIVERS).glob("*.yaml"))
    asker = Asker(lanes, read_waivers([*shipped, *waiver_files]), timeout, threads)
    try:
        asker.start()
        names = _names(asker, operators)
        known = waived_causes(asker, lambda: select([f"{name}/*" for name in names]))
        search = Search(asker, _drawer(asker, names, directions, seed, wrong_calls), known, mutter)
        searched = search.run(minutes * 60, calls, first=first)
    except KeyboardInterrupt:
        raise IncompleteError("interrupted before the first call was asked") from None
    finally:
        asker.close()
    written = write_findings(output, searched.found, asker.entries, "search", threads)
    write(output / LOG, json.dumps(_log(searched, asker, seed), indent=1) + "\n")
    click.echo("\n".join(map(wording.printable, _text(searched, output, written))))
    if searched.interrupted:
        return 3
    return 1 if searched.found else 0


def _names(asker: Asker, wanted: Sequence[str]) -> list[str]:
    declared = asker.declared()
    names = [name for name in wanted or every_operator() if any(name in each.known_operators() for each in declared)]
    if not names:
        of = f" of {', '.join(wanted)}" if wanted else ""
        raise UsageError(f"{', '.join(asker.lanes)}: no operator{of} is declared; there is nothing to draw")
    return names


def _drawer(asker: Asker, names: Sequence[str], directions: Sequence[str], seed: str, wrong: bool) -> Drawer:
    declared = asker.declared()
    dtypes = {dtype for each in declared for dtype in each.known_dtypes()}
    taken = {each for lane in declared for each in lane.directions if each in directions}
    drafts = shipped_drafts(names)
    spaces = [
        Space(name, [each for each in drafts[name] if wrong or isinstance(each.trial, RightTrial)]) for name in names
    ]
    return Drawer(spaces, asker.says, dtypes, taken, seed, wrong=wrong)


def _log(searched: Searched, asker: Asker, seed: str) -> dict[str, Any]:
    return {
        "lanes": {entry.lane: dict(entry.versions) for entry in asker.entries},
        "seed": seed,
        "calls": len(searched.trials),
        "interrupted": searched.interrupted,
        "outcomes": {f"{lane} {outcome}": count for (lane, outcome), count in searched.outcomes.items()},
        "waived": dict(searched.waived),
        "first of their kind": searched.rare,
        "causes": [{"call": each.draft.name, "title": each.title, "calls": each.calls} for each in searched.found],
        "space": searched.space(),
    }


def _text(searched: Searched, output: Path, written: Sequence[str]) -> list[str]:
    lines = [f"{wording.count(len(searched.trials), 'call')} asked, {searched.rare:,} of them the first of their kind:"]
    for operator, counts in totals(searched).items():
        lines.append(f"  {operator:22} {', '.join(f'{direction} {count:,}' for direction, count in counts.items())}")
    for (lane, outcome), count in sorted(searched.outcomes.items()):
        lines.append(f"  {lane}: {outcome} {count:,}")
    for lane, count in searched.waived.items():
        lines.append(f"  {lane}: {count:,} of these are excused by waivers, or have the cause of one")
    if searched.same_bits:
        both = sum(searched.same_bits.values())
        lines.append(
            f"  the same bits in {searched.same_bits[True]:,} of {both:,} calls that several lanes answered rightly"
        )
    for number, found in enumerate(searched.found, start=1):
        lines += ["", f"{number}. {found.title} ({wording.count(found.calls, 'call')})"]
        lines += [f"   {line}" for line in told(found.trial, found.record)]
    cases = f"; conformance run {output / CASES} asks them again" if searched.found else ""
    lines += ["", f"{wording.count(len(searched.found), 'cause')}; {', '.join((*written, LOG))}: in {output}{cases}"]
    return lines

"""`conformance conventions`."""

import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from pathlib import Path

import click
from rich.console import Console

from conformance.adapters.lane import BUILT_IN, Lane, load_adapter, missing_framework, parse_lanes
from conformance.cli.arguments import Seconds, called, variables
from conformance.cli.output import write
from conformance.cli.streams import mutter
from conformance.conventions.lane import Advance, Depth, measure_lane, measured_kinds
from conformance.errors import IncompleteError, UsageError, brief, traceback_text
from conformance.journal import Convention, ConventionFact, LaneEntry
from conformance.judging.arithmetic import declared_values
from conformance.protocol.hello import NoWorker
from conformance.report.convention_report import (
    ConventionReport,
    convention_json,
    convention_markdown,
    convention_report,
)
from conformance.workers.client import Client

FORMATS = ("terminal", "markdown", "html", "json")
_SUFFIXES = {".md": "markdown", ".html": "html", ".json": "json"}
NO_VALUES = "it computes shapes and dtypes alone, so there is no picture to measure"
NO_CONVENTIONS = "it takes no operator of a kind whose words are measured"
# Geometries: a line of progress for each would bury what else is said.
_STEP = 500
_Measured = tuple[LaneEntry, list[Convention | ConventionFact]]


@click.command("conventions")
@click.option("--lane", "lane_names", multiple=True, metavar="LANE",
              help="NAME[:mode][@device], package.module:Adapter, ./file.py:Adapter or exec:COMMAND; may be "
              "repeated. Without it: the reference and every installed framework.")  # fmt: skip
@variables
@click.option("--format", "wanted", type=click.Choice(FORMATS), help="terminal, or what an output file's name says")
@click.option("--output", "outputs", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
              help="file to write instead of the terminal: .md, .html or .json; may be repeated")  # fmt: skip
@click.option("--geometries", type=click.IntRange(min=1), metavar="N",
              help="at most N of each way to name an axis; without it, the whole sample")  # fmt: skip
@click.option("--wrong-calls/--no-wrong-calls", default=True, help="try calls that mean nothing; some kill a worker")
@click.option("--timeout", type=Seconds(), default=60.0, show_default=True, metavar="S",
              help="seconds a call may take")  # fmt: skip
@click.option("--quiet", is_flag=True, help="no progress")
def command(
    lane_names: tuple[str, ...], wanted: str | None, outputs: tuple[Path, ...], geometries: int | None,
    wrong_calls: bool, timeout: float, quiet: bool, variables: tuple[str, ...],
) -> int:  # fmt: skip
    """Measure what frameworks' own words for operators mean, and compare the suite's formulas with it.

    A port, and an adapter without words of its own, is asked the suite's calls, of the first operator that it takes.

    Whether formulas agree is reported, not judged: the exit status is 0, or 3 when a lane did not start.
    """
    for output in outputs:
        if wanted is None and output.suffix not in _SUFFIXES:
            endings = ", ".join(_SUFFIXES)
            raise UsageError(
                f"{output}: its name does not say a format; it must end with {endings}, or name a --format"
            )
    formats = [wanted or _SUFFIXES[output.suffix] for output in outputs]
    lanes = _lanes(lane_names, variables)
    depth = Depth(geometries, wrong_calls)
    with ThreadPoolExecutor(len(lanes)) as pool:
        measured = list(pool.map(lambda lane: _measure(lane, depth, timeout, _progress(lane, quiet)), lanes))
    entries = [entry for _, found in measured for entry in found]
    report = convention_report(shlex.join(called()), [lane for lane, _ in measured], entries)
    if not outputs:
        _show(report, wanted or "terminal")
    for output, each in zip(outputs, formats, strict=True):
        _write(report, each, output)
    return 3 if report.notes else 0


def _lanes(names: Sequence[str], variables: Sequence[str]) -> list[Lane]:
    lanes = parse_lanes(names or BUILT_IN, variables)
    for lane in lanes:
        if not lane.command:
            load_adapter(lane)
    missing = {lane.text: hint for lane in lanes if (hint := missing_framework(lane))}
    if names and missing:
        raise IncompleteError("\n".join(f"lane {name}: {hint}" for name, hint in missing.items()))
    for name, hint in missing.items():
        mutter(f"note: lane {name} is left out: {hint}")
    return [lane for lane in lanes if lane.text not in missing]


def _measure(lane: Lane, depth: Depth, timeout: float, advance: Advance) -> _Measured:
    client = Client(lane, timeout)
    try:
        hello = client.start()
        if isinstance(hello, NoWorker):
            return LaneEntry(lane.text, "failed", lane.name, "", message=hello.message), []
        if not declared_values(hello.flags.get("values")):
            return LaneEntry(lane.text, "failed", hello.framework, hello.version, message=NO_VALUES), []
        if not measured_kinds(client):
            return LaneEntry(lane.text, "failed", hello.framework, hello.version, message=NO_CONVENTIONS), []
        entry = LaneEntry(lane.text, "ready", hello.framework, hello.version, hello.versions, hello.flags)
        advance(f"{hello.framework} {hello.version}", 0)
        found: list[Convention | ConventionFact] = []
        try:
            found.extend(measure_lane(client, depth, advance))
        except Exception as error:  # what was measured until then is reported, and the other lanes go on
            said = f"measuring it failed: {brief(error)}"
            entry = replace(entry, status="failed", message=said, traceback=traceback_text(error))
            for line in (f"lane {lane.text}: {said}", *entry.traceback.splitlines()):
                mutter(line)
        return entry, found
    finally:
        client.close()


def _progress(lane: Lane, quiet: bool) -> Advance:
    """A line for every part, and for every so many geometries of it."""
    done: Counter[str] = Counter()

    def advance(part: str, number: int) -> None:
        before = done[part]
        done[part] += number
        if quiet or (part in done and before and before // _STEP == done[part] // _STEP):
            return
        mutter(f"{lane.text}: {part}{f': {done[part]:,}' if before else ''}")

    return advance


def _show(report: ConventionReport, wanted: str) -> None:
    if wanted == "terminal":
        from conformance.report.convention_terminal import print_conventions

        print_conventions(report, Console())
    else:
        click.echo(_RENDER[wanted](report), nl=False)


def _write(report: ConventionReport, wanted: str, output: Path) -> None:
    if wanted == "terminal":
        from conformance.report.convention_terminal import print_conventions

        stream = StringIO()
        print_conventions(report, Console(file=stream, width=160))
        text = stream.getvalue()
    else:
        text = _RENDER[wanted](report)
    write(output, text, makes_folder=True)


def _html(report: ConventionReport) -> str:
    from conformance.report.html import convention_page

    return convention_page(report)


_RENDER: dict[str, Callable[[ConventionReport], str]] = {
    "markdown": convention_markdown,
    "html": _html,
    "json": convention_json,
}

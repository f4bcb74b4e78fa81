"""A document on a terminal: a table of lanes, what is wrong, what is known to be wrong, what was not asked.

Knows: rich. Must not know: journals. Foreign text is never markup here: it enters as `Text`, without control
characters and in the terminal's own encoding.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.report import wording
from conformance.report.causes import grouped
from conformance.report.document import Report
from conformance.report.findings import SCRIPT
from conformance.report.flags import legend
from conformance.report.regression_report import headline
from conformance.report.summary import LaneSummary

# Characters from which on the table of lanes has room for all of its columns.
WIDE = 110
# Characters from which on it has room for the error of what is wrong.
ROOMY = 72
# Of each the smallest call is printed in full, about a dozen lines.
MOST_CAUSES = 20
UNDECLARED = "not de-\nclared"
"""a column for runs in which some lane does not declare all that was asked"""
WRONG = "if\nwrong"
"""a column for runs in which some answer differs, and no waiver says why: its error says nothing of the others"""
# Characters, about fifteen lines of a terminal: `conformance explain` shows it whole.
LONGEST_FACT = 1200

# From which width of the console on a column is shown, its heading, its cell: a narrow console drops the columns that
# say least, not the ends of all lines.
_COLUMNS: tuple[tuple[int, str, Callable[[LaneSummary], str]], ...] = (
    (0, "ok", lambda lane: f"{lane.conforming:,}"),
    (0, "wrong", lambda lane: f"{lane.nonconforming:,}"),
    (0, "waived", lambda lane: f"{lane.waived:,}"),
    (0, "cannot\nsay", lambda lane: f"{lane.unsupported - lane.undeclared:,}"),
    (0, UNDECLARED, lambda lane: f"{lane.undeclared:,}"),
    (70, "native", lambda lane: wording.percentage(lane.expression.native_share)),
    (WIDE, "composed", lambda lane: wording.percentage(lane.expression.composed_share)),
    (WIDE, "shape\nok", lambda lane: f"{lane.shapes_as_defined:,}"),
    (0, "worst /\nbound", lambda lane: wording.in_bounds(lane.numbers.worst_conforming)),
    (0, WRONG, lambda lane: wording.in_bounds(lane.numbers.worst_nonconforming)),
    (WIDE, "if\nwaived", lambda lane: wording.in_bounds(lane.numbers.worst_waived)),
    (76, "bitwise", lambda lane: wording.percentage(lane.numbers.bitwise_equal)),
    (WIDE, "max abs*", lambda lane: wording.figure(lane.numbers.max_abs)),
    (WIDE, "max ULP*", lambda lane: wording.figure(lane.numbers.max_ulp)),
    (WIDE, "s", lambda lane: f"{lane.seconds:.1f}"),
)


def print_document(document: Report, console: Console) -> None:
    """Write a document to the console, in whatever width it has."""
    _say(console, document.headline, _headline_style(document))
    for warning in document.warnings:
        _say(console, warning, "bold yellow")
    if document.changes is not None:
        _say(console, f"Since the base: {headline(document.changes)}", "bold")
    _print_stories(document, console)
    console.print(_lane_table(document.summary.lanes, console))
    if document.causes:
        _print_causes(document, console)
    if document.known:
        _say(console, "\nWaived: known deviations, with their reasons in every report", "bold")
        for framework, known in grouped(document.known, lambda cause: cause.framework).items():
            records = sum(len(cause.findings) for cause in known)
            kinds = Counter(cause.category for cause in known)
            told = ", ".join(f"{number} {category}" for category, number in kinds.items())
            counts = f"{wording.count(records, 'record')}, {wording.count(len(known), 'reason')}"
            _say(console, f"  {framework}: {counts} ({told})", "")
    for note in document.notes:
        _say(console, f"Note: {note}", "dim")
    for lane, message in document.missing:
        _say(console, f"Not asked: {lane}: {message}", "dim")
    if document.nonconformances:
        _say(console, f"\n{document.headline}", _headline_style(document))


def _print_stories(document: Report, console: Console) -> None:
    """Each framework with its modes folded, in a few sentences."""
    for story in document.frameworks:
        _say(console, f"\n{story.framework} ({', '.join(story.lanes)})", "bold")
        for sentence in story.sentences:
            console.print(Padding(_text(sentence, console), (0, 0, 0, 2)))


def _headline_style(document: Report) -> str:
    if document.summary.interrupted or document.summary.incomplete:
        return "bold yellow"
    return "bold red" if document.summary.nonconforming or document.summary.problems else "bold green"


def _lane_table(lanes: Iterable[LaneSummary], console: Console) -> Table:
    given = list(lanes)
    asked = {
        UNDECLARED: any(lane.undeclared for lane in given),
        WRONG: console.width >= ROOMY and any(lane.numbers.worst_nonconforming is not None for lane in given),
    }
    room = console.width - sum(len("not de- ") for shown in asked.values() if shown)
    columns = [(name, cell) for width, name, cell in _COLUMNS if asked.get(name, width <= max(room, 0))]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, collapse_padding=True)
    table.add_column("lane", overflow="fold", min_width=min(19, console.width // 3))
    for name, _ in columns:
        table.add_column(name, justify="right")
    for lane in given:
        ready = lane.status == "ready"
        name = lane.lane if ready else f"{lane.lane} ({lane.status})"
        table.add_row(_text(name, console), *(cell(lane) for _, cell in columns if ready))
    if console.width >= WIDE:
        table.caption = "* information only: the verdict is worst / bound, or bitwise equality on exact inputs"
    return table


def _print_causes(document: Report, console: Console) -> None:
    """The smallest call of each cause in full, and how many more there are."""
    title = wording.count(len(document.nonconformances), "nonconformance")
    _say(console, f"\n{title}, {wording.count(len(document.causes), 'cause')}", "bold red")
    told = document.causes[:MOST_CAUSES]
    for cause in told:
        record = cause.smallest.record
        _say(console, f"{record.outcome} in {record.lane}: {record.trial}", "bold")
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(overflow="fold")
        for label, fact in cause.smallest.facts():
            if label == SCRIPT:
                continue
            grid.add_row(label, _text(wording.clipped(fact, LONGEST_FACT), console))
        for label, lines in cause.smallest.lines():
            grid.add_row(label, _text("\n".join(wording.clipped(line, LONGEST_FACT) for line in lines), console))
        if len(cause.findings) > 1:
            lanes = ", ".join(f"{lane} {number:,}" for lane, number in cause.lanes)
            more = f"{wording.count(len(cause.findings), 'record')}, this is the smallest call: {lanes}; {cause.scope}"
            grid.add_row("same cause", _text(more, console))
        console.print(Padding(grid, (0, 0, 0, 2)))
        # Broken by the terminal, if at all: a command that the program breaks cannot be copied.
        console.print(_text(f"  {cause.smallest.explain}", console), soft_wrap=True)
        console.print()
    for flag, meaning in legend(cause.smallest.record for cause in told):
        _say(console, f"flag {flag}: {meaning}", "dim")
    if len(document.causes) > MOST_CAUSES:
        rest = wording.count(len(document.causes) - MOST_CAUSES, "more cause")
        _say(console, f"{rest}: all of them are in report.html and journal.jsonl", "bold")


def _say(console: Console, text: str, style: str) -> None:
    console.print(_text(text, console, style))


def _text(text: str, console: Console, style: str = "") -> Text:
    encoding = console.encoding or "ascii"
    return Text(wording.printable(text).encode(encoding, "replace").decode(encoding), style, overflow="fold")

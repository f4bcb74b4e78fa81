"""Conventions on a terminal.

Knows: rich, the report of conventions. Must not know: journals.
"""

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from conformance.report import wording
from conformance.report.convention_report import ConventionReport

_STYLES = {"agrees": "green", "differs": "bold red", "no words": "dim", "not asked": "dim", "not answered": "yellow"}


def print_conventions(report: ConventionReport, console: Console) -> None:
    """Lanes, questions, nominal calls."""
    lanes = Table(_lane_column(), "framework", "geometries", "differing", "facts that agree", title="Measured")
    for lane, figures in report.lanes:
        lanes.add_row(
            _text(lane.lane), _text(f"{lane.framework} {lane.version}"), f"{figures.geometries:,}",
            f"{figures.differing:,}", f"{figures.agreeing} of {figures.stated}",
        )  # fmt: skip
    console.print(lanes)
    for note in report.notes:
        console.print(f"[bold]{_text(note)}[/bold]")
    for topic in report.conventions.topics:
        heads = ("words", "measured", "formula held", "mark")
        table = Table(_lane_column(), *heads, title=_text(topic.title), expand=True)
        for fact in topic.rows:
            smallest = [f"smallest that differs: {fact.smallest}"] if fact.smallest else []
            measured = "\n".join(map(_text, [fact.measured, *smallest]))
            style = _STYLES[fact.mark]
            mark = f"[{style}]{fact.mark}[/{style}] {_text(fact.over)}"
            table.add_row(_text(fact.lane), _text(fact.name), measured, _text(fact.formula), mark)
        console.print(table)
    if report.conventions.rows:
        columns = (Column(_text(lane), overflow="fold") for lane in report.conventions.lanes)
        nominal = Table("call", "agree", *columns, title="The same words everywhere: output length, offset")
        for entry in report.conventions.rows:
            call = f"{entry.word} k{entry.kernel} s{entry.stride} d{entry.dilation} i{entry.length}"
            wrong = entry.agreement in ("no", "shape only")
            agreement = f"[bold red]{entry.agreement}[/bold red]" if wrong else entry.agreement
            nominal.add_row(_text(call), agreement, *(_text(answer.text) for answer in entry.cells))
        console.print(nominal)
        for sentence in report.conventions.legend:
            console.print(_text(sentence), style="dim")


def _lane_column() -> Column:
    """Folded, not cut: import strings differ at their ends."""
    return Column("lane", overflow="fold")


def _text(text: str) -> str:
    return escape(wording.printable(text))

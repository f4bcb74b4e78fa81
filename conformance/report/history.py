"""Runs beside one another in their order: which cause of a framework came in which version, and which went.

Knows: causes, figures of runs. Must not know: formats, but for the two that it writes: Markdown and a badge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from conformance.journal import Journal
from conformance.judging.explanation import generally
from conformance.report import wording
from conformance.report.causes import Cause, causes
from conformance.report.findings import findings
from conformance.report.markdown_text import cell, prose, row, table_head
from conformance.report.summary import REFERENCE, exit_status, judged_sentence, summarise

CAME, WENT, STAYED, PASSED = "came", "went", "stayed", "came and went"
NOT_ASKED = "-"
# Of a badge, in pixels: Verdana at 11 takes about 6.5 a character.
CHARACTER, MARGIN, HEIGHT = 6.5, 6, 20
COLOURS = {0: "#2e7d32", 1: "#b3261e", 3: "#757575"}
"""by the exit status of a run"""


@dataclass(frozen=True, slots=True)
class CauseHistory:
    """One cause of one framework over all runs."""

    framework: str
    text: str
    """of the newest run that shows it"""
    counts: tuple[int | None, ...]
    """records in each run; None where the run did not ask the framework"""
    waived: bool
    """in the newest run that shows it"""
    smallest: str
    """the trial of its smallest call there"""

    @property
    def change(self) -> str:
        """What became of it between the first and the last run that asked the framework."""
        asked = [bool(count) for count in self.counts if count is not None]
        if asked[0] and asked[-1]:
            return STAYED
        return CAME if asked[-1] else WENT if asked[0] else PASSED


@dataclass(frozen=True, slots=True)
class History:
    """Several runs, the oldest first."""

    runs: tuple[str, ...]
    """what names each: the day, and the versions that answered"""
    verdicts: tuple[str, ...]
    """of each run, what was judged"""
    rows: tuple[CauseHistory, ...]
    """what came first, then what went, then what stayed; of one framework together"""


def history(journals: Sequence[Journal]) -> History:
    """The runs in the order in which they started."""
    ordered = sorted(journals, key=lambda journal: journal.header.started)
    found = [_causes(journal) for journal in ordered]
    asked = [{lane.framework for lane in journal.lanes.values() if lane.status == "ready"} for journal in ordered]
    rows = []
    for key in dict.fromkeys(key for each in reversed(found) for key in each):
        newest = next(each[key] for each in reversed(found) if key in each)
        framework, _ = key
        counts = tuple(
            len(each[key].findings) if key in each else 0 if framework in frameworks else None
            for each, frameworks in zip(found, asked, strict=True)
        )
        trial = newest.smallest.record.trial
        rows.append(CauseHistory(framework, newest.text, counts, newest.waived is not None, trial))
    order = (CAME, WENT, PASSED, STAYED)
    rows.sort(key=lambda each: (order.index(each.change), each.framework))
    verdicts = tuple(judged_sentence(summarise(journal).lanes) for journal in ordered)
    return History(tuple(map(_label, ordered)), verdicts, tuple(rows))


def markdown(told: History) -> str:
    """The history as a page: the runs, then a row for each cause."""
    lines = ["# History", ""]
    lines += [
        f"{place}. {prose(run)}: {prose(verdict)}"
        for place, (run, verdict) in enumerate(zip(told.runs, told.verdicts, strict=True), start=1)
    ]
    counted = [f"{sum(each.change == change for each in told.rows):,} {change}" for change in (CAME, WENT, STAYED)]
    lines += ["", f"{wording.count(len(told.rows), 'cause')}: {', '.join(counted)}.", ""]
    numbers = [str(place) for place in range(1, len(told.runs) + 1)]
    lines.append(table_head(["framework", "cause", *numbers, "change", "smallest call"]))
    for each in told.rows:
        counts = [NOT_ASKED if count is None else f"{count:,}" for count in each.counts]
        text = f"{wording.one_line(each.text)}{' (waived)' if each.waived else ''}"
        lines.append(row([cell(each.framework), cell(text), *counts, each.change, cell(each.smallest)]))
    lines += ["", "Numbers are records with the cause; - stands for a run that did not ask the framework."]
    return "\n".join(lines) + "\n"


def badge(journal: Journal) -> str:
    """A picture (SVG) of one line: what the run judged, green where all is as expected or waived."""
    summary = summarise(journal)
    status = exit_status(summary)
    said = "incomplete" if status == 3 else f"{summary.nonconforming:,} wrong" if status else "as expected"
    left, right = "conformance", f"{summary.judged:,} judged, {said}"
    widths = [round(len(text) * CHARACTER) + 2 * MARGIN for text in (left, right)]
    whole, text = sum(widths), escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" role="img" aria-label="{text}">'
        f"<title>{text}</title>"
        f'<rect width="{whole}" height="{HEIGHT}" rx="3" fill="#333"/>'
        f'<path d="M{widths[0]} 0h{widths[1] - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{widths[0]}z" '
        f'fill="{COLOURS[status]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{widths[0] / 2:g}" y="14">{escape(left)}</text>'
        f'<text x="{widths[0] + widths[1] / 2:g}" y="14">{escape(right)}</text></g></svg>\n'
    )


def _causes(journal: Journal) -> dict[tuple[str, str], Cause]:
    """What does not conform, waived or not, by framework and what its cause says in general."""
    frameworks = {name: lane.framework for name, lane in journal.lanes.items()}
    wrong = [each for each in findings(journal) if each.standing in ("nonconforming", "waived")]
    found: dict[tuple[str, str], Cause] = {}
    for cause in causes(wrong, frameworks):
        found.setdefault((cause.framework, generally(cause.text)), cause)
    return found


def _label(journal: Journal) -> str:
    versions = {
        f"{lane.framework} {lane.version}": None
        for lane in journal.lanes.values()
        if lane.status == "ready" and lane.framework != REFERENCE
    }
    return f"{journal.header.started[:10]} {', '.join(versions) or REFERENCE}"

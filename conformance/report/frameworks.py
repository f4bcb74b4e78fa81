"""Frameworks beside one another, over any number of runs: how much of what is asked each says, answers and gets right,
and what it gets wrong, by cause.

Knows: journals, figures of lanes, causes. Must not know: formats, but for Markdown, which it writes. A row is a
framework in one version, in all its modes; a layer over another one has a row for each that it runs on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.journal import Journal
from conformance.report import wording
from conformance.report.causes import Cause, causes, grouped
from conformance.report.findings import Finding, findings
from conformance.report.markdown_text import cell, code, prose, row, table_head
from conformance.report.story import ends
from conformance.report.summary import REFERENCE, Expression, LaneSummary, summarise

NOTHING = "-"
MOST_CAUSES = 40
"""of a framework; those that fewer records show are counted"""
COLUMNS = ("framework", "lanes", "judged", "right", "native", "composed", "unsupported", "refused", "bugs", "crashes")
LEGEND = (
    "**judged**: records with a judgement, in all lanes of the row; **right**: the share of them that is as expected, "
    "refusals of wrong calls included; **native**, **composed**, **unsupported**: of the right calls that the lanes "
    "take, those that the framework's own words say, those that need a pad or crop around them, and those that it has "
    "no words for; **refused**: right calls that it has words for and refuses; **bugs** and **crashes**: causes, of "
    "which one makes many records, and in brackets those that come from what it runs on."
)


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework in one version, in all of its modes."""

    name: str
    """with its version, and those of what it runs on"""
    lanes: tuple[LaneSummary, ...]
    refused: int
    """records of right calls"""
    causes: tuple[Cause, ...]
    """of what is wrong, waived or not, but for what is waived as not there yet; the most frequent first"""

    @property
    def judged(self) -> int:
        """Records with a judgement."""
        return sum(lane.judged for lane in self.lanes)

    @property
    def right(self) -> float | None:
        """The share of them that is as expected; None where nothing was judged."""
        return sum(lane.conforming for lane in self.lanes) / self.judged if self.judged else None

    @property
    def expression(self) -> Expression:
        """How the right calls are said, in all lanes together."""
        said = [lane.expression for lane in self.lanes]
        return Expression(
            calls=sum(each.calls for each in said),
            native=sum(each.native for each in said),
            composed=sum(each.composed for each in said),
            unsupported=sum(each.unsupported for each in said),
            undeclared=sum(each.undeclared for each in said),
        )

    def of_class(self, crashes: bool) -> tuple[Cause, ...]:
        """The causes that end the process or take too long, or the others."""
        return tuple(cause for cause in self.causes if ends(cause) == crashes)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A lane with what came of it."""

    summary: LaneSummary
    name: str
    wrong: tuple[Finding, ...]
    refused: int


def frameworks(journals: Sequence[Journal]) -> tuple[Framework, ...]:
    """Every framework that was asked, in the order of lanes; of a lane in several runs the newest counts."""
    newest: dict[tuple[str, str], _Asked] = {}
    for journal in sorted(journals, key=lambda journal: journal.header.started):
        for asked in _asked(journal):
            newest[asked.name, asked.summary.lane] = asked
    found = []
    for name, of_framework in grouped(newest.values(), lambda asked: asked.name).items():
        wrong = [finding for asked in of_framework for finding in asked.wrong]
        found.append(
            Framework(
                name,
                tuple(asked.summary for asked in of_framework),
                sum(asked.refused for asked in of_framework),
                causes(wrong, {asked.summary.lane: asked.summary.framework for asked in of_framework}),
            )
        )
    return tuple(found)


def markdown(journals: Sequence[Journal], command: str) -> str:
    """The table, then the causes of each framework."""
    found = frameworks(journals)
    lines = [
        "# Frameworks",
        "",
        f"Written by {code(command)}. {wording.count(len(found), 'framework')}, {wording.count(len(journals), 'run')}; "
        f"trials asked: {', '.join(f'{number:,}' for number in sorted({each.header.trials for each in journals}))}.",
        "",
        table_head(COLUMNS),
        *(_row(each) for each in found),
        "",
        LEGEND,
        *_missing(journals),
    ]
    for each in found:
        lines += _section(each)
    return "\n".join(lines) + "\n"


def _asked(journal: Journal) -> Iterable[_Asked]:
    by_lane: dict[str, list[Finding]] = {}
    for finding in findings(journal):
        by_lane.setdefault(finding.record.lane, []).append(finding)
    for lane in summarise(journal).lanes:
        entry = journal.lanes.get(lane.lane)
        if lane.lane == REFERENCE or entry is None or entry.status != "ready":
            continue
        own = by_lane.get(lane.lane, [])
        # A lane under another interpreter runs on the plain lane of its own framework, which says nothing new.
        below = {name: version for name, version in entry.runs_on.items() if version != entry.version}
        on = " and ".join(f"{name.partition(':')[0]} {version}" for name, version in below.items())
        yield _Asked(
            lane,
            f"{entry.framework} {entry.version}{f' on {on}' if on else ''}",
            tuple(each for each in own if _is_wrong(each)),
            sum(each.record.outcome == "refused" and each.trial.fault is None for each in own),
        )


def _is_wrong(finding: Finding) -> bool:
    """What is not there yet is a gap, which the columns of refusals count."""
    waived = finding.record.waived
    return finding.standing == "nonconforming" or (waived is not None and waived.category == "bug")


def _row(each: Framework) -> str:
    said = each.expression
    shares = (each.right, said.native_share, said.composed_share, said.unsupported_share)
    numbers = [f"{each.refused:,}", _counted(each.of_class(crashes=False)), _counted(each.of_class(crashes=True))]
    lanes = ", ".join(code(lane.lane) for lane in each.lanes)
    return row([cell(each.name), lanes, f"{each.judged:,}", *map(_percent, shares), *numbers])


def _percent(share: float | None) -> str:
    # Never a hundred where something is missing, nor nothing where there is something.
    if share is None or share in (0.0, 1.0):
        return NOTHING if share is None else f"{share:.0%}"
    return f"{min(max(100 * share, 0.1), 99.9):.1f}%"


def _counted(found: Sequence[Cause]) -> str:
    below = sum(bool(cause.waived and cause.waived.through) for cause in found)
    return f"{len(found)}{f' ({below})' if below else ''}"


def _missing(journals: Sequence[Journal]) -> list[str]:
    missing: Mapping[str, str] = {lane: hint for journal in journals for lane, hint in journal.header.missing.items()}
    entries = {
        lane: entry.message for journal in journals for lane, entry in journal.lanes.items() if entry.status != "ready"
    }
    lines = [f"- {code(lane)}: {prose(hint)}" for lane, hint in {**missing, **entries}.items()]
    return ["", "Not asked:", "", *lines] if lines else []


def _section(each: Framework) -> list[str]:
    lines = ["", f"## {prose(each.name)}", ""]
    if not each.causes:
        return [*lines, "Nothing wrong was found in what it was asked." if each.judged else "Nothing was judged."]
    lines.append(table_head(("what", "", "records", "in", "calls", "smallest call")))
    for cause in each.causes[:MOST_CAUSES]:
        standing = cause.waived.kind if cause.waived else "not waived"
        kind = "crash" if ends(cause) else next(iter(cause.outcomes))[0].replace("_", " ")
        lines.append(
            row(
                [
                    cell(wording.clipped(wording.one_line(cause.text), 300)),
                    cell(f"{kind}, {standing}"),
                    f"{len(cause.findings):,}",
                    ", ".join(code(lane) for lane, _ in cause.lanes),
                    cell(wording.clipped(cause.scope, 200)),
                    code(cause.smallest.record.trial),
                ]
            )
        )
    left = each.causes[MOST_CAUSES:]
    more = sum(len(cause.findings) for cause in left)
    return [
        *lines,
        *(["", f"And {wording.count(len(left), 'cause')} more, of {wording.count(more, 'record')}."] if left else []),
    ]

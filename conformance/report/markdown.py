"""A document in Markdown, short enough for a pull request's comment.

Knows: GitHub's Markdown. Must not know: journals. Foreign text is quoted as code or escaped, and clipped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from conformance.report import wording
from conformance.report.arithmetic_table import HEADS
from conformance.report.causes import Cause
from conformance.report.convention_markdown import facts_section, nominal_section
from conformance.report.document import TUTORIAL, Report
from conformance.report.findings import Reason
from conformance.report.fitting import Section, fit
from conformance.report.flags import legend
from conformance.report.markdown_text import cell, code, fenced, folded, link, prose, row, table_head
from conformance.report.regression_report import headline
from conformance.report.regressions import Comparison
from conformance.report.story import HeatTable
from conformance.report.summary import LaneSummary

# Characters; who reads a report in a pull request reads no more. A comment on GitHub holds 65,536.
LIMIT = 20_000
ELSEWHERE = "in report.html and journal.jsonl"
# One may come of each worker that was started; the first ones say what is wrong.
MOST_WARNINGS = 20
# Elements that differ, with where they lie: enough for a pattern, and the record has more.
MOST_DIFFERENCES = 6
MOST_OF_A_CAUSE = 20
"""names of records beside the smallest"""

# A table that is read without scrolling; the page has it whole.
MOST_OPERATORS = 12
MOST_FEATURES = 8
"""rows and columns of the table of operators by features"""

HEAT_NOTE = (
    "Records that do not conform (✗) or are waived (≈), of those judged with this feature; the others are right."
)
LANE_NOTE = "Native, composed and unsupported are of the right calls that a lane declares; a port has no plans."
NUMBER_NOTE = "What is marked (info) is information only and decides no verdict."
ARITHMETIC_NOTE = (
    "Measured by probes, and told, not judged: where sums are kept (for 16-bit dtypes), the significand bits of "
    "accumulators along channels / taps, and statistics of the rounding errors of real numbers."
)
Columns: TypeAlias = Mapping[str, Callable[[LaneSummary], str]]
"""of a table of lanes, by heading"""


def markdown(document: Report) -> str:
    """The report in at most LIMIT characters; what had to be left out is counted and located."""
    lanes = document.summary.lanes
    names = dict.fromkeys(name for lane in lanes for name, number in lane.counts.items() if number)
    outcomes = {name: partial(_counted, name) for name in names}
    sections = [
        _opening(document),
        None if document.changes is None else _change_section(document.changes),
        _story_section(document),
        _nonconformance_section(document),
        _heat_section(document.heat.faults()),
        _lane_section("Lanes", LANE_NOTE, _LANE_COLUMNS, lanes),
        _lane_section("Outcomes", "", outcomes, lanes),
        _lane_section("Numerical differences", NUMBER_NOTE, _NUMBER_COLUMNS, lanes),
        _table("Arithmetic", ARITHMETIC_NOTE, HEADS, (map(cell, each.cells()) for each in document.arithmetic), "rows"),
        _known_section(document.known),
        _flag_section(document),
        _tutorial_section(document),
        _explanation_section("Composed calls, and why", document.composed, "A crop or a pad around the call."),
        _explanation_section("What cannot be said", document.unsupported, "Calls for which a lane has no words."),
        nominal_section(document.conventions),
        facts_section(document.conventions.topics),
        _table("Provenance", "", ("what", "which"), (map(cell, pair) for pair in document.provenance), "entries"),
    ]
    return fit([section for section in sections if section is not None], LIMIT, ELSEWHERE)


def _opening(document: Report) -> Section:
    warnings = [f"> **{prose(warning)}**" for warning in document.warnings[:MOST_WARNINGS]]
    left_out = len(document.warnings) - MOST_WARNINGS
    more = [f"> {left_out:,} more are {ELSEWHERE}."] if left_out > 0 else []
    missing = [f"Not asked: {code(lane)}: {prose(message)}" for lane, message in document.missing[:MOST_WARNINGS]]
    quote = "\n>\n".join([*warnings, *more])
    notes = [f"Note: {prose(note)}" for note in document.notes[:MOST_WARNINGS]]
    parts = ["# Conformance report", quote, f"**{prose(document.headline)}**", *notes, *missing]
    return Section("\n\n".join(part for part in parts if part))


def _story_section(document: Report) -> Section | None:
    """Each framework with its modes folded, in a few sentences."""
    if not document.frameworks:
        return None
    blocks = tuple(
        "\n".join(
            [
                f"- **{prose(story.framework)}** ({', '.join(map(code, story.lanes))})",
                *(f"  - {prose(sentence)}" for sentence in story.sentences),
            ]
        )
        for story in document.frameworks
    )
    return Section("## What it means\n", blocks, "frameworks", "\n")


def _heat_section(heat: HeatTable) -> Section | None:
    """Operators by features, as far as something in them is not as expected; the page has all of them."""
    if not heat.rows:
        return None
    shown = heat.features[:MOST_FEATURES]
    rows = (
        [code(operator), *(cell(cells[name].text if name in cells and cells[name].faults else "") for name in shown)]
        for operator, cells in heat.rows[:MOST_OPERATORS]
    )
    return _table("Where it is wrong", HEAT_NOTE, ["operator", *map(cell, shown)], rows, "operators")


def _change_section(changes: Comparison) -> Section:
    """What changed since the base, regressions one by one; `conformance compare` tells the rest."""
    lead = f"## What changed\n\n**{prose(headline(changes))}**\n"
    blocks = [
        f"- {prose(change.said)} in {code(change.after.lane)}: {code(change.after.trial)}"
        for change in changes.regressions
    ]
    return Section(lead, tuple(blocks), "regressions", "\n")


def _lane_section(title: str, note: str, columns: Columns, lanes: Iterable[LaneSummary]) -> Section:
    rows = ([code(lane.lane), *(told(lane) for told in columns.values())] for lane in lanes)
    return _table(title, note, ["lane", *map(cell, columns)], rows, "lanes")


def _table(title: str, note: str, heads: Sequence[str], rows: Iterable[Iterable[str]], noun: str) -> Section:
    lead = "\n\n".join([f"## {title}", *([note] if note else []), table_head(heads)])
    return Section(lead, tuple(map(row, rows)), noun, "\n")


def _counted(outcome: str, lane: LaneSummary) -> str:
    return f"{lane.counts.get(outcome, 0):,}"


def _shared(number: int, share: float | None) -> str:
    return wording.ABSENT if share is None else f"{number:,} ({wording.percentage(share)})"


_LANE_COLUMNS: Columns = {
    "framework": lambda lane: cell(f"{lane.framework} {lane.version}".strip() or wording.ABSENT),
    "state": lambda lane: lane.status,
    "judged": lambda lane: f"{lane.judged:,}",
    "as expected": lambda lane: f"{lane.conforming:,}",
    "wrong": lambda lane: f"{lane.nonconforming:,}",
    "waived": lambda lane: f"{lane.waived:,}",
    "cannot say": lambda lane: f"{lane.unsupported - lane.undeclared:,}",
    "not declared": lambda lane: f"{lane.undeclared:,}",
    "native": lambda lane: _shared(lane.expression.native, lane.expression.native_share),
    "composed": lambda lane: _shared(lane.expression.composed, lane.expression.composed_share),
    "unsupported": lambda lane: _shared(
        lane.expression.unsupported - lane.expression.undeclared, lane.expression.unsupported_share
    ),
    "right shapes": lambda lane: f"{lane.shapes_as_defined:,}",
}
_NUMBER_COLUMNS: Columns = {
    "elements compared": lambda lane: f"{lane.numbers.compared:,}",
    "largest error / bound": lambda lane: wording.in_bounds(lane.numbers.worst_conforming),
    "of what is waived": lambda lane: wording.in_bounds(lane.numbers.worst_waived),
    "of what does not conform": lambda lane: wording.in_bounds(lane.numbers.worst_nonconforming),
    "bitwise equal": lambda lane: wording.percentage(lane.numbers.bitwise_equal),
    "max abs (info)": lambda lane: wording.figure(lane.numbers.max_abs),
    "max ULP (info)": lambda lane: wording.figure(lane.numbers.max_ulp),
    "s": lambda lane: f"{lane.seconds:.1f}",
}


def _nonconformance_section(document: Report) -> Section:
    """By cause, the smallest call of each in full; the other records by their names."""
    if not document.causes:
        return Section("## Nonconformances\n\nNone that is not waived.")
    records = wording.count(len(document.nonconformances), "record")
    number = wording.count(len(document.causes), "cause")
    lead = f"## Nonconformances\n\n{records} not as expected, and no waiver says why: {number}."
    blocks = []
    for cause in document.causes:
        record = cause.smallest.record
        title = f"### {code(record.outcome)} in {code(record.lane)}: {code(record.trial)}"
        facts = [f"{label}: {fact}" for label, fact in cause.smallest.facts()]
        differences = [
            f"{wording.shape(found.index)} expected {found.expected}, observed {found.observed} ({found.region})"
            for found in cause.smallest.differences[:MOST_DIFFERENCES]
        ]
        plan = ["plan:", *(f"    {step}" for step in cause.smallest.plan)] if cause.smallest.plan else []
        unequal = ["differs at:", *(f"    {line}" for line in differences)] if differences else []
        blocks.append(f"{title}\n\n{fenced([*facts, *plan, *unequal])}")
        if others := [finding for finding in cause.findings if finding is not cause.smallest]:
            names = [f"{each.record.lane}: {each.record.trial}" for each in others[:MOST_OF_A_CAUSE]]
            if len(others) > MOST_OF_A_CAUSE:
                names.append(f"and {len(others) - MOST_OF_A_CAUSE:,} more {ELSEWHERE}")
            summary = f"{wording.count(len(others), 'more record')} of the same cause: {cause.scope}"
            blocks[-1] += f"\n\n{folded(summary, fenced(names))}"
    return Section(lead, tuple(blocks), "causes", urgent=True)


def _known_section(known: Sequence[Cause]) -> Section | None:
    if not known:
        return None
    lead = "## Known deviations (waived)\n\nNot as expected, with a reason on record; they do not fail the run."
    blocks = []
    for deviation in known:
        lanes = ", ".join(f"{code(lane)} {number:,}" for lane, number in deviation.lanes)
        address = f" ({link(deviation.url)})" if deviation.url else ""
        kind = f"{wording.count(len(deviation.findings), 'record')}, {prose(deviation.category)}"
        blocks.append(f"- **{kind}**: {prose(deviation.text)}{address}\n  {lanes}")
    return Section(lead, tuple(blocks), "known deviations")


def _flag_section(document: Report) -> Section | None:
    """Each flag that a record above shows, explained once."""
    flags = legend(cause.smallest.record for cause in document.causes)
    if not flags:
        return None
    return Section("## Flags\n", tuple(f"- {code(flag)}: {prose(meaning)}" for flag, meaning in flags), "flags", "\n")


def _tutorial_section(document: Report) -> Section | None:
    """What became of each example in each lane, in one table."""
    stories, lanes = document.tutorial, [lane.lane for lane in document.summary.lanes]
    if not stories:
        return None
    rows = []
    for story in stories:
        told = {answer.record.lane: f"{answer.record.outcome} ({answer.standing})" for answer in story.answers}
        rows.append([code(story.trial.id.partition(TUTORIAL)[2]), *(cell(told.get(lane, "")) for lane in lanes)])
    return _table("The tutorial's examples", "", ["example", *map(code, lanes)], rows, "examples")


def _explanation_section(title: str, explanations: Sequence[Reason], lead: str) -> Section | None:
    if not explanations:
        return None
    blocks = tuple(
        f"- {explanation.records:,} x {prose(explanation.text)}\n"
        f"  {', '.join(f'{code(lane)} {number:,}' for lane, number in explanation.lanes)}; "
        f"for example {code(explanation.example)}"
        for explanation in explanations
    )
    return Section(f"## {title}\n\n{lead}\n", blocks, "reasons", "\n")

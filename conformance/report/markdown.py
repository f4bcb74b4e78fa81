"""A document in Markdown, short enough for a pull request's comment.

Knows: GitHub's Markdown. Must not know: journals. Foreign text is quoted as code or escaped, and clipped.
"""

from collections.abc import Iterable, Sequence

from conformance.report import wording
from conformance.report.arithmetic_table import HEADS, ArithmeticRow
from conformance.report.convention_markdown import facts_section, nominal_section
from conformance.report.document import Report, TrialStory
from conformance.report.findings import Finding, KnownDeviation, Reason
from conformance.report.fitting import Section, fit
from conformance.report.flags import legend
from conformance.report.markdown_text import cell, code, fenced, folded, link, prose, row, table_head
from conformance.report.regression_report import headline
from conformance.report.regressions import Comparison
from conformance.report.summary import LaneSummary

LIMIT = 60_000
"""Characters; a comment on GitHub holds 65,536."""
ELSEWHERE = "in report.html and journal.jsonl"
MOST_WARNINGS = 20
MOST_DIFFERENCES = 6


def markdown(document: Report) -> str:
    """The report in at most LIMIT characters; what had to be left out is counted and located."""
    lanes = document.summary.lanes
    sections = [
        _opening(document),
        _change_section(document.changes),
        _lane_section(lanes),
        _outcome_section(lanes),
        _number_section(lanes),
        _arithmetic_section(document.arithmetic),
        _nonconformance_section(document.nonconformances),
        _known_section(document.known),
        _flag_section(document),
        _tutorial_section(document.tutorial),
        _explanation_section("Composed calls, and why", document.composed, "A crop or a pad around the call."),
        _explanation_section("What cannot be said", document.unsupported, "Calls for which a lane has no words."),
        nominal_section(document.conventions),
        facts_section(document.conventions.topics),
        _provenance_section(document),
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


def _change_section(changes: Comparison | None) -> Section | None:
    """What changed since the base, regressions one by one; `conformance compare` tells the rest."""
    if changes is None:
        return None
    lead = f"## What changed\n\n**{prose(headline(changes))}**\n"
    blocks = [
        f"- {prose(change.said)} in {code(change.after.lane)}: {code(change.after.trial)}"
        for change in changes.regressions
    ]
    return Section(lead, tuple(blocks), "regressions", "\n")


def _lane_section(lanes: Iterable[LaneSummary]) -> Section:
    names = ("lane", "framework", "state", "judged", "as expected", "wrong", "waived", "cannot say", "not declared")
    said = ("native", "composed", "unsupported", "right shapes")
    note = "Native, composed and unsupported are of the right calls that a lane declares; a port has no plans."
    return Section(
        f"## Lanes\n\n{note}\n\n{table_head((*names, *said))}",
        tuple(_lane_row(lane) for lane in lanes),
        "lanes",
        "\n",
    )


def _lane_row(lane: LaneSummary) -> str:
    said = lane.expression
    unsaid = lane.unsupported - lane.undeclared
    counts = (lane.judged, lane.conforming, lane.nonconforming, lane.waived, unsaid, lane.undeclared)
    shares = (
        (said.native, said.native_share),
        (said.composed, said.composed_share),
        (said.unsupported - said.undeclared, said.unsupported_share),
    )
    parts = [
        wording.ABSENT if share is None else f"{number:,} ({wording.percentage(share)})" for number, share in shares
    ]
    framework = cell(f"{lane.framework} {lane.version}".strip() or wording.ABSENT)
    figures = [*(f"{number:,}" for number in counts), *parts, f"{lane.shapes_as_defined:,}"]
    return row([code(lane.lane), framework, lane.status, *figures])


def _outcome_section(lanes: Sequence[LaneSummary]) -> Section:
    outcomes = list(dict.fromkeys(name for lane in lanes for name, number in lane.counts.items() if number))
    rows = (row([code(lane.lane), *(f"{lane.counts.get(name, 0):,}" for name in outcomes)]) for lane in lanes)
    return Section(f"## Outcomes\n\n{table_head(['lane', *map(cell, outcomes)])}", tuple(rows), "lanes", "\n")


def _number_section(lanes: Iterable[LaneSummary]) -> Section:
    names = (
        "lane",
        "elements compared",
        "largest error / bound",
        "bitwise equal",
        "max abs (info)",
        "max ULP (info)",
        "s",
    )
    rows = tuple(
        row(
            [
                code(lane.lane),
                f"{lane.numbers.compared:,}",
                wording.in_bounds(lane.numbers.worst_error_over_bound),
                wording.percentage(lane.numbers.bitwise_equal),
                wording.figure(lane.numbers.max_abs),
                wording.figure(lane.numbers.max_ulp),
                f"{lane.seconds:.1f}",
            ]
        )
        for lane in lanes
    )
    note = "What is marked (info) is information only and decides no verdict."
    return Section(f"## Numerical differences\n\n{note}\n\n{table_head(names)}", rows, "lanes", "\n")


def _arithmetic_section(rows: Sequence[ArithmeticRow]) -> Section:
    note = (
        "Measured by probes, and told, not judged: where sums are kept (for 16-bit dtypes), the significand bits of "
        "accumulators along channels / taps, and statistics of the rounding errors of real numbers."
    )
    lines = tuple(row(map(cell, each.cells())) for each in rows)
    return Section(f"## Arithmetic\n\n{note}\n\n{table_head(HEADS)}", lines, "rows", "\n")


def _nonconformance_section(findings: Sequence[Finding]) -> Section:
    if not findings:
        return Section("## Nonconformances\n\nNone that is not waived.")
    lead = f"## Nonconformances\n\n{wording.count(len(findings), 'record')} not as expected, and no waiver says why."
    return Section(lead, tuple(_finding_block(finding) for finding in findings), "nonconformances")


def _finding_block(finding: Finding) -> str:
    record = finding.record
    title = f"{code(record.outcome)} in {code(record.lane)}: {code(record.trial)}"
    return f"### {title}\n\n{_finding_body(finding)}"


def _waived_block(finding: Finding) -> str:
    record = finding.record
    return folded(f"waived: {record.outcome} in {record.lane}: {record.trial}", _finding_body(finding))


def _finding_body(finding: Finding) -> str:
    facts = [f"{label}: {fact}" for label, fact in finding.facts()]
    differences = [
        f"{wording.shape(found.index)} expected {found.expected}, observed {found.observed} ({found.region})"
        for found in finding.differences[:MOST_DIFFERENCES]
    ]
    plan = ["plan:", *(f"    {step}" for step in finding.plan)] if finding.plan else []
    unequal = ["differs at:", *(f"    {line}" for line in differences)] if differences else []
    return fenced([*facts, *plan, *unequal])


def _known_section(known: Sequence[KnownDeviation]) -> Section | None:
    if not known:
        return None
    lead = "## Known deviations (waived)\n\nNot as expected, with a reason on record; they do not fail the run."
    blocks = [_known_block(deviation) for deviation in known]
    details = [_waived_block(finding) for deviation in known for finding in deviation.findings]
    return Section(lead, (*blocks, *details), "known deviations")


def _known_block(deviation: KnownDeviation) -> str:
    lanes = ", ".join(f"{code(lane)} {number:,}" for lane, number in deviation.lanes)
    address = f" ({link(deviation.url)})" if deviation.url else ""
    return (
        f"- **{wording.count(len(deviation.findings), 'record')}, {prose(deviation.category)}**: "
        f"{prose(deviation.reason)}{address}\n  {lanes}"
    )


def _flag_section(document: Report) -> Section | None:
    """Each flag that a finding above shows, explained once."""
    waived = [finding for deviation in document.known for finding in deviation.findings]
    flags = legend(finding.record for finding in (*document.nonconformances, *waived))
    if not flags:
        return None
    return Section("## Flags\n", tuple(f"- {code(flag)}: {prose(meaning)}" for flag, meaning in flags), "flags", "\n")


def _tutorial_section(stories: Sequence[TrialStory]) -> Section | None:
    if not stories:
        return None
    return Section("## The tutorial's examples", tuple(_story_block(story) for story in stories), "examples")


def _story_block(story: TrialStory) -> str:
    fault = f"\n\nWrong on purpose: {prose(story.trial.fault)}" if story.trial.fault else ""
    rows = [_answer_row(answer) for answer in story.answers]
    head = table_head(("lane", "outcome", "standing", "said", "why"))
    lead = f"### {code(story.trial.id)}\n\n{prose(story.trial.why)}\n\n{fenced([story.call])}{fault}"
    return "\n".join([f"{lead}\n\n{head}", *rows])


def _answer_row(answer: Finding) -> str:
    record = answer.record
    return row([code(record.lane), cell(record.outcome), answer.standing, answer.said, cell(answer.why)])


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


def _provenance_section(document: Report) -> Section:
    rows = tuple(row([cell(label), cell(text)]) for label, text in document.provenance)
    return Section(f"## Provenance\n\n{table_head(('what', 'which'))}", rows, "entries", "\n")

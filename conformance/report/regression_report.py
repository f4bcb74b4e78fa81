"""The comparison of two runs as text for a terminal, as Markdown for a pull request's comment, and as JSON.

Knows: a comparison and the words of reports. Must not know: whole journals. Foreign text is escaped as in every report.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from conformance.journal import Record
from conformance.report import wording
from conformance.report.causes import Cause
from conformance.report.fitting import Section, fit
from conformance.report.markdown_text import cell, code, fenced, prose, row, table_head
from conformance.report.regressions import FLOOR, GROWTH, Change, Comparison
from conformance.report.summary import standing

# Of the JSON; a field that goes or changes its meaning makes it another.
FORMAT = 1
# Characters of the Markdown; a comment on GitHub holds 65,536.
LIMIT = 60_000
ELSEWHERE = "told by `conformance compare --format json`"
MOST_CHANGES = 40
MOST_WARNINGS = 20
LONGEST_FACT = 1200


@dataclass(frozen=True, slots=True)
class _Group:
    """Changes of one kind, under one heading."""

    title: str
    changes: tuple[Change, ...]
    lead: str
    caused: tuple[tuple[Cause, Change], ...] | None = None
    """what the changes come from, the smallest call of each told with its script; None tells each change in one line"""

    @property
    def heading(self) -> str:
        """The title with how many changes there are, and of how many causes where these are fewer."""
        fewer = self.caused and len(self.caused) < len(self.changes)
        of = f", of {wording.count(len(self.caused or ()), 'cause')}" if fewer else ""
        return f"{self.title} ({len(self.changes):,}{of})"

    def told(self) -> Sequence[tuple[Change, list[str]]]:
        """Each change that is shown with its lines: the smallest of each cause, or all."""
        if self.caused is None:
            return [(change, _why(change)) for change in self.changes]
        return [(change, [*_told(change), *_same_cause(cause)]) for cause, change in self.caused]


def headline(comparison: Comparison) -> str:
    """The whole comparison in one sentence."""
    changes = [
        wording.count(len(comparison.improvements), "improvement"),
        wording.count(len(comparison.otherwise), "other change"),
        wording.count(len(comparison.grown), "grown error"),
    ]
    compared = (
        f"{wording.count(comparison.records, 'record')} of {wording.count(comparison.trials, 'trial')} in "
        f"{wording.count(comparison.lanes, 'lane')} compared"
    )
    found = len(comparison.regressions)
    regressions = wording.count(found, "regression") if found else "no regression"
    if comparison.incomplete:
        return f"NEW is incomplete: {regressions} so far, {', '.join(changes)}; {compared}."
    return f"{regressions[0].upper()}{regressions[1:]}, {', '.join(changes)}; {compared}."


def terminal(comparison: Comparison) -> str:
    """The comparison as plain text."""
    width = max(len(fact.name) for fact in comparison.facts)
    lines = [headline(comparison), *_warnings(comparison), ""]
    for fact in comparison.facts:
        same = fact.base == fact.new
        lines += [f"{fact.name:{width}}  {fact.base}", *([] if same else [f"{'':{width}}  -> {fact.new}"])]
    for group in _groups(comparison):
        if group.changes:
            lines += ["", group.heading]
        shown = group.told()
        for change, told in shown[:MOST_CHANGES]:
            lines.append(f"  {change.said} in {change.after.lane}: {change.after.trial}")
            lines += [f"      {wording.one_line(text)}" for text in told]
        if len(shown) > MOST_CHANGES:
            lines.append(f"  and {len(shown) - MOST_CHANGES:,} more: --format json tells them all")
    beside = _beside(comparison)
    lines += ["", *beside] if beside else []
    # Foreign text stays in a line of its own, with its indentation.
    flat = (wording.printable(line).replace("\n", " ").replace("\t", " ") for line in lines)
    return "".join(f"{wording.clipped(line, LONGEST_FACT)}\n" for line in flat)


def markdown(comparison: Comparison) -> str:
    """The comparison in at most LIMIT characters; what had to be left out is counted and located."""
    warnings = [f"> **{prose(warning)}**" for warning in _warnings(comparison)]
    rows = [row([cell(fact.name), cell(fact.base), cell(fact.new)]) for fact in comparison.facts]
    sections = [
        Section("\n\n".join(["# Conformance: what changed", *warnings, f"**{prose(headline(comparison))}**"])),
        Section(table_head(("", "BASE", "NEW")), tuple(rows), "lines", "\n"),
        *(_section(group) for group in _groups(comparison) if group.changes or group.caused is not None),
    ]
    beside = _beside(comparison)
    if beside:
        sections.append(Section("## Beside that\n", tuple(f"- {prose(line)}" for line in beside), "lines", "\n"))
    return fit(sections, LIMIT, ELSEWHERE)


def regression_json(comparison: Comparison) -> str:
    """The whole comparison, for programs."""
    content = {
        "format": FORMAT,
        "exit_status": comparison.exit_status,
        "headline": headline(comparison),
        "incomplete": comparison.incomplete,
        "base_incomplete": comparison.base_incomplete,
        "facts": [asdict(fact) for fact in comparison.facts],
        "lanes": comparison.lanes,
        "trials": comparison.trials,
        "records": comparison.records,
        "lane_pairs": comparison.lane_pairs,
        "regressions": [_entry(change) for change in comparison.regressions],
        "regression_causes": [
            {
                "text": cause.text,
                "records": len(cause.findings),
                "lanes": dict(cause.lanes),
                "scope": cause.scope,
                "trial": cause.smallest.record.trial,
                "lane": cause.smallest.record.lane,
                "explain": cause.smallest.explain,
            }
            for cause in comparison.causes
        ],
        "improvements": [_entry(change) for change in comparison.improvements],
        "otherwise_changed": [_entry(change) for change in comparison.otherwise],
        "grown_errors": [_entry(change) for change in comparison.grown],
        "other_bits": dict(comparison.other_bits),
        **asdict(comparison.only),
        "unanswered": dict(comparison.only.unanswered),
        "newly_answered": dict(comparison.only.newly_answered),
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _groups(comparison: Comparison) -> tuple[_Group, ...]:
    return (
        _Group(
            "Regressions", comparison.regressions, "No longer as expected, and no waiver says why.", comparison.caused
        ),
        _Group("Improvements", comparison.improvements, "As expected now, and not before."),
        _Group("Otherwise changed", comparison.otherwise, "Newly waived, no longer said, or wrong in another way."),
        _Group(
            "Grown errors",
            comparison.grown,
            f"Still right; the largest error is more than {GROWTH:g} times the old one, and {FLOOR:g} of its bound.",
        ),
    )


def _warnings(comparison: Comparison) -> list[str]:
    """The first ones, and how many more there are."""
    warnings = [
        *(f"NEW is incomplete: {reason}" for reason in comparison.incomplete),
        *(f"BASE is incomplete: {reason}" for reason in comparison.base_incomplete),
    ]
    left_out = len(warnings) - MOST_WARNINGS
    return [*warnings[:MOST_WARNINGS], *([f"and {left_out:,} more reasons"] if left_out > 0 else [])]


def _beside(comparison: Comparison) -> list[str]:
    """What is told in numbers and names alone."""
    only = comparison.only
    counted = {
        "Other bits, same verdict": comparison.other_bits,
        "Answered in BASE alone": only.unanswered,
        "Answered in NEW alone": only.newly_answered,
    }
    return [
        *(
            f"{label}: {', '.join(f'{lane} {number:,}' for lane, number in lanes)}"
            for label, lanes in counted.items()
            if lanes
        ),
        *_named("Lanes added", only.lanes_added),
        *_named("Lanes removed", only.lanes_removed),
        *_named("Trials added", only.trials_added),
        *_named("Trials removed", only.trials_removed),
        *_named("Trials whose content changed, not compared", only.trials_changed),
    ]


def _named(label: str, names: Sequence[str]) -> list[str]:
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return [f"{label} ({len(names):,}): {shown}"] if names else []


def _section(group: _Group) -> Section:
    if not group.changes:
        return Section(f"## {group.title}\n\nNone.")
    lead = f"## {group.heading}\n\n{group.lead}"
    blocks = []
    for change, told in group.told():
        title = f"{prose(change.said)} in {code(change.after.lane)}: {code(change.after.trial)}"
        if group.caused is not None:
            blocks.append(f"### {title}\n\n{fenced(told)}")
        else:
            why = "; ".join(told)
            blocks.append(f"- {title}{f': {prose(why)}' if why else ''}")
    if group.caused is not None:
        return Section(lead, tuple(blocks), "causes")
    return Section(f"{lead}\n", tuple(blocks), group.title.lower(), "\n")


def _told(change: Change) -> list[str]:
    """Everything, a line each."""
    told = [
        ("call", change.call),
        ("before", change.before.detail),
        ("now", change.after.detail),
        ("diagnosis", "\n".join(change.after.diagnosis)),
        ("error", change.errors),
        ("script", change.explain),
    ]
    return [f"{label}: {wording.clipped(text, LONGEST_FACT)}" for label, text in told if text]


def _same_cause(cause: Cause) -> list[str]:
    """How many more records, and where."""
    if len(cause.findings) == 1:
        return []
    lanes = ", ".join(f"{lane} {number:,}" for lane, number in cause.lanes)
    records = wording.count(len(cause.findings), "record")
    return [f"same cause: {records}, this is the smallest call: {lanes}; {cause.scope}"]


def _why(change: Change) -> list[str]:
    after = change.after
    waived = f"waived as {after.waived.kind}: {after.waived.reason}" if after.waived else ""
    observed = change.errors if after.outcome == "agrees" else after.detail
    return [text for text in (observed, waived) if text]


def _entry(change: Change) -> dict[str, object]:
    return {
        "trial": change.after.trial,
        "lane": change.after.lane,
        "before": _side(change.before),
        "after": _side(change.after),
        "call": change.call,
        "explain": change.explain,
    }


def _side(record: Record) -> dict[str, object]:
    return {
        "outcome": record.outcome,
        "standing": standing(record),
        "detail": record.detail,
        "diagnosis": record.diagnosis,
        "worst_error_over_bound": record.metrics.worst_error_over_bound if record.metrics else None,
        "digest": record.digest,
        "waived": asdict(record.waived) if record.waived else None,
    }

"""What `conformance conventions` tells, before any format, and the formats that are its own: Markdown and JSON.

Knows: the entries that were measured. Must not know: how they were measured. `conformance.report.html` and
`convention_terminal` render the same report.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from conformance.journal import Convention, ConventionFact, LaneEntry
from conformance.report.convention_facts import LaneFigures, lane_figures
from conformance.report.convention_markdown import nominal_section, topic_section, whole
from conformance.report.convention_table import ConventionTable, convention_table
from conformance.report.fitting import Section
from conformance.report.markdown_text import cell, code, prose, row, table_head

# Of the JSON; a field that goes or changes its meaning makes it another.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class ConventionReport:
    """What was measured of which lanes."""

    command: str
    lanes: tuple[tuple[LaneEntry, LaneFigures], ...]
    conventions: ConventionTable
    notes: tuple[str, ...]
    """lanes that did not start, and what to do"""
    entries: tuple[Convention | ConventionFact, ...]


def convention_report(
    command: str, lanes: Sequence[LaneEntry], entries: Sequence[Convention | ConventionFact]
) -> ConventionReport:
    """Group what was measured."""
    facts = [entry for entry in entries if isinstance(entry, ConventionFact)]
    nominal = [entry for entry in entries if isinstance(entry, Convention)]
    table = convention_table(nominal, [lane.lane for lane in lanes], facts)
    figures = tuple((lane, lane_figures(facts, lane.lane)) for lane in lanes if lane.status == "ready")
    notes = tuple(f"{lane.lane} is {lane.status}: {lane.message}" for lane in lanes if lane.status != "ready")
    return ConventionReport(command, figures, table, notes, tuple(entries))


def convention_json(report: ConventionReport) -> str:
    """The entries as they were measured, by kind."""
    document = {
        "format": FORMAT,
        "command": report.command,
        "lanes": [
            {**_without_kind(lane), "geometries": figures.geometries, "differing": figures.differing,
             "facts_agreeing": figures.agreeing, "facts_stated": figures.stated}
            for lane, figures in report.lanes
        ],
        "notes": list(report.notes),
        "facts": [_without_kind(entry) for entry in report.entries if isinstance(entry, ConventionFact)],
        "nominal": [_without_kind(entry) for entry in report.entries if isinstance(entry, Convention)],
    }  # fmt: skip
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def convention_markdown(report: ConventionReport) -> str:
    """The whole of it; a file, not a comment, so nothing is left out but long lists of notes."""
    names = ("lane", "framework", "geometries answered", "differing", "facts that agree")
    lanes = tuple(
        row([code(lane.lane), cell(f"{lane.framework} {lane.version}"), f"{figures.geometries:,}",
             f"{figures.differing:,}", f"{figures.agreeing} of {figures.stated}"])
        for lane, figures in report.lanes
    )  # fmt: skip
    opening = "\n\n".join(
        [
            "# Conventions, as measured",
            f"Written by {code(report.command)}. Every fact was measured through the framework's own API with its own "
            "words, for conv2d_transpose where no other operator is named, or, of a port and an adapter without words "
            "of its own, through the suite's calls. One-hot inputs and kernels of codes show which input met which "
            "weight at which output. Beside it stands the formula that the suite holds. i, k, s, d, o are input, "
            "kernel, stride, dilation and output length; full = s(i-1) + d(k-1) + 1. Of a forward convolution o is the "
            "length of the value, and i that of the result.",
            *(f"**{prose(note)}**" for note in report.notes),
            table_head(names),
        ]
    )
    facts = Section("## What the words mean") if report.conventions.topics else None
    topics = map(topic_section, report.conventions.topics)
    return whole([Section(opening, lanes, "lanes", "\n"), facts, *topics, nominal_section(report.conventions)])


def _without_kind(entry: LaneEntry | Convention | ConventionFact) -> dict[str, object]:
    return {name: part for name, part in asdict(entry).items() if name != "kind"}

"""Conventions in Markdown: the table of nominal calls, and a section per topic of facts.

Knows: GitHub's Markdown, the table of conventions. Must not know: journals.
"""

from collections.abc import Iterable, Sequence

from conformance.report.convention_facts import FactRow, FactTopic
from conformance.report.convention_table import ConventionTable
from conformance.report.fitting import Section
from conformance.report.markdown_text import cell, code, prose, row, table_head

MOST_NOTES = 40


def nominal_section(table: ConventionTable) -> Section | None:
    """The same words handed to every framework; None where nothing was measured."""
    if not table.rows:
        return None
    legend = "\n".join(f"- {prose(sentence)}" for sentence in table.legend)
    lead = f"## Output-shape conventions, as measured\n\n{legend}"
    names = ("word", "kernel", "stride", "dilation", "input", "agree", *map(code, table.lanes))
    rows = []
    for entry in table.rows:
        geometry = map(str, (entry.kernel, entry.stride, entry.dilation, entry.length))
        agreement = f"**{entry.agreement}**" if entry.agreement in ("no", "shape only") else entry.agreement
        rows.append(row([code(entry.word), *geometry, agreement, *(cell(answer.text) for answer in entry.cells)]))
    return Section(f"{lead}\n\n{table_head(names)}", tuple(rows), "geometries", "\n")


def topic_section(topic: FactTopic, level: str = "###") -> Section:
    """One question, with a row per framework and way to word it."""
    head = table_head(("lane", "words", "measured", "formula held", "mark", "checked over"))
    rows, notes = [], []
    for fact in topic.rows:
        texts = map(cell, (fact.name, fact.measured, fact.formula))
        rows.append(row([code(fact.lane), *texts, _mark(fact), cell(fact.over)]))
        told = [f"smallest that differs: {fact.smallest}"] if fact.smallest else []
        notes += [f"- {code(fact.lane)} {prose(f'{fact.name}: {text}')}" for text in (*told, *fact.notes)]
    left_out = len(notes) - MOST_NOTES
    shown = notes[:MOST_NOTES] + ([f"- and {left_out:,} more notes in the JSON"] if left_out > 0 else [])
    ending = ["", *shown] if shown else []
    lead = f"{level} {prose(topic.title)}\n\n{head}"
    return Section(lead, (*rows, *ending), "facts", "\n")


def facts_section(topics: Sequence[FactTopic]) -> Section | None:
    """Every question in one table, for a report that is about something else; None where nothing was measured."""
    if not topics:
        return None
    head = table_head(("question", "lane", "words", "measured", "mark"))
    rows = [
        row([cell(topic.title), code(fact.lane), cell(fact.name), cell(fact.measured), _mark(fact)])
        for topic in topics
        for fact in topic.rows
    ]
    lead = "Of conv2d_transpose, where no other operator is named."
    return Section(
        f"## What frameworks' words mean, as measured\n\n{prose(lead)}\n\n{head}", tuple(rows), "facts", "\n"
    )


def whole(sections: Iterable[Section | None]) -> str:
    """Sections one after the other, nothing left out."""
    texts = [
        f"{section.lead}\n{section.separator.join(section.blocks)}" if section.blocks else section.lead
        for section in sections
        if section is not None
    ]
    return "\n\n".join(texts) + "\n"


def _mark(fact: FactRow) -> str:
    return fact.mark if fact.mark != "differs" else "**differs**"

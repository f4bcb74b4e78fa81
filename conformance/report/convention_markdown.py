"""Conventions in Markdown: the table of nominal calls, and a section per topic of facts.

Knows: GitHub's Markdown, the table of conventions. Must not know: journals.
"""

from collections.abc import Iterable, Sequence

from conformance.report.convention_facts import FactRow, FactTopic
from conformance.report.convention_table import ConventionRow, ConventionTable
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
    return Section(f"{lead}\n\n{table_head(names)}", tuple(map(_nominal_row, table.rows)), "geometries", "\n")


def topic_section(topic: FactTopic, level: str = "###") -> Section:
    """One question, with a row per framework and way to word it."""
    head = table_head(("lane", "words", "measured", "formula held", "mark", "checked over"))
    notes = [f"- {code(fact.lane)} {prose(text)}" for fact in topic.rows for text in _notes(fact)]
    left_out = len(notes) - MOST_NOTES
    shown = notes[:MOST_NOTES] + ([f"- and {left_out:,} more notes in the JSON"] if left_out > 0 else [])
    ending = ["", *shown] if shown else []
    lead = f"{level} {prose(topic.title)}\n\n{head}"
    return Section(lead, (*map(_fact_row, topic.rows), *ending), "facts", "\n")


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


def _nominal_row(entry: ConventionRow) -> str:
    agreement = entry.agreement
    return row(
        [
            code(entry.word),
            *map(str, (entry.kernel, entry.stride, entry.dilation, entry.length)),
            f"**{agreement}**" if agreement in ("no", "shape only") else agreement,
            *(cell(answer.text) for answer in entry.cells),
        ]
    )


def _fact_row(fact: FactRow) -> str:
    texts = map(cell, (fact.name, fact.measured, fact.formula))
    return row([code(fact.lane), *texts, _mark(fact), cell(fact.over)])


def _mark(fact: FactRow) -> str:
    return fact.mark if fact.mark != "differs" else "**differs**"


def _notes(fact: FactRow) -> Sequence[str]:
    smallest = [f"{fact.name}: smallest that differs: {fact.smallest}"] if fact.smallest else []
    return [*smallest, *(f"{fact.name}: {note}" for note in fact.notes)]

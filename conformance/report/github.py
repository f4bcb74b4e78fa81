"""What GitHub shows of a run: a comment of a few lines on a pull request, and annotations beside the cases.

Knows: GitHub's Markdown, the commands of its workflows. Must not know: journals.
"""

from conformance.report import wording
from conformance.report.document import Report
from conformance.report.markdown_text import code, prose
from conformance.report.regression_report import headline

# The first line of the comment, by which the next run finds it and writes it anew.
MARKER = "<!-- nn-conformance -->"
MOST_LINES = 30
# With two lines each, the headline, a base and what is left out: at most 30.
MOST_CAUSES = 8
MOST_SENTENCES = 5
MOST_WARNINGS = 3
LONGEST = 300
# GitHub shows 10 annotations of a step.
MOST_ANNOTATIONS = 10


def comment(document: Report) -> str:
    """The report in at most MOST_LINES lines: what a reviewer has to know, and the commands for the rest."""
    lines = [MARKER, f"### Conformance: {prose(document.headline)}"]
    if document.changes is not None:
        lines.append(f"Since the base: {prose(headline(document.changes))}")
    warnings = [f"- {prose(_short(warning))}" for warning in document.warnings]
    lines += _at_most(MOST_WARNINGS, warnings, "warning")
    stories = [
        f"- **{prose(story.framework)}** {prose(_short(' '.join(story.sentences)))}" for story in document.frameworks
    ]
    lines += _at_most(MOST_SENTENCES, stories, "framework")
    found = document.causes if document.changes is None else document.changes.causes or document.causes
    for place, cause in enumerate(found[:MOST_CAUSES], start=1):
        record, number = cause.smallest.record, wording.count(len(cause.findings), "record")
        lanes = ", ".join(lane for lane, _ in cause.lanes)
        told = f"{number} in {prose(_short(lanes))}: {prose(_short(cause.text))}"
        lines.append(f"{place}. **{record.outcome}**, {told}<br>")
        lines.append(f"   {code(wording.one_line(cause.smallest.explain))}")
    if len(found) > MOST_CAUSES:
        lines.append(f"and {wording.count(len(found) - MOST_CAUSES, 'more cause')} in report.md")
    return "\n".join(lines) + "\n"


def annotations(document: Report) -> str:
    """A command of GitHub's workflows for each cause, at the case that shows it."""
    lines = []
    for cause in document.causes[:MOST_ANNOTATIONS]:
        path, _, line = cause.smallest.trial.location.rpartition(":")
        title = f"{cause.smallest.record.outcome} in {cause.smallest.record.lane}"
        place = f"file={_property(path)},line={_property(line)}," if line.isdigit() else ""
        number, command = wording.count(len(cause.findings), "record"), wording.one_line(cause.smallest.explain)
        text = f"{_short(cause.text)} ({number})\n{command}"
        lines.append(f"::error {place}title={_property(title)}::{_data(text)}")
    lines += [f"::error title=conformance::{_data(_short(warning))}" for warning in document.warnings]
    return "".join(f"{line}\n" for line in lines[:MOST_ANNOTATIONS])


def _at_most(number: int, lines: list[str], noun: str) -> list[str]:
    left = len(lines) - number
    return lines if left <= 0 else [*lines[:number], f"- and {wording.count(left, f'more {noun}')}"]


def _short(text: str) -> str:
    return wording.clipped(wording.one_line(text), LONGEST)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

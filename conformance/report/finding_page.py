"""What lanes were found to get wrong, as a page in Markdown: a chapter a framework, an entry a cause.

Knows: causes, GitHub's Markdown. Must not know: journals as a whole, who writes the scripts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.report import wording
from conformance.report.causes import Cause, grouped
from conformance.report.markdown_text import code, fenced, folded, link, prose

# Characters of a heading; the whole reason follows it.
LONGEST_TITLE = 110
MOST_DIFFERENCES = 4
# Of a stand-alone script; those of small calls have 40 to 60.
MOST_SCRIPT_LINES = 200

Scripts = Mapping[tuple[str, str], str]
"""(trial, lane) -> the script that shows the record, or why there is none"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the findings of one run are about."""

    versions: Mapping[str, Mapping[str, str]]
    """lane -> library -> version"""
    machine: Mapping[str, str]


def finding_page(causes: Iterable[Cause], settings: Sequence[Setting], scripts: Scripts, command: str) -> str:
    """The page. `command`: what wrote it."""
    chapters = grouped(causes, lambda cause: cause.framework)
    found = [cause for chapter in chapters.values() for cause in chapter]
    records = wording.count(sum(len(cause.findings) for cause in found), "record")
    counts = f"{wording.count(len(found), 'finding')} in {wording.count(len(chapters), 'framework')}, from {records}"
    opening = [
        "# What frameworks get wrong",
        f"Written by {code(command)}. {counts}; each with its smallest call, what was expected and observed there, and "
        "a script that needs the framework and NumPy alone. What is waived has a reason on record; what is not fails "
        "the run.",
        *(f"Machine: {prose(machine)}." for machine in dict.fromkeys(wording.pairs(run.machine) for run in settings)),
    ]
    for framework, chapter in sorted(chapters.items()):
        lanes = dict.fromkeys(lane for cause in chapter for lane, _ in cause.lanes)
        versions = [run.versions.get(lane, {}) for run in settings for lane in lanes]
        libraries = {f"{name} {version}" for each in versions for name, version in each.items()}
        opening.append(f"## {prose(framework)}\n\n{prose(', '.join(sorted(libraries)))}")
        opening += [_entry(place, cause, scripts) for place, cause in enumerate(chapter, start=1)]
    return "\n\n".join(opening) + "\n"


def _entry(place: int, cause: Cause, scripts: Scripts) -> str:
    smallest, record = cause.smallest, cause.smallest.record
    lanes = ", ".join(f"{code(lane)} {number:,}" for lane, number in cause.lanes)
    address = [f"See {link(cause.url)}."] if cause.url else []
    standing = f"waived as {cause.category}" if cause.waived else "not waived"
    differences = [
        f"at {wording.shape(found.index)} expected {found.expected}, observed {found.observed}"
        for found in smallest.differences[:MOST_DIFFERENCES]
    ]
    call = wording.call(smallest.trial.operator, smallest.trial.arguments)
    expectation = smallest.trial.expectation
    expected = "the reference's result" if expectation == "reference" else expectation
    facts = [
        f"call      {call}",
        f"inputs    {smallest.trial.inputs}",
        f"expected  {expected}",
        f"observed  {record.outcome}: {record.detail}",
        *(f"behaves   {sentence}" for sentence in record.diagnosis[:2]),
        *differences,
    ]
    script = scripts.get((record.trial, record.lane), "no script was written")
    return "\n\n".join(
        [
            f"### {place}. {prose(wording.clipped(cause.text, LONGEST_TITLE))}",
            *([prose(cause.text)] if len(cause.text) > LONGEST_TITLE else []),
            " ".join([f"{wording.count(len(cause.findings), 'record')}, {standing}: {lanes}.", *address]),
            f"{prose(cause.scope)}. The smallest call, {code(record.trial)} in {code(record.lane)}:",
            fenced(facts),
            folded("script", fenced(script.splitlines(), "python", MOST_SCRIPT_LINES)),
        ]
    )

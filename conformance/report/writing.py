"""Reports where they are wanted: as files in a directory, as text for standard output, on a terminal.

Knows: file names and formats. Must not know: what a report says (`document` does). Formats are imported when they
are asked for, so that a command line which prints no HTML does not wait for Jinja2.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never, get_args

from conformance.files import write_whole
from conformance.journal import Journal
from conformance.report.document import Report, describe
from conformance.report.inputs import Inputs
from conformance.report.merging import merge
from conformance.report.script_files import Scripts

if TYPE_CHECKING:
    from rich.console import Console

Format: TypeAlias = Literal["html", "markdown", "json", "junit", "comment", "annotations"]
FORMATS: tuple[Format, ...] = get_args(Format)

# What programs read comes first: should the larger ones fail, CI has its answer.
_FILES: dict[str, Format] = {
    "summary.json": "json",
    "junit.xml": "junit",
    "report.md": "markdown",
    "report.html": "html",
}


def write_reports(
    journal: Journal, directory: Path, scripts: Scripts | None = None, inputs: Inputs | None = None
) -> tuple[Path, ...]:
    """Write summary.json, junit.xml, report.md and report.html into the directory, which is made when it is missing."""
    document = describe(journal, scripts=scripts, inputs=inputs)
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, format in _FILES.items():
        path = directory / name
        write_whole(path, _rendered(document, format))
        paths.append(path)
    return tuple(paths)


def render(
    journals: Sequence[Journal],
    format: Format,
    base: Journal | None = None,
    scripts: Scripts | None = None,
    inputs: Inputs | None = None,
) -> str:
    """One report of one run, whole or in shards, as text. Raises JournalError for shards that do not make up a run."""
    return _rendered(describe(merge(journals), base, scripts, inputs), format)


def write_folder(
    journal: Journal,
    directory: Path,
    base: Journal | None = None,
    scripts: Scripts | None = None,
    inputs: Inputs | None = None,
) -> Path:
    """Write the HTML report as a folder, which is made when it is missing; the path of its page."""
    from conformance.report.html import html_folder

    folder = html_folder(describe(journal, base, scripts, inputs))
    records = directory / "records"
    records.mkdir(parents=True, exist_ok=True)
    for name, content in folder.records.items():
        write_whole(records / name, content)
    page = directory / "index.html"
    write_whole(page, folder.page)
    return page


def print_report(journal: Journal, console: "Console", base: Journal | None = None) -> None:
    """The report for people at a terminal, in the width that it has."""
    from conformance.report.terminal import print_document

    print_document(describe(journal, base), console)


def _rendered(document: Report, format: Format) -> str:
    match format:
        case "html":
            from conformance.report.html import html

            return html(document)
        case "markdown":
            from conformance.report.markdown import markdown

            return markdown(document)
        case "json":
            from conformance.report.summary_file import summary_json

            return summary_json(document)
        case "junit":
            from conformance.report.junit import junit

            return junit(document)
        case "comment":
            from conformance.report.github import comment

            return comment(document)
        case "annotations":
            from conformance.report.github import annotations

            return annotations(document)
        case _:
            assert_never(format)

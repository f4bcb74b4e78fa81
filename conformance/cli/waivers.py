"""`conformance waivers`: check, update."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

import click

from conformance.cli.output import write
from conformance.cli.streams import mutter
from conformance.errors import CaseFileError, UsageError
from conformance.files import read_regular
from conformance.journal import Header
from conformance.judging.waiver import Waiver
from conformance.judging.waivers import read_waivers, state_problem, today, waivers_of
from conformance.report.merging import merge, read_run
from conformance.report.wording import printable
from conformance.suite.corpus import WAIVERS, shipped_cases
from conformance.suite.document import MOST_BYTES, parse_document
from conformance.waiving.evidence import gather
from conformance.waiving.renewal import Renewal, renew
from conformance.waiving.waiver_text import EMPTY, comment_above, renewed


@click.group("waivers")
def command() -> None:
    """Check waiver files, or rewrite one from what runs have shown."""


@command.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Read waiver files, the shipped ones without a FILE, and tell every problem of them at once.

    Exit status: 0 in order, 1 an entry has expired or lacks its reason, 2 a file cannot be read as waivers.
    """
    paths = files or tuple(sorted((shipped_cases() / WAIVERS).glob("*.yaml")))
    waivers: list[Waiver] = []
    unreadable: list[str] = []
    for path in paths:
        try:
            waivers += read_waivers([path])
        except CaseFileError as error:
            unreadable += error.problems
    problems = _state_problems(waivers)
    if unreadable:
        raise CaseFileError([*unreadable, *problems])
    for problem in problems:
        mutter(f"conformance: {problem}")
    if not problems:
        click.echo(f"{_count(len(waivers), 'waiver')} in {_count(len(paths), 'file')}: all in order")
    return 1 if problems else 0


@command.command("update")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@click.option("--waivers", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="file to rewrite, made if it is missing; without it, the one that the run was given")  # fmt: skip
@click.option("--lane", "lanes", multiple=True, metavar="LANE",
              help="look at this lane alone, where * stands for any text; may be repeated")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="print the difference, and write nothing")
def update(journals: tuple[Path, ...], file: Path | None, lanes: tuple[str, ...], dry_run: bool) -> int:
    """Rewrite a waiver file so that it fits what runs have shown.

    JOURNAL is the journal.jsonl of a run, or the folder that holds it; shards are taken together. Nonconformances
    that nothing excuses get entries whose reason is to be filled in; what is no longer needed is removed, or narrowed
    to what is. All else keeps its place, its comments and its reasons.

    Exit status: 0 the file is in order, 1 an entry has expired or lacks its reason, 2 a file cannot be used, 3 a
    journal is incomplete: it was taken for what it holds.
    """
    runs = [read_run(journal) for journal in journals]
    # Shards are one run: what none of them met may be met in another.
    runs = [merge(runs)] if any(run.header.shard for run in runs) else runs
    path = file if file is not None else _file_of([run.header for run in runs])
    try:
        # As it is, line ends too: what is not concerned stays to the byte.
        text = read_regular(path, MOST_BYTES).decode() if path.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    waivers = read_waivers([path]) if text is not None else []
    evidence = gather(runs, lanes)
    if lanes and not evidence.lanes:
        raise UsageError(f"{' '.join(lanes)}: no lane with a record is called that in {' '.join(map(str, journals))}")
    renewal = renew(waivers, evidence)
    after = renewed(text or EMPTY, path, renewal)
    for line in _change_report(path, text or EMPTY, waivers, renewal):
        click.echo(printable(line))
    for journal in evidence.unfinished:
        mutter(f"note: {journal}: this run is incomplete; only what it holds was looked at")
    if dry_run:
        lines = unified_diff((text or "").splitlines(True), after.splitlines(True), str(path), str(path))
        click.echo(printable("".join(line if line.endswith("\n") else f"{line}\n" for line in lines)), nl=False)
    elif after != text and (text is not None or renewal.additions):
        write(path, after)
    # What is left to do by hand, with the places of the new text.
    problems = _state_problems(waivers_of(parse_document(after, path)))
    for problem in problems:
        mutter(f"conformance: {problem}")
    if evidence.unfinished:
        return 3
    return 1 if problems else 0


def _file_of(headers: Sequence[Header]) -> Path:
    """The one waiver file that the runs were given."""
    given: dict[str, None] = {}
    for header in headers:
        for word, following in zip(header.command, [*header.command[1:], ""], strict=True):
            if word == "--waivers":
                given[following] = None
            elif word.startswith("--waivers="):
                given[word.partition("=")[2]] = None
    if len(given) != 1:
        found = f"it was given {' '.join(given)}" if given else "it was given none"
        raise UsageError(f"which file? the run does not tell, {found}; add --waivers FILE")
    return Path(next(iter(given)))


def _change_report(path: Path, text: str, waivers: Sequence[Waiver], renewal: Renewal) -> Iterator[str]:
    """What is done, line by line; places are those of the file as it was."""
    for change in renewal.changes:
        location = waivers[change.index].location
        if change.pieces:
            yield f"{location}: narrowed: {change.why}"
            yield from (f"{location}:   now {' '.join(piece.lanes)} {piece.trial}" for piece in change.pieces)
            continue
        yield f"{location}: removed: {change.why}"
        if comment_above(text, int(location.rpartition(":")[2])):
            yield f"{location}: the comment above it stays; remove it if it spoke of this entry"
    for addition in renewal.additions:
        why = f" where it says {addition.explanation!r}" if addition.explanation else ""
        named = f"{' '.join(addition.lanes)} {addition.outcome} {addition.trial}{why}"
        yield f"{path}: added: {named} ({_count(addition.records, 'record')}); its class and reason are yours"
    if not renewal.changes and not renewal.additions:
        yield f"{path}: nothing to change"


def _state_problems(waivers: Sequence[Waiver]) -> list[str]:
    day = today()
    return [f"{each.location}: {problem}" for each in waivers if (problem := state_problem(each, day))]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

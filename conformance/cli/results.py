"""Where a verb that judges leaves what it found: the journal, and the reports beside it.

Knows: paths, and which exit status a full disk leads to. Must not know: what is judged.
"""

import errno
from collections.abc import Sequence
from pathlib import Path

from conformance.cli.streams import mutter
from conformance.errors import ConformanceError, IncompleteError, UsageError
from conformance.journal import Hold, Journal, JournalWriter, forget_earlier, keep_earlier
from conformance.report.inputs import Inputs
from conformance.report.script_files import Scripts
from conformance.report.writing import write_reports


def hold_journal(path: Path, command: Sequence[str]) -> Hold:
    """The journal's place for this run, of that command, alone: up to the end of its reports.

    Raises UsageError where another run writes there or nothing can be written, IncompleteError where the disk is full.
    """
    try:
        return Hold(path, command)
    except OSError as error:
        raise _unwritable(path, error) from error


def journal_writer(path: Path, *, resume: bool = False) -> JournalWriter:
    """The writer of a journal; unless that is resumed, what an earlier run left in its place is kept, which is said.

    Raises UsageError where it cannot be written, IncompleteError where the disk is full.
    """
    try:
        kept = None if resume else keep_earlier(path)
        if kept is not None:
            mutter(f"note: {path} was there already, and is kept as {kept}")
        return JournalWriter(path, resume=resume)
    except OSError as error:
        raise _unwritable(path, error) from error


def leave_earlier(path: Path, most: int) -> None:
    """Of the earlier journals kept beside this one, leave the newest so many complete ones, and say what is removed.

    Raises IncompleteError where one cannot be removed.
    """
    try:
        removed = forget_earlier(path, most)
    except OSError as error:
        raise IncompleteError(f"{error.filename or path}: cannot be removed: {error.strerror}") from error
    for each in removed:
        mutter(f"note: {each}, of an earlier run, is removed; --keep-earlier says how many stay")


def write_results(journal: Journal, output: Path, scripts: Scripts | None = None, inputs: Inputs | None = None) -> None:
    """Write the reports of a journal into the folder. Raises IncompleteError where one cannot be written."""
    try:
        write_reports(journal, output, scripts, inputs)
    except OSError as error:
        raise IncompleteError(
            f"{error.filename or output}: cannot be written: {error.strerror}; the journal holds the whole run: "
            f"`conformance report {journal.path}` writes a report of it elsewhere"
        ) from error


def _unwritable(path: Path, error: OSError) -> ConformanceError:
    kind = IncompleteError if error.errno in (errno.ENOSPC, errno.EDQUOT) else UsageError
    return kind(f"{path}: cannot be written: {error.strerror}")

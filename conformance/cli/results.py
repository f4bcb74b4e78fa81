"""Where a verb that judges leaves what it found: the journal, and the reports beside it.

Knows: paths, and which exit status a full disk leads to. Must not know: what is judged.
"""

import errno
from pathlib import Path

from conformance.errors import IncompleteError, UsageError
from conformance.report.script_files import Scripts
from conformance.report.writing import write_reports
from conformance.running.journal import Journal, JournalWriter


def journal_writer(path: Path, *, resume: bool = False) -> JournalWriter:
    """The writer of a journal. Raises UsageError where it cannot be written, IncompleteError where the disk is full."""
    try:
        return JournalWriter(path, resume=resume)
    except OSError as error:
        kind = IncompleteError if error.errno in (errno.ENOSPC, errno.EDQUOT) else UsageError
        raise kind(f"{path}: cannot be written: {error.strerror}") from error


def write_results(journal: Journal, output: Path, scripts: Scripts | None = None) -> None:
    """Write the reports of a journal into the folder. Raises IncompleteError where one cannot be written."""
    try:
        write_reports(journal, output, scripts)
    except OSError as error:
        raise IncompleteError(
            f"{error.filename or output}: cannot be written: {error.strerror}; the journal holds the whole run: "
            f"`conformance report {journal.path}` writes a report of it elsewhere"
        ) from error

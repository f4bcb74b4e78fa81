"""A journal's file as its entries, each line checked against its checksum and against the lines before it.

Knows: lines and files. Must not know: what entries have to say (`contents` does).
"""

import os
from collections.abc import Iterator
from pathlib import Path

from conformance.errors import JournalError
from conformance.files import open_regular
from conformance.journal.contents import Contents
from conformance.journal.digests import line_checksum
from conformance.journal.entry import FORMAT, Entry, Footer, Header, Journal
from conformance.journal.line import LONGEST_LINE, entry_of, parted

CHANGED = "the file is not what was written, here or in the lines before; run again, or take it from where it came"


def is_blank(path: Path) -> bool:
    """Whether the file is there and holds no whole line: a run was killed before it had written one.

    Raises JournalError for a file that cannot be read.
    """
    return path.is_file() and next(_whole_lines(path), None) is None


def is_complete(path: Path) -> bool:
    """Whether its last line says so; nothing else is read. Raises OSError for a file that cannot be read."""
    with open_regular(path) as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - LONGEST_LINE))
        last = stream.read().rstrip(b"\n").rpartition(b"\n")[2]
    entry = entry_of(parted(last)[0])
    return isinstance(entry, Footer) and entry.complete


def read_journal(path: Path) -> Journal:
    """Read a journal, finished or not.

    Raises JournalError for a file that is none, for one that is not as it was written, and for one that contradicts
    itself, with the line that shows it.
    """
    contents, checksums = Contents(path), _Checksums()
    for number, line in enumerate(_whole_lines(path), start=1):
        found = checksums.entry(line)
        problem = found if isinstance(found, str) else contents.take(found)
        if problem is not None:
            raise JournalError(f"{path}:{number}: {problem}")
    return contents.journal()


class _Checksums:
    """The checksum of the lines read so far."""

    def __init__(self) -> None:
        self._before: bytes | None = b""
        """None in a journal of format 1, whose lines have none"""

    def entry(self, line: bytes) -> Entry | str:
        """The entry of the next line, or what is wrong with it."""
        if len(line) > LONGEST_LINE:
            return f"not a journal entry: a line has at most {LONGEST_LINE:,} bytes, and this one has more"
        content, checksum = parted(line)
        if self._before:  # behind the first line, which says the format
            return self._problem(content, checksum) or entry_of(content)
        found = entry_of(content)
        if self._before is None:
            return found if checksum is None else "a checksum in a journal of format 1, which has none"
        if not isinstance(found, Header):
            return found
        if problem := _format_problem(found):
            return problem
        if found.format == 1 and checksum is None:
            self._before = None
            return found
        return self._problem(content, checksum) or found

    def _problem(self, content: bytes, checksum: bytes | None) -> str | None:
        due = line_checksum(self._before or b"", content)
        self._before = due
        if checksum is None:
            return f"no checksum at the end of the line; {CHANGED}"
        if checksum != due:
            return f"checksum {checksum.decode()}, computed {due.decode()}; {CHANGED}"
        return None


def _format_problem(header: Header) -> str | None:
    if 1 <= header.format <= FORMAT:
        return None
    return f"journal format {header.format}; this version reads 1 to {FORMAT}"


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Each without its end; a last one that is cut off was being written, and is none. One that is longer than any
    entry is the last that is read.
    """
    try:
        with open_regular(path) as stream:
            while (line := stream.readline(LONGEST_LINE + 1)).endswith(b"\n"):
                yield line[:-1]
            if len(line) > LONGEST_LINE:
                yield line
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error

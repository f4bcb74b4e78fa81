"""A journal's file as its entries, each line checked against its checksum and against the lines before it.

Knows: lines and files. Must not know: what entries have to say (`contents` does).
"""

import os
from collections.abc import Iterator
from pathlib import Path

from conformance.errors import JournalError
from conformance.files import open_regular
from conformance.journal.contents import Contents
from conformance.journal.entry import FORMAT, Entry, Footer, Header, Journal
from conformance.journal.line import LONGEST_LINE, entry_of, line_checksum, parted

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
    contents = Contents(path)
    for number, found in enumerate(_entries(path), start=1):
        problem = found if isinstance(found, str) else contents.take(found)
        if problem is not None:
            raise JournalError(f"{path}:{number}: {problem}")
    return contents.journal()


def _entries(path: Path) -> Iterator[Entry | str]:
    """The entry of each line, or what is wrong with the line."""
    checksums = True
    """whether lines end with one; those of a journal of format 1 do not"""
    before = b""
    """the checksum of the lines so far"""
    for line in _whole_lines(path):
        if len(line) > LONGEST_LINE:
            yield f"not a journal entry: a line has at most {LONGEST_LINE:,} bytes, and this one has more"
            return
        content, checksum = parted(line)
        header = entry_of(content) if not before and checksums else None  # the first line says the format
        if isinstance(header, Header) and not 1 <= header.format <= FORMAT:
            yield f"journal format {header.format}; this version reads 1 to {FORMAT}"
        elif header is not None and not isinstance(header, Header):
            yield header
        elif isinstance(header, Header) and header.format == 1 and checksum is None:
            checksums = False
            yield header
        elif not checksums:
            yield entry_of(content) if checksum is None else "a checksum in a journal of format 1, which has none"
        else:
            before = line_checksum(before, content)
            if checksum is None:
                yield f"no checksum at the end of the line; {CHANGED}"
            elif checksum != before:
                yield f"checksum {checksum.decode()}, computed {before.decode()}; {CHANGED}"
            else:
                yield header or entry_of(content)


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

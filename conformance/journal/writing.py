"""Appends entries to a journal's file.

Knows: lines and files. Must not know: what entries mean.
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from conformance.errors import IncompleteError
from conformance.files import open_regular, open_to_append
from conformance.journal.entry import Entry
from conformance.journal.line import LONGEST_LINE, content_of, line_checksum, parted, with_checksum


class JournalWriter:
    """Appends entries, from any thread, each as one whole line or not at all."""

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        """Open a new journal, or, to resume, an old one without the last line's torn end.

        Raises OSError for what cannot be opened, and for what is not a regular file.
        """
        self._lock = Lock()
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = open_to_append(path)
        # Unbuffered: a buffer that cannot be written now would be written later, after other lines.
        self._stream = os.fdopen(descriptor, "ab", buffering=0)
        self._end = _end_of(path) if resume else (0, b"")
        """where the next line begins, and the checksum before it: what counts as written, set in one step"""
        self._stream.truncate(self._end[0])
        self._broken: IncompleteError | None = None

    def write(self, entry: Entry) -> None:
        """Append the entry. Raises IncompleteError where the disk does not take it, and from then on."""
        content = content_of(entry)
        with self._lock:
            if self._broken is not None:
                raise self._broken
            try:
                self._append(content)
            except OSError as error:
                self._broken = IncompleteError(
                    f"{self._path}: cannot be written: {error.strerror}; what it holds stays: once there is room, "
                    "the same command with --resume goes on"
                )
                raise self._broken from error

    def _append(self, content: bytes) -> None:
        length, before = self._end
        checksum = None if before is None else line_checksum(before, content)
        line = content if checksum is None else with_checksum(content, checksum)
        if os.fstat(self._stream.fileno()).st_size != length:
            self._stream.truncate(length)  # a line in whose middle, or just after it, an interrupt came
        try:
            rest = memoryview(line + b"\n")
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._stream.truncate(length)
            raise
        self._end = length + len(line) + 1, checksum

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


def _end_of(path: Path) -> tuple[int, bytes | None]:
    """Where the last whole line ends, and its checksum; None where lines have none, since the journal is of format 1,
    and stays so.
    """
    with open_regular(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        start = stream.seek(max(0, size - 2 * LONGEST_LINE))  # a torn line, and a whole one before it
        tail = stream.read(size - start)
    whole = tail[: tail.rfind(b"\n") + 1]
    return start + len(whole), parted(whole[whole.rfind(b"\n", 0, -1) + 1 : -1])[1] if whole else b""

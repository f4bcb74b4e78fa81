"""Appends entries to a journal's file, what many records share once.

Knows: lines and files. Must not know: what entries mean.
"""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from conformance.errors import IncompleteError
from conformance.files import open_regular, open_to_append
from conformance.journal.entry import Entry, Header, PlanEntry, Record, plan_id
from conformance.journal.line import LONGEST_LINE, content_of, entry_of, line_checksum, parted, with_checksum

SHARED_PLANS = 3
"""the format from which on plans have lines of their own"""


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
        self._shares_plans = resume and _format_of(path) >= SHARED_PLANS
        self._plans: set[str] = set()
        """ids of the plans that were written; after a resumption once more"""
        self._stream.truncate(self._end[0])
        self._broken: IncompleteError | None = None

    def write(self, entry: Entry) -> None:
        """Append the entry. Raises IncompleteError where the disk does not take it, and from then on."""
        with self._lock:
            if self._broken is not None:
                raise self._broken
            try:
                if isinstance(entry, Header):
                    self._shares_plans = entry.format >= SHARED_PLANS
                elif isinstance(entry, Record) and self._shares_plans and (entry.plan or entry.notes):
                    entry = self._sharing(entry)
                self._append(content_of(entry))
            except OSError as error:
                self._broken = IncompleteError(
                    f"{self._path}: cannot be written: {error.strerror}; what it holds stays: once there is room, "
                    "the same command with --resume goes on"
                )
                raise self._broken from error

    def _sharing(self, record: Record) -> Record:
        """The record with the id of its plan, which is written before the first that has it."""
        name = plan_id(record.plan, record.notes)
        if name not in self._plans:
            self._append(content_of(PlanEntry(name, record.plan, record.notes)))
            self._plans.add(name)
        return replace(record, plan=(), notes=(), plan_id=name)

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


def _format_of(path: Path) -> int:
    """That of the journal's header; the oldest where the first line is none, which reading refuses."""
    with open_regular(path) as stream:
        entry = entry_of(parted(stream.readline(LONGEST_LINE).rstrip(b"\n"))[0])
    return entry.format if isinstance(entry, Header) else 1

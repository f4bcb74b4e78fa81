"""The place of a journal: one process writes it at a time, and what an earlier run left there is kept.

Knows: files and the processes that hold them. Must not know: entries and lines.
"""

import fcntl
import json
import os
import re
import shlex
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.errors import UsageError
from conformance.files import open_to_append, read_regular
from conformance.journal.reading import is_blank, is_complete

# Of what a lock's file says about its holder: the file may be anybody's, of any size.
MOST_BYTES = 2**20
# Characters of the holder's command in a message: enough to know the run by.
LONGEST_COMMAND = 400


class Hold:
    """A journal's place, held from the constructor to the end of the `with`.

    A lock of the operating system's on a file beside the journal: it ends with its process, however that ends, and the
    file alone holds nothing. A file system without locks holds nothing either.
    """

    def __init__(self, path: Path, command: Sequence[str]) -> None:
        """The command is what is said to others who want it meanwhile.

        Raises UsageError where another process holds it, with which; OSError where its file cannot be made.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_suffix(".lock")
        self._descriptor = _locked(path, self._lock)
        with suppress(OSError):  # a full disk: it is held all the same, and nobody can say by whom
            os.ftruncate(self._descriptor, 0)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            holder = {"process": os.getpid(), "host": socket.gethostname(), "since": since, "command": list(command)}
            os.write(self._descriptor, json.dumps(holder).encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._lock.unlink()  # before it is released: afterwards it may be another's
        os.close(self._descriptor)


def keep_earlier(path: Path) -> Path | None:
    """Move away the journal of an earlier run; where it is now, or None where nothing is worth keeping.

    Its new name says when it was last written, in UTC.
    """
    if not path.is_file() or is_blank(path):
        return None
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (path.with_suffix(f".{written}{'' if number == 1 else f'-{number}'}{path.suffix}") for number in count(1))
    kept = next(name for name in names if not os.path.lexists(name))
    path.rename(kept)
    return kept


def forget_earlier(path: Path, most: int) -> list[Path]:
    """Remove the journals that `keep_earlier` has moved away from here, but for the newest `most` of those that are
    complete; which were removed. Those of runs that were stopped go with them: a complete one is in their place.
    """
    name = re.compile(rf"{re.escape(path.stem)}\.\d{{8}}T\d{{6}}Z(-\d+)?{re.escape(path.suffix)}")
    earlier = sorted((each for each in path.parent.iterdir() if name.fullmatch(each.name)), key=_written)
    complete = [each for each in earlier if is_complete(each)]
    removed = [each for each in earlier if each not in complete[len(complete) - min(most, len(complete)) :]]
    for each in removed:
        each.unlink()
    return removed


def _written(path: Path) -> tuple[str, int]:
    """When, as its name says; and as which one of that second."""
    when, _, number = path.stem.rpartition(".")[2].partition("-")
    return when, int(number or 1)


def _locked(path: Path, lock: Path) -> int:
    """A descriptor of the lock's file, with the lock."""
    while True:
        descriptor = open_to_append(lock)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise UsageError(
                f"{path}: another run writes here: {_holder(lock)}; wait for its end, or name another folder with "
                "--output"
            ) from None
        except OSError:
            # A file system without locks: to write unguarded is better than not at all.
            return descriptor
        with suppress(FileNotFoundError):
            if os.path.samestat(os.stat(lock), os.fstat(descriptor)):
                return descriptor
        os.close(descriptor)  # its holder has just removed it


def _holder(lock: Path) -> str:
    """Who holds it, as far as its file says so."""
    try:
        said: Any = json.loads(read_regular(lock, MOST_BYTES))
        words: Sequence[str] = [str(word) for word in said["command"]]
        who = f"process {said['process']} on {said['host']} since {said['since']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return f"a process that has just begun ({lock} does not say which)"
    command = shlex.join(words)
    return f"{who}: {command if len(command) <= LONGEST_COMMAND else f'{command[: LONGEST_COMMAND - 3]}...'}"

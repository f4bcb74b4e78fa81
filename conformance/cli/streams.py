"""Standard streams that may be closed, full, or read by nobody: `conformance run | head -1`.

What a run finds out is in its journal and its reports; that nobody reads along changes neither them nor its exit
status. Foreign text is printed with its control characters spelled out, so that none takes effect on a terminal and
no line of a message begins where a CI service reads commands.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO, TextIOWrapper
from select import select
from typing import Any

import click

from conformance.report.wording import printable


class _Deaf(FileIO):
    """A standard stream of which nothing raises: whoever prints is not the one who can do something about it.

    Frameworks of command lines do: they end the process, with status 1, in the middle of what it found out.
    """

    lost: OSError | None = None
    """why what was written last went nowhere"""

    def write(self, content: Any) -> int:
        try:
            while (written := super().write(content)) is None:
                select([], [self], [])  # somebody who shares it has made it one that nobody waits for
        except OSError as error:
            self.lost = error
            return memoryview(content).nbytes
        return written


def prepare_streams() -> None:
    """Give every standard stream a file: a descriptor that is closed would be taken by the next file that is opened,
    a journal say, and what is printed would go there. What an encoding lacks is spelled out, and what a stream does not
    take is lost.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__"):  # else somebody has put another in its place, and sees to it
            raw = _Deaf(descriptor, "w", closefd=False)
            encoding = "utf-8" if stream is None else stream.encoding
            made = TextIOWrapper(BufferedWriter(raw), encoding, "backslashreplace", line_buffering=raw.isatty())
            setattr(sys, name, made)


@contextmanager
def heard_or_not() -> Iterator[None]:
    """Write to standard output as far as it takes it: what is written here is elsewhere, too."""
    yield
    all_heard()


def all_heard() -> bool:
    """Whether standard output has taken all that was written since this was asked last; a reader that has left early
    has all that it wanted. What it did not take otherwise is said on standard error.
    """
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if not isinstance(raw, _Deaf) or raw.lost is None:
        return True
    lost, raw.lost = raw.lost, None
    if lost.errno == errno.EPIPE:
        return True
    mutter(f"conformance: standard output: {lost.strerror}")
    return False


def tell(text: str) -> None:
    """A verdict's text on standard output, as far as it takes it: the exit status stays that of the verdict."""
    with heard_or_not():
        click.echo(text, nl=False)


def say(text: str) -> None:
    """One line on standard output."""
    click.echo(printable(text).replace("\n", " "))


def mutter(text: str) -> None:
    """One line on standard error."""
    click.echo(printable(text).replace("\n", " "), err=True)

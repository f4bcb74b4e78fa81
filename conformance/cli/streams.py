"""Standard streams that may be closed, full, or read by nobody: `conformance run | head -1`.

What a run finds out is in its journal and its reports; that nobody reads along changes neither them nor its exit
status. Foreign text is printed with its control characters spelled out, so that none takes effect on a terminal and
no line of a message begins where a CI service reads commands.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import click

from conformance.report.wording import printable


def prepare_streams() -> None:
    """Give every standard stream a file: a descriptor that is closed would be taken by the next file that is opened,
    a journal say, and what is printed would go there. What an encoding lacks is spelled out.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - lives as long as the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def heard_or_not() -> Iterator[None]:
    """Write to standard output as far as it takes it."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # Rich leaves with the latter
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        mutter(f"conformance: standard output: {error.strerror}")


def tell(text: str) -> None:
    """A verdict's text on standard output, as far as it takes it: the exit status stays that of the verdict."""
    with heard_or_not():
        click.echo(text, nl=False)


def say(text: str) -> None:
    """One line on standard output."""
    click.echo(printable(text).replace("\n", " "))


def mutter(text: str) -> None:
    """One line on standard error, if it takes it."""
    try:
        click.echo(printable(text).replace("\n", " "), err=True)
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Let what is written from now on, and what is still to be flushed, go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""Standard output and error that nobody may be listening to: `conformance run | head -1`.

What a run finds out is in its journal and its reports; that nobody reads along changes neither them nor its exit
status.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import click


@contextmanager
def heard_or_not() -> Iterator[None]:
    """Write to standard output as far as it takes it."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # Rich leaves with the latter
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        mutter(f"conformance: standard output: {error.strerror}")


def mutter(text: str) -> None:
    """A line on standard error, if it takes it."""
    try:
        click.echo(text, err=True)
    except OSError:
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """Let what is written from now on, and what is still to be flushed, go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""Errors that a user can meet, each with the exit status that it leads to; and exceptions as text.

Knows: nothing of the suite. Raised anywhere, caught once, in `conformance.cli`.
"""

import re
import traceback
from collections.abc import Sequence
from typing import ClassVar


class ConformanceError(Exception):
    """A message for the user; `exit_status` is what the command returns."""

    exit_status: ClassVar[int] = 2


class UsageError(ConformanceError):
    """A command line, lane name or file that cannot be used as it is."""


class CaseFileError(ConformanceError):
    """All problems found in case or waiver files, one line each, as file:line: key path: problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(map(spelled, problems))
        super().__init__("\n".join(self.problems))


class JournalError(ConformanceError):
    """A journal that cannot be read, or does not belong to what it is used with."""


class IncompleteError(ConformanceError):
    """A run that could not judge what it was asked to judge."""

    exit_status = 3


class AdapterError(IncompleteError):
    """An adapter's own code failed where the suite called it: the lane could not be asked."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(f"{message}\n{trace}" if trace else message)
        self.brief, self.traceback = message, trace


# Characters of a message on one line, and of a line of output: frameworks put whole graphs into theirs.
LONGEST_BRIEF = 1000
LONGEST_LINE = 500
# Characters; of a longer one the beginning and the end are kept: calls, and the exception's own text.
LONGEST_TRACEBACK = 8000
# Frames of each exception in a chain: those nearest to where it was raised.
DEEPEST_TRACEBACK = 15


# TensorFlow writes where a node of its graph was made, a dozen frames, before it says what is wrong with it.
_FRAME = re.compile(r'^\s*File "[^"\n]*", line \d+, in .*\n+', re.MULTILINE)


def said(error: BaseException) -> str:
    """The exception's own text, which may be impossible to make, without the frames of a traceback in it."""
    try:
        return _FRAME.sub("", str(error))
    except Exception as problem:
        return f"(its text cannot be made: {type(problem).__name__})"


def brief(error: BaseException) -> str:
    """The exception in one line at most: its type and its text."""
    text = said(error)
    line = " ".join(f"{type(error).__name__}: {text}".split()) if text else type(error).__name__
    return harmless(line if len(line) <= LONGEST_BRIEF else f"{line[: LONGEST_BRIEF - 3]}...")


def traceback_text(error: BaseException) -> str:
    """Its traceback with those of its causes: bounded, and without what would move a terminal's cursor."""
    text = "".join(traceback.format_exception(error, limit=-DEEPEST_TRACEBACK))
    lines = [line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 3]}..." for line in text.splitlines()]
    kept = harmless("\n".join(lines))
    half = LONGEST_TRACEBACK // 2
    return kept if len(kept) <= LONGEST_TRACEBACK else f"{kept[: half - 5]}\n...\n{kept[-half:]}"


def harmless(text: str) -> str:
    """Lines without what would move a terminal's cursor."""
    return "\n".join(map(spelled, text.splitlines()))


def spelled(text: str) -> str:
    """One line: line ends and all else that takes effect on a terminal are spelled out."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)

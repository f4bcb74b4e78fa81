"""Errors that a user can meet, each with the exit status that it leads to.

Knows: nothing of the suite. Raised anywhere, caught once, in `conformance.cli`.
"""

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
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class JournalError(ConformanceError):
    """A journal that cannot be read, or does not belong to what it is used with."""


class IncompleteError(ConformanceError):
    """A run that could not judge what it was asked to judge."""

    exit_status = 3

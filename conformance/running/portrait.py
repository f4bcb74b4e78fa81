"""What `conformance diagnose` finds of a lane, or of one result: the part `portrait` of a kind's package.

Knows: no kind. A kind may have no portraits; then its lanes are not examined, and its results not explained.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from conformance.errors import UsageError
from conformance.protocol.hello import Hello
from conformance.workers.client import Client

Options: TypeAlias = Mapping[str, Any]
"""of `conformance diagnose`, by name; None where one was left out"""


class Examined(Protocol):
    """What was found of a lane, or of one result."""

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong."""

    def lines(self) -> Iterator[str]:
        """All of it, for a terminal."""

    def document(self) -> dict[str, Any]:
        """All of it, as JSON has it."""


class Portraits(Protocol):
    """The module `portrait` of a kind's package."""

    def check_asked(self, given: Options) -> None:
        """Raise UsageError for options that mean nothing where a lane is examined."""

    def portray(self, client: Client, hello: Hello, given: Options) -> Examined:
        """What questions show of a lane that has said hello, about the first subject for which it has words.

        Raises NoAnswer where there is none, or where one gets no answer for another reason; ValueError when codes do
        not fit the dtype; UsageError for options that make no call.
        """

    def explain(self, given: Options, read: Callable[[Path], NDArray[Any]]) -> Examined:
        """What a result behaves like that was computed elsewhere; `read` reads the array of a .npy file.

        Raises UsageError for options that make no right call, and for those that are missing.
        """


def refuse_options(given: Options, names: Sequence[str], when: str) -> None:
    """Raise UsageError for options that mean nothing there."""
    unwanted = [f"--{name.removesuffix('_file').replace('_', '-')}" for name in names if given[name]]
    if unwanted:
        raise UsageError(f"{', '.join(unwanted)} means nothing {when}")

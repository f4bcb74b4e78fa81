"""A call by its syntax: its function, its arguments with their places, what is around it; and the error that points.

Knows: lines and columns. Must not know: how a text is taken apart (`conformance.translation.parser`), which functions
there are (`conformance.translation.reading`).
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from conformance.adapters.plan import Argument
from conformance.errors import UsageError


class CallError(UsageError):
    """A call that cannot be read; the message shows where."""


@dataclass(frozen=True, slots=True)
class WrittenTensor:
    """`name[shape]`: an operand of which only the shape matters."""

    name: str
    shape: tuple[int, ...]


Written: TypeAlias = Argument | WrittenTensor


@dataclass(frozen=True, slots=True)
class Part:
    """One argument, and where in the text it stands."""

    value: Written
    line: int
    column: int
    """both from 1"""


@dataclass(frozen=True, slots=True)
class CallParts:
    """What stands between a call's parentheses."""

    positional: tuple[Part, ...]
    keywords: tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class Added:
    """What is called with a call's result as its first argument."""

    by: str
    """`+`, or the function as written"""
    parts: CallParts
    """the other arguments"""


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A call by its syntax."""

    text: str
    function: str
    """dotted, as written"""
    positional: tuple[Part, ...]
    keywords: tuple[tuple[str, Part], ...]
    applied: CallParts | None = None
    """what the result is called with, where it is a layer"""
    added: Added | None = None
    """what is done with the result"""
    mapped: bool = False
    """whether the layer is called through `jax.vmap`"""
    own_text: str = ""
    """of a call among others, its part of the text; empty where it is all of it"""

    @property
    def place(self) -> tuple[int, int]:
        """The line and the column of its first argument, from 1; where the text begins without one."""
        parts = [*self.positional, *(part for _, part in self.keywords)]
        return (parts[0].line, 1) if parts else (1, 1)

    @property
    def shown(self) -> str:
        """The call alone, in one line."""
        return " ".join((self.own_text or self.text).split())

    def wrong(self, message: str, part: Part | None = None) -> CallError:
        """The error that points at a part of the call, at its beginning without one."""
        line, column = (part.line, part.column) if part else self.place
        return pointing(self.text, message, line, column)


def pointing(text: str, message: str, line: int, column: int) -> CallError:
    """The error that shows a line of the text and points at a column, both from 1."""
    lines, column = lines_of(text), max(column, 1)
    place = f"line {line}, column {column}" if len(lines) > 1 else f"column {column}"
    shown = lines[min(line, len(lines)) - 1]
    return CallError(f"{place}: {message}\n  {shown}\n  {' ' * (column - 1)}^")


def lines_of(text: str) -> list[str]:
    """Lines as Python counts them, which str.splitlines does not."""
    return re.split(r"\r\n|\r|\n", text)

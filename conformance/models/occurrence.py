"""One call of a model, as the framework that runs it was asked, and how such calls are written.

Knows: shapes, numbers and words. Must not know: frameworks, operators of the suite.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any


@dataclass(frozen=True, slots=True)
class TensorShape:
    """An operand: its shape alone."""

    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """Words that stand as they are, such as the name of a function."""

    text: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A call, written as `conformance translate` reads it."""

    function: str
    text: str
    """empty for a function that nothing is written for"""
    dtype: str
    place: str = ""
    """where in the model"""


def called(function: str, positional: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    """The call as one line: tensors as a name with their shape."""
    given = [*(_written(f"x{number}", each) for number, each in enumerate(positional)),
             *(f"{name}={_written(name, each)}" for name, each in keywords.items())]  # fmt: skip
    return f"{function}({', '.join(given)})"


def _written(name: str, argument: Any) -> str:
    match argument:
        case TensorShape(shape):
            return f"{name.lstrip('_')}{list(shape)}"
        case Raw(text):
            return text
        case list() | tuple():
            inner = ", ".join(_written(name, each) for each in argument)
            return f"({inner}{',' if len(argument) == 1 else ''})"
        case float() if isinf(argument):
            return "jnp.inf" if argument > 0 else "-jnp.inf"
    return repr(argument)

"""What can come back for a trial: a sum type, from the worker or from what became of it."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from numpy.typing import NDArray

# Byte of memory that was filled before a call: -1.7e38 of float32 and bfloat16, -5.3e303 of float64, NaN of float16,
# -16843010 of int32; what no right answer is made of.
POISON = 0xFE


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The framework's result."""

    array: NDArray[Any]
    seconds: float | None
    """that the call took, as the worker or port says; None where it says nothing that can be"""
    disturbed: tuple[str, ...] = ()
    """arrays of the caller that the call changed, in words: an operand, the result of an earlier call"""
    aliased: tuple[str, ...] = ()
    """arrays of the caller in whose memory the result lies, in the same words"""


@dataclass(frozen=True, slots=True)
class Refused:
    """The framework raised inside the call."""

    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Misshapen:
    """A result that is not compared: its plan cannot go on from its shape, or it is larger than is read."""

    shape: tuple[int, ...]
    dtype: str
    message: str
    refused: Refused | None = None
    """how the framework refused to go on from it, where it did: right of a call that is wrong"""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """The framework's own vocabulary cannot say the call."""

    reason: str
    undeclared: bool = False
    """the adapter or port does not declare what the call needs, so it was not asked"""


@dataclass(frozen=True, slots=True)
class Failed:
    """The adapter, the harness or the port's framing broke; the framework was not to blame, or not asked."""

    message: str
    traceback: str = ""
    """where it broke, the end of it; empty for what is not an exception"""


@dataclass(frozen=True, slots=True)
class Crashed:
    """The process ended during the trial."""

    how: str
    """the signal's name, or the exit status"""
    last_words: str
    """the end of its standard error"""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No reply within the limit."""

    limit: float


Reply: TypeAlias = Answer | Misshapen | Refused | CannotSay | Failed | Crashed | TimedOut


def in_words(reply: Reply) -> str:
    """What came back, for the reader who waits for an answer."""
    match reply:
        case CannotSay(reason):
            return f"unsupported: {reason}"
        case Refused(error, message):
            return f"refused: {error}: {message}"
        case Failed(message, traceback):
            return f"errored: {message}\n{traceback}".rstrip()
        case Misshapen(_, _, message):
            return f"wrong_shape: {message}"
        case Crashed(how, last_words):
            return f"the process ended: {how} {last_words[-300:]}".strip()
        case TimedOut(limit):
            return f"no reply within {limit:g} s"
        case Answer():
            return "answered"

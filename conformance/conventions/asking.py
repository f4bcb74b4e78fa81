"""What is said to a lane whose words are measured, and what becomes of it where no answer comes.

Knows: workers' replies. Must not know: what is asked, formulas.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.dialect import Said
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Answer, CannotSay, Crashed, Failed, Misshapen, Refused, Reply, TimedOut

Array: TypeAlias = NDArray[Any]
Ask: TypeAlias = Callable[[Said, Mapping[str, Array]], Reply]
"""what is said and the operands, to what becomes of them"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """No map came back."""

    kind: str
    """refused, aborts, or garbled: answered with something that no map explains"""
    text: str


def trouble(reply: Reply) -> Trouble:
    """What became of a call without an answer."""
    match reply:
        # Of a gradient, a cotangent of another shape than the result's is refused: the call is.
        case Refused(error, message) | Misshapen(refused=Refused(error, message)):
            # On one line, without the names of TensorFlow's graph nodes, and no longer than a row of the report.
            plain = re.sub(r"\{\{.*?\}\} ?", "", " ".join(message.split()))[:160]
            return Trouble("refused", f"{error}: {plain}")
        case Crashed(how, _):
            return Trouble("aborts", f"aborts the process ({how})")
        case TimedOut(limit):
            return Trouble("aborts", f"does not return within {limit:g} s")
        case CannotSay(reason):
            return Trouble("refused", reason)
        case Failed(message) | Misshapen(_, _, message):
            return Trouble("garbled", message[:200])
        case Answer(array, _):
            return Trouble("garbled", f"an answer of shape {list(array.shape)}")


def said_source(said: Said) -> tuple[str, ...]:
    """What is said, as lines for a reader."""
    if isinstance(said, Plan):
        return said.source()
    arguments = ", ".join(f"{name}={argument!r}" for name, argument in said.arguments().items() if argument is not None)
    return (f"{said.operator}({arguments})",)

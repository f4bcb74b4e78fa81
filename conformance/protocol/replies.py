"""What the header of an answer says, as a reply.

Knows: the protocol's answers and their limits. Must not know: processes, who asked.
"""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.reply import Answer, CannotSay, Failed, Misshapen, Refused, Reply
from conformance.errors import LONGEST_TRACEBACK, harmless
from conformance.protocol.frames import MOST_AXES, shown
from conformance.protocol.hello import LONGEST_MESSAGE


def carries(header: Mapping[str, Any], seq: int) -> bool:
    """Whether it carries the request's number; JSON's `true` and 1.0 are none."""
    return type(header.get("seq")) is int and header["seq"] == seq


def read_reply(header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], seq: int, limit: float) -> Reply:
    """The reply to request `seq`, which was waited for `limit` seconds."""
    if not carries(header, seq):
        return Failed(f"the reply is to request {shown(header.get('seq'))}; asked was {seq}")
    match header:
        # What our own worker saw change; a port's memory is its own.
        case {"type": "reply", "disturbed": [[*changed]], "aliased": [[*aliased]]} if "result" in tensors:
            seen = (tuple(map(shown, each)) for each in (changed, aliased))
            return Answer(tensors["result"], seconds_of(header, limit), *seen)
        case {"type": "reply"} if "result" in tensors:
            return Answer(tensors["result"], seconds_of(header, limit))
        case {"type": "refusal", "error": str(error), "message": str(message)}:
            return Refused(error[:LONGEST_MESSAGE], message[:LONGEST_MESSAGE])
        case {"type": "unsupported", "reason": str(reason)}:
            return CannotSay(reason[:LONGEST_MESSAGE])
        case {"type": "misshapen", "shape": [*shape], "dtype": str(dtype), "message": str(message)} if len(
            shape
        ) <= MOST_AXES and all(type(length) is int for length in shape):
            kind, text = header.get("error"), header.get("refusal")
            both = isinstance(kind, str) and isinstance(text, str)
            refused = Refused(str(kind)[:LONGEST_MESSAGE], str(text)[:LONGEST_MESSAGE]) if both else None
            return Misshapen(tuple(shape), shown(dtype), message[:LONGEST_MESSAGE], refused)
        case {"type": "error", "message": str(message)}:
            traceback = header.get("traceback")
            kept = harmless(traceback[-LONGEST_TRACEBACK:]) if isinstance(traceback, str) else ""
            return Failed(message[:LONGEST_MESSAGE], kept)
        case _:
            return Failed(f"a reply that is neither result, refusal nor error: {shown(dict(header), 200)}")


def seconds_of(header: Mapping[str, Any], limit: float) -> float | None:
    """What the call took, as far as that can be: no longer than it was waited for. Anything else counts as not said."""
    seconds = header.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return float(seconds) if 0 <= seconds <= limit else None

"""What answers behind a lane, as the first frame of its process says, and what is left out of it.

Knows: the keys of hello and their limits. Must not know: processes, bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from conformance.errors import LONGEST_TRACEBACK, harmless
from conformance.protocol.frames import shown
from conformance.suite.case import Call
from reference.family import DIRECTIONS, Direction

PROTOCOL = 1
LONGEST_NAME = 200
"""characters of a name, a version, a key, and of each word of a list"""
LONGEST_TEXT = 1000
"""characters of each text in `versions` and `flags`"""
MOST_ENTRIES = 64
"""of each object and each list"""
LONGEST_MESSAGE = 4000
"""characters of a worker's or port's words that are kept"""
DECLARED = ("operators", "dtypes", "layouts", "features", "directions")


@dataclass(frozen=True, slots=True)
class Hello:
    """What answers behind the lane."""

    framework: str
    version: str
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    operators: tuple[str, ...] | None = None
    """what a port says that it takes, and no more is asked of it; None where it does not say"""
    dtypes: tuple[str, ...] | None = None
    layouts: tuple[str, ...] | None = None
    features: tuple[str, ...] | None = None
    directions: tuple[Direction, ...] | None = None

    def leaves_out(self, call: Call) -> str | None:
        """Why a port is not asked the call: it is outside what the port declared.

        A port that says nothing of features has none: it was written before there were any.
        """
        layouts = call.definition.data_formats
        layout = call.data_format or layouts[0]
        dtypes = (call.dtype, *(dtype for _, dtype in call.operand_dtypes))
        asked = (
            ("operators", self.operators, call.operator),
            *(("dtypes", self.dtypes, dtype) for dtype in dtypes),
            ("layouts", self.layouts, layout if layout in layouts else None),
            ("directions", self.directions, call.direction),
        )
        for name, declared, needed in asked:
            if declared is not None and needed is not None and needed not in declared:
                return f"{needed} is not among the {name} of the port's hello: {', '.join(declared) or 'none'}"
        # A declared direction needs no feature.
        gradients = call.direction != "forward" and self.directions is None
        needs = {"groups": call.groups != 1, "bias": call.bias, "gradients": gradients}
        features = self.features or ()
        missing = next((name for name, needed in needs.items() if needed and name not in features), None)
        if missing is None:
            return None
        return f"{missing} is not among the features of the port's hello: {', '.join(features) or 'none'}"

    def changes(self, later: "Hello") -> str:
        """What another hello says otherwise, key by key: `version 1.0, now 2.0`; empty where it says the same."""
        pairs = ((each.name, getattr(self, each.name), getattr(later, each.name)) for each in fields(self))
        changed = [f"{name} {_words(before)}, now {_words(after)}" for name, before, after in pairs if before != after]
        return "; ".join(changed)


@dataclass(frozen=True, slots=True)
class NoWorker:
    """Why no worker came up."""

    missing: bool
    """the framework is not installed; otherwise something failed"""
    message: str
    traceback: str = ""


def read_hello(header: Mapping[str, Any]) -> Hello | NoWorker:
    """What the first header of a worker or port says."""
    match header:
        case {"type": "hello", "framework": str(framework), "version": str(version)}:
            spoken = header.get("protocol", PROTOCOL)
            if spoken != PROTOCOL:
                return NoWorker(False, f"it speaks protocol {shown(spoken, 20)}; this suite speaks {PROTOCOL}")
            excess = next(_excesses(header), None)
            if excess is not None:
                return NoWorker(False, f"its hello is refused: {excess}")
            listed = {name: header.get(name) for name in DECLARED}
            declared: dict[str, Any] = {
                name: tuple(map(str, words)) if isinstance(words, list) else None for name, words in listed.items()
            }
            if declared["directions"] is not None:
                declared["directions"] = tuple(each for each in DIRECTIONS if each in declared["directions"])
            language = {"language": header["language"]} if isinstance(header.get("language"), str) else {}
            flags = {**language, **_texts(header.get("flags"))}
            return Hello(framework, version, _texts(header.get("versions")), flags, **declared)
        case {"type": "missing" | "failed" as kind, "message": str(message)}:
            traceback = header.get("traceback")
            kept = harmless(traceback[-LONGEST_TRACEBACK:]) if isinstance(traceback, str) else ""
            return NoWorker(kind == "missing", message[:LONGEST_MESSAGE], kept)
        case _:
            return NoWorker(False, f"the first frame is no hello: {shown(header, 200)}")


def _excesses(header: Mapping[str, Any]) -> Iterator[str]:
    """What of a hello is longer than reports could show, or no text where reports show a text."""
    for key in ("framework", "version", "language"):
        yield from _too_long(key, header.get(key), LONGEST_NAME)
    for key in ("versions", "flags"):
        entries = header.get(key)
        if isinstance(entries, dict):
            yield from _too_many(key, len(entries))
            for name, text in entries.items():
                yield from _too_long(f"a key of {key}", name, LONGEST_NAME)
                yield from _too_long(f"{key}.{shown(name)}", text, LONGEST_TEXT)
    for key in DECLARED:
        words = header.get(key)
        if isinstance(words, list):
            yield from _too_many(key, len(words))
            for word in words:
                yield from _too_long(f"a word of {key}", word, LONGEST_NAME)


def _too_long(what: str, text: Any, most: int) -> Iterator[str]:
    if isinstance(text, dict | list):
        yield f"{what} is {type(text).__name__}; expected a text"
    elif isinstance(text, str) and len(text) > most:
        yield f"{what} has {len(text):,} characters; at most {most:,} are accepted"


def _too_many(key: str, number: int) -> Iterator[str]:
    if number > MOST_ENTRIES:
        yield f"{key} has {number:,} entries; at most {MOST_ENTRIES} are accepted"


def _texts(mapping: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in mapping.items()} if isinstance(mapping, dict) else {}


def _words(said: Any) -> str:
    """A key of hello as a note tells it."""
    if isinstance(said, Mapping):
        return shown(" ".join(f"{name}={text}" for name, text in said.items()) or "none", LONGEST_NAME)
    return shown(said if isinstance(said, str) else "undeclared" if said is None else ", ".join(said), LONGEST_NAME)

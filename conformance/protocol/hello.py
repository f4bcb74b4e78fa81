"""What answers behind a lane, as the first frame of its process says, and what is left out of it.

Knows: the keys of hello and their limits. Must not know: processes, bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from conformance.errors import LONGEST_TRACEBACK, harmless
from conformance.operators.registry import operators
from conformance.protocol.frames import shown
from reference.family import DIRECTIONS, Direction

PROTOCOL = 1
# What a worker or port says of itself is foreign, and goes into each journal and report: it is bounded part by part.
# These are the characters of a name, a version, a key, and of each word of a list.
LONGEST_NAME = 200
LONGEST_TEXT = 1000
"""characters of each text in `versions`, `flags` and `runs_on`"""
MOST_ENTRIES = 64
"""of each object and each list"""
LONGEST_MESSAGE = 4000
"""characters of a worker's or port's words that are kept"""
FILL = "fill"
"""the feature of a port that fills the memory of its answer, as a request says, before it computes"""
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
    runs_on: Mapping[str, str] = field(default_factory=dict)
    """the lanes whose functions compute in the end, with their versions"""

    def leaves_out(self, question: Mapping[str, Any]) -> str | None:
        """Why a port's question is not asked: it is outside what the port declared.

        A port that says nothing of features has none: it was written before there were any.
        """
        arguments = question.get("arguments", {})
        operator = operators().get(str(question.get("operator")))
        layouts = operator.data_formats if operator is not None else ()
        layout = arguments.get("data_format") or next(iter(layouts), None)
        others = arguments.get("operand_dtypes") or {}  # of operands that have another one on purpose
        asked = (
            ("operators", self.operators, question.get("operator")),
            *(("dtypes", self.dtypes, dtype) for dtype in (arguments.get("dtype"), *others.values())),
            ("layouts", self.layouts, layout if layout in layouts else None),
            ("directions", self.directions, arguments.get("direction", "forward")),
        )
        for name, declared, needed in asked:
            if declared is not None and needed is not None and needed not in declared:
                return f"{needed} is not among the {name} of the port's hello: {', '.join(declared) or 'none'}"
        # Arguments name what is not the default; a declared direction needs no feature.
        has = (*(self.features or ()), *(("gradients",) if self.directions is not None else ()))
        features = {"groups": "groups", "bias": "bias", "direction": "gradients"}
        missing = [feature for name, feature in features.items() if name in arguments and feature not in has]
        if missing:
            declared_features = ", ".join(self.features or ()) or "none"
            return f"{missing[0]} is not among the features of the port's hello: {declared_features}"
        return None

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
            runs_on = _texts(header.get("runs_on"))
            return Hello(framework, version, _texts(header.get("versions")), flags, runs_on=runs_on, **declared)
        case {"type": "missing" | "failed" as kind, "message": str(message)}:
            traceback = header.get("traceback")
            kept = harmless(traceback[-LONGEST_TRACEBACK:]) if isinstance(traceback, str) else ""
            return NoWorker(kind == "missing", message[:LONGEST_MESSAGE], kept)
        case _:
            return NoWorker(False, f"the first frame is not a hello: {shown(header, 200)}")


def _excesses(header: Mapping[str, Any]) -> Iterator[str]:
    """What of a hello is longer than reports could show, or no text where reports show a text."""
    for key in ("framework", "version", "language"):
        yield from _too_long(key, header.get(key), LONGEST_NAME)
    for key in ("versions", "flags", "runs_on"):
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

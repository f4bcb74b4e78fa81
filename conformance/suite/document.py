"""YAML text to plain values, with the line of every one of them.

Knows: YAML's events and the core schema's scalars. Must not know: what a case is (`conformance.suite.schema`).

Built over libyaml's events rather than PyYAML's constructors: no tag can build an object, the scalars are YAML 1.2's
(`1e-5` is a number, `NO` is a word), a repeated key is an error, and aliases are counted as what they expand to.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from conformance.errors import CaseFileError
from conformance.files import read_regular

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"
KeyPath: TypeAlias = tuple[str | int, ...]

# What a file may cost: aliases let a few lines stand for more values than memory holds, and whoever reads values
# recurses as deep as they are nested.
MOST_VALUES = 1_000_000
MOST_BYTES = 2**26
DEEPEST = 64

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | float | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """The values of one file and where they stand."""

    path: Path
    content: Value
    lines: Mapping[KeyPath, int]
    """by key path of the file"""
    moved: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    """key paths of the content, and those of the file under which the same stands there; what is below follows"""

    def written(self, key_path: KeyPath) -> KeyPath:
        """The key path of the file under which the content's key path stands."""
        for length in range(len(key_path), 0, -1):
            if key_path[:length] in self.moved:
                return (*self.moved[key_path[:length]], *key_path[length:])
        return key_path

    def locate(self, key_path: KeyPath) -> str:
        """file:line of a key path, or of its nearest ancestor that is written down."""
        key_path = self.written(key_path)
        for length in range(len(key_path), -1, -1):
            if key_path[:length] in self.lines:
                return f"{self.path}:{self.lines[key_path[:length]]}"
        return f"{self.path}:1"

    def problem(self, key_path: KeyPath, message: str) -> str:
        """The message with its place: file:line: key path: message."""
        where = self.locate(key_path)
        written = self.written(key_path)
        keys = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in written).lstrip(".")
        return f"{where}: {keys}: {message}" if keys else f"{where}: {message}"


def read_document(path: Path) -> Document:
    """Read one YAML file.

    Raises CaseFileError for a file that cannot be read, is not YAML, holds a tag or a repeated key, or would expand
    to more than MOST_VALUES values.
    """
    try:
        text = read_regular(path, MOST_BYTES).decode("utf-8")
    except OSError as error:
        raise CaseFileError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise CaseFileError([f"{path}: cannot be read: {error}"]) from error
    return parse_document(text, path)


def parse_document(text: str, path: Path) -> Document:
    """The same of a text that belongs, or will belong, to the path."""
    builder = _Builder(path)
    try:
        content = builder.build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        tab = any("\t" in each for each in text.splitlines()[line - 1 : line])
        hint = " (this line holds a tab; YAML indents with spaces)" if tab else ""
        raise CaseFileError([f"{path}:{line}: not YAML: {error.problem}{hint}"]) from error
    except yaml.YAMLError as error:
        raise CaseFileError([f"{path}: not YAML: {error}"]) from error
    return Document(path, content, builder.lines)


class _Builder:
    """One pass over the events of one document."""

    def __init__(self, path: Path) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._path = path
        self._anchors: dict[str, tuple[Value, int, int]] = {}
        self._count = 0
        self._deepest = 0

    def build(self, events: Iterator[yaml.Event]) -> Value:
        content: Value = None
        documents = 0
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise self._error(event, "a second document; one file holds one")
                    content = self._node(next(events), events, ())
        return content

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], key_path: KeyPath) -> Value:
        self.lines[key_path] = _line(event)
        depth = len(key_path)
        self._reached(event, depth)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._error(event, f"the alias *{event.anchor} has no anchor before it")
            value, count, below = self._anchors[event.anchor]
            self._counted(event, count)
            self._reached(event, depth + below)
            return value
        assert isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent)
        self._untagged(event)
        before, deepest = self._count, self._deepest
        self._counted(event, 1)
        self._deepest = depth
        value = self._content(event, events, key_path)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._count - before, self._deepest - depth)
        self._deepest = max(self._deepest, deepest)
        return value

    def _content(self, event: yaml.Event, events: Iterator[yaml.Event], key_path: KeyPath) -> Value:
        match event:
            case yaml.ScalarEvent():
                return event.value if event.style else self._scalar(event)
            case yaml.SequenceStartEvent():
                items: list[Value] = []
                while not isinstance(item := next(events), yaml.SequenceEndEvent):
                    items.append(self._node(item, events, (*key_path, len(items))))
                return items
            case yaml.MappingStartEvent():
                entries: dict[str, Value] = {}
                while not isinstance(key := next(events), yaml.MappingEndEvent):
                    if not isinstance(key, yaml.ScalarEvent):
                        raise self._error(key, "a key that is not a word")
                    self._untagged(key)
                    if key.value in entries:
                        raise self._error(key, f"the key {key.value!r} is given twice")
                    entries[key.value] = self._node(next(events), events, (*key_path, key.value))
                    self.lines[(*key_path, key.value)] = _line(key)
                return entries
        raise self._error(event, "unexpected content")

    def _untagged(self, event: yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        if event.tag not in (None, "!"):
            raise self._error(event, f"the tag {event.tag!r} is not accepted; cases hold plain values")

    def _reached(self, event: yaml.Event, depth: int) -> None:
        if depth > DEEPEST:
            raise self._error(event, f"nested more than {DEEPEST} levels deep, aliases expanded")
        self._deepest = max(self._deepest, depth)

    def _counted(self, event: yaml.Event, count: int) -> None:
        self._count += count
        if self._count > MOST_VALUES:
            raise self._error(event, f"more than {MOST_VALUES} values once aliases are expanded")

    def _scalar(self, event: yaml.ScalarEvent) -> Value:
        text: str = event.value
        if _INTEGER.fullmatch(text):
            if len(text) > 30:
                raise self._error(event, f"an integer of {len(text)} digits")
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return _WORDS.get(text, text)

    def _error(self, event: yaml.Event, message: str) -> CaseFileError:
        return CaseFileError([f"{self._path}:{_line(event)}: {message}"])


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1

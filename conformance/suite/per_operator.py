"""A file of several operators, as a file of each of them alone would be written.

Knows: the keys `operators`, values per operator, numbers per axis. Must not know: which parameters there are and what
they take (`conformance.suite.schema`), what they mean (`conformance.suite.expansion`).

Three things of a file may differ from operator to operator:

- `operators` of a case, or of a row of `together` or `exclude`: the case or row is of these alone;
- a value per operator, `{1d: 8, 2d: [6, 7], conv3d: [5, 4, 6]}`: an operator takes what stands under its own name, or
  else under its number of spatial axes, or else under `others`; null is as good as not written;
- a number per axis in a list of numbers or pairs, `[1, 4+, 2]` or `[2, 1*]`: `4+` is a 4 for every spatial axis, `1*` a
  1 for every one but one. A pair is repeated as a whole: `[[1+, 0+]]`. `N+C` and `NC+` are the data formats.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias

from conformance.operators.registry import operators
from conformance.suite.document import Document, KeyPath
from reference.family import DATA_FORMATS, Operator

OTHERS = "others"
RANKS = tuple(f"{rank}d" for rank in DATA_FORMATS)
PER_AXIS = re.compile(r"(-?[0-9]{1,18})([+*])")
DATA_FORMAT_WORDS = ("N+C", "NC+")
"""of the data formats of every operator, in the order of `Operator.data_formats`"""

_SHARED = ("name", "why", "url")
"""keys of a case that are the same for all of its operators"""
_ABSENT = object()
_Read: TypeAlias = Callable[[Any, KeyPath, KeyPath], Any]


def choosers() -> tuple[str, ...]:
    """The keys of a value per operator."""
    return (*RANKS, *operators(), OTHERS)


def documents(document: Document) -> tuple[list[Document], list[str]]:
    """One document for each operator of the file, with the lines and key paths of this one; and the problems of what is
    said per operator. An operator for which a value is missing has no document, lest what follows be a problem too.

    A document whose operators are not known comes back alone and as it is: the schema says what is wrong with it.
    """
    content = document.content
    if not isinstance(content, dict):
        return [document], []
    if "operators" in content:
        names, problems = _operators_of_file(document, content)
    else:
        names, problems = [name for name in operators() if name == content.get("operator")], []
    if not names:
        return ([] if problems else [document]), problems
    readings = [_Reading(document, operators()[name], names) for name in names]
    read = [(reading, reading.document()) for reading in readings]
    problems += [problem for reading in readings for problem in reading.problems]
    return [document for reading, document in read if reading.whole], list(dict.fromkeys(problems))


def _operators_of_file(document: Document, content: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The file's operators, and what is wrong with their list."""
    if "operator" in content:
        return [], [document.problem(("operators",), "a file has operator or operators, not both; remove one of them")]
    names, problems = _listed(document, ("operators",), content["operators"], tuple(operators()))
    cases = content["cases"] if isinstance(content.get("cases"), list) else []
    lists = [case.get("operators") if isinstance(case, dict) else None for case in cases]
    # A case without a list is of all of them, and what is wrong with another list is reported where it stands.
    idle = [name for name in names if lists and all(isinstance(each, list) and name not in each for each in lists)]
    problems += [document.problem(("operators",), f"no case of this file is of {name}") for name in idle]
    return [name for name in names if name not in idle], problems


def _listed(document: Document, place: KeyPath, written: Any, accepted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The operators that a key `operators` lists, and what is wrong with the list."""
    choice = ", ".join(accepted)
    if not isinstance(written, list) or not written:
        return [], [document.problem(place, f"found {written!r}; it must be a list of operators, of {choice}")]
    names: list[str] = []
    problems = []
    for index, name in enumerate(written):
        if name in names:
            problems.append(document.problem((*place, index), f"{name!r} is in the list twice; name an operator once"))
        elif not isinstance(name, str) or name not in accepted:
            problems.append(document.problem((*place, index), f"found {name!r}; it must be one of {choice}"))
        else:
            names.append(name)
    return names, problems


class _Reading:
    """One operator's reading of a document.

    Methods take a value, where it stands in the document, and where it will stand in what is read: these differ after a
    case or row that is left out, a value per operator, and a number per axis.
    """

    def __init__(self, document: Document, operator: Operator, names: Sequence[str]) -> None:
        self.problems: list[str] = []
        self.whole = True
        """false where a value is missing or unusable"""
        self._document = document
        self._operator = operator
        self._names = names
        """of the operators for which what is being read is written"""
        self._moved: dict[KeyPath, KeyPath] = {}

    def document(self) -> Document:
        """The document of a file of this operator alone."""
        content = self._document.content
        assert isinstance(content, dict)
        read = {key: value for key, value in content.items() if key not in ("operator", "operators")}
        if "cases" in content:
            read["cases"] = self._entries(content["cases"], ("cases",), ("cases",))
        whole = {"operator": self._operator.name, **read}
        return Document(self._document.path, whole, self._document.lines, self._moved)

    def _entries(self, entries: Any, place: KeyPath, path: KeyPath) -> Any:
        """Those of a list of cases or rows that are of this operator."""
        if not isinstance(entries, list):
            return entries
        found: list[Any] = []
        for index, entry in enumerate(entries):
            of_file = self._names
            if isinstance(entry, dict) and "operators" in entry:
                self._names, problems = _listed(
                    self._document, (*place, index, "operators"), entry["operators"], tuple(of_file)
                )
                self.problems += problems
            if self._operator.name in self._names:
                found.append(self._at((*place, index), (*path, len(found)), entry, self._entry))
            self._names = of_file
        return found

    def _at(self, place: KeyPath, path: KeyPath, value: Any, read: _Read) -> Any:
        if place != path:
            self._moved[path] = place
        return read(value, place, path)

    def _entry(self, entry: Any, place: KeyPath, path: KeyPath) -> Any:
        """A case or a row."""
        if not isinstance(entry, dict):
            return entry
        shared = {key: value for key, value in entry.items() if key in _SHARED}
        own = {key: value for key, value in entry.items() if key not in (*_SHARED, "operators", "sweep")}
        read = {**shared, **self._mapping(own, place, path, self._value)}
        if "sweep" in entry:
            sweep, place, path = entry["sweep"], (*place, "sweep"), (*path, "sweep")
            if place != path:
                self._moved[path] = place
            read["sweep"] = self._mapping(sweep, place, path, self._swept) if isinstance(sweep, dict) else sweep
        return read

    def _mapping(self, mapping: Mapping[str, Any], place: KeyPath, path: KeyPath, read: _Read) -> dict[str, Any]:
        found = {key: self._at((*place, key), (*path, key), value, read) for key, value in mapping.items()}
        return {key: value for key, value in found.items() if value is not _ABSENT}

    def _swept(self, values: Any, place: KeyPath, path: KeyPath) -> Any:
        """The rows of `together` or `exclude`, or the values of a parameter, each of which may be a list of numbers."""
        chosen, place = self._chosen(values, place, path)
        if not isinstance(chosen, list):
            return chosen
        if path[-1] in ("together", "exclude"):
            found = self._entries(chosen, place, path)
        else:
            found = []
            for index, value in enumerate(chosen):
                read = self._at((*place, index), (*path, len(found)), value, self._value)
                found += [] if read is _ABSENT else [read]
        if chosen and not found and path[-1] != "exclude":
            self._spoiled(place, f"nothing of it is left for {self._operator.name}")
        return found

    def _value(self, value: Any, place: KeyPath, path: KeyPath) -> Any:
        chosen, place = self._chosen(value, place, path)
        match chosen:
            case dict():
                return self._mapping(chosen, place, path, self._value)
            case list():
                return [each for each in self._numbers(chosen, place, path) if each is not _ABSENT]
            case str() if chosen in DATA_FORMAT_WORDS and "data_format" in path:
                return self._operator.data_formats[DATA_FORMAT_WORDS.index(chosen)]
            case _:
                return chosen

    def _numbers(self, values: Sequence[Any], place: KeyPath, path: KeyPath) -> Iterator[Any]:
        """The items of a list, each as often as it stands for spatial axes."""
        count = 0
        for index, item in enumerate(values):
            here = (*place, index)
            times, once = self._times(item, here)
            for _ in range(times):
                yield self._at(here, (*path, count), once, self._value)
                count += 1

    def _times(self, item: Any, place: KeyPath) -> tuple[int, Any]:
        """How often an item of a list stands in it, and what it is."""
        if not isinstance(item, str | list):
            return 1, item
        pair = isinstance(item, list)
        marks = [PER_AXIS.fullmatch(each) for each in (item if pair else [item]) if isinstance(each, str)]
        if not marks or None in marks:
            return 1, item
        signs = {mark[2] for mark in marks if mark}
        if pair and (len(signs) > 1 or len(marks) < len(item)):
            problem = "a pair is repeated as a whole: each of its numbers ends in +, or each in *, or none does"
            self._spoiled(place, f"found {item}; {problem}")
        numbers = [int(mark[1]) for mark in marks if mark]
        times = self._operator.rank if signs == {"+"} else self._operator.rank - 1
        return times, numbers if pair else numbers[0]

    def _chosen(self, value: Any, place: KeyPath, path: KeyPath) -> tuple[Any, KeyPath]:
        """What a value per operator says for this one, and where; any other value as it is."""
        if not isinstance(value, dict) or not any(key in choosers() for key in value):
            return value, place
        takers = {key: [name for name in self._names if _chooser(value, operators()[name]) == key] for key in value}
        for key, names in takers.items():
            if not names:
                self.problems.append(self._document.problem((*place, key), self._idle(key)))
        chooser = _chooser(value, self._operator)
        if chooser is None:
            missing = [name for name in self._names if _chooser(value, operators()[name]) is None]
            self._spoiled(place, f"no value for {', '.join(missing)}; add it, or {OTHERS}")
            return _ABSENT, place
        self._moved[path] = (*place, chooser)
        return (_ABSENT if value[chooser] is None else value[chooser]), (*place, chooser)

    def _spoiled(self, place: KeyPath, problem: str) -> None:
        self.problems.append(self._document.problem(place, problem))
        self.whole = False

    def _idle(self, key: str) -> str:
        if key in choosers():
            return f"{key} chooses none of the operators here, which are {', '.join(self._names)}"
        close = get_close_matches(key, choosers(), n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"it must be one of {', '.join(choosers())}"
        return f"{key!r} chooses no operator; {hint}"


def _chooser(value: Mapping[str, Any], operator: Operator) -> str | None:
    """The key of a value per operator that the operator takes."""
    return next((key for key in (operator.name, f"{operator.rank}d", OTHERS) if key in value), None)

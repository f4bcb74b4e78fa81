"""A folder of answers that some program computed elsewhere: per trial a tensor file, or a JSON file that says why not.

Knows: what docs/vectors.md asks of such a folder. Must not know: what is expected. Whatever a file holds is an outcome
of its trial; only the folder itself and its answers.json can be unusable.
"""

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.adapters.reply import Answer, CannotSay, Failed, Refused, Reply
from conformance.errors import UsageError
from conformance.files import read_regular
from conformance.vectors.tensors import TensorError, as_dtype, read_tensors

ABOUT = "answers.json"
RESULT = "result"
TENSORS, WORDS = ".safetensors", ".json"
# Characters of a program's words that are kept: they go into the journal and every report.
LONGEST_MESSAGE = 4000
# Bytes of a JSON file
MOST_WORDS = 2**20


@dataclass(frozen=True, slots=True)
class About:
    """What answered, as answers.json tells it; every key may be left out."""

    name: str = ""
    version: str = ""
    language: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)
    content_hash: str = ""
    """of the manifest that was answered; empty where the program did not keep it"""


@dataclass(frozen=True, slots=True)
class Answers:
    """A folder of answers."""

    folder: Path
    about: About

    def reply(self, name: str, dtype: str, most: int) -> Reply | None:
        """What the folder says of the trial whose files have this name; None where it says nothing.

        A file of a result is read as far as the call's result can be long, and no further.
        """
        tensors, words = self.folder / f"{name}{TENSORS}", self.folder / f"{name}{WORDS}"
        match os.path.lexists(tensors), os.path.lexists(words):
            case True, True:
                return Failed(f"two answers: {tensors.name} and {words.name}; expected one of them")
            case True, False:
                return _result(tensors, dtype, most)
            case False, True:
                return _words(words)
            case _:
                return None

    def strangers(self, names: Collection[str]) -> list[str]:
        """Files that look like answers and belong to no trial."""
        found = (path.name for path in self.folder.iterdir() if path.suffix in (TENSORS, WORDS))
        return sorted(name for name in found if name != ABOUT and name.rpartition(".")[0] not in names)


def read_answers(folder: Path) -> Answers:
    """Raises UsageError for no folder, and for an answers.json that cannot be read."""
    if not os.path.isdir(folder):
        raise UsageError(f"{folder}: no such folder of answers")
    path = folder / ABOUT
    return Answers(folder, _about(path) if os.path.lexists(path) else About())


def _about(path: Path) -> About:
    from pydantic import TypeAdapter, ValidationError

    try:
        about: About = TypeAdapter(About).validate_json(read_regular(path, MOST_WORDS))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UsageError("\n".join(f"{path}: {problem.removeprefix(': ')}" for problem in problems)) from error
    return about


def _content(path: Path, most: int) -> bytes | Failed:
    try:
        return read_regular(path, most)
    except OSError as error:
        return Failed(f"{path.name} cannot be read: {error.strerror}")


def _result(path: Path, dtype: str, most: int) -> Reply:
    content = _content(path, most)
    if isinstance(content, Failed):
        return content
    try:
        tensors = read_tensors(content)
    except TensorError as error:
        return Failed(f"{path.name} {error}")
    if set(tensors) != {RESULT}:
        found = ", ".join(repr(name) for name in sorted(tensors)[:5]) or "none"
        return Failed(f"{path.name} holds the tensors {found[:200]}; expected one, {RESULT!r}")
    return Answer(as_dtype(tensors[RESULT], dtype), 0.0)


def _words(path: Path) -> Reply:
    content = _content(path, MOST_WORDS)
    if isinstance(content, Failed):
        return content
    try:
        said: Any = json.loads(content)
    except (ValueError, RecursionError) as problem:
        return Failed(f"{path.name} is not JSON: {problem}")
    match said:
        case {"type": "refusal", "error": str(error), "message": str(message)}:
            return Refused(error[:LONGEST_MESSAGE], message[:LONGEST_MESSAGE])
        case {"type": "unsupported", "reason": str(reason)}:
            return CannotSay(reason[:LONGEST_MESSAGE])
        case {"type": "error", "message": str(message)}:
            return Failed(message[:LONGEST_MESSAGE])
        case _:
            return Failed(f"{path.name} is neither refusal, unsupported nor error: {str(said)[:200]}")

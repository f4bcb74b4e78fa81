"""Trials to a folder of test vectors.

Knows: questions, what bounds their error, the layout. Must not know: answers. Next stage: somebody's program, then
`conformance.vectors.judging`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance import __version__
from conformance.errors import UsageError
from conformance.files import read_regular
from conformance.journal import TrialEntry, content_hash
from conformance.journal.records import trial_entry
from conformance.judging.comparison import allowed_error
from conformance.judging.expectation import required_of
from conformance.judging.expected import Expected
from conformance.judging.question import Question, make_question
from conformance.judging.tolerance import Bound
from conformance.suite.case import RightTrial, Trial, WrongTrial
from conformance.vectors.layout import (
    CHECKSUMS,
    EXPECTED,
    FILE,
    INPUTS,
    KIND,
    MANIFEST,
    MOST_TEXT_BYTES,
    TRIALS,
    Listed,
    Manifest,
    StatedRefusal,
    StatedValues,
    VectorDescription,
    file_name,
    json_text,
)
from conformance.vectors.tensors import write_tensors


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    trials: int
    files: int
    bytes: int


def export(
    trials: Sequence[Trial], selection: Sequence[str], folder: Path, advance: Callable[[], None] = lambda: None
) -> Exported:
    """Write the trials' vectors; `advance` is called after each of them.

    Of a trial of several calls each is a vector of its own. An older export in the folder is replaced. Raises
    UsageError, before anything is written, for no trials and for a folder that holds something else.
    """
    if not trials:
        raise UsageError("no trial is selected: there is nothing to export")
    _check_folder(folder)
    calls = [call for trial in trials for call in trial.each_call()]
    entries = [trial_entry(call) for call in calls]
    listed = tuple(_listed(call) for call in calls)
    manifest = Manifest(__version__, content_hash(entries), tuple(selection), listed)
    # The manifest first and the checksums last: an export that was interrupted is known as such, and can be repeated.
    writing = _Writing(folder)
    try:
        writing.begin(json_text(manifest))
        for call, entry, each in zip(calls, entries, listed, strict=True):
            for path, content in _files(call, entry, each):
                writing.write(path, content)
            advance()
        writing.write_checksums()
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return Exported(len(calls), len(writing.digests), writing.bytes)


class _Writing:
    """A folder of vectors being written."""

    def __init__(self, folder: Path) -> None:
        self.digests: dict[str, str] = {}
        self.bytes = 0
        self._folder = folder

    def begin(self, manifest: bytes) -> None:
        """Write the manifest, make the folders, and remove what an older export left in them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / CHECKSUMS).unlink(missing_ok=True)
        self.write(MANIFEST, manifest)
        for name in (TRIALS, INPUTS, EXPECTED):
            (self._folder / name).mkdir(exist_ok=True)
            for path in (self._folder / name).iterdir():
                if FILE.fullmatch(f"{name}/{path.name}"):
                    path.unlink()

    def write(self, path: str, content: bytes) -> None:
        (self._folder / path).write_bytes(content)
        self.digests[path] = sha256(content).hexdigest()
        self.bytes += len(content)

    def write_checksums(self) -> None:
        """What `sha256sum --check` reads."""
        lines = (f"{digest}  {path}\n" for path, digest in sorted(self.digests.items()))
        self.write(CHECKSUMS, "".join(lines).encode())


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder; name one that is empty or not there yet")
    if any(folder.iterdir()) and not _is_ours(folder / MANIFEST):
        raise UsageError(
            f"{folder}: is not empty and holds no test vectors (no {MANIFEST} of theirs); name a new folder"
        )


def _is_ours(manifest: Path) -> bool:
    try:
        content = json.loads(read_regular(manifest, MOST_TEXT_BYTES))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("kind") == KIND


def _listed(trial: Trial) -> Listed:
    name = file_name(trial.id)
    expected = f"{EXPECTED}/{name}.safetensors" if isinstance(trial, RightTrial) else None
    return Listed(trial.id, name, f"{TRIALS}/{name}.json", f"{INPUTS}/{name}.safetensors", expected)


def _files(trial: Trial, entry: TrialEntry, listed: Listed) -> list[tuple[str, bytes]]:
    question = make_question(trial)
    files = [(listed.inputs, write_tensors(operands(question)))]
    expected = question.expected
    if expected is None or listed.expected is None:
        assert isinstance(trial, WrongTrial)
        said: StatedValues | StatedRefusal = StatedRefusal(trial.expectation.reason, entry.fault or "")
    else:
        bound = _allowed(expected, allowed_error(expected, required_of(trial.call)))
        said = _values(trial, expected, bound)
        arrays = {
            "expected": expected.rounded,
            "reference": expected.values,
            "allowed_error": _written(expected, bound),
            "magnitude": expected.magnitude,
            "taps": expected.taps,
            "products": expected.products,
        }
        files.append((listed.expected, write_tensors(arrays)))
    # Only the file's name and the line: the same bytes wherever the cases lie.
    description = VectorDescription(replace(entry, location=PurePath(entry.location).name), said)
    return [(listed.description, json_text(description)), *files]


def operands(question: Question) -> dict[str, NDArray[Any]]:
    """The arrays of a question by their names."""
    return dict(question.operands)


def _values(trial: Trial, expected: Expected, bound: Bound | None) -> StatedValues:
    return StatedValues(
        dtype=expected.format.name,
        shape=tuple(expected.values.shape),
        rule="bitwise" if bound is None else "bound",
        arithmetic=required_of(trial.call).accumulation,
        elements=expected.values.size,
        free=0 if bound is None else int(np.isinf(_written(expected, bound)).sum()),
        not_finite=int((~np.isfinite(expected.values)).sum()),
        quantum=expected.quantum,
        spatial=expected.spatial,
        strides=expected.strides,
    )


def _allowed(expected: Expected, bound: Bound | None) -> Bound | None:
    """Without limit where nobody defines the element; then the others cannot be said to be bitwise in a word."""
    if expected.undefined is None:
        return bound
    with np.errstate(invalid="ignore"):
        rounding = np.abs(expected.rounded.astype(expected.format.wide) - expected.values)
    return np.where(expected.undefined, np.inf, rounding if bound is None else bound)


def _written(expected: Expected, bound: Bound | None) -> Bound:
    """The allowed error of every element: 0 where it is judged bitwise, and where NaN or an infinity has to come;
    infinite where the sums may overflow, since no number says which infinities are right.
    """
    if bound is None:
        return np.zeros(expected.values.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        allowed = np.where(expected.magnitude + bound > expected.format.largest, np.inf, bound)
    return np.where(np.isfinite(expected.values), allowed, 0.0)

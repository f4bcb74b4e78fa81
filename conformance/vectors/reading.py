"""A folder of test vectors read back: checked whole before any of it is used.

Knows: the layout, checksums, arrays. Must not know: answers. The folder may come from anywhere, and from another
version of the suite: nothing in it is computed again, and nothing in it is taken on trust.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.errors import UsageError
from conformance.files import read_regular
from conformance.judging.expected import Expected
from conformance.judging.tolerance import Bound
from conformance.suite.dtypes import FORMATS
from conformance.vectors.consistency import check_trial, manifest_problems, reference
from conformance.vectors.layout import (
    CHECKSUMS,
    MANIFEST,
    MOST_FILE_BYTES,
    Listed,
    Manifest,
    StatedRefusal,
    VectorDescription,
)
from conformance.vectors.parsing import Unreadable, parse_description, parse_manifest
from conformance.vectors.tensors import TensorError, as_dtype, read_tensors

# Where all files of a folder changed, these say as much as thousands would.
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Vector:
    """One trial of the folder."""

    listed: Listed
    description: VectorDescription


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedAnswer:
    """What is expected of a right call, and how far an answer may be from it; None where it may not be at all."""

    expected: Expected
    allowed: Bound | None


@dataclass(frozen=True, slots=True)
class Vectors:
    """A folder of test vectors whose files are all as they were exported."""

    folder: Path
    manifest: Manifest
    vectors: tuple[Vector, ...]

    def demand(self, vector: Vector) -> ExpectedAnswer | None:
        """What is expected of the trial; None for a call that is wrong on purpose."""
        values, path = vector.description.expected, vector.listed.expected
        if isinstance(values, StatedRefusal) or path is None:
            return None
        arrays = self._arrays(path)
        expected = Expected(
            format=FORMATS[values.dtype],
            values=reference(arrays, values.dtype),
            magnitude_when_asked=lambda: arrays["magnitude"],
            taps=arrays["taps"],
            products=arrays["products"],
            quantum=values.quantum,
            spatial=values.spatial,
            strides=values.strides,
            added=None,
            coarse_magnitude=_never,
        )
        return ExpectedAnswer(expected, None if values.rule == "bitwise" else arrays["allowed_error"])

    def operands(self, vector: Vector) -> dict[str, NDArray[Any]]:
        """The trial's inputs by their names."""
        arrays = self._arrays(vector.listed.inputs)
        return {name: as_dtype(array, vector.description.dtype) for name, array in arrays.items()}

    def _arrays(self, path: str) -> dict[str, NDArray[Any]]:
        return read_tensors(read_regular(self.folder / path, MOST_FILE_BYTES))


def read_vectors(folder: Path) -> Vectors:
    """Read a folder of test vectors and hold every file that it needs against its checksum.

    Raises UsageError with all problems: files that changed, are missing, lie outside or make no sense, and another
    format.
    """
    manifest_bytes = _read(folder / MANIFEST, "`conformance vectors export` writes one")
    path = folder / CHECKSUMS
    content = _read(path, "an export that was interrupted has none; export again")
    lines = content.decode(errors="replace").splitlines()
    pairs = [line.split("  ", 1) for line in lines if line]
    wrong = [line for line, pair in zip(lines, pairs, strict=False) if len(pair) != 2]
    if wrong:
        raise UsageError(
            f"{path}: {wrong[0][:80]!r} is not a line of SHA256SUMS; it must be a digest, two spaces and a path"
        )
    digests = {name: digest for digest, name in pairs}
    try:
        manifest = parse_manifest(manifest_bytes)
    except Unreadable as error:
        raise UsageError(f"{folder / MANIFEST}: {error}") from error
    problems = [*manifest_problems(folder, manifest), *_changed(folder, MANIFEST, manifest_bytes, digests)]
    _complain(problems)
    checking = _Checking(folder, digests)
    vectors = tuple(each for listed in manifest.trials if (each := checking.vector(listed)) is not None)
    _complain(checking.problems)
    return Vectors(folder, manifest, vectors)


class _Checking:
    """The files of a folder, read one after the other, and what is wrong with them."""

    def __init__(self, folder: Path, digests: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._folder = folder
        self._digests = digests

    def vector(self, listed: Listed) -> Vector | None:
        """The trial, if all of its files are as they were exported and say what they have to."""
        contents = [self._content(path) for path in (listed.description, listed.inputs, listed.expected) if path]
        if any(content is None for content in contents):
            return None
        description, inputs, *expected = [content for content in contents if content is not None]
        try:
            vector = Vector(listed, parse_description(description))
            tensors = [read_tensors(each) for each in expected]
            check_trial(listed.id, vector.description, read_tensors(inputs), tensors[0] if tensors else None)
        except (Unreadable, TensorError) as error:
            self.problems.append(f"{self._folder}: {listed.id}: {error}")
            return None
        return vector

    def _content(self, path: str) -> bytes | None:
        place = self._folder / path
        try:
            content = read_regular(place, MOST_FILE_BYTES)
        except OSError as error:
            self.problems.append(f"{place}: {error.strerror}")
            return None
        changed = list(_changed(self._folder, path, content, self._digests))
        self.problems += changed
        return None if changed else content


def _complain(problems: list[str]) -> None:
    if problems:
        more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        raise UsageError("\n".join([*problems[:MOST_PROBLEMS], *more]))


def _read(path: Path, hint: str) -> bytes:
    if not os.path.isdir(path.parent):
        raise UsageError(f"{path.parent}: no such folder of test vectors")
    try:
        return read_regular(path, MOST_FILE_BYTES)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; {hint}") from error


def _changed(folder: Path, path: str, content: bytes, digests: Mapping[str, str]) -> Iterator[str]:
    if path not in digests:
        yield f"{folder / path}: {CHECKSUMS} has no line for it"
    elif sha256(content).hexdigest() != digests[path]:
        yield f"{folder / path}: changed since the export: its SHA-256 is not the one in {CHECKSUMS}"


def _never() -> NDArray[np.float64]:
    raise AssertionError("only the bound of declared fast algorithms asks for it, and no answer declares one")

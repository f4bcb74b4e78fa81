"""The layout of a folder of test vectors, and what its JSON files say. docs/vectors.md is this page for people.

Knows: names of files and their keys. Must not know: how they are written (`conformance.vectors.exporting`) or read
(`conformance.vectors.reading`).
"""

import json
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from conformance.journal import TrialEntry
from conformance.judging.arithmetic import Accumulation

FORMAT = 1
KIND: Literal["nn-conformance test vectors"] = "nn-conformance test vectors"
MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
TRIALS, INPUTS, EXPECTED = "trials", "inputs", "expected"

# Of a trial's files: lower case, since some systems do not tell cases apart, and no word that a system reserves
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
FILE = re.compile(rf"({TRIALS}|{INPUTS}|{EXPECTED})/{NAME.pattern}\.(json|safetensors)")

# Of each file: tensors and their header, as of a frame
MOST_FILE_BYTES = 2**31 + 2**24
# Of the manifest, where a folder is only looked at
MOST_TEXT_BYTES = 2**26

# With digest and ending below 143 bytes, the shortest limit of a file name that is in use (eCryptfs).
LONGEST_SLUG = 60
# 48 bits: names of ids that begin alike differ in them.
DIGEST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Listed:
    """One trial in the manifest: its id, its name among files, and its files, relative to the folder."""

    id: str
    name: str
    description: str
    inputs: str
    expected: str | None
    """None for a call that is wrong on purpose"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of test vectors holds."""

    suite_version: str
    content_hash: str
    """as in a journal: digest of the trials"""
    selection: tuple[str, ...]
    """the words of the export's command line; none for the whole corpus"""
    trials: tuple[Listed, ...]
    kind: Literal["nn-conformance test vectors"] = KIND
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class StatedValues:
    """What is expected of a right call; the numbers themselves are in the file `expected`."""

    dtype: str
    shape: tuple[int, ...]
    rule: Literal["bitwise", "bound"]
    arithmetic: Accumulation
    """where the sums may be kept: the weakest profile that the dtype requires"""
    elements: int
    free: int
    """elements of which nothing is demanded, because their allowed error is infinite"""
    not_finite: int
    """elements that have to be NaN or the infinity that is expected"""
    quantum: float | None
    """every product is a whole multiple of this; None for real numbers"""
    spatial: tuple[int, ...]
    strides: tuple[int, ...]
    """of the spatial axes of the result"""
    what: Literal["values"] = "values"


@dataclass(frozen=True, slots=True)
class StatedRefusal:
    """What is expected of a wrong call."""

    reason: str
    """of the closed list"""
    message: str
    """the reference's own words"""
    what: Literal["refusal"] = "refusal"


Expectation: TypeAlias = StatedValues | StatedRefusal


@dataclass(frozen=True, slots=True)
class VectorDescription:
    """One trial: as journals tell it, and what is expected."""

    trial: TrialEntry
    expected: Expectation
    format: int = FORMAT

    @property
    def dtype(self) -> str:
        """Of the operands."""
        return str(self.trial.arguments.get("dtype", ""))


def file_name(trial_id: str) -> str:
    """A name that every file system takes, of an id that holds / [ ] = : and capitals; a digest keeps names apart."""
    slug = re.sub(r"[^a-z0-9]+", "-", trial_id.rpartition("/")[2].lower()).strip("-")[:LONGEST_SLUG].strip("-")
    digest = sha256(trial_id.encode()).hexdigest()[:DIGEST_DIGITS]
    return f"{slug}-{digest}" if slug else digest


def json_text(content: Manifest | VectorDescription) -> bytes:
    """A JSON file's bytes: the same for the same content, and a line for each thing that it says."""
    written: dict[str, Any] = asdict(content)
    first = {key: written.pop(key) for key in ("kind", "format") if key in written}
    return f"{_spread({**first, **written}, depth=2, margin='')}\n".encode()


def _spread(value: Any, depth: int, margin: str) -> str:
    """JSON whose outer objects, and lists of objects, take a line for each entry."""
    inner = f"{margin} "
    if depth and isinstance(value, dict) and value:
        entries = [f"{_compact(key)}: {_spread(each, depth - 1, inner)}" for key, each in value.items()]
        return _block("{}", entries, margin, inner)
    if depth and isinstance(value, tuple) and value and isinstance(value[0], dict):
        return _block("[]", [_compact(each) for each in value], margin, inner)
    return _compact(value)


def _block(brackets: str, entries: list[str], margin: str, inner: str) -> str:
    lines = f",\n{inner}".join(entries)
    return f"{brackets[0]}\n{inner}{lines}\n{margin}{brackets[1]}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

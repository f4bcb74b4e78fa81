"""The journal of a run: JSON lines, append-only. Every report is a function of journals alone.

A journal is a header, then trials, lanes, records and conventions in the order in which they came to be, and a
footer; one without a footer was interrupted. A last line that is cut off is one that was being written.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Annotated, Any, Literal, Self, TypeAlias

from conformance.errors import IncompleteError, JournalError
from conformance.files import read_regular
from conformance.judging.verdict import Metrics, Waived

FORMAT = 1

VECTORS = "vectors"
"""flag in the header of a journal that `conformance judge` wrote, of answers that no lane was asked for"""


@dataclass(frozen=True, slots=True)
class Header:
    """What was run, where, with what."""

    suite_version: str
    content_hash: str
    """digest of the selected trials: two journals with the same hash asked the same questions"""
    started: str
    command: tuple[str, ...]
    machine: Mapping[str, str]
    flags: Mapping[str, str]
    lanes: tuple[str, ...]
    selection: tuple[str, ...]
    trials: int
    shard: str = ""
    """I/N for the I-th of N parts of the selection; empty for all of it"""
    costs: str = ""
    """digest of the costs by which the selection was cut into shards"""
    named_lanes: bool = True
    """the user named the lanes; otherwise they are what is installed"""
    format: int = FORMAT
    kind: Literal["header"] = "header"


@dataclass(frozen=True, slots=True)
class TrialEntry:
    """One trial as it was asked, in every lane."""

    id: str
    operator: str
    arguments: Mapping[str, Any]
    """value, filter, output_shape, strides, padding, data_format, dilations, dtype, as the author spelled them, and
    what else is not the default
    """
    inputs: str
    expectation: str
    """reference, values, checksum, or refusal: and its reason"""
    why: str
    url: str | None
    location: str
    axes: tuple[Mapping[str, int], ...]
    """per spatial axis: input, kernel, stride, dilation, crop_before, crop_after, output; empty for a wrong call"""
    fault: str | None
    """what is wrong with the call, in the reference's words; None for a right one"""
    written: str | None = None
    """digest of what the case writes out: literal inputs, recorded values or checksum"""
    kind: Literal["trial"] = "trial"


@dataclass(frozen=True, slots=True)
class LaneEntry:
    """What answered behind a lane, or why nothing did."""

    lane: str
    status: Literal["ready", "missing", "failed"]
    framework: str
    version: str
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    """for a lane that is not ready: why, and what to do"""
    traceback: str = ""
    """of what failed at its start"""
    kind: Literal["lane"] = "lane"


@dataclass(frozen=True, slots=True)
class Record:
    """One trial in one lane."""

    trial: str
    lane: str
    outcome: str
    conforms: bool
    """as expected; a waived nonconformance does not conform"""
    detail: str
    """one sentence for the user"""
    native: bool | None
    """None when there is no plan"""
    plan: tuple[str, ...]
    notes: tuple[str, ...]
    observed_shape: tuple[int, ...] | None
    observed_dtype: str | None
    flags: tuple[str, ...]
    """mistrusted, free, shape_only, flushed, not_repeatable, unprobed, undeclared: `conformance.report.flags` says what
    each means"""
    seconds: float | None
    """that the call took; None without an answer"""
    accumulation: str | None = None
    """where the lane keeps the sums of this call, as measured: classical, wide, tap, native"""
    digest: str | None = None
    """of the answer's bytes: sha256 over its little-endian elements, row-major"""
    diagnosis: tuple[str, ...] = ()
    """what a wrong answer behaves like: every explanation that this data cannot tell from the others"""
    metrics: Metrics | None = None
    waived: Waived | None = None
    traceback: str | None = None
    """of what failed where nothing was answered, the end of it"""
    elapsed: float | None = None
    """seconds from the question to the verdict: what the trial cost in this lane; its oracle costs the lane that asked
    first"""
    kind: Literal["record"] = "record"


@dataclass(frozen=True, slots=True)
class Picture:
    """Which input and which weight one answer shows at each of its elements, beside the reference's of its length."""

    offset: tuple[int, int] | None
    """pixels on height and width: what the reference has at p stands at p + offset; None where no formula fits"""
    departures: tuple[str, ...] = ()
    """what else is other than the reference's, in words"""

    @property
    def same(self) -> bool:
        """Whether it is the reference's on every axis."""
        return self.offset == (0, 0) and not self.departures


@dataclass(frozen=True, slots=True)
class Convention:
    """The output lengths that came back for words without geometry."""

    lane: str
    word: str
    length: int
    kernel: int
    stride: int
    dilation: int
    outputs: tuple[int, ...]
    """every output length that the framework gave or accepted; empty when it refused or cannot be asked"""
    chosen: bool
    """the caller names the output length, and these were accepted"""
    message: str
    plan: tuple[str, ...]
    variant: str = ""
    """another way to say the words: a default of the framework's, or folklore; empty for its own plain way"""
    crops: tuple[int | None, ...] = ()
    """crop_before on height of each output length, as measured; None where no product shows it"""
    flipped: bool | None = None
    """the kernel is applied back to front; None where one tap cannot tell"""
    pictures: tuple[Picture, ...] = ()
    """of each output length; empty in journals older than the comparison with the reference"""
    defined: tuple[int, ...] = ()
    """the output lengths that the definition has for the words, of SAME where no padding is named"""
    kind: Literal["convention"] = "convention"


@dataclass(frozen=True, slots=True)
class ConventionFact:
    """One measured fact about a framework's words, beside the formula that the suite holds."""

    lane: str
    topic: str
    name: str
    """the words that it is about"""
    measured: str
    formula: str
    agrees: bool | None
    """None where the framework has no such words (`measured` is empty then), or where nothing was asked or answered"""
    checked: int
    """how many were answered or tried, of what `unit` says"""
    unit: str = "geometries"
    differing: int = 0
    unanswered: int = 0
    """geometries to which the formula gives a meaning, and the framework no answer"""
    smallest: str = ""
    """the smallest of the differing ones, both sides of it"""
    notes: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    """one call, as a plan's lines"""
    kind: Literal["convention_fact"] = "convention_fact"


@dataclass(frozen=True, slots=True)
class Grade:
    """How wide a lane's accumulators are, and whether it flushes subnormal numbers; told, not judged."""

    lane: str
    dtype: str
    padding: str
    """the form that the calls had: SAME, or explicit"""
    channel_bits: int | None
    """significand bits of sums over channels; None where not even the smallest term survived"""
    tap_bits: int | None
    """the same of sums over taps"""
    flushes: bool | None
    """None where no probe tells"""
    kind: Literal["grade"] = "grade"


@dataclass(frozen=True, slots=True)
class Footer:
    """How the run ended."""

    finished: str
    complete: bool
    problems: tuple[str, ...]
    """stale, expired and unexplained waivers, which fail the run"""
    incomplete: tuple[str, ...]
    """why the run could not judge all that it was asked to"""
    interrupted: bool = False
    """--resume would go on; otherwise it could only fail again"""
    notes: tuple[str, ...] = ()
    """what a reader should know and nothing fails by: waivers that speak of other versions"""
    kind: Literal["footer"] = "footer"


Entry: TypeAlias = Header | TrialEntry | LaneEntry | Record | Convention | ConventionFact | Grade | Footer


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal read back."""

    path: Path
    header: Header
    trials: Mapping[str, TrialEntry]
    lanes: Mapping[str, LaneEntry]
    records: tuple[Record, ...]
    """sorted by trial in the journal's order, then by lane in the header's"""
    conventions: tuple[Convention, ...]
    footer: Footer | None
    """None for a run that was interrupted before it could say so"""
    facts: tuple[ConventionFact, ...] = ()
    """what was measured about frameworks' words, in the order in which it was"""
    grades: tuple[Grade, ...] = ()


class JournalWriter:
    """Appends entries, from any thread, each as one whole line or not at all."""

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        """Open a new journal, or, to resume, an old one without the last line's torn end."""
        self._lock = Lock()
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if resume:
            _drop_torn_line(path)
        # Unbuffered: a buffer that cannot be written now would be written later, behind other lines.
        self._stream = path.open("ab" if resume else "wb", buffering=0)
        self._broken: IncompleteError | None = None

    def write(self, entry: Entry) -> None:
        """Append the entry. Raises IncompleteError where the disk does not take it, and from then on."""
        text = json.dumps(entry, default=_members, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        line = text.encode(errors="replace") + b"\n"
        with self._lock:
            if self._broken is not None:
                raise self._broken
            try:
                self._append(line)
            except OSError as error:
                self._broken = IncompleteError(
                    f"{self._path}: cannot be written: {error.strerror}; what it holds stays: once there is room, "
                    "the same command with --resume goes on"
                )
                raise self._broken from error

    def _append(self, line: bytes) -> None:
        before = self._stream.tell()
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._stream.truncate(before)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


def _members(entry: Any) -> dict[str, Any]:
    """A dataclass as JSON has it: one level, of which the encoder asks for the next; nothing is copied."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def is_blank(path: Path) -> bool:
    """Whether the file is there and holds no whole line: a run was killed before it had written one."""
    return path.is_file() and b"\n" not in read_regular(path)


def read_journal(path: Path) -> Journal:
    """Read a journal, finished or not.

    Raises JournalError for a file that is none, with the line that cannot be read.
    """
    reading = _Reading(path)
    for number, line in enumerate(_whole_lines(path), start=1):
        reading.take(number, line)
    return reading.finished()


class _Reading:
    """The entries of a journal read so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._header: Header | None = None
        self._footer: Footer | None = None
        self._trials: dict[str, TrialEntry] = {}
        self._lanes: dict[str, LaneEntry] = {}
        self._records: dict[tuple[str, str], Record] = {}
        self._conventions: dict[tuple[object, ...], Convention] = {}
        self._facts: dict[tuple[str, str, str], ConventionFact] = {}
        self._grades: dict[tuple[str, str, str], Grade] = {}

    def take(self, number: int, line: bytes) -> None:
        entry = self._entry(number, line)
        self._footer = None  # what follows a footer is a run that went on
        match entry:
            case Header():
                self._header = entry
            case TrialEntry():
                self._trials[entry.id] = entry
            case LaneEntry():
                self._lanes[entry.lane] = entry
            case Record():
                if (entry.trial, entry.lane) in self._records:
                    raise JournalError(f"{self._path}:{number}: a second record of {entry.trial} in {entry.lane}")
                self._records[entry.trial, entry.lane] = entry
            case Convention():
                key = (entry.lane, entry.word, entry.length, entry.kernel, entry.stride, entry.dilation, entry.variant)
                self._conventions[key] = entry
            case ConventionFact():
                self._facts[entry.lane, entry.topic, entry.name] = entry
            case Grade():
                self._grades[entry.lane, entry.dtype, entry.padding] = entry
            case Footer():
                self._footer = entry

    def finished(self) -> Journal:
        header = self._header
        if header is None:
            raise JournalError(f"{self._path}: no header line; a journal is what `conformance run` writes")
        if header.format != FORMAT:
            raise JournalError(f"{self._path}: journal format {header.format}; this version reads {FORMAT}")
        trials = {trial: place for place, trial in enumerate(self._trials)}
        lanes = {lane: place for place, lane in enumerate(header.lanes)}
        records = sorted(
            self._records.values(), key=lambda record: (trials.get(record.trial, -1), lanes.get(record.lane, -1))
        )
        conventions = tuple(self._conventions.values())
        return Journal(
            self._path,
            header,
            self._trials,
            self._lanes,
            tuple(records),
            conventions,
            self._footer,
            tuple(self._facts.values()),
            tuple(self._grades.values()),
        )

    def _entry(self, number: int, line: bytes) -> Entry:
        from pydantic import ValidationError

        try:
            entry: Entry = _entries().validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise JournalError(f"{self._path}:{number}: not a journal entry: {where}: {first['msg']}") from error
        return entry


def _whole_lines(path: Path) -> list[bytes]:
    try:
        content = read_regular(path)
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error
    return content[: content.rfind(b"\n") + 1].splitlines()


def _drop_torn_line(path: Path) -> None:
    content = read_regular(path)
    with path.open("r+b") as stream:
        stream.truncate(content.rfind(b"\n") + 1)


@cache
def _entries() -> Any:
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Entry, Field(discriminator="kind")])

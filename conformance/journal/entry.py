"""What a journal holds: a header, then trials, lanes, records and what was measured, in the order in which they came to
be, and a footer.

Knows: the entries. Must not know: lines and files. A field that a later version adds has a default, so that journals
without it are read.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeAlias

from conformance.judging.overlay import Overlay
from conformance.judging.verdict import Metrics, Waived
from conformance.operators.kind import Facts, FactValue

FORMAT = 3
"""3: plans are written once, in lines of their own; 2: each line ends with a checksum; 1: none does"""

# Hexadecimal digits by which records name a plan: 64 bits, by which no two of a million meet.
PLAN_DIGITS = 16

VECTORS = "vectors"
"""flag in the header of a journal that `conformance judge` wrote, of answers that no lane was asked for"""

# Hexadecimal digits by which the header of each shard names all shards: 64 bits, by which no two of them meet.
PART_DIGITS = 16

# What a trial's entry says of each spatial axis, and also of one along which windows move; whatever else its operator
# has.
AXIS = frozenset({"input", "output"})
WINDOW = frozenset({"kernel", "stride", "dilation"})

# What of a trial's entry follows from the rest: digests of what is asked leave it out, so that they stay the same.
FOLLOWING = frozenset({"refusal", "refusal_about", "products", "own_axes", "facts"})

REFUSAL = "refusal: "
"""how the expectation of a wrong call begins; the reason follows"""


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
    tier: str = "full"
    """of the selection, what was asked: quick, standard or full"""
    shard: str = ""
    """I/N for the I-th of N parts of the selection; empty for all of it"""
    costs: str = ""
    """digest of the costs by which the selection was cut into shards"""
    named_lanes: bool = True
    """the user named the lanes; otherwise they are what is installed"""
    parts: tuple[str, ...] = ()
    """of all shards, in their order, the digest of what each asks (`part_hash`); empty without shards"""
    missing: Mapping[str, str] = field(default_factory=dict)
    """lanes that would have been asked if their frameworks were installed, each with what to do about it"""
    required: tuple[str, ...] = ()
    """lanes that must have judged something for the run to be complete"""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """of lanes with a label, how the command line named them: `old` -> `old=python:./venv:jax`"""
    format: int = FORMAT
    kind: Literal["header"] = "header"

    def spelling(self, lane: str) -> str:
        """What a command line takes for the lane."""
        return self.spellings.get(lane, lane)


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
    """per spatial axis: input, kernel, stride, dilation, crop_before, crop_after, output, of a forward convolution
    those of its adjoint (docs/protocol.md); empty for a wrong call"""
    fault: str | None
    """what is wrong with the call, in the reference's words; None for a right one"""
    written: str | None = None
    """digest of what the case writes out: literal inputs, recorded values or checksum"""
    refusal: str | None = None
    """the reason for which a wrong call has to be refused; None where a result is expected"""
    refusal_about: str | None = None
    """which part of what the reason names is wrong: batch, channels or length of an output_shape; None where the reason
    says all, and in journals of older versions"""
    products: int | None = None
    """K, the most products that one element of what is computed sums; None where nothing is summed, and in journals of
    older versions"""
    own_axes: tuple[Mapping[str, int], ...] = ()
    """the axes in the operator's own names, of a forward convolution input, kernel, stride, dilation, pad_before,
    pad_after, output; empty where `axes` has them already"""
    facts: Mapping[str, FactValue] | None = None
    """what the operator's kind says of the call by name, without what is not so; None where an older version wrote the
    journal of a kind that is not installed"""
    kind: Literal["trial"] = "trial"

    def __post_init__(self) -> None:
        """Journals of older versions have the reason in `expectation` alone."""
        if self.refusal is None and self.expectation.startswith(REFUSAL):
            object.__setattr__(self, "refusal", self.expectation.removeprefix(REFUSAL))

    def question(self) -> dict[str, Any]:
        """All that is asked, wherever its file lies: without what follows from the rest."""
        return {name: getattr(self, name) for name in self.__slots__ if name not in FOLLOWING} | {"location": ""}

    def all_facts(self) -> Facts:
        """What is known of the trial by name, as of `conformance.operators.facts.facts`; what it lacks is left out."""
        return {
            "operator": self.operator,
            "direction": self.arguments.get("direction", "forward"),
            "dtype": self.arguments.get("dtype"),
            **(self.facts or {}),
            "refusal": self.refusal,
            "refusal_about": self.refusal_about,
            "inputs": self.inputs,
        }


@dataclass(frozen=True, slots=True)
class LaneEntry:
    """What answered for a lane, or why nothing did."""

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
    runs_on: Mapping[str, str] = field(default_factory=dict)
    """the lanes whose functions compute in the end, with their versions: their waivers hold"""
    kind: Literal["lane"] = "lane"


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """How a call was put to lanes, with the notes on it: what several records share, written before the first."""

    id: str
    """`plan_id` of what follows"""
    plan: tuple[str, ...]
    notes: tuple[str, ...] = ()
    kind: Literal["plan"] = "plan"


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
    native: bool | None = None
    """None when there is no plan"""
    plan: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    observed_shape: tuple[int, ...] | None = None
    observed_dtype: str | None = None
    flags: tuple[str, ...] = ()
    """mistrusted, free, shape_only, flushed, not_repeatable, unprobed, undeclared: `conformance.report.flags` says what
    each means"""
    seconds: float | None = None
    """that the call took; None without an answer"""
    accumulation: str | None = None
    """where the lane keeps the sums of this call, as measured: classical, wide, tap, native"""
    digest: str | None = None
    """of the answer's bytes: sha256 over its little-endian elements, row-major"""
    diagnosis: tuple[str, ...] = ()
    """what a wrong answer behaves like: every explanation that this data cannot tell from the others"""
    overlay: Overlay | None = None
    """one of them, held against the answer: what the call would answer then"""
    metrics: Metrics | None = None
    waived: Waived | None = None
    traceback: str | None = None
    """of what failed where nothing was answered, the end of it"""
    elapsed: float | None = None
    """seconds from the question to the verdict: what the trial cost in this lane; its oracle costs the lane that asked
    first"""
    plan_id: str = ""
    """in a journal's file, where plan and notes are left out: the id of the plan entry that has them"""
    kind: Literal["record"] = "record"


@dataclass(frozen=True, slots=True)
class Picture:
    """Which input and which weight one answer shows at each of its elements, beside the reference's of its length."""

    offset: tuple[int, ...] | None
    """pixels on each spatial axis, of a forward convolution those of its value: what the reference has at p stands at
    p + offset; None where no formula fits"""
    departures: tuple[str, ...] = ()
    """what else is other than the reference's, in words"""
    flipped: bool = False
    """one of them is that the kernel lies back to front, on some axis"""

    @property
    def same(self) -> bool:
        """Whether it is the reference's on every axis."""
        return self.offset is not None and not any(self.offset) and not self.departures


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
    operator: str = "conv2d_transpose"
    """whose words they are; of a gradient `value_gradient of conv1d`"""
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
    operator: str = "conv2d_transpose"
    """whose words they are; of a gradient `value_gradient of conv1d`"""
    kind: Literal["convention_fact"] = "convention_fact"


@dataclass(frozen=True, slots=True)
class Grade:
    """How wide a lane's accumulators are, and whether it flushes subnormal numbers; reported, not judged."""

    lane: str
    dtype: str
    padding: str
    """the form that the calls had: SAME, or explicit"""
    channel_bits: int | None
    """significand bits of sums over channels; 0 where not even the smallest term survived, None where the lane did not
    answer or nothing is summed"""
    tap_bits: int | None
    """the same of sums over taps"""
    flushes: bool | None
    """None where no probe tells"""
    operator: str = "conv2d_transpose"
    """that was asked: the first for which the lane has words"""
    direction: str = "forward"
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
    asked: Mapping[str, int] | None = None
    """of each lane, how many trials were its share: all of them, or its sample; None in journals of older versions"""
    kind: Literal["footer"] = "footer"


Entry: TypeAlias = Header | TrialEntry | LaneEntry | PlanEntry | Record | Convention | ConventionFact | Grade | Footer


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


def content_hash(entries: Iterable[TrialEntry]) -> str:
    """Digest of what is asked: equal for the same trials in any order, wherever their files lie."""
    digest = sha256()
    for entry in sorted(entries, key=lambda entry: entry.id):
        digest.update(json.dumps(entry.question(), sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def plan_id(plan: tuple[str, ...], notes: tuple[str, ...]) -> str:
    """By which records name a plan and its notes: digest of both."""
    return sha256(json.dumps((plan, notes)).encode()).hexdigest()[:PLAN_DIGITS]


def part_hash(content: str) -> str:
    """How the headers of all shards name the one of this content hash."""
    return content[:PART_DIGITS]

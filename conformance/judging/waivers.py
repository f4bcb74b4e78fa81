"""Waivers: known deviations, written down with a reason, and strict.

A waiver names records by lane, id pattern and facts of the call. Every record that it names must show the outcome that
it excuses: one that conforms makes the waiver stale, and so does naming nothing at all; both fail the run.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from conformance.errors import CaseFileError
from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.suite.case import Call, Refusal, Trial
from conformance.suite.corpus import pattern
from conformance.suite.document import Document, read_document
from reference.geometry import Axis

CATEGORIES = ("bug", "unsupported", "permanent")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of a waiver file."""

    lanes: tuple[str, ...]
    """patterns of lanes"""
    trial: str
    """pattern of trial ids"""
    where: Mapping[str, tuple[Any, ...]]
    """fact of the call -> the values that it may have; `facts` lists them"""
    outcome: Outcome
    waived: Waived
    location: str

    def speaks_of(self, lane: str) -> bool:
        """Whether the waiver is about this lane on this machine at all."""
        here = machine_facts()
        if any(here[name] not in accepted for name, accepted in self.where.items() if name in here):
            return False
        return any(pattern(each).fullmatch(lane) for each in self.lanes)

    def names(self, trial: Trial, lane: str) -> bool:
        """Whether the record of this trial in this lane is one that the waiver speaks of."""
        if not self.speaks_of(lane) or not pattern(self.trial).fullmatch(trial.id):
            return False
        known = {**facts(trial), **machine_facts()}
        return all(known[name] in accepted for name, accepted in self.where.items())


FACTS = (
    "operator",
    "direction",
    "dtype",
    "data_format",
    "channels_first",
    "padding",
    "strided",
    "unequal_strides",
    "dilated",
    "grouped",
    "bias",
    "empty",
    "refusal",
    "inputs",
    "float16_instructions",
    "amx",
)
"""of the call, and of the machine where a library's choices hang on it"""


def facts(trial: Trial) -> dict[str, Any]:
    """What a waiver's `where` may ask about a trial."""
    call = trial.call
    strides = {axis.stride for axis in _axes(call)}
    return {
        "operator": call.operator,
        "direction": call.direction,
        "dtype": call.dtype,
        "data_format": call.data_format or call.definition.data_formats[0],
        "channels_first": call.data_format == call.definition.data_formats[1],
        "padding": call.padding if isinstance(call.padding, str) else "EXPLICIT",
        "strided": any(stride > 1 for stride in strides),
        "unequal_strides": len(strides) > 1,
        "dilated": any(axis.dilation > 1 for axis in _axes(call)),
        "grouped": call.groups > 1,
        "bias": call.bias,
        "empty": call.geometry is not None and 0 in (*call.value_shape, *call.output_shape),
        "refusal": trial.expectation.reason if isinstance(trial.expectation, Refusal) else None,
        "inputs": getattr(trial.inputs, "generator", "literal"),
    }


def machine_facts() -> dict[str, Any]:
    """What a waiver's `where` may ask about the machine: libraries choose their kernels by the processor."""
    flags = _processor_flags()
    return {"float16_instructions": "avx512_fp16" in flags, "amx": "amx_bf16" in flags}


def _axes(call: Call) -> Sequence[Axis]:
    return call.geometry.axes if call.geometry is not None else ()


@cache
def _processor_flags() -> frozenset[str]:
    """What this machine's processor can do, as Linux names it; nothing elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2] for line in lines if line.startswith("flags")), "").split())


@dataclass
class WaiverBook:
    """The waivers of a run and what they have met; used from one thread at a time."""

    waivers: Sequence[Waiver]
    _met: Counter[int] = field(default_factory=Counter)
    _stale: dict[int, str] = field(default_factory=dict)

    def excuse(self, trial: Trial, lane: str, verdict: Verdict) -> Waived | None:
        """The waiver of a record, if it has one; remembers which waivers were met and which proved stale."""
        excused = None
        for number, waiver in enumerate(self.waivers):
            if verdict.outcome is Outcome.UNSUPPORTED or not waiver.names(trial, lane):
                continue
            self._met[number] += 1
            if verdict.conforms:
                self._stale.setdefault(number, f"{trial.id} in {lane} conforms ({verdict.outcome})")
            elif verdict.outcome is waiver.outcome and excused is None:
                excused = waiver.waived
        return excused

    def problems(self, complete_lanes: Iterable[str]) -> list[str]:
        """Stale waivers; those that met nothing only where the whole corpus ran in a lane that they speak of."""
        complete_lanes = tuple(complete_lanes)
        problems = []
        for number, waiver in enumerate(self.waivers):
            asked = any(waiver.speaks_of(lane) for lane in complete_lanes)
            if number in self._stale:
                problems.append(f"{waiver.location}: waiver no longer needed: {self._stale[number]}")
            elif asked and not self._met[number]:
                problems.append(f"{waiver.location}: waiver matches nothing: {' '.join(waiver.lanes)} {waiver.trial}")
        return problems


def read_waivers(paths: Iterable[Path]) -> list[Waiver]:
    """Every waiver of the files; raises CaseFileError with all their problems."""
    waivers: list[Waiver] = []
    problems: list[str] = []
    for path in paths:
        try:
            document = read_document(path)
        except CaseFileError as error:
            problems += error.problems
            continue
        found, wrong = _read(document)
        waivers += found
        problems += wrong
    if problems:
        raise CaseFileError(problems)
    return waivers


def _read(document: Document) -> tuple[list[Waiver], list[str]]:
    entries = document.content.get("waivers") if isinstance(document.content, dict) else None
    if not isinstance(entries, list):
        return [], [document.problem((), "a waiver file is a mapping with one key, waivers: a list")]
    waivers, problems = [], []
    for index, entry in enumerate(entries):
        wrong = [document.problem(("waivers", index), message) for message in _entry_problems(entry)]
        problems += wrong
        if not wrong and isinstance(entry, dict):
            waivers.append(_waiver(entry, document.locate(("waivers", index))))
    return waivers, problems


def _entry_problems(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["a waiver is a mapping"]
    required, optional = ("lane", "trial", "class", "outcome", "reason"), ("url", "where")
    texts = {**entry, "lane": entry["lane"][0]} if _is_list_of_text(entry.get("lane")) else entry
    problems = [f"missing: {key}" for key in required if not isinstance(texts.get(key), str) or not texts[key].strip()]
    problems += [f"unknown key {key!r}; accepted: {', '.join(required + optional)}" for key in entry
                 if key not in required + optional]  # fmt: skip
    if entry.get("class") not in (None, *CATEGORIES):
        problems.append(f"class {entry['class']!r}; accepted: {', '.join(CATEGORIES)}")
    if entry.get("outcome") not in (None, *map(str, Outcome)):
        problems.append(f"outcome {entry['outcome']!r}; accepted: {', '.join(Outcome)}")
    where = entry.get("where", {})
    if not isinstance(where, dict) or any(key not in FACTS for key in where):
        problems.append(f"where {where!r}; accepted are facts of the call: {', '.join(FACTS)}")
    return problems


def _is_list_of_text(written: Any) -> bool:
    return isinstance(written, list) and bool(written) and all(isinstance(each, str) and each for each in written)


def _waiver(entry: Mapping[str, Any], location: str) -> Waiver:
    where = {
        name: tuple(accepted) if isinstance(accepted, list) else (accepted,)
        for name, accepted in entry.get("where", {}).items()
    }
    waived = Waived(entry["class"], entry["reason"].strip(), entry.get("url"))
    lanes = tuple(entry["lane"]) if isinstance(entry["lane"], list) else (entry["lane"],)
    return Waiver(lanes, entry["trial"], where, Outcome(entry["outcome"]), waived, location)

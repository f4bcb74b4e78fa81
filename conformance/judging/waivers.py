"""Waivers: known deviations, written down with a reason, and strict.

A waiver names records by lane, id pattern, facts of the call and versions. Every record that it names must show the
outcome that it excuses: one that conforms makes the waiver stale, unless it says `sometimes` or gives an explanation,
which no right answer has, and so does naming nothing at all; both fail the run, as do an entry that has expired and one
whose reason nobody has filled in. For versions outside its range a waiver says nothing: it is neither applied nor
stale.

A lane that runs on another one, as its description says, has what is waived of that one in the version that is
installed: where the other computes, its deviations show. Such a waiver excuses and demands nothing: a layer may well go
around what is wrong below.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from conformance.errors import CaseFileError
from conformance.judging.explanation import explanations
from conformance.judging.verdict import Outcome, Waived
from conformance.judging.versions import LaneVersions
from conformance.judging.waiver import PLACEHOLDER, Judged, Waiver, entry_problems, make_waiver
from conformance.operators.facts import facts
from conformance.suite.case import Trial
from conformance.suite.covering import cover
from conformance.suite.document import Document, read_document
from conformance.suite.wildcard import can_begin

__all__ = ["Waiver", "WaiverBook", "read_waivers", "state_problem", "today", "waivers_of"]


def today() -> date:
    """The day by which waivers expire, the same everywhere: in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class _Described:
    """What waivers say of one trial, whatever the lane."""

    waivers: tuple[int, ...]
    """the numbers of those whose pattern and facts are the trial's"""
    exceptions: tuple[tuple[int, str], ...]
    """numbers of waivers, and those of their exceptions of which the trial is one"""


@dataclass
class WaiverBook:
    """The waivers of a run and what they have met; used from one thread at a time."""

    waivers: Sequence[Waiver]
    today: date = field(default_factory=today)
    _behind: dict[str, LaneVersions] = field(default_factory=dict)
    _runs_on: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """by lane, the lanes that compute for it, with their versions"""
    _below: dict[str, Mapping[int, str]] = field(default_factory=dict)
    """by lane, the numbers of the waivers that speak of what computes for it, with its name and version"""
    _met: Counter[int] = field(default_factory=Counter)
    _conforming: dict[int, list[tuple[str, str, str]]] = field(default_factory=dict)
    """trial, lane and outcome of records that conform, by the number of the waiver that names them"""
    _needing: dict[int, list[tuple[str, str, tuple[str, ...]]]] = field(default_factory=dict)
    """trial, lane and explanations of those that it excuses"""
    _excepted: set[tuple[int, str]] = field(default_factory=set)
    """exceptions that were met, by the number of their waiver"""
    _speaking: dict[str, Set[int]] = field(default_factory=dict)
    """by lane, the numbers of the waivers that speak of it, in the versions that answered"""
    _described: dict[str, _Described] = field(default_factory=dict)
    """by a trial's id, the same in every lane"""
    _by_beginning: dict[str, Sequence[int]] = field(default_factory=dict)
    """by how a trial's id begins, up to its first slash, the numbers of the waivers whose pattern can name it"""

    def answers(
        self, lane: str, version: str, versions: Mapping[str, str], runs_on: Mapping[str, str] | None = None
    ) -> None:
        """Remember the versions that answer behind a lane: those of its hello, before its first record.

        runs_on: the lanes whose functions compute in the end, with their versions.
        """
        self._behind[lane] = LaneVersions(version, versions)
        self._runs_on[lane] = dict(runs_on or {})
        self._speaking.pop(lane, None)

    def asks_alone(self, trial: Trial, lane: str) -> bool:
        """Whether a waiver lets one expect that the call is refused in this lane, or takes the process with it."""
        speaking = self._speaking_of(lane) | self._below[lane].keys()
        return any(
            number in speaking and not _ANSWERED.issuperset(self.waivers[number].outcomes)
            for number in self._describing(trial).waivers
        )

    def excuse(self, trial: Trial, lane: str, shown: Judged) -> Waived | None:
        """The waiver of what was shown, if it has one; remembers which waivers were met and which proved stale."""
        speaking, described = self._speaking_of(lane), self._describing(trial)
        self._excepted |= {each for each in described.exceptions if each[0] in speaking}
        if shown.outcome == Outcome.UNSUPPORTED:
            return None
        excused = None
        below = self._below[lane]
        for number in described.waivers:
            waiver = self.waivers[number]
            if number not in speaking or not waiver.explains(shown):
                continue
            self._met[number] += 1
            if shown.conforms and not waiver.sometimes:
                self._conforming.setdefault(number, []).append((trial.id, lane, str(shown.outcome)))
            elif shown.outcome in waiver.outcomes:
                self._needing.setdefault(number, []).append((trial.id, lane, explanations(shown)))
                if excused is None and not waiver.has_expired(self.today):
                    excused = waiver.waived
        if excused is None and not shown.conforms:
            holding = (
                replace(waiver.waived, through=below[number])
                for number in described.waivers
                if number in below
                and (waiver := self.waivers[number]).explains(shown)
                and shown.outcome in waiver.outcomes
                and not waiver.has_expired(self.today)
            )
            excused = next(holding, None)
        return excused

    def problems(self, complete_lanes: Iterable[str]) -> list[str]:
        """Stale, expired and unexplained waivers.

        That one met nothing is told only where the whole corpus ran in a lane that it speaks of.
        """
        complete = tuple(complete_lanes)
        found = ((waiver, self._problem(number, waiver, complete)) for number, waiver in enumerate(self.waivers))
        return [f"{waiver.location}: {problem}" for waiver, problem in found if problem]

    def notes(self) -> list[str]:
        """What did not apply because of the versions that answered."""
        silent = {
            waiver.location: lane
            for lane, versions in self._behind.items()
            for waiver in self.waivers
            if waiver.speaks_of(lane) and not waiver.holds_for(versions)
        }
        places = ", ".join(list(silent)[:MOST_PLACES]) + (", ..." if len(silent) > MOST_PLACES else "")
        number = f"{len(silent)} waivers speak" if len(silent) > 1 else "1 waiver speaks"
        return [*([f"{number} of other versions than those that answered: {places}"] if silent else []),
                *self._obstacles()]  # fmt: skip

    def _speaking_of(self, lane: str) -> Set[int]:
        if lane not in self._speaking:
            versions = self._versions(lane)
            self._speaking[lane] = {
                number
                for number, waiver in enumerate(self.waivers)
                if waiver.speaks_of(lane) and waiver.holds_for(versions)
            }
            self._below[lane] = {
                number: f"{other} {version}"
                for other, version in self._runs_on.get(lane, {}).items()
                for number, waiver in enumerate(self.waivers)
                if waiver.speaks_of(other) and waiver.holds_for(LaneVersions(version, versions.parts))
            }
            self._described.clear()  # what is known of trials is about the lanes before
            self._by_beginning.clear()
        return self._speaking[lane]

    def _describing(self, trial: Trial) -> _Described:
        """What waivers say of the trial, as far as they speak of any lane that was asked about."""
        if trial.id not in self._described:
            told = cache(lambda: facts(trial))
            asked = [(number, self.waivers[number]) for number in self._naming(trial.id)]
            self._described[trial.id] = _Described(
                tuple(number for number, waiver in asked if waiver.describes(trial.id, told)),
                tuple((number, each) for number, waiver in asked for each in waiver.excepts(trial.id)),
            )
        return self._described[trial.id]

    def _naming(self, trial: str) -> Sequence[int]:
        """The waivers that can name the trial, as far as their patterns' first words tell, of all lanes asked about."""
        beginning = trial[: trial.find("/") + 1]
        if beginning not in self._by_beginning:
            numbers = set().union(*self._speaking.values(), *self._below.values())
            self._by_beginning[beginning] = [
                number for number in sorted(numbers) if can_begin(self.waivers[number].trial, beginning)
            ]
        return self._by_beginning[beginning]

    def _problem(self, number: int, waiver: Waiver, complete: Iterable[str]) -> str | None:
        if number in self._conforming:
            return self._width(number)
        asked = any(waiver.speaks_of(lane) and waiver.holds_for(self._versions(lane)) for lane in complete)
        if not self._met[number]:
            return f"waiver matches nothing: {' '.join(waiver.lanes)} {waiver.trial}" if asked else None
        idle = [each for each in waiver.exceptions if (number, each) not in self._excepted]
        if idle and asked:
            return f"waiver excepts what no trial is: {', '.join(idle)}"
        return state_problem(waiver, self.today)

    def _width(self, number: int) -> str:
        """Of a waiver that names records which conform: whether any needs it, and what would fit those."""
        right, needing = self._conforming[number], self._needing.get(number, [])
        trial, lane, outcome = right[0]
        if not needing:
            return f"waiver no longer needed: {trial} in {lane} conforms ({outcome})"
        need = "1 record needs it" if len(needing) == 1 else f"{len(needing):,} records need it"
        fits = "1 conforms" if len(right) == 1 else f"{len(right):,} conform"
        return (
            f"waiver is too wide: {need} and {fits}, the first {trial} in {lane} ({outcome}); "
            f"{_narrower(needing, {each[:2] for each in right})}"
        )

    def _obstacles(self) -> list[str]:
        """Ranges that cannot be compared with what a lane tells of its versions."""
        return [
            f"{waiver.location}: versions {each.written!r} cannot be compared in {lane}: {obstacle}"
            for lane, versions in self._behind.items()
            for waiver in self.waivers
            if waiver.speaks_of(lane)
            for each in waiver.versions
            if (obstacle := each.obstacle(versions))
        ]

    def _versions(self, lane: str) -> LaneVersions:
        return self._behind.get(lane, _UNTOLD)


MOST_PLACES = 5
# Trials; patterns are found by trying, of many too slowly for the end of a run.
MOST_COVERED = 200
_ANSWERED = {Outcome.AGREES, Outcome.DIFFERS, Outcome.WRONG_SHAPE, Outcome.WRONG_DTYPE, Outcome.ACCEPTED}
"""outcomes of calls that can be asked with others"""
_UNTOLD = LaneVersions()


def _narrower(needing: Sequence[tuple[str, str, tuple[str, ...]]], conforming: Set[tuple[str, str]]) -> str:
    """What of an entry would say no more than is needed, its lanes first: they say the most in the fewest words."""
    lanes = dict.fromkeys(lane for _, lane, _ in needing)
    if not any(lane in lanes for _, lane in conforming):
        return f"what fits is lane: {_in_yaml(lanes)}"
    common = [text for text in needing[0][2] if all(text in said for _, _, said in needing)]
    if common:
        return f"what fits is explanation: {json.dumps(common[0], ensure_ascii=False)}"
    needed = dict.fromkeys(trial for trial, _, _ in needing)
    free = {trial for trial, _ in conforming}
    if len(needed) + len(free) > MOST_COVERED or free & needed.keys():
        return "`conformance waivers update` writes what fits"
    patterns = cover(needed, sorted({*needed, *free}), whole_files=False)
    return f"what fits is an entry of each trial: {_in_yaml(patterns)}"


def _in_yaml(texts: Iterable[str]) -> str:
    listed = list(texts)
    shown = ", ".join(json.dumps(text, ensure_ascii=False) for text in listed[:MOST_PLACES])
    return f"[{shown}{', ...' if len(listed) > MOST_PLACES else ''}]"


def state_problem(waiver: Waiver, day: date) -> str | None:
    """What is wrong with a waiver whatever a run meets: it has expired, or nobody has written its reason."""
    if waiver.has_expired(day):
        return f"waiver expired on {waiver.expires} and excuses nothing any more: remove it, or renew its date"
    if waiver.lacks_reason:
        lanes = " ".join(waiver.lanes)
        return f"waiver without a reason: replace {PLACEHOLDER!r} by why {lanes} shows {' or '.join(waiver.outcomes)}"
    return None


def read_waivers(paths: Iterable[Path]) -> list[Waiver]:
    """Every waiver of the files; raises CaseFileError with all their problems."""
    waivers: list[Waiver] = []
    problems: list[str] = []
    for path in paths:
        try:
            waivers += waivers_of(read_document(path))
        except CaseFileError as error:
            problems += error.problems
    if problems:
        raise CaseFileError(problems)
    return waivers


def waivers_of(document: Document) -> list[Waiver]:
    """Every waiver of a document; raises CaseFileError with all its problems."""
    waivers, problems = _read(document)
    if problems:
        raise CaseFileError(problems)
    return waivers


def _read(document: Document) -> tuple[list[Waiver], list[str]]:
    entries = document.content.get("waivers") if isinstance(document.content, dict) else None
    if not isinstance(entries, list):
        return [], [document.problem((), "a waiver file is a mapping with one key, waivers: a list")]
    waivers, problems = [], []
    for index, entry in enumerate(entries):
        wrong = [document.problem(("waivers", index), message) for message in entry_problems(entry)]
        problems += wrong
        if not wrong and isinstance(entry, dict):
            waivers.append(make_waiver(entry, document.locate(("waivers", index))))
    return waivers, problems

"""Waivers: known deviations, written down with a reason, and strict.

A waiver names records by lane, id pattern, facts of the call and versions. Every record that it names must show the
outcome that it excuses: one that conforms makes the waiver stale, unless it says `sometimes`, and so does naming
nothing at all; both fail the run, as do an entry that has expired and one whose reason nobody has filled in. For
versions outside its range a waiver says nothing: it is neither applied nor stale.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from conformance.errors import CaseFileError
from conformance.judging.verdict import Outcome, Waived
from conformance.judging.versions import LaneVersions
from conformance.judging.waiver import PLACEHOLDER, Waiver, entry_problems, make_waiver
from conformance.operators.facts import facts
from conformance.operators.kind import Facts
from conformance.suite.case import Trial
from conformance.suite.document import Document, read_document
from conformance.suite.wildcard import can_begin

__all__ = ["Waiver", "WaiverBook", "read_waivers", "state_problem", "today", "waivers_of"]


def today() -> date:
    """The day by which waivers expire, the same everywhere: in UTC."""
    return datetime.now(UTC).date()


class Judged(Protocol):
    """What a waiver may excuse: a verdict, or the record of one."""

    @property
    def outcome(self) -> str: ...

    @property
    def conforms(self) -> bool: ...


@dataclass
class WaiverBook:
    """The waivers of a run and what they have met; used from one thread at a time."""

    waivers: Sequence[Waiver]
    today: date = field(default_factory=today)
    _behind: dict[str, LaneVersions] = field(default_factory=dict)
    _met: Counter[int] = field(default_factory=Counter)
    _stale: dict[int, str] = field(default_factory=dict)
    _excepted: set[tuple[int, str]] = field(default_factory=set)
    """exceptions that were met, by the number of their waiver"""
    _speaking: dict[tuple[str, str], Sequence[tuple[int, Waiver]]] = field(default_factory=dict)
    """by lane and the beginning of a trial's id: the waivers that may speak of it, and their numbers"""
    _facts: dict[str, Facts] = field(default_factory=dict)
    """of the trials about which a waiver asked, for the next lane"""

    def answers(self, lane: str, version: str, versions: Mapping[str, str]) -> None:
        """Remember the versions that answer behind a lane: those of its hello, before its first record."""
        self._behind[lane] = LaneVersions(version, versions)
        self._speaking = {key: waivers for key, waivers in self._speaking.items() if key[0] != lane}

    def asks_alone(self, trial: Trial, lane: str) -> bool:
        """Whether a waiver lets one expect that the call is refused in this lane, or takes the process with it."""
        return any(
            not _ANSWERED.issuperset(waiver.outcomes) and waiver.describes(trial.id, lambda: self._known(trial))
            for _, waiver in self._waivers_of(trial, lane)
        )

    def excuse(self, trial: Trial, lane: str, shown: Judged) -> Waived | None:
        """The waiver of what was shown, if it has one; remembers which waivers were met and which proved stale."""
        excused = None
        for number, waiver in self._waivers_of(trial, lane):
            if waiver.exceptions:
                self._excepted |= {(number, each) for each in waiver.excepts(trial.id)}
            if shown.outcome == Outcome.UNSUPPORTED or not waiver.describes(trial.id, lambda: self._known(trial)):
                continue
            self._met[number] += 1
            if shown.conforms and not waiver.sometimes:
                self._stale.setdefault(number, f"{trial.id} in {lane} conforms ({shown.outcome})")
            elif shown.outcome in waiver.outcomes and excused is None and not waiver.has_expired(self.today):
                excused = waiver.waived
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

    def _waivers_of(self, trial: Trial, lane: str) -> Sequence[tuple[int, Waiver]]:
        """Those that may speak of the trial, as far as its lane, versions and the beginning of its id tell."""
        folder, slash, _ = trial.id.partition("[")[0].rpartition("/")
        key = lane, folder + slash
        if key not in self._speaking:
            self._speaking[key] = [
                (number, waiver)
                for number, waiver in enumerate(self.waivers)
                if waiver.speaks_of(lane)
                and waiver.holds_for(self._versions(lane))
                and any(can_begin(pattern, key[1]) for pattern in (waiver.trial, *waiver.exceptions))
            ]
        return self._speaking[key]

    def _known(self, trial: Trial) -> Facts:
        if trial.id not in self._facts:
            self._facts[trial.id] = facts(trial)
        return self._facts[trial.id]

    def _problem(self, number: int, waiver: Waiver, complete: Iterable[str]) -> str | None:
        if number in self._stale:
            return f"waiver no longer needed: {self._stale[number]}"
        asked = any(waiver.speaks_of(lane) and waiver.holds_for(self._versions(lane)) for lane in complete)
        if not self._met[number]:
            return f"waiver matches nothing: {' '.join(waiver.lanes)} {waiver.trial}" if asked else None
        idle = [each for each in waiver.exceptions if (number, each) not in self._excepted]
        if idle and asked:
            return f"waiver excepts what no trial is: {', '.join(idle)}"
        return state_problem(waiver, self.today)

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
_ANSWERED = {Outcome.AGREES, Outcome.DIFFERS, Outcome.WRONG_SHAPE, Outcome.WRONG_DTYPE, Outcome.ACCEPTED}
"""outcomes of calls that can be asked with others"""
_UNTOLD = LaneVersions()


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

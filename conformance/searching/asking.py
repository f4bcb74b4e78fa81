"""Lanes that are asked call after call, and what their failures have in common.

Knows: sessions, waivers, records. Must not know: how calls are drawn or made smaller.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from conformance.adapters.lane import Lane
from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import ComputesTogether, plan_call, undeclared
from conformance.errors import AdapterError, IncompleteError
from conformance.journal import LaneEntry, Record
from conformance.judging.explanation import generally
from conformance.judging.verdict import Waived
from conformance.judging.waivers import Waiver, WaiverBook
from conformance.operators.facts import facts
from conformance.operators.registry import kind_of
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.searching.draft import Draft
from conformance.searching.reducing import Failing
from conformance.suite.case import Call, Trial
from conformance.workers.declared import Declared

# Of calls that a lane answers one by one.
ONE_BY_ONE = 16
# Of a waiver, so many of its shipped trials are asked for what its cause looks like.
SHOWN_OF_WAIVER = 6


@dataclass(frozen=True, slots=True)
class Symptom:
    """What two failures have in common that have one cause: outcome and explanation, but for their numbers."""

    lane: str
    kind: str
    direction: str
    outcome: str
    sentences: tuple[str, ...]
    """what the answer behaves like, the closest first; where nothing explains it, what was observed"""
    explained: bool

    @classmethod
    def of(cls, trial: Trial, record: Record) -> Self:
        """That of a failure."""
        told = tuple(map(generally, record.diagnosis)) or (_unexplained(record),)
        call = trial.call
        return cls(record.lane, kind_of(call.operator), call.direction, record.outcome, told, bool(record.diagnosis))

    def shows(self, other: "Symptom") -> bool:
        """Whether the other failure has what this one has: the same outcome, and its closest explanation."""
        return self.outcome == other.outcome and self.sentences[0] in other.sentences


def _unexplained(record: Record) -> str:
    """What was observed, of any call: whether it was judged bitwise or by a bound depends on the numbers alone."""
    if record.metrics is None or not record.metrics.wrong:
        return generally(record.detail)
    missing, extra = record.metrics.not_a_number
    return "NaN or infinity where none is due, or none where one is" if missing or extra else "numbers differ"


class Asker:
    """The lanes, each with a worker, and the waivers that excuse them. To be closed."""

    def __init__(self, lanes: Sequence[Lane], waivers: Sequence[Waiver], timeout: float, threads: int = 1) -> None:
        """Nothing is started yet. Raises UsageError for a lane whose adapter cannot be loaded."""
        self._examination = Examination(len(lanes))
        self.sessions = [LaneSession(lane, self._examination, timeout, threads) for lane in lanes]
        self.book = WaiverBook(waivers)
        self.entries: list[LaneEntry] = []
        self._pool = ThreadPoolExecutor(len(lanes))

    def start(self) -> None:
        """Start the workers. Raises IncompleteError for a lane that does not start."""
        self.entries = list(self._pool.map(LaneSession.start, self.sessions))
        for entry in self.entries:
            if entry.status != "ready":
                raise IncompleteError(f"lane {entry.lane}: {entry.message}\n{entry.traceback}".rstrip())
            self.book.answers(entry.lane, entry.version, {**entry.flags, **entry.versions}, entry.runs_on)

    @property
    def lanes(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(session.lane.text for session in self.sessions)

    @property
    def together(self) -> int:
        """How many calls go well into one batch."""
        adapters = [session.client.adapter for session in self.sessions]
        return max(ONE_BY_ONE, *(each.together if isinstance(each, ComputesTogether) else 0 for each in adapters))

    def declared(self) -> list[Declared]:
        """What each lane says that it takes."""
        return [session.client.declared for session in self.sessions]

    def says(self, call: Call) -> bool:
        """Whether a lane has words for the call."""
        return any(self._says(session, call) for session in self.sessions)

    def ask(self, trials: Sequence[Trial], only: str | None = None) -> list[dict[str, Record]]:
        """The records of each lane by trial, or of the one that is named; every lane is asked at the same time."""
        asked = [session for session in self.sessions if only in (None, session.lane.text)]
        working = [self._pool.submit(_records, session, trials) for session in asked]
        return [each.result() for each in working]

    def share(self, trials: Sequence[Trial]) -> dict[str, Record]:
        """The records by trial, of sessions of one lane, each of which is asked its part at the same time."""
        count = len(self.sessions)
        working = [
            self._pool.submit(_records, session, trials[number::count]) for number, session in enumerate(self.sessions)
        ]
        return {name: record for each in working for name, record in each.result().items()}

    def excused(self, trial: Trial, record: Record) -> Waived | None:
        """The waiver of a failure, if it has one."""
        return self.book.excuse(trial, record.lane, record)

    def close(self) -> None:
        """End the workers."""
        for session in self.sessions:
            session.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _says(self, session: LaneSession, call: Call) -> bool:
        adapter = session.client.adapter
        if adapter is None:
            return session.client.declared.takes(call.operator, call.direction)
        if undeclared(adapter, call):
            return False
        try:
            return not isinstance(plan_call(adapter, call), Unsupported)
        except AdapterError:  # a failure to be found, as any other
            return True


def _records(session: LaneSession, trials: Sequence[Trial]) -> dict[str, Record]:
    return {record.trial: record for record in session.ask_all(trials)}


@dataclass
class WaivedCauses:
    """Causes that a waiver excuses already: the explanations that its shipped trials have in common."""

    symptoms: dict[tuple[str, str, str, str], set[str]] = field(default_factory=dict)

    def add(self, symptom: Symptom) -> None:
        """One more."""
        self.symptoms.setdefault(_key(symptom), set()).add(symptom.sentences[0])

    def knows(self, symptom: Symptom) -> bool:
        """Whether a waived cause explains this failure, too."""
        return symptom.sentences[0] in self.symptoms.get(_key(symptom), ())


def _key(symptom: Symptom) -> tuple[str, str, str, str]:
    return symptom.lane, symptom.kind, symptom.direction, symptom.outcome


def waived_causes(asker: Asker, shipped: Callable[[], Sequence[Trial]]) -> WaivedCauses:
    """What the waived ones of the shipped trials show in the lanes, each waiver by a few of its trials."""
    known, chosen = WaivedCauses(), dict[str, Trial]()
    speaking = [waiver for waiver in asker.book.waivers if any(map(waiver.speaks_of, asker.lanes))]
    trials = shipped() if speaking else ()
    for waiver in speaking:
        if not waiver.has_expired(asker.book.today):
            described = [trial for trial in trials if waiver.describes(trial.id, partial(facts, trial))]
            step = max(len(described) // SHOWN_OF_WAIVER, 1)
            chosen |= {each.id: each for each in described[::step][:SHOWN_OF_WAIVER]}
    for records in asker.ask(list(chosen.values())):
        for trial, record in ((chosen[name], record) for name, record in records.items()):
            if not record.conforms and asker.excused(trial, record) is not None:
                known.add(Symptom.of(trial, record))
    return known


def failing(asker: Asker, lane: str, symptom: Symptom) -> Failing:
    """Says which of several drafts is the first that fails in the lane as the symptom has it."""
    (session,) = [each for each in asker.sessions if each.lane.text == lane]
    adapter = session.client.adapter
    most = max(adapter.together, 1) if isinstance(adapter, ComputesTogether) else 1

    def first(drafts: Sequence[Draft]) -> int | None:
        for start in range(0, len(drafts), most):
            part = drafts[start : start + most]
            trials = [draft.trial for draft in part]
            (records,) = asker.ask([trial for trial in trials if trial is not None], lane)
            for place, trial in enumerate(trials):
                record = records.get(trial.id) if trial is not None else None
                if record is None or trial is None or record.conforms or record.outcome == "unsupported":
                    continue
                if symptom.shows(Symptom.of(trial, record)):
                    return start + place
        return None

    return first

"""The lanes of a pytest session: at most one worker each, started when the first trial is asked, ended with pytest.

Knows: lanes, trials, waivers, records. Must not know: pytest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance import __version__
from conformance.adapters.lane import Lane
from conformance.journal import Header, LaneEntry
from conformance.journal.records import trial_entry
from conformance.judging.waivers import Waiver, WaiverBook
from conformance.report.findings import Finding
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.suite.case import Trial
from conformance.workers.environment import environment_flags


@dataclass(frozen=True, slots=True)
class Answered:
    """What a test is made of."""

    finding: Finding
    problem: str | None
    """what is wrong with a waiver of the record, as a run would report it: no longer needed, expired, without reason"""


class Examiner:
    """The lanes that a pytest session asks; used from one thread."""

    def __init__(
        self, lanes: Sequence[Lane], waivers: Sequence[Waiver], timeout: float, threads: int, *, thorough: bool = False
    ) -> None:
        """Lanes with their adapters, without workers yet; raises UsageError for an adapter that cannot be loaded."""
        examination = Examination()
        self.lanes = tuple(lane.text for lane in lanes)
        self._sessions = {
            lane.text: LaneSession(lane, examination, timeout, threads, thorough=thorough) for lane in lanes
        }
        self._entries: dict[str, LaneEntry] = {}
        self._waivers = waivers
        self._threads = threads

    def start(self, lane: str) -> LaneEntry:
        """What answers for the lane, or why nothing does; its worker is started once."""
        if lane not in self._entries:
            self._entries[lane] = self._sessions[lane].start()
        return self._entries[lane]

    def ask(self, trial: Trial, lane: str, source: str | None) -> Answered:
        """Ask one trial; `source` is the file that holds it, None for a shipped one."""
        record = self._sessions[lane].ask(trial)
        book = WaiverBook(self._waivers)
        entry = self.start(lane)
        book.answers(lane, entry.version, {**entry.flags, **entry.versions}, entry.runs_on)
        record = replace(record, waived=book.excuse(trial, lane, record))
        # Of a run with these options, by whose words the command that explains a record goes.
        flags = {"threads": str(self._threads), **environment_flags()}
        header = Header(__version__, "", "", (), {}, flags, self.lanes, () if source is None else (source,), trials=1)
        return Answered(Finding(record, trial_entry(trial), header), "\n".join(book.problems(())) or None)

    def close(self) -> None:
        """End every worker."""
        for session in self._sessions.values():
            session.close()

"""One lane's share of a run, in a thread of its own: record after record, then its grade and conventions.

Knows: one lane, and what its share is. Must not know: the other lanes; what all share is behind `Shared`.
"""

from conformance.adapters.lane import Lane
from conformance.errors import ConformanceError, traceback_text
from conformance.running.execution import Shared, Threads
from conformance.running.lane_session import LaneSession
from conformance.running.lane_work import examine, measure, measured_dtypes


def local(shared: Shared) -> Threads:
    """All lanes here, beside one another. Raises UsageError for a lane whose adapter cannot be loaded."""
    return Threads(shared, [LaneRun(lane, shared) for lane in shared.assignment.lanes])


class LaneRun:
    """One lane's share of the run, in a thread of its own."""

    def __init__(self, lane: Lane, shared: Shared) -> None:
        self.lane = lane.text
        self.finished = False
        self._shared = shared
        self._session = LaneSession(lane, shared.examination, shared.assignment.timeout, shared.assignment.threads)

    def run(self) -> None:
        try:
            self._run()
        except ConformanceError as error:  # the journal cannot be written: no lane has anything left to do
            self._shared.incomplete.append(str(error))
            self._shared.stop.set()
        except BaseException as error:  # nobody looks at what a thread raises
            self._shared.incomplete.append(f"lane {self.lane}: the suite itself failed: {traceback_text(error)}")
        finally:
            self._session.close()
            self._shared.notes.extend(self._session.notes)

    def interrupt(self) -> None:
        """End it from another thread."""
        self._session.worker.interrupt()

    def _run(self) -> None:
        assignment, stopped = self._shared.assignment, self._shared.stop.is_set
        entry = self._session.start()
        self._shared.announce(entry)
        if entry.status != "ready":
            self._shared.incomplete.append(f"lane {self.lane} did not start: {entry.message}")
            return
        for trial, record in examine(self._session, list(self._shared.pending(self.lane)), stopped):
            self._shared.keep(trial, record)
        if assignment.measures and not stopped():
            for each in measure(self._session, measured_dtypes(assignment.trials), assignment.timeout, stopped):
                self._shared.note(each)
        self.finished = not stopped()

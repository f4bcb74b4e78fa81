"""What is done through one lane's session: trials to records, and what is measured beside them.

Knows: a session. Must not know: who holds it, a thread of the run (`conformance.running.lane_run`) or a worker of a
cluster (`conformance.running.remote`), nor waivers and journals.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TypeAlias

from conformance.adapters.lane import speaks_plainly
from conformance.judging.masking import EXPONENTS
from conformance.running.conventions import measure_conventions
from conformance.running.grading import measure_grades
from conformance.running.journal import Convention, ConventionFact, Grade, Record
from conformance.running.lane_session import LaneSession
from conformance.suite.case import Trial

Measurement: TypeAlias = Grade | Convention | ConventionFact


def examine(
    session: LaneSession, trials: Sequence[Trial], stopped: Callable[[], bool]
) -> Iterator[tuple[Trial, Record]]:
    """Each trial with its record, which no waiver has seen yet; ends early when the run has been stopped."""
    started = perf_counter()
    for examined in session.ask_all(trials):
        if stopped():
            return  # the reply, a probe's or the repetition's may be that of a worker that was just killed
        ended = perf_counter()
        yield examined.trial, replace(examined.record(None), elapsed=ended - started)
        started = ended


def measured_dtypes(trials: Iterable[Trial]) -> tuple[str, ...]:
    """The dtypes that a run of these trials grades."""
    return tuple(dtype for dtype in dict.fromkeys(trial.call.dtype for trial in trials) if dtype in EXPONENTS)


def measure(
    session: LaneSession, dtypes: Sequence[str], timeout: float, stopped: Callable[[], bool]
) -> Iterator[Measurement]:
    """What a run tells of the lane beside its records: grade and conventions; ends early as `examine` does."""
    for entry in _measurements(session, dtypes, timeout):
        if stopped():
            return
        yield entry


def _measurements(session: LaneSession, dtypes: Sequence[str], timeout: float) -> Iterator[Measurement]:
    if not session.values:
        return  # a lane without values has neither
    yield from measure_grades(session, dtypes)
    if speaks_plainly(session.lane):
        yield from measure_conventions(session.lane.text, session.adapter, session.worker, timeout)

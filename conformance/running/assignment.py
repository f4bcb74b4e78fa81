"""What a run has to do, and whom it tells while it happens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.adapters.lane import Lane
from conformance.judging.waivers import Waiver
from conformance.running.journal import LaneEntry, Record
from conformance.suite.case import Trial


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a run has to do."""

    trials: Sequence[Trial]
    lanes: Sequence[Lane]
    waivers: Sequence[Waiver]
    timeout: float
    threads: int
    """of each framework: small trials on busy cores are a hundred times slower with several"""
    whole_corpus: bool
    """waivers that meet nothing are stale"""
    samples: bool = False
    """lanes in which each call costs seconds take a sample of the trials"""
    measures: bool = False
    """grades and conventions are measured beside the trials: by a run of the whole corpus, or its first shard"""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell while it happens; called from the lanes' threads."""

    lane_ready: Callable[[LaneEntry], None] = lambda entry: None
    recorded: Callable[[Record], None] = lambda record: None

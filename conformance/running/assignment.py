"""What a run has to do, whom it tells while it happens, and the sample that slow lanes take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from conformance.adapters.lane import BUILT_IN, Lane
from conformance.journal import LaneEntry, Record
from conformance.judging.waivers import Waiver
from conformance.suite.case import Trial

ONE_IN = 64


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
    most_failures: int | None = None
    """nonconformances, with no waiver, after which the run stops; None for no limit"""
    measures: bool = False
    """grades and conventions are measured beside the trials: by a run of the whole corpus, or its first shard"""
    thorough: bool = False
    """every right answer is asked again among other calls, not a sample of them"""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell while it happens; called from the lanes' threads."""

    lane_ready: Callable[[LaneEntry], None] = lambda entry: None
    recorded: Callable[[Record], None] = lambda record: None


def is_sampled(lane: Lane) -> bool:
    """Whether the lane takes a sample of the corpus unless trials are named."""
    known = BUILT_IN.get(lane.name)
    return known is not None and any(mode in known.sampled for mode in lane.modes or ("",))


def sample(trials: Iterable[Trial]) -> list[Trial]:
    """About one trial in ONE_IN: by the digest of its id, so the same ones whatever else is asked, in any shard."""
    return [trial for trial in trials if int.from_bytes(sha256(trial.id.encode()).digest()[:4], "big") % ONE_IN == 0]


def sample_note(lane: Lane, taken: int, total: int) -> str:
    """What a report says of it."""
    return (
        f"lane {lane.text} took a sample, {taken} of {total} trials, the same ones every time, since each has to be "
        "compiled. Name trials, such as '*', to have all of them asked."
    )

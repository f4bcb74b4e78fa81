"""Which trials a lane takes by itself: all of them, or a sample where each costs seconds to compile.

Knows: lanes' modes and trials' ids. Must not know: how trials are asked.

The sample is the same everywhere: a trial is in it by the digest of its id, whatever else is asked, in any shard.
"""

from collections.abc import Iterable
from hashlib import sha256

from conformance.adapters.lane import BUILT_IN, Lane
from conformance.suite.case import Trial

ONE_IN = 64


def is_sampled(lane: Lane) -> bool:
    """Whether the lane takes a sample of the corpus unless trials are named."""
    known = BUILT_IN.get(lane.name)
    return known is not None and any(mode in known.sampled for mode in lane.modes)


def sample(trials: Iterable[Trial]) -> list[Trial]:
    """About one trial in ONE_IN."""
    return [trial for trial in trials if int.from_bytes(sha256(trial.id.encode()).digest()[:4], "big") % ONE_IN == 0]


def sample_note(lane: Lane, taken: int, total: int) -> str:
    """What a report says of it."""
    return (
        f"lane {lane.text} took a sample, {taken} of {total} trials, the same ones every time, since each has to be "
        "compiled. Name trials, such as '*', to have all of them asked."
    )

"""Which trials are whose: N shards of one run that cost about the same.

Knows: ids and what they cost. Must not know: where the costs come from (`conformance.running.costs`).

The costliest trial first, each to the shard that has the least to do so far. Trials of one cost come in the order of
their ids' digests, which spreads neighbours; of shards that have the same to do, the first takes the trial. So the same
trials and costs are cut alike on every machine.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from heapq import heapify, heapreplace

MOST_SHARDS = 10_000


def shard_of(text: str) -> tuple[int, int] | None:
    """(I, N) of a text I/N, the I-th of N shards; None for any other text."""
    number, _, count = text.partition("/")
    if not all(part.isdecimal() and len(part) <= len(str(MOST_SHARDS)) for part in (number, count)):
        return None
    return (int(number), int(count)) if 1 <= int(number) <= int(count) <= MOST_SHARDS else None


def cut(costs: Mapping[str, int], count: int) -> tuple[frozenset[str], ...]:
    """The trials of each of `count` shards."""
    shards: Sequence[set[str]] = [set() for _ in range(count)]
    loads = [(0, number) for number in range(count)]
    heapify(loads)
    for trial in sorted(costs, key=lambda trial: (-costs[trial], sha256(trial.encode()).digest())):
        load, number = loads[0]
        shards[number].add(trial)
        heapreplace(loads, (load + costs[trial], number))
    return tuple(frozenset(shard) for shard in shards)

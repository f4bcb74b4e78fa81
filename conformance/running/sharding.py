"""Which trials are whose: N shards of one run that cost about the same.

Knows: ids and what they cost. Must not know: where the costs come from (`conformance.running.costs`).

The costliest trial first, each to the shard that has the least to do so far. Trials of one cost come in the order of
their ids' digests, which spreads neighbours; of shards that have the same to do, the first takes the trial. So the same
trials and costs are cut alike on every machine.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from heapq import heapify, heapreplace


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

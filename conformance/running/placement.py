"""Which workers of a cluster a lane's trials may be asked by, told by the resources that workers declare.

Knows: names of resources. Must not know: the cluster.
"""

from collections.abc import Collection, Iterable, Mapping

from conformance.adapters.lane import Lane

GPU = "GPU"


def needs(lane: Lane, declared: Collection[str]) -> dict[str, int]:
    """The resources that a batch of the lane takes, of those that any worker declares.

    GPU for a lane on a device other than the processor, and the framework's name. What no worker declares says nothing:
    then every worker may be asked.
    """
    on_device = lane.device is not None and not lane.device.startswith("cpu")
    wanted = [GPU] if on_device else []
    return {name: 1 for name in [*wanted, lane.name] if name in declared}


def misses(needed: Mapping[str, Mapping[str, int]], workers: Iterable[Mapping[str, float]]) -> str | None:
    """The lanes (lane -> what it needs) that none of the workers (what each declares) could ask; None without any."""
    offers = list(workers)
    unmet = [
        lane
        for lane, resources in needed.items()
        if not any(all(offer.get(name, 0) >= count for name, count in resources.items()) for offer in offers)
    ]
    return ", ".join(unmet) or None

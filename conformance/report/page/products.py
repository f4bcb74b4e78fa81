"""K: how many products the largest sum of a trial has, from the integers that the journal keeps.

Knows: a trial's entry. Must not know: arrays, the reference. None where the entry does not tell.
"""

from collections.abc import Mapping
from functools import cache
from math import prod
from typing import Any

from conformance.running.journal import TrialEntry


def products(trial: TrialEntry) -> int | None:
    """The most products that one output sums; of forward calls only."""
    arguments = trial.arguments
    value, groups = arguments.get("value"), arguments.get("groups") or 1
    if not trial.axes or arguments.get("direction", "forward") not in (None, "forward"):
        return None
    if not isinstance(value, list) or len(value) < 3 or not isinstance(groups, int):
        return None
    first = str(arguments.get("data_format") or "").startswith("NC")
    channels = 1 if "depthwise" in trial.operator else value[1 if first else -1] // groups
    transposed = "transpose" in trial.operator
    taps = [_taps(_frozen(axis)) if transposed else axis["kernel"] for axis in trial.axes]
    return prod(taps) * channels or None


def _frozen(axis: Mapping[str, Any]) -> tuple[int, ...]:
    names = ("input", "kernel", "stride", "dilation", "crop_before", "output")
    return tuple(axis[name] for name in names)


@cache
def _taps(axis: tuple[int, ...]) -> int:
    """The most (input, tap) pairs that reach one output: p = stride j + dilation t - crop_before."""
    length, kernel, stride, dilation, crop, output = axis
    reached: dict[int, int] = {}
    for tap in range(kernel):
        for place in range(length):
            landing = stride * place + dilation * tap - crop
            if 0 <= landing < output:
                reached[landing] = reached.get(landing, 0) + 1
    return max(reached.values(), default=0)

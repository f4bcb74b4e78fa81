"""K: how many products the largest sum of a trial has, from the integers that the journal keeps.

Knows: a trial's entry. Must not know: arrays, the reference. None where the entry does not tell.
"""

from collections.abc import Mapping
from functools import cache
from math import prod
from typing import Any

from conformance.journal import TrialEntry


def products(trial: TrialEntry) -> int | None:
    """The most products that one output sums; of forward calls only."""
    arguments = trial.arguments
    if not trial.axes or arguments.get("direction", "forward") not in (None, "forward"):
        return None
    match arguments.get("value"), arguments.get("groups") or 1:
        case [[_, first, *_, last], int(groups)] if groups > 0:
            channels = first if str(arguments.get("data_format") or "").startswith("NC") else last
        case _:
            return None
    if not isinstance(channels, int):
        return None
    transposed = "transpose" in trial.operator
    taps = [_taps(_frozen(axis)) if transposed else axis["kernel"] for axis in trial.axes]
    return prod(taps) * (1 if "depthwise" in trial.operator else channels // groups) or None


def _frozen(axis: Mapping[str, Any]) -> tuple[int, ...]:
    names = ("input", "kernel", "stride", "dilation", "crop_before", "output")
    return tuple(axis[name] for name in names)


@cache
def _taps(axis: tuple[int, ...]) -> int:
    """The most (input, tap) pairs that reach one output: p = stride j + dilation t - crop_before.

    A tap reaches every stride-th output from its first input's to its last one's: both ends are marked, and summed.
    """
    length, kernel, stride, dilation, crop, output = axis
    reached = [0] * output
    for tap in range(kernel):
        shift = dilation * tap - crop
        first, over = max(shift, shift % stride), shift + stride * length
        if first < min(over, output):
            reached[first] += 1
            if over < output:
                reached[over] -= 1
    for place in range(stride, output):
        reached[place] += reached[place - stride]
    return max(reached, default=0)

"""Channels: mixed up, or lost where a loop over vector registers ends.

Knows: canonical arrays. Nothing here changes a call with one channel in and out.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Edit, Fault, Finish
from conformance.mutants.problem import Array, Problem

MOST_CHANNELS = 64


def _fault(name: str, summary: str, diagnosis: str, **stages: Any) -> Fault:
    return Fault(name, summary, "channels", ("differs",), tuple(diagnosis.split()), **stages)


def _value(change: Callable[[Array], Array]) -> Edit:
    return lambda problem: replace(problem, value=change(problem.value))


def _without_tail(lanes: int) -> Callable[[Array], Array]:
    """The channels beyond a multiple of `lanes` are zero, where there are that many."""

    def change(array: Array) -> Array:
        whole = array.shape[-1] // lanes * lanes
        changed = array.copy()
        if whole:
            changed[..., whole:] = 0
        return changed

    return change


def _result_without_tail(lanes: int) -> Finish:
    return lambda result, problem: _without_tail(lanes)(result)


def _without_first(value: Array) -> Array:
    changed = value.copy()
    if value.shape[-1] > 1:
        changed[..., 0] = 0
    return changed


def _few(value: Array) -> Array:
    changed = value.copy()
    changed[..., MOST_CHANNELS:] = 0
    return changed


def _averaged(result: Array, problem: Problem) -> Array:
    return np.asarray(result / result.dtype.type(problem.value.shape[-1]))


def _first_for_all(result: Array, _: Problem) -> Array:
    return np.broadcast_to(result[..., :1], result.shape)


FAULTS = (
    _fault(
        "channels-in-fours",
        "Input channels beyond a multiple of 4 are lost.",
        "input_channel_tail_4",
        edit=_value(_without_tail(4)),
    ),
    _fault(
        "channels-in-eights",
        "Input channels beyond a multiple of 8 are lost.",
        "input_channel_tail_8",
        edit=_value(_without_tail(8)),
    ),
    _fault(
        "channels-in-sixteens",
        "Input channels beyond a multiple of 16 are lost.",
        "input_channel_tail_16",
        edit=_value(_without_tail(16)),
    ),
    _fault(
        "channels-beyond-64", "Input channels beyond the 64th are lost.", "input_channel_limit_64", edit=_value(_few)
    ),
    _fault(
        "outputs-in-fours",
        "Output channels beyond a multiple of 4 are zero.",
        "output_channel_tail_4",
        finish=_result_without_tail(4),
    ),
    _fault(
        "outputs-in-eights",
        "Output channels beyond a multiple of 8 are zero.",
        "output_channel_tail_8",
        finish=_result_without_tail(8),
    ),
    _fault(
        "first-channel-missing",
        "The first of several is ignored.",
        "first_input_channel_ignored",
        edit=_value(_without_first),
    ),
    _fault(
        "reversed-channels",
        "The input channels are in reverse order.",
        "reverse_input_channels",
        edit=_value(lambda x: x[..., ::-1]),
    ),
    _fault(
        "reversed-outputs",
        "The output channels are in reverse order.",
        "reverse_output_channels",
        finish=lambda result, problem: result[..., ::-1],
    ),
    _fault(
        "first-output-for-all", "Every channel is the first.", "first_output_channel_everywhere", finish=_first_for_all
    ),
    _fault("averages-channels", "The mean over channels, not their sum.", "average_channels", finish=_averaged),
)

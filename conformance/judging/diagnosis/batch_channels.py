"""Edits of batch and channels: images and channels that are mixed up, or lost.

Knows: canonical arrays. Must not know: answers.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from conformance.judging.diagnosis.edit import Apply, Edit
from conformance.judging.diagnosis.rendition import Array, Rendition


def _result(change: Callable[[Array], Array]) -> Apply:
    """Something done to the canonical result."""
    return lambda old: [old.then(lambda result, _: change(result))]


def _value(change: Callable[[Array], Array]) -> Apply:
    """Something done to the canonical value."""
    return lambda old: [old.with_value(change(old.value))]


def _without(array: Array, at: slice, axis: int) -> Array:
    array = array.copy()
    array.swapaxes(0, axis)[at] = 0
    return array


def _first_image(result: Array) -> Array:
    return np.repeat(result[:1], len(result), axis=0)


def _first_channel(result: Array) -> Array:
    return np.repeat(result[..., :1], result.shape[-1], axis=-1)


def _tail_dropped(array: Array, lanes: int) -> Array:
    whole = array.shape[-1] // lanes * lanes
    return _without(array, slice(whole, None), -1) if whole else array


def _tail_edits() -> Iterator[Edit]:
    for lanes in (4, 8, 16):
        yield Edit(
            f"input_channel_tail_{lanes}",
            "channels_in",
            f"input channels beyond a multiple of {lanes} were ignored",
            _value(partial(_tail_dropped, lanes=lanes)),
        )
        yield Edit(
            f"output_channel_tail_{lanes}",
            "channels_out",
            f"output channels beyond a multiple of {lanes} were not computed",
            _result(partial(_tail_dropped, lanes=lanes)),
        )
    for most in (4, 8, 16, 32, 64, 128):
        yield Edit(
            f"input_channel_limit_{most}",
            "channels_in",
            f"input channels beyond the first {most} were ignored",
            _value(partial(_without, at=slice(most, None), axis=-1)),
        )


def _batch_limits() -> Iterator[Edit]:
    for most in (4, 8, 16):
        yield Edit(
            f"batch_limit_{most}",
            "batch",
            f"images beyond the first {most} were not computed",
            _result(partial(_without, at=slice(most, None), axis=0)),
        )


def _two_groups(old: Rendition) -> Iterator[Rendition]:
    """No weight leads from one half of the channels to the other half."""
    out, into = old.filter.shape[2:]
    if out % 2 or into % 2:
        return
    filter = old.filter.copy()
    filter[:, :, : out // 2, into // 2 :] = 0
    filter[:, :, out // 2 :, : into // 2] = 0
    yield old.with_filter(filter)


BATCH_CHANNELS: tuple[Edit, ...] = (
    Edit("first_image_everywhere", "batch", "every image were the first", _result(_first_image)),
    Edit(
        "only_first_image",
        "batch",
        "only the first image were computed",
        _result(lambda y: _without(y, slice(1, None), 0)),
    ),
    Edit(
        "last_image_missing",
        "batch",
        "the last image were not computed",
        _result(lambda y: _without(y, slice(-1, None), 0)),
    ),
    Edit("reverse_batch", "batch", "the images were in reverse order", _result(lambda y: y[::-1])),
    *_batch_limits(),
    Edit(
        "first_input_channel_ignored",
        "channels_in",
        "input channel 0 were ignored",
        _value(lambda x: _without(x, slice(1), -1)),
    ),
    Edit(
        "last_input_channel_ignored",
        "channels_in",
        "the last input channel were ignored",
        _value(lambda x: _without(x, slice(-1, None), -1)),
    ),
    Edit(
        "only_first_input_channel",
        "channels_in",
        "only input channel 0 were read",
        _value(lambda x: _without(x, slice(1, None), -1)),
    ),
    Edit(
        "reverse_input_channels",
        "channels_in",
        "the input channels were in reverse order",
        _value(lambda x: x[..., ::-1]),
    ),
    Edit(
        "last_output_channel_missing",
        "channels_out",
        "the last output channel were not computed",
        _result(lambda y: _without(y, slice(-1, None), -1)),
    ),
    Edit(
        "first_output_channel_everywhere",
        "channels_out",
        "every output channel were the first",
        _result(_first_channel),
    ),
    Edit(
        "reverse_output_channels",
        "channels_out",
        "the output channels were in reverse order",
        _result(lambda y: y[..., ::-1]),
    ),
    Edit("two_groups", "groups", "the channels were convolved in two groups", _two_groups),
    *_tail_edits(),
)

"""Edits of batch and channels: images and channels that are mixed up, or lost.

Knows: canonical arrays. Must not know: answers. Where a gradient is asked for, the channels of the result are those of
its cotangent, and what happens to the images of a sum happens to the cotangent's.
"""

from collections.abc import Callable, Iterator
from functools import partial
from math import prod

import numpy as np

from conformance.operators.convolution.diagnosis.edit import (
    Apply,
    Edit,
    on_filter,
    on_images,
    on_result_channels,
    on_value_channels,
    without,
)
from conformance.operators.convolution.diagnosis.rendition import Array, Change, Rendition


def _of(where: Callable[[Rendition, Change], Iterator[Rendition]], change: Change) -> Apply:
    return lambda old: where(old, change)


def _lost(where: Callable[[Rendition, Change], Iterator[Rendition]], at: slice, axis: int) -> Apply:
    return _of(where, partial(without, at=at, axis=axis))


def _tail_dropped(array: Array, lanes: int) -> Array:
    whole = array.shape[-1] // lanes * lanes
    return without(array, slice(whole, None), -1) if whole else array


def _tail_edits() -> Iterator[Edit]:
    for lanes in (4, 8, 16, 32, 64, 128, 256):
        yield Edit(
            f"input_channel_tail_{lanes}",
            "channels_in",
            f"input channels beyond a multiple of {lanes} were ignored",
            _of(on_value_channels, partial(_tail_dropped, lanes=lanes)),
        )
        yield Edit(
            f"output_channel_tail_{lanes}",
            "channels_out",
            f"output channels beyond a multiple of {lanes} were not computed",
            _of(on_result_channels, partial(_tail_dropped, lanes=lanes)),
        )
    for most in (4, 8, 16, 32, 64, 128):
        yield Edit(
            f"input_channel_limit_{most}",
            "channels_in",
            f"input channels beyond the first {most} were ignored",
            _lost(on_value_channels, slice(most, None), -1),
        )


def _beyond(count: int) -> Iterator[int]:
    """The blocks of which so many are more than one, and no whole number."""
    return (block for block in BLOCKS if count > block and count % block)


def _image_tail(old: Rendition) -> Iterator[Rendition]:
    """Of the result's images, or of those that are summed."""
    images = len(next(old.operands[name] for name in old.pixel_operands))
    for block in _beyond(images):
        whole = slice(images // block * block, None)
        for new in on_images(old, partial(without, at=whole, axis=0)):
            yield new.saying(str(block))


def _pixel_tail(old: Rendition) -> Iterator[Rendition]:
    """Of the pixels of an image in their order, of the result or, where pixels are summed, of the cotangent."""
    lengths = old.asked_lengths if old.of_pixels else old.operands["cotangent"].shape[1:-1]
    for block in _beyond(prod(lengths)):

        def change(pixels: Array, block: int = block) -> Array:
            rows = pixels.reshape(len(pixels), prod(pixels.shape[1:-1]), pixels.shape[-1])
            return without(rows, slice(rows.shape[1] // block * block, None), 1).reshape(pixels.shape)

        for new in on_images(old, change):
            yield new.saying(str(block))


def _batch_limits() -> Iterator[Edit]:
    for most in (4, 8, 16):
        yield Edit(
            f"batch_limit_{most}",
            "batch",
            f"images beyond the first {most} were not computed",
            _lost(on_images, slice(most, None), 0),
        )


def _two_groups(old: Rendition) -> Iterator[Rendition]:
    """No weight leads from one half of the channels to the other half."""
    out, channels = old.filter.shape[-2:]
    if old.groups > 1 or out % 2 or channels % 2:
        return

    def change(filter: Array) -> Array:
        filter = filter.copy()
        filter[..., : out // 2, channels // 2 :] = 0
        filter[..., out // 2 :, : channels // 2] = 0
        return filter

    yield from on_filter(old, change)


def _images_edits() -> Iterator[Edit]:
    for name, clause, change in (
        (
            "first_image_everywhere",
            "every image were the first",
            lambda array: np.repeat(array[:1], len(array), axis=0),
        ),
        ("reverse_batch", "the images were in reverse order", lambda array: array[::-1]),
    ):
        yield Edit(name, "batch", clause, _of(on_images, change))
    for name, clause, at in (
        ("only_first_image", "only the first image counted", slice(1, None)),
        ("only_last_image", "only the last image counted", slice(0, -1)),
        ("last_image_missing", "the last image did not count", slice(-1, None)),
    ):
        yield Edit(name, "batch", clause, _lost(on_images, at, 0))


# What implementations work in
BLOCKS = (2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096)

BATCH_CHANNELS: tuple[Edit, ...] = (
    *_images_edits(),
    *_batch_limits(),
    Edit(
        "first_input_channel_ignored", "channels_in", "input channel 0 were ignored",
        _lost(on_value_channels, slice(1), -1),
    ),
    Edit(
        "last_input_channel_ignored", "channels_in", "the last input channel were ignored",
        _lost(on_value_channels, slice(-1, None), -1),
    ),
    Edit(
        "only_first_input_channel", "channels_in", "only input channel 0 were read",
        _lost(on_value_channels, slice(1, None), -1),
    ),
    Edit(
        "reverse_input_channels", "channels_in", "the input channels were in reverse order",
        _of(on_value_channels, lambda array: array[..., ::-1]),
    ),
    Edit(
        "last_output_channel_missing", "channels_out", "the last output channel were not computed",
        _lost(on_result_channels, slice(-1, None), -1),
    ),
    Edit(
        "first_output_channel_everywhere", "channels_out", "every output channel were the first",
        lambda old: on_result_channels(old, lambda array: np.repeat(array[..., :1], array.shape[-1], axis=-1)),
    ),
    Edit(
        "reverse_output_channels", "channels_out", "the output channels were in reverse order",
        _of(on_result_channels, lambda array: array[..., ::-1]),
    ),
    Edit("two_groups", "groups", "the channels were convolved in two groups", _two_groups),
    *_tail_edits(),
    Edit("image_tail", "batch", "images behind the last whole block of {new.said} were left out", _image_tail),
    Edit("pixel_tail", "pixels", "pixels behind the last whole block of {new.said} were left out", _pixel_tail),
)  # fmt: skip

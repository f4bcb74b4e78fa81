"""Images and channels: mixed up, left out, or counted otherwise.

Knows: the dimensions of a call, and where each direction meets them. Nothing here changes a call with one image, one
channel in and one out. What is lost behind whole blocks of either is `families/sizes.py`'.
"""

from math import prod
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.dimensions import CHANNELS_IN, CHANNELS_OUT, IMAGES
from conformance.operators.convolution.mutants.fault import GRADIENT, Fault, in_direction, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem

# What an implementation might have room for
MOST_IMAGES, MOST_CHANNELS = 8, 64


def _first(axis: int) -> Any:
    return lambda array, positions, length: np.broadcast_to(array.take([0], axis=axis), array.shape)


def _reversed(axis: int) -> Any:
    return lambda array, positions, length: np.flip(array, axis)


def _averaged(result: Array, problem: Problem) -> Array:
    """By the channels that one product of pixels and taps sums."""
    *_, out, channels = problem.filter.shape
    count = channels // problem.groups if problem.target == "output" else out
    return np.asarray(result / result.dtype.type(count)).astype(result.dtype)


def _divided(name: str, what: str, axes: slice) -> Fault:
    """By the lengths of these axes of the cotangent."""

    def finish(result: Array, problem: Problem) -> Array:
        assert problem.cotangent is not None
        return (result / max(prod(problem.cotangent.shape[axes]), 1)).astype(result.dtype)

    summary = f"Gradients are divided by the number of {what}."
    return wrong(f"mean-over-{name}", summary, f"mean_over_{name}", where=GRADIENT, finish=finish)


FIRST_FOR_ALL = wrong("first-image-for-all", "Every image is the first.", "first_image_everywhere",
                      **IMAGES.changed(_first(0)))  # fmt: skip
FIRST_ONLY = wrong("first-image-only", "The others are left out.", "only_first_image",
                   **IMAGES.losing(lambda positions, length: positions > 0))  # fmt: skip
LAST_ONLY = wrong("last-image-only", "Each image overwrites the one before.", "only_last_image",
                  **IMAGES.losing(lambda positions, length: positions < length - 1))  # fmt: skip
MEAN = _divided("batch", "images", slice(0, 1))
MEAN_OF_PIXELS = _divided("pixels", "pixels", slice(1, -1))

FAULTS = (
    FIRST_FOR_ALL,
    FIRST_ONLY,
    LAST_ONLY,
    *in_direction("value_gradient", FIRST_FOR_ALL, MEAN),
    *in_direction("filter_gradient", FIRST_ONLY, LAST_ONLY, MEAN),
    *in_direction("bias_gradient", FIRST_ONLY, MEAN, MEAN_OF_PIXELS),
    wrong("last-image-missing", "The last image is left out.", "last_image_missing batch_limit_8",
          **IMAGES.losing(lambda positions, length: (positions == length - 1) & (length > 1))),
    wrong("images-beyond-eight", "Images beyond the eighth are left out.", "last_image_missing batch_limit_8",
          **IMAGES.losing(lambda positions, length: positions >= MOST_IMAGES)),
    wrong("reversed-batch", "The images are in reverse order.", "reverse_batch", **IMAGES.changed(_reversed(0))),
    wrong("channels-beyond-64", "Input channels beyond the 64th are left out.", "input_channel_limit_64",
          **CHANNELS_IN.losing(lambda positions, length: positions >= MOST_CHANNELS)),
    wrong("first-channel-missing", "The first of several input channels is left out.", "first_input_channel_ignored",
          **CHANNELS_IN.losing(lambda positions, length: (positions == 0) & (length > 1))),
    wrong("reversed-channels", "The input channels are in reverse order.", "reverse_input_channels",
          **CHANNELS_IN.changed(_reversed(-1))),
    wrong("reversed-outputs", "The output channels are in reverse order.", "reverse_output_channels",
          **CHANNELS_OUT.changed(_reversed(-1))),
    wrong("first-output-for-all", "Every output channel is the first.", "first_output_channel_everywhere",
          **CHANNELS_OUT.changed(_first(-1))),
    wrong("averages-channels", "The mean over channels, not their sum.", "average_channels",
          where=lambda problem: problem.of_pixels, finish=_averaged),
)  # fmt: skip

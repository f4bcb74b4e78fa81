"""Wrong calls of the forward convolutions, and wrong groups: the reason, and words that help."""

from typing import Any

import numpy as np
import pytest

import reference
from reference import ArgumentError
from reference.arguments import convolution_geometry, transposed_geometry
from reference.family import OPERATORS

RIGHT: dict[str, Any] = {"value_shape": [1, 4, 5, 4], "filter_shape": [3, 3, 4, 6], "strides": 2}
GROUPED: dict[str, Any] = {**RIGHT, "filter_shape": [3, 3, 2, 6], "groups": 2}
DEPTHWISE: dict[str, Any] = {**RIGHT, "filter_shape": [3, 3, 4, 2]}
TRANSPOSED: dict[str, Any] = {**RIGHT, "filter_shape": [3, 3, 3, 4], "output_shape": [1, 8, 10, 6], "groups": 2}
NEGATIVE = "the result would have height -2: value 4, kernel 9, stride 2, dilation 1, padding VALID"

WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "conv2d",
        "rank",
        {**RIGHT, "value_shape": [4, 5, 4]},
        "value is [4, 5, 4], 3 numbers; it must be 4: [batch, height, width, in]",
    ),
    (
        "conv2d",
        "rank",
        {**RIGHT, "filter_shape": [3, 3, 4]},
        "filter is [3, 3, 4], 3 numbers; it must be 4: [height, width, in, out]",
    ),
    (
        "conv2d",
        "size",
        {**RIGHT, "value_shape": [1, 4, 5, 0]},
        "value is [1, 4, 5, 0]; batch and spatial lengths are at least 0, channels at least 1",
    ),
    (
        "conv2d",
        "size",
        {**RIGHT, "filter_shape": [3, 0, 4, 6]},
        "filter is [3, 0, 4, 6]; kernel lengths and channels are at least 1",
    ),
    (
        "conv2d",
        "size",
        {**RIGHT, "filter_shape": [3, 3, 4, 0]},
        "filter is [3, 3, 4, 0]; kernel lengths and channels are at least 1",
    ),
    ("conv2d", "size", {**RIGHT, "filter_shape": [9, 3, 4, 6], "padding": "VALID"}, NEGATIVE),
    (
        "conv2d",
        "filter_channels",
        {**RIGHT, "filter_shape": [3, 3, 5, 6]},
        "filter is [3, 3, 5, 6], layout [height, width, in, out]: its axis `in` is 5; the value's 4 channels need 4",
    ),
    (
        "conv2d",
        "filter_channels",
        {**GROUPED, "filter_shape": [3, 3, 4, 6]},
        "filter is [3, 3, 4, 6], layout [height, width, in, out]: its axis `in` is 4; the value's 4 channels in 2 "
        "groups "
        "need 2",
    ),
    ("conv2d", "groups", {**GROUPED, "groups": 3}, "groups is 3; it must be a divisor of the 4 channels in"),
    ("conv2d", "groups", {**GROUPED, "groups": 0}, "groups is 0; it must be a divisor of the 4 channels in"),
    ("conv2d", "groups", {**GROUPED, "groups": -2}, "groups is -2; it must be a divisor of the 4 channels in"),
    (
        "conv2d",
        "groups",
        {**GROUPED, "filter_shape": [3, 3, 2, 5]},
        "groups is 2; it must be a divisor of the 5 channels out",
    ),
    ("conv2d", "strides", {**RIGHT, "strides": [2, 0]}, "strides are [2, 0]; each must be at least 1"),
    ("conv2d", "dilations", {**RIGHT, "dilations": 0}, "dilations are 0; each must be at least 1"),
    (
        "conv2d",
        "padding",
        {**RIGHT, "padding": "same"},
        "padding is 'same'; it must be 'SAME', 'VALID' (upper case), or 4 pairs",
    ),
    ("conv2d", "data_format", {**RIGHT, "data_format": "NCW"}, "data_format is 'NCW'; it must be 'NHWC' or 'NCHW'"),
    (
        "conv1d",
        "strides",
        {**RIGHT, "value_shape": [1, 4, 4], "filter_shape": [3, 4, 6], "strides": [1, 2]},
        "strides are [1, 2]; they must be 1, 1 or 3 numbers",
    ),
    ("conv3d", "rank", RIGHT, "value is [1, 4, 5, 4], 4 numbers; it must be 5: [batch, depth, height, width, in]"),
    (
        "depthwise_conv2d",
        "filter_channels",
        {**DEPTHWISE, "filter_shape": [3, 3, 3, 2]},
        "filter is [3, 3, 3, 2], layout [height, width, in, multiplier]: its axis `in` is 3; the value's 4 channels "
        "need 4",
    ),
    (
        "depthwise_conv2d",
        "groups",
        {**DEPTHWISE, "groups": 2},
        "groups is 2; leave it out: a depthwise convolution splits into channels",
    ),
    (
        "conv2d_transpose",
        "groups",
        {**TRANSPOSED, "groups": 3},
        "groups is 3; it must be a divisor of the 4 channels in",
    ),
    (
        "conv2d_transpose",
        "output_shape",
        {**TRANSPOSED, "output_shape": [1, 8, 10, 3]},
        "output_shape has 3 channels; the filter [3, 3, 3, 4] [height, width, out, in] gives 6",
    ),
]


def _geometry(operator: str, arguments: dict[str, Any]) -> Any:
    read: Any = transposed_geometry if OPERATORS[operator].transposed else convolution_geometry
    return read(OPERATORS[operator], **arguments)


@pytest.mark.parametrize(("operator", "reason", "arguments", "message"), WRONG)
def test_a_wrong_call_of_the_family_is_refused_for_its_reason_in_words_that_help(
    operator: str, reason: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError) as refusal:
        _geometry(operator, arguments)
    assert (refusal.value.reason, str(refusal.value)) == (reason, message)


@pytest.mark.parametrize(
    ("operator", "arguments"),
    [("conv2d", RIGHT), ("conv2d", GROUPED), ("depthwise_conv2d", DEPTHWISE), ("conv2d_transpose", TRANSPOSED)],
)
def test_the_right_calls_that_the_wrong_ones_start_from_are_accepted(operator: str, arguments: dict[str, Any]) -> None:
    assert _geometry(operator, arguments).value_shape


def test_an_operator_refuses_as_its_geometry_does() -> None:
    with pytest.raises(ArgumentError, match="a depthwise convolution splits into channels"):
        reference.depthwise_conv2d(np.ones((1, 2, 2, 2)), np.ones((1, 1, 2, 1)), groups=2)


@pytest.mark.parametrize(
    ("output_shape", "about"), [([2, 8, 10, 6], "batch"), ([1, 8, 10, 3], "channels"), ([1, 8, 99, 6], "length")]
)
def test_an_output_shape_is_refused_with_the_part_of_it_that_is_wrong(output_shape: list[int], about: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        _geometry("conv2d_transpose", {**TRANSPOSED, "output_shape": output_shape})
    assert (refusal.value.reason, refusal.value.about) == ("output_shape", about)

"""Wrong calls: each is refused for one reason, in words that say what was given and what is legal."""

from typing import Any

import numpy as np
import pytest

from reference import ArgumentError, conv2d_transpose, errors
from reference.arguments import channels_last, conv2d_transpose_geometry, spatial_pairs
from reference.errors import REASONS, DataFormatError, DtypeError, Faults, MethodError, PaddingError
from reference.spelling import check_word

RIGHT: dict[str, Any] = {
    "value_shape": [1, 4, 5, 2],
    "filter_shape": [3, 3, 6, 2],
    "output_shape": [1, 8, 10, 6],
    "strides": 2,
}

WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("rank", {"value_shape": [4, 5, 2]}, ["value is [4, 5, 2], 3 numbers", "4: [batch, height, width, in]"]),
    ("rank", {"filter_shape": [3, 3, 6]}, ["filter is [3, 3, 6]", "[height, width, out, in]"]),
    ("rank", {"output_shape": [8, 10]}, ["output_shape is [8, 10]", "[batch, height, width, out]"]),
    ("rank", {"output_shape": 8}, ["output_shape is 8", "4 integers"]),
    ("rank", {"output_shape": [1, 8.0, 10, 6]}, ["output_shape is [1, 8.0, 10, 6]", "4 integers"]),
    ("size", {"value_shape": [1, 4, 5, 0]}, ["value is [1, 4, 5, 0]", "channels at least 1"]),
    ("size", {"value_shape": [-1, 4, 5, 2]}, ["value is [-1, 4, 5, 2]", "at least 0"]),
    ("size", {"value_shape": [1, -4, 5, 2]}, ["value is [1, -4, 5, 2]", "at least 0"]),
    ("size", {"filter_shape": [0, 3, 6, 2]}, ["filter is [0, 3, 6, 2]", "at least 1"]),
    ("size", {"filter_shape": [3, 3, 0, 2]}, ["filter is [3, 3, 0, 2]", "at least 1"]),
    ("filter_channels", {"filter_shape": [3, 3, 6, 5]}, ["its last axis is 5", "the value has 2 channels"]),
    ("filter_channels", {"filter_shape": [3, 3, 2, 6]}, ["[height, width, out, in]", "[3, 3, 6, 2] would be right"]),
    ("output_shape", {"output_shape": [1, 9, 10, 6]}, ["height 9", "SAME it must be 7 to 8"]),
    ("output_shape", {"output_shape": [1, 8, 8, 6]}, ["width 8", "SAME it must be 9 to 10"]),
    ("output_shape", {"output_shape": [1, 8, 8, 6], "padding": "VALID"}, ["height 8", "VALID it must be 9 to 10"]),
    ("output_shape", {"output_shape": [1, 3, 5, 6], "strides": 1}, ["height 3", "SAME it must be 4"]),
    (
        "output_shape",
        {"padding": [[0, 0], [9, 9], [0, 0], [0, 0]]},
        ["height 8", "padding [9, 9] there is no right one"],
    ),
    ("output_shape", {"output_shape": [2, 8, 10, 6]}, ["batch 2", "the value's batch is 1"]),
    ("output_shape", {"output_shape": [1, 8, 10, 2]}, ["2 channels", "[height, width, out, in] gives 6"]),
    ("strides", {"strides": 0}, ["strides are 0", "at least 1"]),
    ("strides", {"strides": [2, -1]}, ["strides are [2, -1]", "at least 1"]),
    ("strides", {"strides": [1, 0, 2, 1]}, ["strides are [1, 0, 2, 1]", "at least 1"]),
    ("strides", {"strides": [2, 2, 2, 1]}, ["strides are [2, 2, 2, 1]", "batch and channels must have 1"]),
    ("strides", {"strides": [1, 2, 2]}, ["strides are [1, 2, 2]", "1, 2 or 4 numbers"]),
    ("strides", {"strides": []}, ["strides are []", "1, 2 or 4 numbers"]),
    ("strides", {"strides": 2.0}, ["strides are 2.0", "1, 2 or 4 integers"]),
    ("strides", {"strides": None}, ["strides are None", "1, 2 or 4 integers"]),
    ("dilations", {"dilations": 0}, ["dilations are 0", "at least 1"]),
    ("dilations", {"dilations": [1, 1, 1, 2]}, ["dilations are [1, 1, 1, 2]", "batch and channels must have 1"]),
    ("padding", {"padding": "same"}, ["padding is 'same'", "'SAME', 'VALID' (upper case)"]),
    ("padding", {"padding": [[1, 1], [1, 1]]}, ["padding is [[1, 1], [1, 1]]", "4 pairs [before, after]"]),
    ("padding", {"padding": [[0, 0], [1], [1, 1], [0, 0]]}, ["[[0, 0], [1], [1, 1], [0, 0]]", "4 pairs"]),
    ("padding", {"padding": [[1, 0], [0, 0], [0, 0], [0, 0]]}, ["batch and channels must have [0, 0]", "axis 0"]),
    ("padding", {"padding": [[0, 0], [0, -1], [0, 0], [0, 0]]}, ["axis 1 has a negative number"]),
    ("padding", {"padding": 1}, ["padding is 1", "4 pairs [before, after]"]),
    ("padding", {"padding": [1, 1, 1, 1]}, ["padding is [1, 1, 1, 1]", "4 pairs [before, after]"]),
    ("padding", {"padding": None}, ["padding is None", "SAME, VALID"]),
    ("data_format", {"data_format": "nhwc"}, ["data_format is 'nhwc'", "'NHWC' or 'NCHW'"]),
]


@pytest.mark.parametrize(
    ("reason", "wrong", "words"), WRONG, ids=lambda each: str(each) if isinstance(each, dict) else ""
)
def test_a_wrong_call_is_refused_for_its_reason_in_words_that_help(
    reason: str, wrong: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(ArgumentError) as refusal:
        conv2d_transpose_geometry(**{**RIGHT, **wrong})
    assert refusal.value.reason == reason
    assert [word for word in words if word not in str(refusal.value)] == []


def test_the_right_call_that_the_wrong_ones_start_from_is_accepted() -> None:
    assert conv2d_transpose_geometry(**RIGHT).output_shape == (1, 8, 10, 6)


def test_every_reason_is_reached_by_some_wrong_call() -> None:
    of_other_calls = (
        DtypeError,
        errors.GroupsError,
        errors.KsizeError,
        errors.DivisorError,
        errors.NormError,
        errors.IndicesError,
        errors.OutputSizeError,
        errors.ScalesError,
        errors.MethodError,
        errors.CoordinatesError,
        errors.ModeError,
        errors.BlockSizeError,
        errors.PatchOrderError,
    )
    assert {reason for reason, _, _ in WRONG} | {error.reason for error in of_other_calls} == set(REASONS)


def test_an_error_is_a_value_error() -> None:
    assert issubclass(ArgumentError, ValueError)


def test_unswapped_filter_channels_get_no_hint_of_a_swap() -> None:
    with pytest.raises(ArgumentError) as refusal:
        conv2d_transpose_geometry(**{**RIGHT, "filter_shape": [3, 3, 6, 5]})
    assert "swapped" not in str(refusal.value)


def test_example_two_as_printed_is_refused_with_the_filter_that_would_be_legal() -> None:
    with pytest.raises(ArgumentError, match=r"\[3, 3, 8, 4\] would be right"):
        conv2d_transpose(np.ones((1, 4, 4, 4)), np.ones((3, 3, 4, 8)), [1, 8, 8, 8], [1, 2, 2, 1])


@pytest.mark.parametrize(
    ("value_dtype", "filter_dtype"),
    [
        ("float32", "float64"),
        ("bool", "bool"),
        ("complex64", "float32"),
        ("U1", "U1"),
        ([("a", "f4")], [("a", "f4")]),
    ],
)
def test_other_dtypes_than_one_of_numbers_are_refused(value_dtype: Any, filter_dtype: Any) -> None:
    value, filter = np.zeros((1, 2, 2, 1), value_dtype), np.zeros((1, 1, 1, 1), filter_dtype)
    with pytest.raises(DtypeError) as refusal:
        conv2d_transpose(value, filter, [1, 2, 2, 1], 1)
    assert f"value is {value.dtype} and filter is {filter.dtype}" in str(refusal.value)


def test_the_axis_of_the_channels_in_the_padding_follows_the_data_format() -> None:
    assert spatial_pairs([[0, 0], [0, 0], [1, 2], [3, 4]], "NCHW") == [(1, 2), (3, 4)]


def test_padding_of_the_channels_first_axis_is_refused() -> None:
    with pytest.raises(PaddingError, match=r"axis 1 has \[1, 2\]"):
        spatial_pairs([[0, 0], [1, 2], [3, 4], [0, 0]], "NCHW")


@pytest.mark.parametrize(
    ("data_format", "rank", "last"),
    [(None, 2, True), ("NHWC", 2, True), ("NCHW", 2, False), ("NCW", 1, False), ("NDHWC", 3, True)],
)
def test_a_data_format_says_where_the_channels_are(data_format: str | None, rank: int, last: bool) -> None:
    assert channels_last(data_format, rank) is last


def test_a_data_format_of_another_rank_is_refused() -> None:
    with pytest.raises(DataFormatError, match="'NWC' or 'NCW'"):
        channels_last("NHWC", 1)


def test_everything_that_is_wrong_is_told_at_once_and_refused_for_the_first() -> None:
    with pytest.raises(ArgumentError) as refusal:
        conv2d_transpose_geometry(**{**RIGHT, "strides": 0, "dilations": 0, "padding": "same"})
    assert refusal.value.reason == "strides"
    assert str(refusal.value) == (
        "strides are 0; each must be at least 1; and dilations are 0; each must be at least 1; "
        "and padding is 'same'; it must be 'SAME', 'VALID' (upper case), or 4 pairs"
    )


def test_what_is_no_argument_error_is_not_kept_for_later() -> None:
    faults = Faults()
    with pytest.raises(ZeroDivisionError), faults:
        _ = 1 // 0
    faults.check()


@pytest.mark.parametrize(
    ("given", "meant"),
    [("LINAER", " (did you mean 'linear'?)"), ("bilinear", " (did you mean 'linear'?)"), ("area", ""), (3, "")],
)
def test_a_misspelt_word_gets_the_one_that_may_be_meant(given: object, meant: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        check_word("method", given, ("nearest", "linear", "cubic"), MethodError)
    assert str(refusal.value) == f"method is {given!r}; it must be one of nearest, linear, cubic{meant}"

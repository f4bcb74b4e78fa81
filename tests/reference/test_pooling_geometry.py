"""Lengths, windows and divisors of a pooling, worked out by hand, and the calls that have none."""

from typing import Any

import pytest

from reference.errors import ArgumentError
from reference.pooling.arguments import adaptive_geometry, pooling_geometry
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import AdaptiveAxis, Pooling, UnpooledAxis, WindowAxis, pooled_length, pooling_axis


def _geometry(operator: str = "avg_pool2d", **given: Any) -> Pooling:
    shape = {1: (2, 7, 3), 2: (2, 7, 6, 3), 3: (2, 5, 7, 6, 3)}[OPERATORS[operator].rank]
    arguments: dict[str, Any] = {"value_shape": shape, "ksize": 3, "strides": 2, "padding": "SAME", **given}
    return pooling_geometry(OPERATORS[operator], **arguments)


@pytest.mark.parametrize(
    ("length", "kernel", "stride", "dilation", "padding", "floor", "ceil"),
    [
        pytest.param(6, 3, 2, 1, "VALID", 2, 3, id="one-element-left-over"),
        pytest.param(7, 3, 2, 1, "VALID", 3, 3, id="nothing-left-over"),
        pytest.param(2, 3, 2, 1, "VALID", 0, 1, id="a-partial-window-alone"),
        pytest.param(6, 3, 2, 1, (1, 1), 3, 4, id="a-last-window-that-begins-at-the-last-element"),
        pytest.param(4, 1, 3, 1, (1, 1), 2, 2, id="a-last-window-that-would-begin-behind-the-pads"),
        pytest.param(4, 2, 3, 1, (1, 1), 2, 2, id="a-last-window-that-would-begin-in-the-pads-behind"),
        pytest.param(7, 2, 2, 3, (0, 1), 3, 3, id="dilated"),
        pytest.param(8, 3, 3, 1, (0, 1), 3, 3, id="pads-behind-alone"),
        pytest.param(7, 3, 2, 1, "SAME", 4, 4, id="same-needs-no-ceil-mode"),
        pytest.param(0, 2, 2, 1, "VALID", 0, 0, id="nothing-at-all"),
        pytest.param(1, 4, 2, 1, "VALID", -1, 0, id="too-wide-but-for-ceil-mode"),
        pytest.param(1, 6, 2, 1, "VALID", -2, -1, id="too-wide"),
    ],
)
def test_the_number_of_windows(
    length: int, kernel: int, stride: int, dilation: int, padding: Any, floor: int, ceil: int
) -> None:
    lengths = [pooled_length(length, kernel, stride, dilation, padding, ceil_mode=mode) for mode in (False, True)]
    assert lengths == [floor, ceil]


def test_ceil_mode_counts_the_windows_as_pytorch_does_where_pytorch_takes_the_pads() -> None:
    """`pooling_output_shape`: ceil in place of floor, less a last window that begins behind input and pads before."""
    for length in range(1, 12):
        for kernel in range(1, 6):
            for stride in range(1, 6):
                for pad in range(kernel // 2 + 1):
                    if length + 2 * pad < kernel:
                        continue
                    windows = -((kernel - length - 2 * pad) // stride) + 1
                    windows -= (windows - 1) * stride >= length + pad
                    assert pooled_length(length, kernel, stride, 1, (pad, pad), ceil_mode=True) == windows


def test_same_pads_the_odd_element_behind() -> None:
    axis = pooling_axis(6, 3, 2, 1, "SAME")
    assert (axis.output, axis.pad_before, axis.pad_after) == (3, 0, 1)


def test_a_window_counts_its_elements_and_its_places_within_the_pads() -> None:
    axis = pooling_axis(6, 3, 2, 1, (1, 0), ceil_mode=True)
    assert [list(axis.places(output)) for output in range(axis.output)] == [[-1, 0, 1], [1, 2, 3], [3, 4, 5]]
    assert (axis.elements(), axis.clipped()) == ([2, 3, 3], [3, 3, 3])


def test_places_beyond_the_pads_belong_to_no_divisor() -> None:
    axis = pooling_axis(6, 3, 2, 1, (0, 0), ceil_mode=True)
    assert (axis.elements(), axis.clipped(), axis.overhang) == ([3, 3, 2], [3, 3, 2], 1)


def test_a_dilated_window_counts_its_taps_alone() -> None:
    axis = WindowAxis(5, 2, 1, 3, 2, 1, 5)
    assert [list(axis.places(output)) for output in (0, 2, 4)] == [[-2, 1], [0, 3], [2, 5]]
    assert (axis.elements(), axis.clipped()) == ([1, 1, 2, 2, 1], [2, 2, 2, 2, 2])


def test_a_window_within_the_pads_has_no_element() -> None:
    assert pooling_axis(2, 2, 2, 1, (3, 1)).elements() == [0, 1, 1]


def test_an_element_counts_the_windows_that_read_it() -> None:
    assert pooling_axis(5, 3, 2, 1, (1, 1)).windows() == [1, 2, 1, 2, 1]
    assert pooling_axis(5, 1, 3, 1, "VALID").windows() == [1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("given", "divisors"),
    [
        ({}, [[3, 3, 3, 2], [3, 3, 2]]),
        ({"count_include_pad": True}, [[3, 3, 3, 3], [3, 3, 3]]),
        ({"count_include_pad": True, "divisor_override": 5}, [[5, 5, 5, 5], [1, 1, 1]]),
    ],
)
def test_divisors_are_those_of_elements_of_places_or_the_number_given(
    given: dict[str, Any], divisors: list[list[int]]
) -> None:
    geometry = _geometry(**{"value_shape": (1, 8, 6, 1), **given})
    assert list(geometry.divisors()) == divisors


def test_shapes_and_work_follow_from_the_geometry() -> None:
    geometry = _geometry("max_pool3d", ksize=(2, 3, 1), padding="VALID")
    assert geometry.value_shape == (2, 5, 7, 6, 3)
    assert geometry.result_shape == (2, 2, 3, 3, 3)
    assert geometry.work == 2 * 2 * 3 * 3 * 3 * 6
    assert (geometry.most_elements, geometry.most_windows) == (6, 2)


def test_numbers_of_all_axes_follow_the_data_format() -> None:
    last = _geometry(ksize=(1, 3, 2, 1), strides=(1, 2, 1, 1), padding=((0, 0), (1, 0), (0, 1), (0, 0)))
    first = _geometry(
        value_shape=(2, 3, 7, 6), ksize=(1, 1, 3, 2), strides=(1, 1, 2, 1), padding=((0, 0), (0, 0), (1, 0), (0, 1)),
        data_format="NCHW",
    )  # fmt: skip
    assert last == first
    assert [(axis.kernel, axis.stride, axis.pad_before, axis.pad_after) for axis in last.sliding] == [
        (3, 2, 1, 0),
        (2, 1, 0, 1),
    ]


@pytest.mark.parametrize(
    ("given", "reason", "message"),
    [
        ({"ksize": 0}, "ksize", "ksize are 0; each must be at least 1"),
        ({"ksize": (2, 2, 2)}, "ksize", "ksize are [2, 2, 2]; they must be 1, 2 or 4 numbers"),
        ({"ksize": (2, 2, 2, 1)}, "ksize", "ksize are [2, 2, 2, 1]; batch and channels must have 1"),
        ({"strides": 0}, "strides", "strides are 0; each must be at least 1"),
        ({"dilations": -1}, "dilations", "dilations are -1; each must be at least 1"),
        (
            {"padding": "same"},
            "padding",
            "padding is 'same'; it must be 'SAME', 'VALID' (upper case), or 4 pairs",
        ),
        (
            {"padding": ((0, 0), (0, -1), (0, 0), (0, 0))},
            "padding",
            "padding is [[0, 0], [0, -1], [0, 0], [0, 0]]: axis 1 has a negative number",
        ),
        ({"data_format": "NDHWC"}, "data_format", "data_format is 'NDHWC'; it must be 'NHWC' or 'NCHW'"),
        ({"divisor_override": 0}, "divisor", "divisor_override is 0; it must be at least 1"),
        (
            {"value_shape": (7, 6, 3)},
            "rank",
            "value is [7, 6, 3], 3 numbers; it must be 4: [batch, height, width, channels]",
        ),
        (
            {"value_shape": (1, 4, 4, 0)},
            "size",
            "value is [1, 4, 4, 0]; batch and spatial lengths are at least 0, channels at least 1",
        ),
        (
            {"ksize": (3, 9), "padding": "VALID", "strides": 1},
            "size",
            "the result would have width -2: value 6, window 9, stride 1, dilation 1, padding VALID",
        ),
    ],
)
def test_a_wrong_call_is_refused_with_its_reason(given: dict[str, Any], reason: str, message: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        _geometry(**given)
    assert (refusal.value.reason, str(refusal.value)) == (reason, message)


@pytest.mark.parametrize("given", [{"count_include_pad": True}, {"divisor_override": 3}])
def test_a_maximum_has_no_divisor(given: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="max_pool2d divides by nothing: ") as refusal:
        _geometry("max_pool2d", **given)
    assert refusal.value.reason == "divisor"


@pytest.mark.parametrize(
    ("operator", "given", "message"),
    [
        ("lp_pool2d", {}, "lp_pool2d needs a norm_type: a norm has one, and nothing else"),
        ("avg_pool2d", {"norm_type": 2}, "avg_pool2d takes no norm_type: a norm has one, and nothing else"),
        ("lp_pool2d", {"norm_type": 0}, "norm_type is 0; it must be at least 1"),
    ],
)
def test_a_norm_alone_has_a_norm_type_of_one_at_least(operator: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        _geometry(operator, **given)
    assert (refusal.value.reason, str(refusal.value)) == ("norm_type", message)


@pytest.mark.parametrize(
    ("length", "count", "windows"),
    [
        (5, 3, [[0, 1], [1, 2, 3], [3, 4]]),
        (7, 4, [[0, 1], [1, 2, 3], [3, 4, 5], [5, 6]]),
        (3, 5, [[0], [0, 1], [1], [1, 2], [2]]),
        (4, 2, [[0, 1], [2, 3]]),
    ],
)
def test_adaptive_windows_begin_at_a_place_rounded_down_and_end_at_one_rounded_up(
    length: int, count: int, windows: list[list[int]]
) -> None:
    axis = AdaptiveAxis(length, count)
    assert [list(axis.places(output)) for output in range(count)] == windows
    assert axis.elements() == axis.clipped() == list(map(len, windows))
    assert axis.kernel == max(map(len, windows))
    assert axis.windows() == [sum(place in window for window in windows) for place in range(length)]


def test_overlaps_of_adaptive_windows_are_their_places() -> None:
    for length in range(1, 20):
        for count in range(1, 20):
            axis = AdaptiveAxis(length, count)
            found: dict[int, list[int]] = {output: [] for output in range(count)}
            for overlap in axis.overlaps():
                for number in range(overlap.count):
                    found[overlap.first + overlap.every * number].append(overlap.element + overlap.step * number)
            assert found == {output: list(axis.places(output)) for output in range(count)}


@pytest.mark.parametrize(
    ("length", "count", "window"),
    [(6, 3, (2, 2)), (5, 4, (2, 1)), (7, 1, (7, 7)), (6, 6, (1, 1)), (5, 3, None), (3, 6, None)],
)
def test_some_adaptive_windows_have_one_length_and_one_stride(
    length: int, count: int, window: tuple[int, int] | None
) -> None:
    axis = AdaptiveAxis(length, count).as_window()
    assert (None if axis is None else (axis.kernel, axis.stride)) == window
    if axis is not None:
        asked = AdaptiveAxis(length, count)
        assert [axis.places(output) for output in range(count)] == [asked.places(output) for output in range(count)]


def test_the_windows_of_an_adaptive_pooling_have_no_strides() -> None:
    with pytest.raises(TypeError, match="the windows of an adaptive pooling have no strides"):
        Pooling(1, 1, (AdaptiveAxis(3, 2),)).sliding  # noqa: B018 - what is raised is asked


@pytest.mark.parametrize(
    ("value", "output_size", "reason", "message"),
    [
        ((1, 4, 4, 2), 0, "output_size", "output_size is [0]; it must be 1 or 2 integers of at least 1"),
        ((1, 4, 4, 2), (1, 2, 3), "output_size", "output_size is [1, 2, 3]; it must be 1 or 2 integers of at least 1"),
        ((1, 4, 4, 2), (1, 0.5), "output_size", "output_size is (1, 0.5); it must be 1 or 2 integers of at least 1"),
        ((1, 0, 4, 2), 2, "size", "value is [1, 0, 4, 2]; its windows would be empty: spatial lengths are at least 1"),
        ((1, 4, 2), 2, "rank", "value is [1, 4, 2], 3 numbers; it must be 4: [batch, height, width, channels]"),
    ],
)
def test_a_wrong_adaptive_call_is_refused_with_its_reason(
    value: tuple[int, ...], output_size: Any, reason: str, message: str
) -> None:
    with pytest.raises(ArgumentError) as refusal:
        adaptive_geometry(OPERATORS["adaptive_avg_pool2d"], value, output_size)
    assert (refusal.value.reason, str(refusal.value)) == (reason, message)


def test_maxima_are_put_back_along_axes_that_are_not_shorter() -> None:
    with pytest.raises(ArgumentError) as refusal:
        adaptive_geometry(OPERATORS["max_unpool2d"], (1, 4, 4, 2), (8, 3))
    assert (refusal.value.reason, str(refusal.value)) == (
        "output_size", "output_size is [8, 3]; it must be at least [4, 4], as the value",
    )  # fmt: skip
    axis = UnpooledAxis(2, 5)
    assert (axis.elements(), axis.clipped(), axis.windows(), list(axis.overlaps())) == ([1] * 5, [1] * 5, [1, 1], [])
    assert list(axis.places(0)) == []

"""Calls of resizes as they are read: what they mean, what is refused and where, what is said of their namesakes."""

from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.resize.readings.reading import ResizeReading, read_trial
from conformance.suite.case import WrongTrial
from conformance.suite.corpus import select
from conformance.translation.code import CallError
from conformance.translation.reading import read_call
from tests.operators.resize.calls import resize_call

NEAREST = "F.interpolate(x[1,3,5,5], size=7, mode='nearest')"


def read(text: str, value: tuple[int, ...] | None = None, dtype: str = "float32") -> ResizeReading:
    found = read_call(text, dtype, value)
    assert isinstance(found, ResizeReading)
    return found


def remarks(text: str, lane: str) -> tuple[str, ...]:
    reading = read(text)
    return reading.remarks_on(lane, reading.write(load_adapter(parse_lane(lane))))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("tf.image.resize(x[1,5,7,3], [7,7])", "linear, half_pixel"),
        ("tf.image.resize(x[1,5,7,3], (7,7), 'nearest')", "nearest, half_pixel, round_prefer_ceil"),
        ("tf.image.resize(x[1,5,7,3], (7,7), 'nearest', antialias=True)", "nearest, half_pixel, round_prefer_ceil"),
        ("tf.image.resize(x[1,5,7,3], (7,7), 'bicubic')", "cubic, half_pixel, cubic_coeff_a -0.5, outside excluded"),
        ("tf.compat.v1.image.resize_nearest_neighbor(x[1,5,7,3], (7,7))", "nearest, asymmetric, floor"),
        (
            "tf.compat.v1.image.resize_nearest_neighbor(x[1,5,7,3], (7,7), half_pixel_centers=True)",
            "nearest, half_pixel, round_prefer_ceil",
        ),
        ("tf.compat.v1.image.resize_bilinear(x[1,5,7,3], (7,7), align_corners=True)", "linear, align_corners"),
        (
            "tf.compat.v1.image.resize_bicubic(x[1,5,7,3], (7,7))",
            "cubic, asymmetric, cubic_coeff_a -0.75, border repeated",
        ),
        (
            "tf.compat.v1.image.resize_bicubic(x[1,5,7,3], (7,7), half_pixel_centers=True)",
            "cubic, half_pixel, cubic_coeff_a -0.5, outside excluded",
        ),
        ("F.interpolate(x[1,3,5,7], 7)", "nearest, asymmetric, floor"),
        ("F.interpolate(x[1,3,5], 7, mode='nearest-exact')", "nearest, half_pixel, round_prefer_ceil"),
        ("F.interpolate(x[1,3,5,7,4], 7, mode='trilinear', align_corners=True)", "linear, align_corners"),
        (
            "F.interpolate(x[1,3,5,7], 7, mode='bicubic')",
            "cubic, half_pixel, cubic_coeff_a -0.75, border repeated",
        ),
        (
            "F.interpolate(x[1,3,5,7], 7, mode='bicubic', antialias=True)",
            "cubic, half_pixel, cubic_coeff_a -0.5, outside excluded, antialias",
        ),
        ("nn.Upsample(scale_factor=2, mode='bilinear')(x[1,3,5,7])", "linear, half_pixel"),
        ("jax.image.resize(x[1,5,7,3], (1,7,7,3), 'nearest')", "nearest, half_pixel, round_prefer_ceil"),
        ("jax.image.resize(x[1,5,3], (1,7,3), 'bilinear')", "linear, half_pixel, outside excluded, antialias"),
        (
            "jax.image.resize(x[1,5,7,3], (1,7,7,3), 'cubic-pytorch', antialias=False)",
            "cubic, half_pixel, cubic_coeff_a -0.75, border repeated",
        ),
        (
            "jax.image.resize(x[1,5,7,3], (1,7,7,3), 'bicubic-pytorch')",
            "cubic, half_pixel, cubic_coeff_a -0.5, outside excluded, antialias",
        ),
    ],
)
def test_a_call_means_its_coordinates_and_weights(text: str, rule: str) -> None:
    assert read(text).lines()[1] == rule


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("tf.image.resize(x[1,5,7,3], 7)", 29, "expected a tuple of 2 integers"),
        ("tf.image.resize(x[1,5,7,3], (7,0))", 29, "size is 0 on width; it must be at least 1"),
        ("tf.image.resize(x[1,5,7,3], (7,7), 'area')", 36, "method is 'area'; expected one of 'nearest', 'bilinear'"),
        ("tf.image.resize(x[5,7,3], (7,7))", 17, "expected 4 axes"),
        ("tf.image.resize(x[1,5,7,3], (7,7), preserve_aspect_ratio=True)", 58, "preserve_aspect_ratio is True"),
        (
            "tf.compat.v1.image.resize_bilinear(x[1,5,7,3], (7,7), True, None, True)",
            67,
            "half_pixel_centers beside align_corners: TensorFlow refuses both",
        ),
        ("F.interpolate(x[1,3,5,7])", 1, "size or scale_factor is given, and not both"),
        ("F.interpolate(x[1,3,5,7], 7, 2)", 1, "size or scale_factor is given, and not both"),
        ("F.interpolate(x[1,3,5,7], (7,7,7))", 27, "expected an integer or 2 integers"),
        ("F.interpolate(x[1,3,5,7], scale_factor='2')", 40, "expected a number or 2 numbers"),
        ("F.interpolate(x[1,3,5,7], scale_factor=0.1)", 40, "the result would have the lengths [0, 0]"),
        ("F.interpolate(x[1,3,5,7], 7, mode='area')", 35, "mode is 'area'; expected one of 'nearest', "),
        ("F.interpolate(x[1,3,5,7], 7, mode='linear')", 35, "torch has no mode 'linear' of 2 spatial axes"),
        ("F.interpolate(x[1,3,5], 7, mode='linear', antialias=True)", 33, "no mode 'linear' with antialias of 1"),
        ("F.interpolate(x[1,3,5,7], 7, align_corners=False)", 44, "align_corners is of linear and cubic modes"),
        (
            "F.interpolate(x[1,3,5,7], 7, mode='bilinear', align_corners=True, antialias=True)",
            61,
            "has coordinates that no other framework has",
        ),
        ("F.interpolate(x[1,3,5,7], 7, recompute_scale_factor=True)", 53, "goes with scale_factor alone"),
        ("F.interpolate(x[1,3], 7)", 15, "the value has 2 axes; calls of 1, 2 or 3 spatial axes are read"),
        ("nn.Upsample(scale_factor=2)", 1, "a layer is read with its value's shape"),
        ("jax.image.resize(x[1,5,3], (1,7), 'linear')", 28, "expected 3 integers, one for each axis of the value"),
        ("jax.image.resize(x[1,5,3], (2,7,3), 'linear')", 28, "the batch, or both the second and the last axis"),
        ("jax.image.resize(x[1,5,3], (1,7,3), 'lanczos3')", 37, "method is 'lanczos3'; expected one of 'linear'"),
        ("jax.image.resize(x[5,3], (7,3), 'linear')", 18, "the value has 2 axes"),
        ("tf.image.resize(x[1,5,7,3], (7,7)) + b[3]", 1, "not part of a resize"),
    ],
)
def test_an_illegal_call_is_an_error_at_its_argument(text: str, column: int, message: str) -> None:
    with pytest.raises(CallError) as error:
        read(text)
    assert str(error.value).startswith(f"column {column}: "), str(error.value)
    assert message in str(error.value)


def test_what_tensorflow_interpolates_is_read_in_float32_alone() -> None:
    assert read("tf.image.resize(x[1,5,7,3], (7,7), 'nearest')", dtype="float64").judged.dtype == "float64"
    with pytest.raises(CallError, match="comes out in float32; a result in float64 is none of its own"):
        read("tf.image.resize(x[1,5,7,3], (7,7))", dtype="float64")


def test_nearest_of_torch_is_that_of_nobody_else() -> None:
    """At 5 -> 7, where whole ratios do not hide it."""
    reading = read(NEAREST)
    assert reading.lines() == [
        "resize2d, float32, NCHW",
        "nearest, asymmetric, floor",
        "ONNX Resize: mode=nearest, coordinate_transformation_mode=asymmetric, nearest_mode=floor",
        "height: 5 -> 7, scale 1.4",
        "width: 5 -> 7, scale 1.4",
    ]
    differs = (
        "is another resize: its coordinates are those of half_pixel, not of asymmetric; it rounds by "
        "round_prefer_ceil, not by floor; up to 2 outputs of an axis read other elements"
    )
    assert remarks(NEAREST, "tensorflow") == (f"tf.image.resize(method='nearest') {differs}",)
    assert remarks(NEAREST, "jax") == (f"jax.image.resize(method='nearest') {differs}",)
    plan = reading.write(load_adapter(parse_lane("tensorflow")))
    assert isinstance(plan, Plan)
    assert "tf.compat.v1.image.resize_nearest_neighbor" in "".join(plan.source())
    assert isinstance(reading.write(load_adapter(parse_lane("jax"))), Unsupported)


@pytest.mark.parametrize("lane", ["tensorflow", "jax"])
def test_nearest_exact_of_torch_is_nearest_elsewhere(lane: str) -> None:
    text = NEAREST.replace("'nearest'", "'nearest-exact'")
    assert remarks(text, lane) == ()
    assert remarks(NEAREST.replace("size=7", "size=10"), lane) == ()  # which a whole ratio hides


def test_bicubic_of_torch_and_of_tensorflow_differ_by_their_coefficient() -> None:
    of_torch = "F.interpolate(x[1,3,5,5], size=7, mode='bicubic')"
    (remark,) = remarks(of_torch, "tensorflow")
    assert remark == (
        "tf.image.resize(method='bicubic') is another resize: its cubic_coeff_a is -0.5, not -0.75; its weights beyond "
        "the border are dropped, and the others divided by their sum; up to 6 outputs of an axis have other weights"
    )
    (back,) = remarks("tf.image.resize(x[1,5,5,3], (7,7), 'bicubic')", "torch")
    assert "its cubic_coeff_a is -0.75, not -0.5; its weights beyond the border are those of the border's" in back


def test_a_scale_that_is_used_as_it_is_given_is_no_ratio_of_lengths() -> None:
    text = "F.interpolate(x[1,3,5,5], scale_factor=1.5, mode='bilinear')"
    (remark,) = remarks(text, "jax")
    assert "its coordinates are scaled by the ratio of the lengths" in remark
    assert remarks(text.replace("mode=", "recompute_scale_factor=True, mode="), "jax") == ()


def test_what_a_call_leaves_out_is_said_where_it_matters() -> None:
    assert read(NEAREST).remarks == (
        "mode='nearest' rounds down without the half pixel; with it, it is 'nearest-exact'",
    )
    shorter = "jax.image.resize(x[1,9,3], (1,4,3), 'linear')"
    assert read(shorter).remarks[0].startswith("antialias is True by default")
    assert read(shorter.replace("'linear'", "'linear', True")).remarks == ()
    assert read(shorter.replace("(1,4,3)", "(1,12,3)")).remarks == ()


def test_channels_first_is_found_in_a_shape_of_jax() -> None:
    reading = read("jax.image.resize(x[2,3,5,7], (2,3,9,4), 'linear', False)")
    assert reading.judged.value_shape == (2, 5, 7, 3)
    assert reading.lines()[0] == "resize2d, float32, NCHW"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({}, "tf.image.resize(x[2, 5, 7, 3], size=[7, 7], method='bilinear')"),
        (
            {"method": "nearest", "dtype": "float64", "coordinate_transformation_mode": "align_corners"},
            "tf.compat.v1.image.resize_nearest_neighbor(x[2, 5, 7, 3], size=[7, 7], align_corners=True)",
        ),
        ({"method": "nearest", "nearest_mode": "ceil"}, "reference.resize.resize2d(x[2, 5, 7, 3], method='nearest'"),
    ],
)
def test_a_trial_is_read_in_the_words_of_the_first_that_has_some(words: dict[str, Any], text: str) -> None:
    reading = read_trial(resize_call(**words))
    assert reading.text.startswith(text)
    assert reading.document()["rule"] == reading.lines()[1]
    assert reading.document()["axes"][0]["scale_numerator"] == 7
    assert read_trial(resize_call(**words), "float16").judged.dtype == "float16"


def test_a_trial_that_is_wrong_on_purpose_is_not_read() -> None:
    (trial,) = select(["resize1d/refusals/coefficient"])
    assert isinstance(trial, WrongTrial)
    with pytest.raises(CallError, match=r"the call is wrong \(method\)"):
        read_trial(trial.call)

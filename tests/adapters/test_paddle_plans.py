"""Paddle's planners: pads in pairs over all axes, words of padding, and layouts that are named."""

from typing import Any

import pytest

from conformance.adapters.paddle.adapter import Paddle
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import Nominal, plan_call
from conformance.operators.convolution.calls import make_call, right_call
from conformance.operators.index_map.calls import make_call as make_map
from conformance.operators.pooling.calls import make_call as make_pooling
from conformance.operators.resize.calls import make_call as make_resize
from conformance.suite.case import Call
from reference.family import Direction
from tests.operators.pooling.calls import pooling_call

F = "paddle.nn.functional"


def lines_of(plan: Plan | Unsupported) -> list[str]:
    assert isinstance(plan, Plan), plan
    return [line for step in plan.steps for line in (step.lines() if isinstance(step, Invoke) else (step.source(),))]


@pytest.mark.parametrize(
    ("operator", "keys", "line"),
    [
        (
            "conv2d",
            {"value": (1, 4, 5, 2), "filter": (3, 3, 2, 4), "padding": "SAME", "dilations": 2, "strides": 1},
            f"result = {F}.conv2d(value, filter, stride=(1, 1), padding='SAME', dilation=(2, 2), data_format='NHWC')",
        ),
        (
            "conv1d",
            {"value": (1, 2, 6), "filter": (3, 2, 4), "padding": ((0, 0), (0, 0), (2, 1)), "strides": 2,
             "data_format": "NCW"},
            f"result = {F}.conv1d(value, filter, stride=(2,), padding=((0, 0), (0, 0), (2, 1)), dilation=(1,))",
        ),
        (
            "conv2d_transpose",
            {"value": (1, 4, 4, 2), "filter": (3, 3, 4, 2), "padding": "SAME", "strides": 2,
             "output_shape": (1, 8, 8, 4), "bias": True},
            f"result = {F}.conv2d_transpose(value, filter, bias, stride=(2, 2), "
            "padding=((0, 0), (0, 1), (0, 1), (0, 0)), output_padding=(0, 0), dilation=(1, 1), data_format='NHWC')",
        ),
        (
            "conv3d_transpose",
            {"value": (1, 2, 2, 2, 2), "filter": (2, 2, 2, 2, 2), "padding": "VALID", "strides": 3, "groups": 2,
             "output_shape": (1, 6, 5, 7, 4)},
            f"result = {F}.conv3d_transpose(value, filter, stride=(3, 3, 3), "
            "padding=((0, 0), (0, 0), (0, 0), (0, 0), (0, 0)), output_padding=(1, 0, 2), groups=2, "
            "dilation=(1, 1, 1), data_format='NDHWC')",
        ),
        (
            "depthwise_conv2d",
            {"value": (1, 4, 4, 2), "filter": (3, 3, 2, 3), "padding": "VALID", "strides": 1},
            f"result = {F}.conv2d(value, filter, stride=(1, 1), padding='VALID', dilation=(1, 1), groups=2, "
            "data_format='NHWC')",
        ),
    ],
)  # fmt: skip
def test_a_convolution_is_said_in_one_call(operator: str, keys: dict[str, Any], line: str) -> None:
    shapes = (keys.pop("value"), keys.pop("filter"), keys.pop("output_shape", ()))
    plan = Paddle().plan(right_call(operator, shapes, **keys))
    assert line in lines_of(plan)
    assert isinstance(plan, Plan)
    assert plan.native


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            {"operator": "max_pool2d", "padding": "SAME"},
            "max_pool2d(value, kernel_size=(3, 3), stride=(2, 2), padding='SAME', ceil_mode=False, data_format='NHWC')",
        ),
        (
            {"operator": "avg_pool1d", "padding": ((0, 0), (1, 0), (0, 0)), "count_include_pad": True},
            "avg_pool1d(value, kernel_size=(3,), stride=(2,), padding=((0, 0), (0, 0), (1, 0)), exclusive=False, "
            "ceil_mode=False)",
        ),
        (
            {"operator": "avg_pool3d", "padding": "VALID", "ceil_mode": True, "divisor_override": 5},
            "avg_pool3d(value, kernel_size=(3, 3, 3), stride=(2, 2, 2), "
            "padding=((0, 0), (0, 0), (0, 0), (0, 0), (0, 0)), ceil_mode=True, exclusive=True, divisor_override=5, "
            "data_format='NDHWC')",
        ),
        (
            {"operator": "adaptive_avg_pool2d", "output_size": 2},
            "adaptive_avg_pool2d(value, output_size=2, data_format='NHWC')",
        ),
    ],
)
def test_a_pooling_is_said_with_its_own_pads(words: dict[str, Any], line: str) -> None:
    assert f"result = {F}.{line}" in lines_of(Paddle().plan(pooling_call(**words)))


def test_indices_are_made_int64_and_counted_anew() -> None:
    plan = Paddle().plan(pooling_call("max_pool_with_argmax", padding="VALID"))
    assert isinstance(plan, Plan)
    assert plan.notes == ("max_pool2d counts within a plane: its indices are counted anew: composed",)
    assert "result = paddle.cast(result, dtype='int64')" in lines_of(plan)


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (
            make_map("pad", (2, 3), paddings=((1, 0), (0, 2)), constant_values=5.0),
            f"result = {F}.pad(value, pad=(1, 0, 0, 2), mode='constant', value=5.0)",
        ),
        (
            make_map("pad", (2, 3, 4), paddings=((0, 0), (0, 0), (1, 2)), mode="REFLECT"),
            f"result = {F}.pad(value, pad=(1, 2), mode='reflect')",
        ),
        (
            make_map("depth_to_space", (1, 2, 2, 8), block_size=2),
            f"result = {F}.pixel_shuffle(value, upscale_factor=2, data_format='NHWC')",
        ),
        (
            make_map("extract_patches", (1, 5, 5, 2), ksize=2, strides=1, padding="SAME"),
            f"result = {F}.unfold(value, kernel_sizes=(2, 2), dilations=(1, 1), paddings=(0, 0, 1, 1), strides=(1, 1))",
        ),
        (
            make_resize("resize2d", (1, 4, 4, 2), output_size=8, coordinate_transformation_mode="asymmetric"),
            f"result = {F}.interpolate(value, size=(8, 8), mode='bilinear', align_mode=1, data_format='NHWC')",
        ),
    ],
)
def test_maps_and_resizes_are_said_in_their_own_layout(call: Call, line: str) -> None:
    assert line in lines_of(Paddle().plan(call))


def test_a_negative_pad_is_cut_off_before() -> None:
    plan = Paddle().plan(make_map("pad", (2, 3), paddings=((0, 0), (-1, 2))))
    assert lines_of(plan) == [
        "value = value[0:2, 1:3]",
        f"result = {F}.pad(value, pad=(0, 0, 0, 2), mode='constant')",
    ]


CONVOLUTION = ("conv2d", ((1, 4, 4, 2), (3, 3, 2, 2), ()))
TRANSPOSED = ("conv2d_transpose", ((1, 4, 4, 2), (3, 3, 2, 2), (1, 12, 9, 2)))


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (make_call(*CONVOLUTION, padding="same"), "conv2d's padding takes this word in small letters, too"),
        (
            make_call(*TRANSPOSED, strides=2, padding="SAME"),
            "Paddle's documents do not say what the word means to conv2d_transpose",
        ),
        (
            make_call("conv2d_transpose", ((1, 4, 4, 2), (3, 3, 2, 2), (1, 8, 8, 3)), strides=2, padding="VALID"),
            "conv2d_transpose's output_size is of the spatial axes alone",
        ),
        (
            make_call(*CONVOLUTION, dtype="int64"),
            "of conv2d Paddle's documents name the dtypes float16, float32, float64",
        ),
        (make_pooling("max_pool2d", (1, 4, 4, 2), ksize=2, strides=2, padding="valid"),
         "max_pool2d's padding takes this word in small letters, too"),
    ],
)  # fmt: skip
def test_what_the_documents_do_not_say_is_unsupported(call: Call, reason: str) -> None:
    assert plan_call(Paddle(), call) == Unsupported(reason)


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (make_call(*CONVOLUTION, padding="FULL"), "padding='FULL'"),
        (make_call(*CONVOLUTION, data_format="NWC"), "data_format='NLC'"),
        (make_call(*TRANSPOSED, strides=2, padding="VALID"), "output_size=(12, 9)"),
        (make_call("conv2d", ((4, 4, 2), (3, 3, 2, 2), ())), "conv2d(value, filter, stride=(1, 1)"),
        (make_pooling("max_pool2d", (1, 4, 4, 2), ksize=2, strides=2, padding="FULL"), "padding='FULL'"),
        (make_pooling("max_pool2d", (1, 4, 4, 2), ksize=2, strides=2, padding=((0, 0), (-1, 0), (0, 0), (0, 0))),
         "padding=((0, 0), (-1, 0), (0, 0), (0, 0))"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_handed_over_as_it_is_written(call: Call, part: str) -> None:
    assert any(part in line for line in lines_of(Paddle().plan(call)))


def test_nominal_words_are_handed_over_and_a_default_is_left_out() -> None:
    same, default = (Paddle().plan_nominal(Nominal(word, 4, 3, 2, 1), None) for word in ("SAME", "default"))
    assert any("padding='SAME'" in line for line in lines_of(same))
    assert not any("padding=" in line for line in lines_of(default))


def test_a_call_is_run_without_gradients_unless_one_is_asked_for() -> None:
    def lines(direction: Direction) -> tuple[str, ...]:
        plan = Paddle().plan(right_call(*CONVOLUTION, direction=direction))
        assert isinstance(plan, Plan)
        return Paddle().call_source(plan.parts[1], "float32").lines

    assert "with paddle.no_grad():" in lines("forward")
    assert "(result,) = paddle.grad(result, filter, cotangent)" in lines("filter_gradient")

"""MLX's and tinygrad's planners: channels last and layers; pads in one row from the last axis on."""

from typing import Any

import pytest

from conformance.adapters.mlx.adapter import Mlx
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import Adapter, Nominal, plan_call
from conformance.adapters.tinygrad.adapter import Tinygrad
from conformance.operators.convolution.calls import make_call, right_call
from conformance.operators.index_map.calls import make_call as make_map
from conformance.operators.pooling.calls import make_call as make_pooling
from conformance.operators.resize.calls import make_call as make_resize
from conformance.suite.case import Call
from reference.family import Direction
from tests.operators.pooling.calls import pooling_call

PLAIN = ("conv2d", ((1, 4, 5, 2), (3, 3, 2, 4), ()))
EVEN = right_call(*PLAIN, strides=1)
UNEVEN = right_call("conv1d", ((1, 2, 6), (3, 2, 4), ()), strides=1, padding=((0, 0), (0, 0), (2, 1)),
                    data_format="NCW", bias=True)  # fmt: skip
SCATTERED = right_call("conv2d_transpose", ((1, 4, 4, 2), (3, 3, 4, 2), (1, 8, 7, 4)), strides=2)


def lines_of(plan: Plan | Unsupported) -> list[str]:
    assert isinstance(plan, Plan), plan
    return [line for step in plan.steps for line in (step.lines() if isinstance(step, Invoke) else (step.source(),))]


@pytest.mark.parametrize(
    ("adapter", "call", "lines"),
    [
        (
            Mlx(),
            EVEN,
            ["filter = np.ascontiguousarray(np.transpose(filter, (3, 0, 1, 2)))",
             "result = mlx.core.conv2d(value, filter, stride=(1, 1), padding=(1, 1), dilation=(1, 1))"],
        ),
        (
            Mlx(),
            UNEVEN,
            ["value = np.ascontiguousarray(np.transpose(value, (0, 2, 1)))",
             "filter = np.ascontiguousarray(np.transpose(filter, (2, 0, 1)))",
             "result = mlx.core.conv_general(value, filter, stride=(1,), padding=((2,), (1,)), kernel_dilation=(1,))",
             "result = mlx.core.add(result, bias)",
             "result = np.ascontiguousarray(np.transpose(result, (0, 2, 1)))"],
        ),
        (
            Mlx(),
            SCATTERED,
            ["filter = np.ascontiguousarray(np.transpose(filter, (2, 0, 1, 3)))",
             "result = mlx.core.conv_transpose2d(value, filter, stride=(2, 2), padding=(0, 1), dilation=(1, 1), "
             "output_padding=(0, 0))",
             "result = result[0:1, 0:8, 0:7, 0:4]"],
        ),
        (
            Mlx(),
            pooling_call("max_pool2d", padding=((0, 0), (1, 1), (1, 1), (0, 0))),
            ["layer = mlx.nn.MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))", "result = layer(value)"],
        ),
        (
            Mlx(),
            make_map("pad", (2, 3), paddings=((1, 0), (0, 2)), mode="SYMMETRIC"),
            ["result = mlx.core.pad(value, pad_width=((1, 0), (0, 2)), mode='symmetric')"],
        ),
        (
            Tinygrad(),
            UNEVEN,
            ["filter = np.ascontiguousarray(np.transpose(filter, (2, 1, 0)))",
             "result = tinygrad.Tensor.conv2d(value, filter, bias, stride=(1,), dilation=(1,), padding=(2, 1))"],
        ),
        (
            Tinygrad(),
            SCATTERED,
            ["value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
             "filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
             "result = tinygrad.Tensor.conv_transpose2d(value, filter, stride=(2, 2), dilation=(1, 1), "
             "padding=(1, 1, 0, 1), output_padding=(0, 0))",
             "result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))"],
        ),
        (
            Tinygrad(),
            make_map("pad", (2, 3), paddings=((1, 0), (0, 2)), mode="REFLECT"),
            ["result = tinygrad.Tensor.pad(value, padding=(0, 2, 1, 0), mode='reflect')"],
        ),
        (
            Tinygrad(),
            make_resize("resize1d", (1, 2, 4), output_size=8, method="nearest", data_format="NCW"),
            ["result = tinygrad.Tensor.interpolate(value, size=(8,), mode='nearest-exact')"],
        ),
    ],
)  # fmt: skip
def test_a_call_is_said_in_the_framework_s_own_layout_and_pads(adapter: Any, call: Call, lines: list[str]) -> None:
    assert lines_of(adapter.plan(call)) == lines


def test_an_adaptive_pooling_is_said_as_another_one_where_windows_are_the_same() -> None:
    plan = Tinygrad().plan(pooling_call("adaptive_max_pool1d", value=(1, 6, 1), output_size=3))
    assert isinstance(plan, Plan)
    assert plan.notes == ("tinygrad has no adaptive pooling; max_pool1d has these windows",)


@pytest.mark.parametrize(
    ("adapter", "call", "reason"),
    [
        (
            Mlx(),
            make_call("conv3d", ((1, 4, 4, 4, 2), (2, 2, 2, 1, 2), ()), groups=2),
            "of conv3d, conv_transpose2d and conv_transpose3d MLX's documents have groups=1 alone, of conv_transpose1d "
            "no layout of a filter for more",
        ),
        (
            Mlx(),
            make_call(*PLAIN, bias=True, bias_given=(1,)),
            "conv2d takes no bias, and the sum with another shape or dtype is not a mistake",
        ),
        (Mlx(), pooling_call("max_pool2d", padding="VALID", dilations=2), "max_pool2d has no dilation"),
        (
            Mlx(),
            pooling_call("avg_pool1d", value=(1, 6, 1), padding=((0, 0), (1, 1), (0, 0))),
            "avg_pool1d pads both sides alike and divides by what its windows hold: no pad or crop says this",
        ),
        (Mlx(), make_pooling("lp_pool1d", (1, 4, 1), ksize=2, strides=1, padding="VALID", norm_type=2),
         "mlx has no lp_pool1d"),
        (Tinygrad(), make_call(*PLAIN, padding="FULL"), "conv2d's padding takes other words"),
        (Tinygrad(), make_map("depth_to_space", (1, 2, 2, 4), block_size=2), "tinygrad has no depth_to_space"),
        (Tinygrad(), make_map("extract_patches", (1, 4, 4, 1), ksize=2, strides=1, padding="VALID"),
         "tinygrad has no extract_patches"),
        (Tinygrad(), make_resize("resize1d", (1, 4, 2), scales=0.0), "interpolate takes no scales"),
    ],
)  # fmt: skip
def test_what_has_no_words_is_unsupported(adapter: Adapter, call: Call, reason: str) -> None:
    assert plan_call(adapter, call) == Unsupported(reason)


def test_a_wrong_pad_of_one_axis_is_handed_over_and_one_of_the_channels_is_not() -> None:
    shapes = ((1, 4, 4, 2), (3, 3, 2, 2), ())
    negative = make_call("conv2d", shapes, padding=((0, 0), (-1, 0), (0, 0), (0, 0)))
    channels = make_call("conv2d", shapes, padding=((0, 0), (0, 0), (0, 0), (1, 0)))
    assert any("padding=(0, 0, -1, 0)" in line for line in lines_of(Tinygrad().plan(negative)))
    assert Tinygrad().plan(channels) == Unsupported("conv2d's padding takes two numbers for each spatial axis")


@pytest.mark.parametrize("adapter", [Mlx(), Tinygrad()])
def test_nominal_words_have_no_same(adapter: Mlx | Tinygrad) -> None:
    assert adapter.plan_nominal(Nominal("SAME", 4, 3, 2, 1), None) == Unsupported(
        "conv_transpose2d has no SAME: its padding takes numbers"
    )
    assert any("padding=0" in line for line in lines_of(adapter.plan_nominal(Nominal("VALID", 4, 3, 2, 1), None)))


def test_gradients_are_those_of_the_framework() -> None:
    def lines(adapter: Mlx | Tinygrad, direction: Direction) -> str:
        plan = adapter.plan(right_call(*PLAIN, direction=direction))
        assert isinstance(plan, Plan)
        return "\n".join(adapter.call_source(plan.parts[1], "float32").lines)

    assert "_, (result,) = mlx.core.vjp(function, [filter], [cotangent])" in lines(Mlx(), "filter_gradient")
    assert "vjp" not in lines(Mlx(), "forward")
    assert "(result,) = result.gradient(value, gradient=cotangent)" in lines(Tinygrad(), "value_gradient")


def test_bfloat16_goes_to_tinygrad_by_its_bits() -> None:
    plan = Tinygrad().plan(EVEN)
    assert isinstance(plan, Plan)
    assert "value = to_tinygrad(value)" in Tinygrad("PYTHON").call_source(plan.parts[1], "bfloat16").before
    assert Tinygrad("PYTHON").call_source(plan.parts[1], "float32").environment == {"DEV": "PYTHON"}


@pytest.mark.parametrize(
    ("words", "keywords"),
    [
        ({"output_size": 8, "method": "nearest"}, "scale_factor=(2.0,), mode='nearest'"),
        ({"output_size": 2, "method": "nearest", "coordinate_transformation_mode": "asymmetric",
          "nearest_mode": "floor"}, "scale_factor=(0.5,), mode='nearest'"),
        ({"scales": 1.3, "coordinate_transformation_mode": "half_pixel_symmetric"},
         "scale_factor=(1.3,), mode='linear'"),
        ({"output_size": 6, "coordinate_transformation_mode": "align_corners"},
         "scale_factor=(1.5,), mode='linear', align_corners=True"),
        ({"output_size": 2, "method": "cubic", "antialias": True}, "scale_factor=(0.5,), mode='cubic', antialias=True"),
    ],
)  # fmt: skip
def test_mlx_resizes_by_scales(words: dict[str, Any], keywords: str) -> None:
    lines = lines_of(Mlx().plan(make_resize("resize1d", (1, 4, 2), **words)))
    assert lines == [f"layer = mlx.nn.Upsample({keywords})", "result = layer(value)"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"output_size": 15},
         "mlx.nn.Upsample takes scales alone, and rounds what they make of these lengths to others"),
        ({"scales": 1.3}, "mlx has no mode with these coordinates, weights and borders"),
        ({"output_size": 0}, "mlx.nn.Upsample takes scales alone"),
        ({"scales": 2.0, "coordinate_transformation_mode": "corners"},
         "mlx.nn.Upsample has no such word: its arguments cannot say this mistake"),
        ({"scales": 2.0, "nearest_mode": "floor"}, "mlx.nn.Upsample has no such argument"),
    ],
)  # fmt: skip
def test_what_no_scale_of_mlx_says_is_unsupported(words: dict[str, Any], reason: str) -> None:
    value = (1, 11, 2) if words == {"output_size": 15} else (1, 4, 2)
    assert Mlx().plan(make_resize("resize1d", value, **words)) == Unsupported(reason)


def test_a_wrong_scale_is_handed_to_mlx() -> None:
    lines = lines_of(Mlx().plan(make_resize("resize1d", (1, 4, 2), scales=0.0)))
    assert lines[0] == "layer = mlx.nn.Upsample(scale_factor=0.0, mode='linear')"

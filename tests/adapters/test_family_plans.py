"""What each lane is told of the family, worked by hand: torch, JAX and TensorFlow in their own words."""

from collections.abc import Callable
from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import plan_call
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial
from reference.family import DIRECTIONS, OPERATORS

Family = Callable[..., ConvolutionTrial]
BY_CHANNEL: dict[str, Any] = {"strides": 1, "kernel": 1, "size": 2}
"""whatever the operator, a call of which one line is enough"""


def planned(lane: str, trial: Trial) -> Plan | Unsupported:
    return plan_call(load_adapter(parse_lane(lane)), trial.call)


def told(lane: str, trial: Trial) -> tuple[str, ...]:
    plan = planned(lane, trial)
    assert isinstance(plan, Plan), plan
    return plan.source()


# The default geometry: value 2 x 3 x 4 (x 2) with 2 channels, kernel 3 x 2 (x 3), stride 2, SAME, 4 channels out.
# Forward, the height becomes 2 by a zero on both sides, the width 2 by none.
# Transposed, the height becomes 6 of 7 by a crop of one behind, the width 8 of 8.


def test_torch_pads_a_convolution_alike_on_both_sides(family: Family) -> None:
    assert told("torch", family("conv2d", bias=True)) == (
        "value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "result = torch.nn.functional.conv2d(value, filter, bias, stride=(2, 2), padding=(1, 0), dilation=(1, 1))",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))",
    )


def test_torch_pads_nothing_itself_where_one_axis_is_uneven(family: Family) -> None:
    # depth 3 and kernel 3: one zero on both sides; height 4 and kernel 2: none; width 2 and kernel 3: one zero, behind
    plan = planned("torch", family("conv3d"))
    assert isinstance(plan, Plan)
    assert not plan.native
    assert plan.notes == ("PyTorch pads both sides alike; this needs 0 before and 1 after: composed",)
    assert plan.source()[2:4] == (
        "value = np.pad(value, ((0, 0), (0, 0), (1, 1), (0, 0), (0, 1)))",
        "result = torch.nn.functional.conv3d(value, filter, stride=(2, 2, 2), padding=(0, 0, 0), dilation=(1, 1, 1))",
    )


def test_torch_has_groups_and_one_axis(family: Family) -> None:
    assert told("torch", family("conv1d", channels=[4, 6], groups=2, data_format="NCW", dilations=3)) == (
        "filter = np.ascontiguousarray(np.transpose(filter, (2, 1, 0)))",
        # extent 7 and stride 2 on length 3: 2 results need 9, three zeros on both sides
        "result = torch.nn.functional.conv1d(value, filter, stride=(2,), padding=(3,), dilation=(3,), groups=2)",
    )


def test_torch_s_depthwise_filter_is_one_of_as_many_groups_as_channels(family: Family) -> None:
    assert told("torch", family("depthwise_conv2d", direction="filter_gradient", data_format="NCHW")) == (
        "filter = filter.reshape((3, 2, 1, 4))",
        "filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "result = torch.nn.functional.conv2d(value, filter, stride=(2, 2), padding=(1, 0), dilation=(1, 1), groups=2)",
        "result = gradient(of=result, for_=filter, cotangent=cotangent)",
        "result = np.ascontiguousarray(np.transpose(result, (2, 3, 1, 0)))",
        "result = result.reshape((3, 2, 2, 2))",
    )


def test_torch_s_crop_is_a_pad_of_the_cotangent(family: Family) -> None:
    plan = planned("torch", family("conv2d_transpose", direction="value_gradient"))
    assert isinstance(plan, Plan)
    assert plan.source() == (
        "value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "cotangent = np.ascontiguousarray(np.transpose(cotangent, (0, 3, 1, 2)))",
        "cotangent = np.pad(cotangent, ((0, 0), (0, 0), (0, 1), (0, 0)))",
        "result = torch.nn.functional.conv_transpose2d(value, filter, stride=(2, 2), padding=(0, 0), "
        "output_padding=(0, 0), dilation=(1, 1))",
        "result = gradient(of=result, for_=value, cotangent=cotangent)",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))",
    )
    assert not plan.native


def test_jax_pads_a_convolution_as_it_is_asked_to(family: Family) -> None:
    assert told("jax", family("conv2d")) == (
        "result = jax.lax.conv_general_dilated(value, filter, window_strides=(2, 2), padding=((1, 1), (0, 0)), "
        "rhs_dilation=(1, 1), dimension_numbers=('NHWC', 'HWIO', 'NHWC'))",
    )


def test_jax_crops_what_a_convolution_does_not_read(family: Family) -> None:
    # VALID, kernel 1, stride 3 on length 6: the last two are never read, and torch leaves them by itself
    trial = family("conv1d", size=6, kernel=1, strides=3, padding="VALID")
    assert "padding=((0, -2),)" in told("jax", trial)[0]
    assert "padding=(0,)" in told("torch", trial)[2]


def test_jax_adds_a_bias_along_the_channels_where_they_come_first(family: Family) -> None:
    assert told("jax", family("conv1d", data_format="NCW", bias=True, direction="bias_gradient")) == (
        "bias = bias.reshape((4, 1))",
        "result = jax.lax.conv_general_dilated(value, filter, window_strides=(2,), padding=((1, 1),), "
        "rhs_dilation=(1,), dimension_numbers=('NCW', 'WIO', 'NCW'))",
        "result = jax.numpy.add(result, bias)",
        "result = gradient(of=result, for_=bias, cotangent=cotangent)",
        "result = result.reshape((4,))",
    )


def test_jax_has_no_groups_but_those_of_the_dilated_input(family: Family) -> None:
    # filter [3, 2 out of a group, 4 in] to [3, 2 in of a group, 4 out], back to front
    assert told("jax", family("conv1d_transpose", channels=4, groups=2)) == (
        "filter = filter.reshape((3, 2, 2, 2))",
        "filter = np.ascontiguousarray(np.transpose(filter, (0, 3, 2, 1)))",
        "filter = filter.reshape((3, 2, 4))",
        "filter = np.flip(filter, (0,)).copy()",
        "result = jax.lax.conv_general_dilated(value, filter, window_strides=(1,), padding=((2, 1),), "
        "lhs_dilation=(2,), rhs_dilation=(1,), dimension_numbers=('NWC', 'WIO', 'NWC'), feature_group_count=2)",
    )


def test_jax_s_transposed_convolution_of_three_axes(family: Family) -> None:
    assert told("jax", family("conv3d_transpose", data_format="NCDHW")) == (
        "result = jax.lax.conv_transpose(value, filter, strides=(2, 2, 2), padding=((2, 1), (1, 1), (2, 1)), "
        "rhs_dilation=(1, 1, 1), dimension_numbers=('NCDHW', 'DHWIO', 'NCDHW'), transpose_kernel=True)",
    )


@pytest.mark.parametrize(
    ("operator", "keys", "line"),
    [
        ("conv1d", {"padding": "VALID", "strides": 1},
         "tf.nn.conv1d(value, filter, stride=1, padding='VALID')"),
        ("conv1d", {"data_format": "NCW"}, "tf.nn.conv1d(value, filter, stride=2, padding='SAME', data_format='NCW')"),
        ("conv2d", {"dilations": [1, 2], "strides": [1, 1]},
         "tf.nn.conv2d(value, filter, strides=(1, 1), padding='SAME', dilations=(1, 2))"),
        ("conv3d", {}, "tf.nn.conv3d(value, filter, strides=(1, 2, 2, 2, 1), padding='SAME')"),
        ("conv3d", {"data_format": "NCDHW", "strides": 1, "dilations": [1, 2, 1]},
         "tf.nn.conv3d(value, filter, strides=(1, 1, 1, 1, 1), padding='SAME', data_format='NCDHW', "
         "dilations=(1, 1, 1, 2, 1))"),
        ("depthwise_conv2d", {}, "tf.nn.depthwise_conv2d(value, filter, strides=(1, 2, 2, 1), padding='SAME')"),
        ("depthwise_conv2d", {"data_format": "NCHW", "strides": 1, "dilations": 2},
         "tf.nn.depthwise_conv2d(value, filter, strides=(1, 1, 1, 1), padding='SAME', data_format='NCHW', "
         "dilations=(2, 2))"),
        ("conv1d_transpose", {},
         "tf.nn.conv1d_transpose(value, filter, output_shape=(2, 6, 4), strides=2, padding='SAME')"),
        ("conv3d_transpose", {"padding": [[1, 0], [0, 0], [0, 1]], "output": "smallest"},
         "tf.nn.conv3d_transpose(value, filter, output_shape=(2, 6, 8, 4, 4), strides=2, "
         "padding=((0, 0), (1, 0), (0, 0), (0, 1), (0, 0)))"),
    ],
)  # fmt: skip
def test_tensorflow_takes_the_call_as_it_stands_or_in_the_one_spelling_that_it_has(
    family: Family, operator: str, keys: dict[str, Any], line: str
) -> None:
    assert told("tensorflow", family(operator, **keys)) == (f"result = {line}",)


def test_tensorflow_infers_groups_from_the_shapes(family: Family) -> None:
    grouped = told("tensorflow", family("conv2d", channels=[4, 6], groups=2))
    assert grouped == ("result = tf.nn.conv2d(value, filter, strides=2, padding='SAME')",)


def test_tensorflow_adds_a_bias_in_the_call_s_layout_and_differentiates_behind_it(family: Family) -> None:
    trial = family("conv2d", data_format="NCHW", bias=True, direction="filter_gradient")
    assert told("tensorflow:session", trial) == (
        "result = tf.compat.v1.nn.conv2d(value, filter, strides=2, padding='SAME', data_format='NCHW')",
        "result = tf.compat.v1.nn.bias_add(result, bias, data_format='NCHW')",
        "result = gradient(of=result, for_=filter, cotangent=cotangent)",
    )


def test_the_reference_is_told_its_groups(family: Family) -> None:
    trial = family("conv2d", channels=[4, 6], groups=2, bias=True, direction="value_gradient")
    assert told("reference", trial) == (
        "result = reference.conv2d(value, filter, strides=2, padding='SAME', groups=2)",
        "result = reference.bias_add(result, bias)",
        "result = gradient(of=result, for_=value, cotangent=cotangent)",
    )


@pytest.mark.parametrize("lane", ["reference", "tensorflow", "torch", "jax"])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_lane_says_every_operator_and_direction_natively_where_nothing_is_uneven(
    family: Family, operator: str, direction: str, lane: str
) -> None:
    plan = planned(lane, family(operator, **BY_CHANNEL, direction=direction, bias=True))
    assert isinstance(plan, Plan), plan
    assert (plan.native, plan.notes) == (True, ())


def wrong(family: Family, operator: str, **keys: Any) -> Trial:
    """A wrong call in the concrete form."""
    return family(operator, batch=None, size=None, channels=None, kernel=None, output=None, strides=1, **keys)


CHANNELS: dict[str, Any] = {"value": [1, 4, 4], "filter": [3, 3, 6], "expect": {"refusal": "filter_channels"}}
GROUPS: dict[str, Any] = {"value": [1, 4, 4], "filter": [3, 1, 6], "groups": 3, "expect": {"refusal": "groups"}}
NO_GROUPS: dict[str, Any] = {**GROUPS, "groups": 0}
DEPTHWISE: dict[str, Any] = {
    "value": [1, 4, 4, 4], "filter": [3, 3, 3, 2], "expect": {"refusal": "filter_channels"},
}  # fmt: skip
UNBATCHED: dict[str, Any] = {"value": [4, 4], "filter": [3, 4, 6], "expect": {"refusal": "rank"}}
LAYOUT: dict[str, Any] = {**CHANNELS, "data_format": "NHWC", "expect": {"refusal": "data_format"}}


@pytest.mark.parametrize(
    ("lane", "operator", "keys", "reason"),
    [
        ("torch", "conv1d", UNBATCHED, "conv1d takes two axes as an unbatched value, and weights of other ranks"),
        ("torch", "conv1d", LAYOUT, "conv1d takes no data_format"),
        ("torch", "conv1d", {**CHANNELS, "filter": [3, 4, 6], "padding": "same", "expect": {"refusal": "padding"}},
         "conv1d's padding takes other words"),
        ("torch", "depthwise_conv2d", DEPTHWISE,
         "torch has no depthwise convolution but by groups, which another shape would say"),
        ("jax", "depthwise_conv2d", DEPTHWISE,
         "JAX has no depthwise convolution but by groups, which another shape would say"),
        ("jax", "conv1d", LAYOUT, "lax.conv_general_dilated takes dimension_numbers, no data_format"),
        ("jax", "conv1d", {**CHANNELS, "padding": [[0, 0], [1, 1], [0, 0]]},
         "explicit pads of lax.conv_general_dilated mean something else, and may be negative"),
        ("tensorflow", "conv1d", GROUPS, "tf.nn.conv1d takes no groups; it infers them from the shapes"),
        ("tensorflow", "conv1d", NO_GROUPS, "tf.nn.conv1d takes no groups; it infers them from the shapes"),
    ],
)  # fmt: skip
def test_a_wrong_call_that_a_lane_has_no_words_for_is_unsupported(
    wrong_family: Family, lane: str, operator: str, keys: dict[str, Any], reason: str
) -> None:
    assert planned(lane, wrong(wrong_family, operator, **keys)) == Unsupported(reason)


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize(
    ("lane", "words"), [("reference", "groups={}"), ("torch", "groups={}"), ("jax", "feature_group_count={}")]
)
def test_wrong_groups_reach_the_lanes_that_are_told_them(
    wrong_family: Family, lane: str, words: str, number: int
) -> None:
    keys = {**GROUPS, "groups": number}
    assert words.format(number) in told(lane, wrong(wrong_family, "conv1d", **keys))[-1]


@pytest.mark.parametrize("lane", ["tensorflow", "torch", "jax"])
def test_a_filter_of_other_channels_reaches_every_lane(wrong_family: Family, lane: str) -> None:
    assert isinstance(planned(lane, wrong(wrong_family, "conv1d", **CHANNELS)), Plan)


class Declares:
    """An adapter whose declarations are all that is asked of it here."""

    operators = ("conv2d_transpose", "conv1d")
    features: tuple[str, ...] = ("bias",)
    dtypes = ("float32",)
    directions: tuple[str, ...] = ("forward",)

    def plan(self, call: Any) -> Plan:
        return ANSWERED


ANSWERED = Plan((Invoke("theirs.function", (("", "value"),), ()),))


class Differentiates(Declares):
    features = ()
    directions = ("value_gradient", "filter_gradient")


@pytest.mark.parametrize(
    ("adapter", "operator", "keys", "reason"),
    [
        (Differentiates(), "conv2d_transpose", {"direction": "filter_gradient"}, None),
        (
            Differentiates(),
            "conv2d_transpose",
            {},
            "forward is not among the directions: value_gradient, filter_gradient",
        ),
        (
            Differentiates(),
            "conv2d_transpose",
            {"direction": "value_gradient", "bias": True},
            "bias is not among the features: none",
        ),
        (
            Declares(),
            "conv2d_transpose",
            {"direction": "value_gradient"},
            "value_gradient is not among the directions: forward",
        ),
        (Declares(), "conv2d", {}, "conv2d is not among the operators: conv2d_transpose, conv1d"),
        (Declares(), "conv1d", {"groups": 2, "channels": 4}, "groups is not among the features: bias"),
        (Declares(), "conv1d", {"dtype": "int32"}, "int32 is not among the dtypes: float32"),
        (Declares(), "conv1d", {"bias": True}, None),
    ],
)
def test_an_adapter_is_not_asked_for_what_it_does_not_declare(
    family: Family, adapter: Any, operator: str, keys: dict[str, Any], reason: str | None
) -> None:
    expected = ANSWERED if reason is None else Unsupported(reason, undeclared=True)
    assert plan_call(adapter, family(operator, **keys).call) == expected

"""Calls that TensorFlow's own functions do not take, said by calls that they take; others stay as they are."""

import pytest

from conformance.adapters.plan import Crop, Invoke, Pad, Plan, Reshape
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.calls import Pads, right_call
from reference.family import Direction


def composed(call: RightConvolution) -> Plan:
    plan = TensorFlow().plan_composed(call)
    assert isinstance(plan, Plan)
    return plan


def invoked(plan: Plan) -> Invoke:
    (invoke,) = [step for step in plan.steps if isinstance(step, Invoke)]
    return invoke


def call(
    operator: str,
    value: tuple[int, ...],
    filter: tuple[int, ...],
    strides: int | tuple[int, ...],
    padding: str | Pads = "SAME",
    data_format: str | None = None,
    dilations: int | None = None,
    *,
    output: tuple[int, ...] = (),
    groups: int = 1,
    direction: Direction = "forward",
) -> RightConvolution:
    return right_call(
        operator,
        (value, filter, output),
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
        groups=groups,
        direction=direction,
    )


def test_what_tensorflow_takes_stays_as_it_is() -> None:
    pads = ((0, 0), (1, 0), (1, 1), (0, 0))
    for asked in (
        call("conv2d", (1, 5, 5, 1), (3, 3, 1, 2), 2, pads),
        call("conv3d", (1, 4, 4, 4, 1), (3, 3, 3, 1, 1), 2, "SAME"),
        call("depthwise_conv2d", (1, 5, 5, 2), (3, 3, 2, 1), 2, "SAME"),
        call("conv2d_transpose", (1, 4, 4, 1), (3, 3, 1, 1), 2, pads, output=(1, 8, 7, 1)),
    ):
        assert composed(asked) == TensorFlow().plan(asked)


def test_pads_of_a_convolution_by_words_only_are_put_around_the_value() -> None:
    plan = composed(call("conv1d", (2, 6, 1), (3, 1, 2), 2, ((0, 0), (1, 0), (0, 0))))
    assert plan.steps[0] == Pad("value", ((0, 0), (1, 0), (0, 0)))
    assert dict(invoked(plan).keywords)["padding"] == "VALID"
    assert plan.notes == ("tf.nn.conv1d takes no such pads; zeros are put around the value: composed",)
    assert not plan.native


def test_pads_with_the_channels_first_go_around_the_spatial_axes() -> None:
    plan = composed(
        call("conv3d", (1, 1, 4, 4, 4), (3, 3, 3, 1, 1), 1, ((0, 0), (0, 0), (1, 0), (0, 1), (1, 1)), "NCDHW")
    )
    assert plan.steps[0] == Pad("value", ((0, 0), (0, 0), (1, 0), (0, 1), (1, 1)))


@pytest.mark.parametrize(("dilations", "groups"), [(2, 1), (None, 2)])
def test_pads_of_a_transposed_convolution_become_a_crop(dilations: int | None, groups: int) -> None:
    extent = 5 if dilations else 3
    output = (1, 2 * 3 + extent - 1, 2 * 3 + extent - 2, 2 * groups)
    plan = composed(
        call("conv2d_transpose", (1, 4, 4, 2), (3, 3, 2, 2), 2, ((0, 0), (0, 1), (1, 1), (0, 0)), None, dilations,
             output=output, groups=groups)
    )  # fmt: skip
    keywords = dict(invoked(plan).keywords)
    assert (keywords["padding"], keywords["output_shape"]) == ("VALID", (1, 6 + extent, 6 + extent, 2 * groups))
    assert plan.steps[-1] == Crop("result", (0, 0, 1, 0), output)


def test_an_output_beyond_the_full_result_is_asked_for_under_valid() -> None:
    pads = ((0, 0), (1, 0), (0, 0))
    plan = composed(call("conv1d_transpose", (1, 4, 1), (3, 1, 1), 3, pads, output=(1, 13, 1)))
    assert dict(invoked(plan).keywords)["output_shape"] == (1, 14, 1)
    assert plan.steps[-1] == Crop("result", (0, 1, 0), (1, 13, 1))


def test_strides_that_depthwise_multiplies_by_dilations_go_to_groups() -> None:
    plan = composed(call("depthwise_conv2d", (1, 9, 9, 2), (3, 3, 2, 3), 2, "VALID", None, 2))
    assert plan.steps[0] == Reshape("filter", (3, 3, 1, 6))
    assert invoked(plan).function == "tf.nn.conv2d"
    assert plan.native
    plan = composed(call("depthwise_conv2d", (1, 9, 9, 2), (3, 3, 2, 3), (1, 2), "SAME"))
    assert invoked(plan).function == "tf.nn.conv2d"


def test_same_of_conv3d_whose_stride_leaves_elements_over_is_said_as_valid() -> None:
    plan = composed(call("conv3d", (1, 3, 3, 3, 1), (1, 1, 1, 1, 1), 3, "SAME"))
    assert dict(invoked(plan).keywords)["padding"] == "VALID"
    assert len(plan.steps) == 1
    assert plan.notes[0].endswith("VALID is the same here")


def test_the_gradient_that_convolves_under_same_with_elements_over_is_said_as_valid_too() -> None:
    shapes = ((1, 2, 2, 2, 1), (1, 1, 1, 1, 1))
    forward = call("conv3d_transpose", *shapes, 3, "SAME", output=(1, 6, 6, 6, 1))
    assert composed(forward) == TensorFlow().plan(forward)
    plan = composed(call("conv3d_transpose", *shapes, 3, "SAME", output=(1, 6, 6, 6, 1), direction="value_gradient"))
    keywords = dict(invoked(plan).keywords)
    assert (keywords["padding"], keywords["output_shape"]) == ("VALID", (1, 6, 6, 6, 1))


def test_the_gradient_of_a_composed_call_is_composed_backwards() -> None:
    asked = call("conv1d", (1, 6, 1), (3, 1, 2), 2, ((0, 0), (1, 0), (0, 0)), direction="value_gradient")
    plan = composed(asked)
    assert plan.steps[0] == Pad("value", ((0, 0), (1, 0), (0, 0)))
    assert invoked(plan).gradient == "value"
    assert plan.steps[-1] == Crop("result", (0, 1, 0), (1, 6, 1))

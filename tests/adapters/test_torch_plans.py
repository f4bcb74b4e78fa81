"""Torch's planner, against torch's documented meaning of its arguments, in integers."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.adapters.axes import symmetric_arguments
from conformance.adapters.plan import Crop, Invoke, Pad, Plan, Transpose, Unsupported
from conformance.adapters.protocol import Nominal
from conformance.adapters.torch.adapter import Torch
from conformance.adapters.torch.words import output_paddings
from conformance.operators.convolution.call import RightConvolution
from conformance.suite.case import Trial
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

EXAMPLE_1 = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    """Any axis that TensorFlow allows, with an output to look at."""
    length, kernel = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    stride, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    pads = st.tuples(st.integers(0, 7), st.integers(0, 7))
    rule: AxisPadding = draw(st.one_of(st.sampled_from(("SAME", "VALID")), pads))
    legal = [output for output in legal_output_lengths(length, kernel, stride, dilation, rule) if output > 0]
    if not legal:
        rule = "VALID"
        legal = list(legal_output_lengths(length, kernel, stride, dilation, rule))
    return transposed_axis(length, kernel, stride, dilation, rule, draw(st.sampled_from(legal)))


def torch_axis(axis: Axis, padding: int, output_padding: int) -> tuple[int, int]:
    """crop_before and length of what torch returns: its documentation's formula."""
    length = (axis.input - 1) * axis.stride - 2 * padding + axis.dilation * (axis.kernel - 1) + output_padding + 1
    return padding, length


def invoked(plan: Plan) -> Mapping[str, Any]:
    (step,) = [step for step in plan.steps if isinstance(step, Invoke)]
    return dict(step.keywords)


@settings(max_examples=1000)
@given(axes())
def test_what_torch_returns_holds_the_wanted_output_where_the_plan_looks_for_it(axis: Axis) -> None:
    told = symmetric_arguments(axis, output_paddings(axis))
    crop, length = torch_axis(axis, told.pads[0], told.output_padding)
    assert length == told.length
    assert crop + told.start == axis.crop_before
    assert told.start >= 0
    assert told.start + axis.output <= told.length


@settings(max_examples=1000)
@given(axes())
def test_torch_is_told_nothing_that_it_refuses(axis: Axis) -> None:
    told = symmetric_arguments(axis, output_paddings(axis))
    assert told.pads[0] >= 0
    assert 0 <= told.output_padding < max(axis.stride, axis.dilation)
    assert told.length >= 1


@settings(max_examples=1000)
@given(axes())
def test_a_crop_is_planned_only_where_no_arguments_of_torch_say_the_axis(axis: Axis) -> None:
    sayable = [
        torch_axis(axis, padding, output_padding)
        for padding, output_padding in product(range(axis.crop_before + 1), range(max(axis.stride, axis.dilation)))
    ]
    needs_no_crop = symmetric_arguments(axis, output_paddings(axis)).length == axis.output
    assert needs_no_crop is ((axis.crop_before, axis.output) in sayable)


@settings(max_examples=500, deadline=None)
@given(height=axes(), width=axes(), last=st.booleans())
def test_a_whole_plan_leads_back_to_the_geometry_of_the_call(
    trial: Callable[..., Trial], height: Axis, width: Axis, last: bool
) -> None:
    call = trial(**asked((height, width), last)).call
    assert isinstance(call, RightConvolution)
    plan = Torch().plan(call)
    assert isinstance(plan, Plan)
    told = invoked(plan)
    crops = [step for step in plan.steps if isinstance(step, Crop)]
    starts, lengths = (crops[0].start[2:], crops[0].length[2:]) if crops else ((0, 0), None)
    for number, axis in enumerate(call.geometry.axes):
        assert (told["stride"][number], told["dilation"][number]) == (axis.stride, axis.dilation)
        crop, length = torch_axis(axis, told["padding"][number], told["output_padding"][number])
        assert crop + starts[number] == axis.crop_before
        assert (lengths[number] if lengths else length) == axis.output
    assert [step.operand for step in plan.steps if isinstance(step, Transpose)] == (
        ["value", "filter", "result"] if last else ["filter"]
    )


def asked(axes: tuple[Axis, Axis], last: bool) -> dict[str, Any]:
    """A call in TensorFlow's words whose explicit pads mean these axes."""
    pairs = [[axis.crop_before, max(axis.crop_after, 0)] for axis in axes]
    return {
        "batch": 1, "channels": [2, 3], "data_format": "NHWC" if last else "NCHW", "padding": pairs,
        "size": [axis.input for axis in axes], "kernel": [axis.kernel for axis in axes],
        "strides": [axis.stride for axis in axes], "dilations": [axis.dilation for axis in axes],
        "output": [axis.output for axis in axes], "inputs": "ones",
    }  # fmt: skip


def test_a_plan_is_native_exactly_when_nothing_is_cropped_or_padded(shipped: dict[str, Trial]) -> None:
    plans = [plan for trial in shipped.values() if isinstance(plan := Torch().plan(trial.call), Plan)]
    composed = [plan for plan in plans if not plan.native]
    assert composed
    assert len(composed) < len(plans)
    assert composed == [plan for plan in plans if any(isinstance(step, Crop | Pad) for step in plan.steps)]


def test_every_composed_plan_says_why_and_no_other_says_anything(shipped: dict[str, Trial]) -> None:
    for trial in shipped.values():
        plan = Torch().plan(trial.call)
        if isinstance(plan, Plan):
            assert bool(plan.notes) is not plan.native


def test_the_tutorial_s_first_example_is_composed_because_torch_crops_alike(shipped: dict[str, Trial]) -> None:
    plan = Torch().plan(shipped[EXAMPLE_1].call)
    assert isinstance(plan, Plan)
    assert plan.notes == ("PyTorch crops both sides alike; this needs 0 before and 1 after: composed",)
    assert plan.source() == (
        "value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "result = torch.nn.functional.conv_transpose2d(value, filter, stride=(2, 2), padding=(0, 0), "
        "output_padding=(0, 0), dilation=(1, 1))",
        "result = result[0:1, 0:1, 0:8, 0:8]",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))",
    )


@pytest.mark.parametrize(("size", "output"), [(0, 0), (2, 0)])
def test_torch_cannot_say_a_spatial_length_of_zero(trial: Callable[..., Trial], size: int, output: int) -> None:
    padding = "SAME" if size == 0 else [[1, 1], [1, 1]]
    call = trial(batch=1, size=size, channels=1, kernel=1, padding=padding, output=output, inputs="ones").call
    plan = Torch().plan(call)
    assert isinstance(plan, Unsupported)
    assert plan.reason.startswith("torch has no ")


def test_nominal_words_reach_torch_without_translation() -> None:
    same = Torch().plan_nominal(Nominal("SAME", 4, 3, 2, 1), None)
    assert same == Unsupported("conv_transpose2d has no SAME: its padding takes numbers")
    for word, keywords in {"VALID": {"padding": 0}, "default": {}}.items():
        plan = Torch().plan_nominal(Nominal(word, 4, 3, 2, 1), None)
        assert isinstance(plan, Plan)
        assert invoked(plan) == {"stride": 2, **keywords, "dilation": 1}

"""JAX's planner, against the meaning of a convolution of the dilated input, in integers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.adapters.jax.adapter import Jax
from conformance.adapters.jax.words import jax_pads
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import Nominal
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

EXAMPLE_1 = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    """Any axis that TensorFlow allows."""
    length, kernel = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pads = st.tuples(st.integers(0, 6), st.integers(0, 6))
    rule: AxisPadding = draw(st.one_of(st.sampled_from(("SAME", "VALID")), pads))
    legal = legal_output_lengths(length, kernel, stride, dilation, rule) or range(1)
    return transposed_axis(length, kernel, stride, dilation, rule, draw(st.sampled_from(legal)))


def index_map_of_jax(axis: Axis, pads: tuple[int, int]) -> list[set[tuple[int, int]]]:
    """Which (input, tap) pairs reach each output of a correlation of the zero-dilated, padded input with the flipped,
    dilated kernel: what `transpose_kernel=True` and explicit pads mean.
    """
    before, after = pads
    inputs = {axis.stride * number + before: number for number in range(axis.input)}
    taps = {axis.dilation * tap: axis.kernel - 1 - tap for tap in range(axis.kernel)}
    padded = before + axis.stride * (axis.input - 1) + 1 + after
    return [
        {(inputs[at + shift], tap) for shift, tap in taps.items() if at + shift in inputs}
        for at in range(padded - axis.extent + 1)
    ]


def index_map_by_definition(axis: Axis) -> list[set[tuple[int, int]]]:
    reached: list[set[tuple[int, int]]] = [set() for _ in range(axis.output)]
    for number, tap in np.ndindex(axis.input, axis.kernel):
        place = axis.stride * number + axis.dilation * tap - axis.crop_before
        if 0 <= place < axis.output:
            reached[place].add((number, tap))
    return reached


@settings(max_examples=1500)
@given(axes())
def test_the_pads_lead_each_product_where_the_definition_has_it(axis: Axis) -> None:
    assert index_map_of_jax(axis, jax_pads(axis)) == index_map_by_definition(axis)


def test_the_pads_of_the_tutorial_s_first_example_are_two_before_and_one_after() -> None:
    """4 values with stride 2 make 7 positions; 2 + 7 + 1 of them hold a kernel of 3 in 8 places."""
    assert jax_pads(Axis(input=4, kernel=3, stride=2, dilation=1, crop_before=0, output=8)) == (2, 1)


def keywords(plan: Plan | Unsupported) -> Mapping[str, Any]:
    assert isinstance(plan, Plan)
    (step,) = plan.steps
    assert isinstance(step, Invoke)
    return dict(step.keywords)


def test_the_tutorial_s_first_example_is_one_call(shipped: dict[str, Trial]) -> None:
    plan = Jax().plan(shipped[EXAMPLE_1].call)
    assert isinstance(plan, Plan)
    assert plan.native
    assert plan.source() == (
        "result = jax.lax.conv_transpose(value, filter, strides=(2, 2), padding=((2, 1), (2, 1)), "
        "rhs_dilation=(1, 1), dimension_numbers=('NHWC', 'HWIO', 'NHWC'), transpose_kernel=True)",
    )


def test_every_right_call_is_native_or_has_a_spatial_length_of_zero(shipped: dict[str, Trial]) -> None:
    right = [trial.call for trial in shipped.values() if isinstance(trial, ConvolutionTrial)]
    assert right
    for call in right:
        plan = Jax().plan(call)
        if any(axis.input == 0 for axis in call.geometry.axes):
            assert isinstance(plan, Unsupported)
        else:
            assert isinstance(plan, Plan)
            assert plan.native


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_the_layout_is_told_in_jax_s_own_words(shipped: dict[str, Trial], data_format: str) -> None:
    calls = [
        trial.call
        for trial in shipped.values()
        if isinstance(trial, ConvolutionTrial) and trial.call.data_format == data_format
    ]
    assert calls
    for call in calls:
        assert keywords(Jax().plan(call))["dimension_numbers"] == (data_format, "HWIO", data_format)


def test_nominal_words_reach_jax_without_translation() -> None:
    for word in ("SAME", "VALID"):
        told = keywords(Jax().plan_nominal(Nominal(word, 4, 3, 2, 1), None))
        assert (told["padding"], told["strides"], told["rhs_dilation"]) == (word, (2, 2), (1, 1))
    assert Jax().plan_nominal(Nominal("default", 4, 3, 2, 1), None) == Unsupported(
        "lax.conv_transpose's padding has no default"
    )

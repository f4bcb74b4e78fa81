"""Calls that are wrong on purpose: handed over with the same wrong numbers, or not at all; never repaired."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import pytest

from conformance.adapters.jax.adapter import Jax
from conformance.adapters.plan import Crop, Flip, Invoke, Pad, Plan, Unsupported
from conformance.adapters.protocol import Adapter
from conformance.adapters.reference import Reference
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.torch.adapter import Torch
from conformance.operators.convolution.call import RightConvolution, SpelledConvolution, WrongConvolution
from conformance.suite.case import Trial

ADAPTERS: Mapping[str, Callable[[], Adapter]] = {
    "reference": Reference,
    "tensorflow": TensorFlow,
    "tensorflow:session": lambda: TensorFlow(("session",)),
    "torch": Torch,
    "jax": Jax,
}
NAMES = {
    "torch": {"strides": "stride", "dilations": "dilation", "groups": "groups"},
    "jax": {"strides": "strides", "dilations": "rhs_dilation", "padding": "padding"},
}
"""what these two call the arguments that a wrong call can be wrong in"""
SPELLED = tuple(field.name for field in fields(SpelledConvolution))
IN_THE_ARRAYS = ("filter_channels", "size", "rank")
"""faults that the shapes of value and filter carry, whatever the keywords say"""


def wrong_calls(shipped: Mapping[str, Trial]) -> list[tuple[str, WrongConvolution]]:
    return [(trial.id, trial.call) for trial in shipped.values() if isinstance(trial.call, WrongConvolution)]


def keywords_of(plan: Plan) -> dict[str, Any]:
    (step,) = [step for step in plan.steps if isinstance(step, Invoke)]
    return dict(step.keywords)


def over_height_and_width(written: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """What four, two or one numbers of an NHWC call say of height and width."""
    if written is None:
        return (1, 1)
    numbers = (written,) if isinstance(written, int) else written
    return {1: numbers * 2, 2: numbers, 4: numbers[1:3]}[len(numbers)]


@pytest.mark.parametrize("name", ["reference", "tensorflow", "tensorflow:session"])
def test_what_takes_the_call_as_it_stands_is_handed_every_wrong_one(shipped: dict[str, Trial], name: str) -> None:
    asked = wrong_calls(shipped)
    assert len(asked) >= 40
    for trial, call in asked:
        plan = ADAPTERS[name]().plan(call)
        assert isinstance(plan, Plan), trial
        told = keywords_of(plan)
        assert {key: told.get(key) for key in ("output_shape", "strides", "padding", "data_format", "dilations")} == {
            "output_shape": call.output_shape,
            "strides": call.strides,
            "padding": call.padding,
            "data_format": call.data_format,
            "dilations": call.dilations,
        }, trial


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_a_wrong_call_is_never_repaired(shipped: dict[str, Trial], name: str) -> None:
    handed = 0
    for trial, call in wrong_calls(shipped):
        plan = ADAPTERS[name]().plan(call)
        if isinstance(plan, Unsupported):
            continue
        handed += 1
        if call.around is not None:
            right = RightConvolution(**{name: getattr(call, name) for name in SPELLED}, geometry=call.around)
            assert plan == ADAPTERS[name]().plan(right), trial
            continue
        assert not any(isinstance(step, Crop | Pad | Flip) for step in plan.steps), trial
        told = keywords_of(plan)
        for argument in ("strides", "dilations"):
            assert told[NAMES[name][argument]] == over_height_and_width(getattr(call, argument)), trial
        if call.fault.reason in ("strides", "dilations"):
            assert min(told[NAMES[name][call.fault.reason]]) < 1, trial
        elif call.fault.reason not in IN_THE_ARRAYS:
            assert told[NAMES[name][call.fault.reason]] == getattr(call, call.fault.reason), trial
    assert handed >= 5


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_a_wrong_call_that_cannot_be_handed_over_has_a_reason(shipped: dict[str, Trial], name: str) -> None:
    plans = [ADAPTERS[name]().plan(call) for _, call in wrong_calls(shipped)]
    reasons = {plan.reason for plan in plans if isinstance(plan, Unsupported)}
    function = {"torch": "conv_transpose2d", "jax": "lax.conv_transpose"}[name]
    assert f"{function} takes no output_shape" in reasons
    assert all(function in reason for reason in reasons)


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_swapped_filter_channels_can_be_handed_to_every_framework(shipped: dict[str, Trial], name: str) -> None:
    plan = ADAPTERS[name]().plan(shipped["conv2d_transpose/tutorial/example-2-as-printed"].call)
    assert isinstance(plan, Plan)
    assert plan.native


@pytest.mark.parametrize("name", ["torch", "jax"])
@pytest.mark.parametrize("strides", [[2, 2, 2, 1], [1, 2, 2, 2], [1, 2, 2]])
def test_strides_over_batch_and_channels_are_not_said_where_there_is_no_word_for_them(
    trial: Callable[..., Trial], name: str, strides: list[int]
) -> None:
    shapes = {"value": [1, 4, 4, 2], "filter": [3, 3, 2, 2], "output_shape": [1, 8, 8, 2]}
    call = trial(**shapes, strides=strides, expect={"refusal": "strides"}).call
    plan = ADAPTERS[name]().plan(call)
    assert isinstance(plan, Unsupported)
    assert plan.reason.endswith("takes strides and dilations of height and width only")


def test_jax_is_not_handed_valid_for_explicit_pads(trial: Callable[..., Trial]) -> None:
    shapes = {"value": [1, 4, 4, 1], "filter": [3, 3, 1, 1], "output_shape": [1, 8, 8, 1]}
    pads = [[0, 0], [1, 1], [1, 1], [0, 0]]
    call = trial(**shapes, strides=0, padding=pads, expect={"refusal": "strides"}).call
    plan = Jax().plan(call)
    assert isinstance(plan, Unsupported)
    assert plan.reason == "explicit pads of lax.conv_transpose mean something else, and may be negative"

"""A plan's steps: what is printed is what ran."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conformance.adapters.plan import (
    Argument,
    Crop,
    Flip,
    Invoke,
    Name,
    NumpyStep,
    Operands,
    Pad,
    Plan,
    Transpose,
    perform,
    written,
)

SHAPES = st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, NDArray[Any]]:
    """Some NumPy steps on `value`, then a call that returns it, then some on the result."""
    start = np.arange(1.0, 257.0)[: np.prod(shape := draw(SHAPES), dtype=int)].reshape(shape)
    array, steps = start, []
    for operand in ("value", "value", "result", "result"):
        step = draw(step_on(operand, array.shape))
        steps.append(step)
        array = step.apply(array)
    call = Invoke("framework.identity", (("", "value"),), ())
    return Plan((*steps[:2], call, *steps[2:])), start


@st.composite
def step_on(draw: st.DrawFn, operand: str, shape: tuple[int, ...]) -> NumpyStep:
    axes = range(len(shape))
    match draw(st.sampled_from(["transpose", "flip", "crop", "pad"])):
        case "transpose":
            return Transpose(operand, tuple(draw(st.permutations(axes))))
        case "flip":
            return Flip(operand, tuple(draw(st.lists(st.sampled_from(axes), unique=True))))
        case "crop":
            starts = [draw(st.integers(0, length)) for length in shape]
            return Crop(
                operand,
                tuple(starts),
                tuple(draw(st.integers(0, length - start)) for start, length in zip(starts, shape, strict=True)),
            )
        case _:
            widths = tuple(draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) for _ in axes)
            return Pad(operand, widths, draw(st.sampled_from([0, 0.5, -math.inf])))


def identity(step: Invoke, operands: Operands) -> NDArray[Any]:
    return operands["value"]


class Framework:
    """What a script's `framework` is."""

    @staticmethod
    def identity(value: NDArray[Any]) -> NDArray[Any]:
        return value


@given(plans())
def test_the_printed_lines_do_what_the_plan_does(planned: tuple[Plan, NDArray[Any]]) -> None:
    plan, value = planned
    names: dict[str, Any] = {"np": np, "framework": Framework, "value": value}
    exec("\n".join(plan.source()), names)
    performed = perform(plan, {"value": value}, identity)
    assert names["result"].shape == performed.shape
    assert names["result"].tobytes() == performed.tobytes()


@given(plans())
def test_a_framework_gets_contiguous_arrays(planned: tuple[Plan, NDArray[Any]]) -> None:
    plan, value = planned

    def contiguous(step: Invoke, operands: Operands) -> NDArray[Any]:
        assert all(array.flags.c_contiguous for array in operands.values())
        return operands["value"]

    assert perform(plan, {"value": value}, contiguous).flags.c_contiguous


def test_a_plan_leaves_the_arrays_it_was_given_alone() -> None:
    value = np.arange(4.0)
    given_arrays = {"value": value}
    result = perform(Plan((Flip("value", (0,)), Invoke("f", (("", "value"),), ()))), given_arrays, identity)
    assert result.tolist() == [3, 2, 1, 0]
    assert given_arrays["value"] is value
    assert value.tolist() == [0, 1, 2, 3]


def test_a_crop_beyond_the_array_is_an_error_and_no_smaller_result() -> None:
    with pytest.raises(ValueError, match=r"the plan crops axis 1 to \[1:4\], the array has \(2, 3\)"):
        Crop("result", (0, 1), (2, 3)).apply(np.zeros((2, 3)))


def test_a_call_is_printed_with_its_parameters_and_arguments() -> None:
    step = Invoke("tf.nn.f", (("", "value"), ("filter", "filter")), (("strides", (1, 2)), ("padding", "SAME")))
    assert step.source() == "result = tf.nn.f(value, filter=filter, strides=(1, 2), padding='SAME')"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3).map(tuple),
        max_leaves=5,
    )
)
def test_an_argument_reads_back_as_it_was_written(argument: Argument) -> None:
    assert repr(eval(written(argument))) == repr(argument)


def test_calls_that_follow_take_what_earlier_ones_leave() -> None:
    counted = Invoke("f.count", (("", "value"),), (("start", 1.0), ("with", Name("f.add"))), leaves="count")
    mean = Invoke("f.divide", (("", "result"), ("by", "count")), ())
    step = Invoke("f.sum", (("", "value"),), (), (counted, mean))
    assert step.needed == ("value",)
    assert step.calls() == (
        "result = f.sum(value)",
        "count = f.count(value, start=1.0, with=f.add)",
        "result = f.divide(result, by=count)",
    )


@pytest.mark.parametrize(
    ("step", "native"),
    [
        (Transpose("value", (0, 1)), True),
        (Flip("filter", (0,)), True),
        (Crop("result", (0, 0), (1, 1)), False),
        (Pad("value", ((0, 0), (0, 1))), False),
    ],
)
def test_notation_is_native_and_crops_and_pads_are_composition(step: NumpyStep, native: bool) -> None:
    assert Plan((step, Invoke("f", (), ()))).native is native

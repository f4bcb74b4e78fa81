"""Plans of gradients: <plan(x), y> = <x, gradient_plan(y)>, whatever steps lie around the call."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import reference
from conformance.adapters.adjoint import Shape, gradient_plan
from conformance.adapters.plan import (
    Crop,
    Flip,
    Invoke,
    NumpyStep,
    Operands,
    Pad,
    Plan,
    Reshape,
    Step,
    Transpose,
    perform,
)
from conformance.adapters.torch.plans import VOCABULARY
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.inputs import generate
from conformance.operators.convolution.oracle import expect_call
from reference.family import DIRECTIONS, OPERATORS
from reference.operators import bias_add, vector_jacobian_product

CALL = Invoke("weighted", (("", "value"), ("", "filter")), ())


def weighted(step: Invoke, operands: Operands) -> NDArray[Any]:
    """A call that is linear in both operands: their product, element by element."""
    names = {"": ("value", "filter"), "value": ("cotangent", "filter"), "filter": ("cotangent", "value")}
    first, second = names[step.gradient]
    result: NDArray[Any] = operands[first] * operands[second]
    return result


def _step(draw: st.DrawFn, operand: str, shape: Shape) -> tuple[NumpyStep, Shape]:
    """A step that an array of this shape can go through, and the shape that it leaves."""
    kind = draw(st.sampled_from(["transpose", "flip", "reshape", "crop", "pad"]))
    if kind == "transpose":
        axes = tuple(draw(st.permutations(range(len(shape)))))
        return Transpose(operand, axes), tuple(shape[axis] for axis in axes)
    if kind == "flip":
        return Flip(operand, tuple(draw(st.sets(st.integers(0, len(shape) - 1))))), shape
    if kind == "reshape":
        return Reshape(operand, (1, *shape)), (1, *shape)
    if kind == "crop":
        start = tuple(draw(st.integers(0, length - 1)) for length in shape)
        left = tuple(draw(st.integers(1, length - first)) for length, first in zip(shape, start, strict=True))
        return Crop(operand, start, left), left
    width = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in shape)
    return Pad(operand, width), tuple(a + length + b for length, (a, b) in zip(shape, width, strict=True))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, dict[str, Shape], Shape, Shape]:
    """A plan, the shapes of its operands, of what its call returns, and of its result."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    shapes = {"value": shape}
    steps: list[Step] = []
    for _ in range(draw(st.integers(0, 3))):
        step, shape = _step(draw, "value", shape)
        steps.append(step)
    shapes["filter"] = called = shape
    steps.append(CALL)
    for _ in range(draw(st.integers(0, 3))):
        step, shape = _step(draw, "result", shape)
        steps.append(step)
    return Plan(tuple(steps)), shapes, called, shape


def _integers(seed: int, shape: Shape) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(-99, 100, shape)


@settings(max_examples=400, deadline=None)
@given(plans())
@pytest.mark.parametrize("operand", ["value", "filter"])
def test_a_gradient_plan_is_the_adjoint_of_its_plan(operand: str, planned: Any) -> None:
    plan, shapes, called, resulting = planned
    operands = {name: _integers(number, shape) for number, (name, shape) in enumerate(shapes.items())}
    cotangent = _integers(9, resulting)
    result = perform(plan, operands, weighted)
    backwards = gradient_plan(plan, operand, shapes, called)
    gradient = perform(backwards, {**operands, "cotangent": cotangent}, weighted)
    assert gradient.shape == shapes[operand]
    assert np.sum(result * cotangent) == np.sum(gradient * operands[operand])


def test_the_steps_of_a_gradient_plan_are_undone_last_one_first() -> None:
    plan = Plan(
        (
            Transpose("value", (0, 2, 1)), Pad("value", ((0, 0), (0, 0), (1, 0))), Flip("filter", (0,)), CALL,
            Crop("result", (0, 0, 1), (2, 3, 4)), Transpose("result", (1, 2, 0)),
        ),
        ("why",),
    )  # fmt: skip
    backwards = gradient_plan(plan, "value", {"value": (2, 5, 3), "filter": (1,)}, (2, 3, 6))
    assert backwards.notes == ("why",)
    assert backwards.source() == (
        "value = np.ascontiguousarray(np.transpose(value, (0, 2, 1)))",
        "value = np.pad(value, ((0, 0), (0, 0), (1, 0)))",
        "filter = np.flip(filter, (0,)).copy()",
        "cotangent = np.ascontiguousarray(np.transpose(cotangent, (2, 0, 1)))",
        "cotangent = np.pad(cotangent, ((0, 0), (0, 0), (1, 1)))",
        "result = weighted(value, filter)",
        "result = gradient(of=result, for_=value, cotangent=cotangent)",
        "result = result[0:2, 0:3, 1:6]",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 1)))",
    )


def test_what_is_done_to_other_operands_is_not_undone() -> None:
    plan = Plan((Flip("filter", (0,)), CALL))
    backwards = gradient_plan(plan, "value", {"value": (2,), "filter": (2,)}, (2,))
    assert [step for step in backwards.steps if isinstance(step, Flip)] == [Flip("filter", (0,))]


def torch_in_numpy(step: Invoke, operands: Operands) -> NDArray[Any]:
    """What torch's documentation says of its convolutions, by the reference's: channels first, pads on both sides."""
    keywords: dict[str, Any] = dict(step.keywords)
    rank = len(keywords["stride"])
    transposed = "transpose" in step.function
    value, filter = operands["value"], np.moveaxis(operands["filter"], (0, 1), (-1, -2))
    pads = [(pad, pad) for pad in keywords["padding"]]
    arguments: dict[str, Any] = {
        "strides": keywords["stride"], "dilations": keywords["dilation"], "groups": keywords.get("groups", 1),
        "padding": [(0, 0), (0, 0), *pads], "data_format": (None, "NCW", "NCHW", "NCDHW")[rank],
    }  # fmt: skip
    if transposed:
        lengths = [
            (length - 1) * s - 2 * p + d * (k - 1) + more + 1
            for length, k, s, p, d, more in zip(
                value.shape[2:], filter.shape[:-2], keywords["stride"], keywords["padding"], keywords["dilation"],
                keywords["output_padding"], strict=True,
            )
        ]  # fmt: skip
        arguments["output_shape"] = [value.shape[0], filter.shape[-2] * arguments["groups"], *lengths]
        arguments |= _explicit(arguments, keywords)
    operator = f"conv{rank}d_transpose" if transposed else f"conv{rank}d"
    if step.gradient:
        direction: Any = f"{step.gradient}_gradient"
        found = vector_jacobian_product(direction, operator, value, filter, operands["cotangent"], **arguments)
        return np.moveaxis(found, (-1, -2), (0, 1)) if step.gradient == "filter" else found
    result: NDArray[Any] = getattr(reference, operator)(value, filter, **arguments)
    return bias_add(result, operands["bias"], arguments["data_format"]) if "bias" in operands else result


def _explicit(arguments: dict[str, Any], keywords: dict[str, Any]) -> dict[str, Any]:
    """Output padding lets the result end later: what the pads behind cut off is that much less."""
    pads = [(p, max(p - more, 0)) for p, more in zip(keywords["padding"], keywords["output_padding"], strict=True)]
    return {"padding": [(0, 0), (0, 0), *pads]}


@pytest.mark.parametrize("last", [True, False], ids=["last", "first"])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_torch_s_plans_mean_what_the_oracle_says(
    family: Callable[..., ConvolutionTrial], operator: str, direction: str, last: bool
) -> None:
    known = OPERATORS[operator]
    for strides, kernel, padding, dilations, groups in (
        (1, 2, "SAME", 1, 1), (2, 3, "SAME", 1, 2), (2, 2, "VALID", 1, 1), (1, 3, "VALID", 2, 2), (3, 1, "SAME", 1, 1),
        (2, 3, [[1, 0]] * known.rank, 1, 1), (1, 3, [[0, 2]] * known.rank, 2, 1),
    ):  # fmt: skip
        trial = family(
            operator, strides=strides, kernel=kernel, padding=padding, dilations=dilations, size=6, channels=[4, 8],
            groups=None if known.depthwise else groups, direction=direction, dtype="float64",
            bias=direction in ("forward", "bias_gradient"), data_format=known.data_formats[not last],
        )  # fmt: skip
        plan = VOCABULARY.plan(trial.call)
        assert isinstance(plan, Plan)
        operands = generate(trial.id, trial.call, trial.inputs)
        result = perform(plan, operands, torch_in_numpy)
        assert np.array_equal(result, expect_call(trial.call, operands).values), trial.call

"""Gradients against finite differences: exact on integers, since <operator(x, w), y> is linear in each operand."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import reference
from reference.errors import DtypeError, SizeError
from reference.family import OPERATORS, Direction

CALLS: dict[str, dict[str, Any]] = {
    "conv1d_transpose": {"value": (2, 3, 4), "filter": (3, 2, 4), "output_shape": (2, 6, 4), "groups": 2},
    "conv2d_transpose": {"value": (2, 3, 2, 2), "filter": (3, 2, 3, 2), "output_shape": (2, 5, 4, 3)},
    "conv3d_transpose": {"value": (1, 2, 1, 2, 1), "filter": (2, 1, 3, 2, 1), "output_shape": (1, 4, 2, 3, 2)},
    "conv1d": {"value": (2, 7, 4), "filter": (3, 2, 6), "groups": 2},
    "conv2d": {"value": (2, 5, 4, 2), "filter": (3, 2, 2, 3), "padding": ((0, 0), (1, 0), (0, 2), (0, 0))},
    "conv3d": {"value": (1, 3, 2, 4, 1), "filter": (2, 1, 3, 1, 2), "padding": "VALID"},
    "depthwise_conv2d": {"value": (2, 4, 3, 2), "filter": (2, 3, 2, 3)},
}
"""one call of each operator, its strides 2 and its padding SAME where it says nothing else"""


def _integers(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).integers(-99, 100, shape).astype(np.float64)


def _shapes_and_keywords(operator: str, first: bool) -> tuple[dict[str, tuple[int, ...]], dict[str, Any]]:
    """The shapes of value and filter, and the keywords, in the layout with channels first or last."""
    keywords = {"strides": 2, "padding": "SAME", **CALLS[operator]}
    shapes = {name: keywords.pop(name) for name in ("value", "filter")}
    if first:
        keywords["data_format"] = OPERATORS[operator].data_formats[1]
        shapes["value"] = _channels_first(shapes["value"])
        for name in ("output_shape", "padding"):
            if not isinstance(keywords.get(name, ""), str):
                keywords[name] = _channels_first(keywords[name])
    return shapes, keywords


def _channels_first(shape: tuple[Any, ...]) -> tuple[Any, ...]:
    return shape[0], shape[-1], *shape[1:-1]


def _differences(operator: str, operand: str, first: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """The vector-Jacobian product, and what a step in each element of the operand adds to <result, cotangent>."""
    shapes, keywords = _shapes_and_keywords(operator, first)
    operands = {name: _integers(number, *shape) for number, (name, shape) in enumerate(shapes.items())}
    function = getattr(reference, operator)
    result = function(**operands, **keywords)
    cotangent = _integers(9, *result.shape)
    direction: Direction = "value_gradient" if operand == "value" else "filter_gradient"
    found = reference.vector_jacobian_product(direction, operator, **operands, cotangent=cotangent, **keywords)
    stepped = np.zeros(shapes[operand])
    for place in np.ndindex(*shapes[operand]):
        changed = operands[operand].copy()
        changed[place] += 1
        stepped[place] = np.sum((function(**{**operands, operand: changed}, **keywords) - result) * cotangent)
    return found, stepped


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
@pytest.mark.parametrize("operand", ["value", "filter"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_gradient_of_an_operand_is_what_a_step_in_it_changes(operator: str, operand: str, first: bool) -> None:
    found, stepped = _differences(operator, operand, first)
    assert found.any()
    assert np.array_equal(found, stepped)


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_gradient_of_a_bias_is_what_a_step_in_it_changes(operator: str, first: bool) -> None:
    shapes, keywords = _shapes_and_keywords(operator, first)
    operands = {name: _integers(number, *shape) for number, (name, shape) in enumerate(shapes.items())}
    result = getattr(reference, operator)(**operands, **keywords)
    cotangent = _integers(9, *result.shape)
    found = reference.vector_jacobian_product("bias_gradient", operator, **operands, cotangent=cotangent, **keywords)
    channels = result.shape[1 if first else -1]
    layout = keywords.get("data_format")
    biased = (reference.bias_add(result, step, layout) for step in np.eye(channels))
    assert found.tolist() == [float(np.sum((each - result) * cotangent)) for each in biased]


def test_a_cotangent_of_another_shape_than_the_result_is_refused() -> None:
    value, filter = np.ones((1, 4, 1)), np.ones((3, 1, 2))
    with pytest.raises(SizeError) as refusal:
        reference.vector_jacobian_product("value_gradient", "conv1d", value, filter, np.ones((1, 4, 1)), strides=2)
    assert str(refusal.value) == "the cotangent has shape [1, 4, 1]; the result has [1, 2, 2]"


def test_a_cotangent_of_another_dtype_is_refused() -> None:
    value, filter = np.ones((1, 4, 1)), np.ones((3, 1, 2))
    with pytest.raises(DtypeError) as refusal:
        reference.vector_jacobian_product(
            "value_gradient", "conv1d", value, filter, np.ones((1, 4, 2), np.float32), strides=1
        )
    assert str(refusal.value).startswith("value is float64 and filter is float64 and cotangent is float32; ")


def test_a_gradient_is_rounded_once_to_its_operand_s_dtype() -> None:
    value, filter = np.ones((1, 1, 1), np.float16), np.full((1, 1, 2), 1, np.float16)
    cotangent = np.array([2048, 1], np.float16).reshape(1, 1, 2)
    gradient = reference.vector_jacobian_product("value_gradient", "conv1d", value, filter, cotangent, strides=1)
    assert (gradient.dtype.name, gradient.item()) == (
        "float16",
        2048.0,
    )

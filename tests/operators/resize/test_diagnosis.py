"""What is said of wrong answers: each mistake is named by its sentence."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.overlay import overlay
from conformance.operators.filling import filled_operands
from conformance.operators.kind import Operands
from conformance.operators.resize.call import RightResize
from conformance.operators.resize.diagnosis import edits_of, explain, rendered, rendition_of
from conformance.operators.resize.generators import steps_of
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from reference.resize.operators import Resized
from tests.operators.resize.calls import resize_call


def _told(call: RightResize, operands: Operands, answer: NDArray[Any]) -> list[str]:
    found = explain(call, operands, answer)
    overlays = [overlay([each], answer, None) for each in found if each.answered is not None]
    assert all(each is not None and each.agreeing == each.compared for each in overlays)
    return [each.sentence for each in found]


def _named(asked: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What is said of the answer to other words."""
    call, answering = resize_call(**asked), resize_call(**other)
    operands = filled_operands("t", call, Generated("mix"), steps_of)
    if call.direction == "forward":
        answer = Resized(answering.geometry, answering.last).result(operands["value"].astype(np.float64))
    else:
        answer = Resized(answering.geometry, answering.last).gradient(operands["cotangent"].astype(np.float64))
    return _told(call, operands, answer.astype(FORMATS[call.dtype].numpy))


NEAREST = {"method": "nearest"}
TORCH = {"method": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}


@pytest.mark.parametrize(
    ("asked", "other", "sentence"),
    [
        (NEAREST, TORCH, "coordinate_transformation_mode were asymmetric and nearest_mode floor"),
        (TORCH, NEAREST, "coordinate_transformation_mode were half_pixel and nearest_mode round_prefer_ceil"),
        ({}, {"coordinate_transformation_mode": "align_corners"}, "coordinate_transformation_mode were align_corners"),
        ({"coordinate_transformation_mode": "asymmetric"}, {}, "coordinate_transformation_mode were half_pixel"),
        ({"method": "cubic"}, {"method": "cubic", "cubic_coeff_a": -0.75}, "cubic_coeff_a were -0.75"),
        ({"method": "cubic"}, {"method": "cubic", "exclude_outside": False}, "exclude_outside were False"),
        ({"method": "cubic"}, {}, "method were linear"),
        ({"output_size": 3}, {"output_size": 3, "antialias": True}, "antialias were True"),
        ({"output_size": 3, "antialias": True}, {"output_size": 3}, "antialias were False"),
        (
            {"scales": 1.5},
            {"scales": 1.5, "recompute_scale_factor": True},
            "scales were recomputed from the lengths",
        ),
        (
            {"scales": 1.5, "recompute_scale_factor": True},
            {"scales": 1.5},
            "scales were used as they are given",
        ),
        ({"output_size": 3, "dtype": "bfloat16"}, {"output_size": 3, "antialias": True}, "antialias were True"),
        (
            {"direction": "value_gradient"},
            {"direction": "value_gradient", "coordinate_transformation_mode": "align_corners"},
            "coordinate_transformation_mode were align_corners",
        ),
    ],
)
def test_another_word_is_named(asked: dict[str, Any], other: dict[str, Any], sentence: str) -> None:
    assert f"behaves as if {sentence}" in _named(asked, other)


def test_every_mistake_about_a_call_is_named_where_it_shows() -> None:
    call = resize_call(method="cubic", scales=(1.5, 0.7), recompute_scale_factor=True, direction="value_gradient")
    operands = filled_operands("t", call, Generated("mix"), steps_of)
    right, shown = rendered(rendition_of(call), call, operands), 0
    for edit in edits_of(call):
        answer = rendered(edit.apply(rendition_of(call)), call, operands)
        if answer.shape == right.shape and not np.allclose(answer, right, rtol=1e-3):
            shown += 1
            assert f"behaves as if {edit.sentence}" in _told(call, operands, answer.astype(np.float32)), edit.sentence
    assert shown >= 15


def test_a_value_that_is_copied_where_its_lengths_stay_is_said_to_be_copied_first() -> None:
    call = resize_call(scales=1.1, value=(1, 5, 7, 2))
    operands = filled_operands("t", call, Generated("mix"), steps_of)
    found = _told(call, operands, operands["value"].copy())
    assert found[0] == "behaves as if a result as long as the value were a copy of it"


def test_rows_with_the_weights_of_the_first_are_named() -> None:
    # torch's antialias of a result of one column
    call = resize_call(value=(1, 3, 1, 1), output_size=(3, 1), antialias=True)
    value = np.array([0, 0.5, 1], np.float32).reshape(1, 3, 1, 1)
    found = _told(call, {"value": value}, np.zeros((1, 3, 1, 1), np.float32))
    assert found[0] == "behaves as if every output along the height had the weights of the first one"


def test_a_ratio_that_is_rounded_to_32_bits_is_named() -> None:
    call = resize_call("resize1d", value=(1, 26, 1), output_size=11, method="nearest")
    value = np.arange(1, 27, dtype=np.float32).reshape(1, 26, 1)
    exact = Resized(call.geometry, call.last).result(value)
    places = np.floor((np.arange(11, dtype=np.float32) + np.float32(0.5)) * np.float32(26 / 11)).astype(int)
    rounded = value[:, places]
    assert not np.array_equal(exact, rounded)
    assert _told(call, {"value": value}, rounded)[0] == "behaves as if coordinates were computed in 32 bits"


def test_a_right_answer_is_explained_by_nothing() -> None:
    assert _named({}, {}) == []


def test_another_dtype_is_named() -> None:
    call = resize_call(dtype="float64")
    operands = filled_operands("t", call, Generated("mix"), steps_of)
    answer = rendered(rendition_of(call), call, operands).astype(np.float32)
    assert _told(call, operands, answer) == ["behaves as if the result's dtype were float32 instead of float64"]


def test_a_large_call_is_not_explained() -> None:
    call = resize_call("resize1d", value=(1, 9, 1), output_size=600_000)
    assert _told(call, {}, np.zeros(0)) == []

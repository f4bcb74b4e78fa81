"""What is said of wrong answers: each mistake is named by its sentence, and by no other that is not the same there."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.overlay import overlay
from conformance.operators.kind import Operands
from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.diagnosis import explain, rendered, rendition_of
from conformance.operators.pooling.expectation import expect
from conformance.operators.pooling.inputs import generate
from conformance.suite.case import Generated
from reference.pooling import engine
from reference.pooling.geometry import pooling_axis
from reference.pooling.operators import Pooled
from tests.operators.pooling.calls import pooling_call


def _operands(call: RightPooling, name: str = "mix") -> Operands:
    return generate("t", call, Generated(name))


def told(call: RightPooling, operands: Operands, answer: NDArray[Any]) -> list[str]:
    found = explain(call, operands, answer)
    overlays = [overlay([each], answer, None) for each in found if each.answered is not None]
    assert all(each is not None and each.agreeing == each.compared for each in overlays)
    return [each.sentence for each in found]


def _of(call: RightPooling, **words: Any) -> NDArray[Any]:
    """What a call of the same value with other words returns."""
    given = {
        "ksize": call.ksize, "strides": call.strides, "padding": call.padding, "dilations": call.dilations,
        "ceil_mode": call.ceil_mode, "count_include_pad": call.count_include_pad, **words,
    }  # fmt: skip
    other = pooling_call(call.operator, value=call.value_shape, **given)
    return expect(other, Generated("mix"), _operands(call)).rounded


PAIRS = ((0, 0), (2, 0), (0, 1), (0, 0))


@pytest.mark.parametrize(
    ("asked", "other", "sentence"),
    [
        ({}, {"padding": "VALID"}, "padding were VALID"),
        ({"padding": "VALID"}, {"padding": "SAME"}, "padding were SAME"),
        ({"ksize": 2}, {"strides": 1}, "strides were 1"),
        ({"ksize": 3}, {"strides": 3}, "strides were ksize"),
        ({"dilations": 2, "strides": 1}, {"dilations": 1}, "dilations were 1"),
        ({"padding": "VALID"}, {"ceil_mode": True}, "ceil_mode were True"),
        ({"padding": "VALID", "ceil_mode": True}, {"ceil_mode": False}, "ceil_mode were False"),
        ({"ksize": (3, 2)}, {"ksize": (2, 3)}, "height and width were exchanged in ksize"),
        ({"strides": (2, 1)}, {"strides": (1, 2)}, "height and width were exchanged in strides"),
        ({"dilations": (2, 1), "strides": 1}, {"dilations": (1, 2)}, "height and width were exchanged in dilations"),
        (
            {"padding": PAIRS, "strides": 1},
            {"padding": ((0, 0), (0, 1), (2, 0), (0, 0))},
            "height and width were exchanged in padding",
        ),
        (
            {"padding": PAIRS, "strides": 1},
            {"padding": ((0, 0), (0, 2), (1, 0), (0, 0))},
            "pads before and behind were exchanged",
        ),
        ({"ksize": 2}, {"ksize": 3}, "the window were one element longer"),
        ({"ksize": 3}, {"ksize": 2}, "the window were one element shorter"),
    ],
)
@pytest.mark.parametrize("operator", ["max_pool2d", "avg_pool2d"])
def test_a_word_that_was_another_is_named(
    operator: str, asked: dict[str, Any], other: dict[str, Any], sentence: str
) -> None:
    call = pooling_call(operator, **asked)
    assert f"behaves as if {sentence}" in told(call, _operands(call), _of(call, **other))


@pytest.mark.parametrize(
    ("asked", "other", "sentence"),
    [
        ({}, {"count_include_pad": True}, "averages were divided by their places, pads included"),
        ({"count_include_pad": True}, {"count_include_pad": False}, "averages were divided by their elements"),
        ({}, {"divisor_override": 9}, "averages were divided by the whole window"),
        ({}, {"divisor_override": 1}, "windows were summed and not divided"),
    ],
)
def test_a_divisor_that_was_another_is_named(asked: dict[str, Any], other: dict[str, Any], sentence: str) -> None:
    call = pooling_call("avg_pool2d", **asked)
    assert f"behaves as if {sentence}" in told(call, _operands(call), _of(call, **other))


def test_tensorflow_s_average_under_same_is_told_from_pytorch_s() -> None:
    counted = pooling_call("avg_pool2d", count_include_pad=True)
    assert told(counted, _operands(counted), _of(counted, count_include_pad=False)) == [
        "behaves as if averages were divided by their elements"
    ]


def test_a_window_that_hangs_over_and_is_divided_by_all_of_it_is_named() -> None:
    call = pooling_call("avg_pool1d", value=(1, 5, 2), ksize=2, padding="VALID", ceil_mode=True)
    answer = _of(call, divisor_override=2)
    assert told(call, _operands(call), answer) == [
        "behaves as if windows that hang over were divided by all of them",
        "behaves as if averages were divided by the whole window",
    ]


def test_copies_of_the_border_are_named() -> None:
    call = pooling_call("avg_pool1d", value=(1, 6, 2))
    value = np.pad(_operands(call)["value"], ((0, 0), (0, 1), (0, 0)), mode="edge")
    answer = expect(
        pooling_call("avg_pool1d", value=value.shape, padding="VALID"), Generated("mix"), {"value": value}
    ).rounded
    assert "behaves as if pads held copies of the border" in told(call, _operands(call), answer)


def test_zeros_in_the_pads_of_a_maximum_are_named() -> None:
    call = pooling_call()
    operands = _operands(call, "tied")
    right = expect(call, Generated("tied"), operands).rounded
    padded = engine.elements_read(call.geometry) < 9
    answer = np.where(padded, np.float32(0), right)
    assert told(call, operands, answer) == ["behaves as if pads held 0"]


def test_an_odd_element_before_is_named() -> None:
    call = pooling_call("max_pool1d", value=(2, 8, 3), ksize=3)
    moved = pooling_call("max_pool1d", value=(2, 8, 3), padding=((0, 0), (1, 0), (0, 0)))
    answer = expect(moved, Generated("mix"), _operands(call)).rounded
    assert "behaves as if SAME put the odd element before" in told(call, _operands(call), answer)


def test_a_last_window_that_is_kept_is_named() -> None:
    call = pooling_call(
        "max_pool1d", value=(1, 4, 2), ksize=2, strides=3, padding=((0, 0), (1, 1), (0, 0)), ceil_mode=True
    )
    right = expect(call, Generated("mix"), _operands(call)).rounded
    answer = np.concatenate([right, np.full((1, 1, 2), -np.inf, np.float32)], axis=1)
    assert told(call, _operands(call), answer) == ["behaves as if a last window that begins behind the value were kept"]


@pytest.mark.parametrize(
    ("routed", "sentence"),
    [
        ("last", "the last of equal maxima took the cotangent"),
        ("all", "each of equal maxima took the cotangent"),
        ("shared", "equal maxima shared the cotangent"),
    ],
)
def test_where_the_gradient_of_equal_maxima_went_is_named(routed: str, sentence: str) -> None:
    call = pooling_call("max_pool1d", value=(1, 4, 1), ksize=2, padding="VALID", direction="value_gradient")
    operands = {"value": np.ones((1, 4, 1), np.float32), "cotangent": np.array([[[2], [6]]], np.float32)}
    share = {"last": [0, 2, 0, 6], "all": [2, 2, 6, 6], "shared": [1, 1, 3, 3]}[routed]
    answer = np.array(share, np.float32).reshape(1, 4, 1)
    assert f"behaves as if {sentence}" in told(call, operands, answer)


def test_a_gradient_by_another_divisor_is_named() -> None:
    call = pooling_call("avg_pool2d", direction="value_gradient")
    operands = _operands(call)
    wide = {name: array.astype(np.float64) for name, array in operands.items()}
    undivided = Pooled("average", pooling_call("avg_pool2d", divisor_override=1).geometry, last=True).gradient(**wide)
    found = told(call, operands, undivided.astype(np.float32))
    assert found == ["behaves as if windows were summed and not divided"]


def test_nan_that_is_left_out_is_named() -> None:
    call = pooling_call("max_pool1d", value=(1, 4, 1), ksize=2, padding="VALID")
    operands = {"value": np.array([np.nan, 1, 2, 3], np.float32).reshape(1, 4, 1)}
    answer = np.array([1, 3], np.float32).reshape(1, 2, 1)
    assert told(call, operands, answer) == ["behaves as if NaN were left out"]


def test_the_lowest_number_for_no_element_is_named() -> None:
    call = pooling_call("max_pool1d", value=(1, 2, 1), ksize=1, padding=((0, 0), (1, 0), (0, 0)))
    operands = {"value": np.array([1, 2], np.float32).reshape(1, 2, 1)}
    answer = np.array([np.finfo(np.float32).min, 2], np.float32).reshape(1, 2, 1)
    assert told(call, operands, answer) == ["behaves as if the lowest finite number stood for -inf"]


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        ("image", "indices were places in their image"),
        ("plane", "indices were places in the plane of their channel"),
        ("window", "indices were places in their window"),
        ("padded", "indices were places in the padded value"),
        ("columns", "indices were places in a value whose columns lie first"),
        ("other layout", "indices were places in a value with its channels first"),
    ],
)
def test_what_indices_were_counted_in_is_named(counted: Any, sentence: str) -> None:
    call = pooling_call("max_pool_with_argmax", include_batch_in_index=True, strides=1)
    wide = {name: array.astype(np.float64) for name, array in _operands(call).items()}
    answer = rendered(replace(rendition_of(call), index=counted), call, wide)
    assert told(call, _operands(call), answer) == [f"behaves as if {sentence}"]


def test_the_index_of_the_last_of_equal_maxima_is_named() -> None:
    call = pooling_call("max_pool_with_argmax", value=(1, 1, 4, 1), ksize=(1, 4), padding="VALID")
    operands = {"value": np.ones((1, 1, 4, 1), np.float32)}
    answer = np.full((1, 1, 1, 1), 3)
    assert "behaves as if the last of equal maxima were taken" in told(call, operands, answer)


def test_indices_of_32_bits_are_named() -> None:
    call = pooling_call("max_pool_with_argmax")
    answer = expect(call, Generated("mix"), _operands(call)).rounded.astype(np.int32)
    assert told(call, _operands(call), answer) == ["behaves as if the result's dtype were int32 instead of int64"]


@pytest.mark.parametrize(
    ("windows", "sentence"),
    [
        ([range(2), range(2, 4), range(4, 5)], "windows began at a place rounded up"),
        ([range(1), range(1, 3), range(3, 5)], "windows ended at a place rounded down"),
        ([range(2), range(1, 3), range(3, 5)], "windows were as long as the ratio rounded up"),
        ([range(3), range(1, 4), range(2, 5)], "windows had one length and one stride, the ratio rounded down"),
        ([range(2), range(2, 4), range(4, 5)], "windows had one length and one stride, the ratio rounded up"),
        ([range(3), range(1, 5), range(3, 5)], "windows ended one element later"),
        ([range(1, 2), range(2, 4), range(4, 5)], "windows began one element later"),
        ([range(0, 5, 3), range(1, 5, 3), range(2, 5, 3)], "windows had elements as far apart as there are windows"),
    ],
)
@pytest.mark.parametrize("operator", ["adaptive_max_pool1d", "adaptive_avg_pool1d"])
def test_where_adaptive_windows_were_is_named(operator: str, windows: list[range], sentence: str) -> None:
    call = pooling_call(operator, value=(2, 5, 3))
    value = _operands(call)["value"]
    reduced = np.max if operator == "adaptive_max_pool1d" else np.mean
    answer = np.stack([reduced(value[:, list(window)], axis=1) for window in windows], axis=1)
    assert f"behaves as if {sentence}" in told(call, _operands(call), answer)


def test_adaptive_windows_that_begin_at_a_rounded_place_are_named() -> None:
    call = pooling_call("adaptive_max_pool1d", value=(2, 7, 3), output_size=4)
    value = _operands(call)["value"]
    answer = np.stack([value[:, a:b].max(axis=1) for a, b in ((0, 2), (2, 4), (4, 6), (5, 7))], axis=1)
    assert "behaves as if windows began at a rounded place" in told(call, _operands(call), answer)


def test_a_start_that_a_ratio_in_32_bits_rounds_down_is_named() -> None:
    call = pooling_call("adaptive_avg_pool1d", value=(1, 26, 2), output_size=22)
    value, right = _operands(call)["value"], expect(call, Generated("mix"), _operands(call)).rounded
    answer = right.copy()
    answer[:, 11] = value[:, 12:15].mean(axis=1)
    assert told(call, _operands(call), answer) == ["behaves as if windows began at a multiple of a ratio in float32"]


def test_output_sizes_of_two_axes_that_were_exchanged_are_named() -> None:
    call = pooling_call("adaptive_avg_pool2d", output_size=(2, 3))
    other = pooling_call("adaptive_avg_pool2d", output_size=(3, 2))
    answer = expect(other, Generated("mix"), _operands(call)).rounded
    assert told(call, _operands(call), answer) == ["behaves as if height and width were exchanged in output_size"]


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize(
    ("words", "wrong", "sentence"),
    [
        ({"norm_type": 3}, {"signed": True}, "no absolute values were taken"),
        ({"norm_type": 3}, {"rooted": False}, "no root were taken"),
        (
            {"ceil_mode": True},
            {"of_window": "whole"},
            "the sum of a partial window were multiplied by the whole window over the divisor of the partial window",
        ),
        ({}, {"of_window": "mean"}, "powers were averaged over the window"),
        ({"norm_type": 4}, {"norm": 2}, "norm_type were 2"),
        ({}, {"norm": 1}, "norm_type were 1"),
        ({}, {"taken": "maximum", "sizes": True}, "the largest absolute value were taken"),
    ],
)
def test_what_was_made_of_a_norm_is_named(
    words: dict[str, Any], wrong: dict[str, Any], sentence: str, direction: Any
) -> None:
    call = pooling_call("lp_pool2d", padding="VALID", direction=direction, **words)
    operands = _operands(call)
    wide = {name: array.astype(np.float64) for name, array in operands.items()}
    answer = rendered(replace(rendition_of(call), **wrong), call, wide)
    assert f"behaves as if {sentence}" in told(call, operands, answer.astype(np.float32))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda value: -engine_max(-value), "the minimum were taken"),
        (lambda value: engine_max(np.abs(value)), "absolute values were compared"),
    ],
)
def test_what_was_compared_is_named(wrong: Any, sentence: str) -> None:
    call = pooling_call()
    assert told(call, _operands(call), wrong(_operands(call)["value"])) == [f"behaves as if {sentence}"]


def engine_max(value: NDArray[Any]) -> NDArray[Any]:
    return engine.max_pool(value, pooling_call().geometry, -np.inf)


def test_memory_read_in_the_other_layout_is_named() -> None:
    call = pooling_call(value=(1, 6, 7, 3))
    value = _operands(call)["value"].reshape(1, 3, 6, 7)
    other = Pooled("maximum", call.geometry, last=False).result(value)
    answer = np.ascontiguousarray(other).reshape(call.output_shape)
    assert told(call, _operands(call), answer) == [
        "behaves as if the memory were read with the channels first instead of last"
    ]


def test_another_dtype_is_named_alone() -> None:
    call = pooling_call()
    answer = _of(call).astype(np.float64)
    assert told(call, _operands(call), answer) == ["behaves as if the result's dtype were float64 instead of float32"]


def test_an_answer_that_nothing_explains_is_not_explained() -> None:
    call = pooling_call()
    assert told(call, _operands(call), _of(call) + np.float32(50)) == []


def test_a_large_call_is_not_diagnosed() -> None:
    call = pooling_call(value=(1, 256, 256, 16), ksize=5, strides=1)
    assert told(call, {}, np.zeros(call.output_shape, np.float32)) == []


def test_a_window_one_later_is_named() -> None:
    call = pooling_call("max_pool1d", value=(1, 9, 2), padding="VALID")
    axis = pooling_axis(9, 3, 2, 1, "VALID")
    answer = _of(pooling_call("max_pool1d", value=(1, 9, 2), padding="VALID"))
    shifted = np.stack(
        [_operands(call)["value"][:, 2 * at + 1 : 2 * at + 4].max(axis=1) for at in range(axis.output)], 1
    )
    assert answer.shape == shifted.shape
    assert "behaves as if windows began one element later" in told(call, _operands(call), shifted)


def test_a_maximum_over_copies_of_the_border_is_named() -> None:
    call = pooling_call(
        "max_pool1d", value=(1, 3, 1), ksize=2, strides=1, padding=((0, 0), (0, 2), (0, 0)), dilations=2
    )
    value = np.array([3, 1, 2], np.float32).reshape(1, 3, 1)
    rendition = replace(rendition_of(call), pads="copies")
    answer = rendered(rendition, call, {"value": value}).astype(np.float32)
    assert "behaves as if pads held copies of the border" in told(call, {"value": value}, answer)


def test_pads_that_were_listed_in_another_order_are_named() -> None:
    call = pooling_call("max_pool2d", value=(1, 4, 4, 1), ksize=2, strides=1, padding=((0, 0), (0, 0), (1, 1), (0, 0)))
    answer = _of(call, padding=((0, 0), (0, 1), (0, 1), (0, 0)))
    found = told(call, _operands(call), answer)
    assert "behaves as if pads that are all before, then all after, were read in pairs" in found


def test_pads_behind_that_count_in_no_divisor_are_named() -> None:
    call = pooling_call(
        "avg_pool1d", value=(1, 2, 1), ksize=2, strides=1, padding=((0, 0), (1, 1), (0, 0)), count_include_pad=True
    )
    value = np.array([2, 4], np.float32).reshape(1, 2, 1)
    answer = np.array([1, 3, 4], np.float32).reshape(1, 3, 1)
    assert told(call, {"value": value}, answer) == ["behaves as if pads behind the value counted in no divisor"]


def test_a_norm_of_a_partial_window_that_is_averaged_and_multiplied_is_named_first() -> None:
    # F.lp_pool1d(ones(1, 1, 3), 1, 2, stride=2, ceil_mode=True) of torch, which strides of 1 would explain, too
    call = pooling_call("lp_pool1d", value=(1, 3, 1), ksize=2, strides=2, padding="VALID", ceil_mode=True, norm_type=1)
    value, answer = np.ones((1, 3, 1), np.float32), np.full((1, 2, 1), 2, np.float32)
    first, *others = told(call, {"value": value}, answer)
    assert first.startswith("behaves as if the sum of a partial window were multiplied by the whole window")
    assert "behaves as if strides were 1" in others

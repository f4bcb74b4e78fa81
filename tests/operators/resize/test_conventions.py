"""What is measured of frameworks' words for resizes: which rule fits the weights, and who means otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from conformance.adapters.jax.resize import jax_spellings
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.reply import Answer, Refused, Reply
from conformance.adapters.resize import ResizeSpelling
from conformance.adapters.tensorflow.resize import tensorflow_spellings
from conformance.adapters.torch.resize import torch_spellings
from conformance.journal import ConventionFact
from conformance.operators.resize.conventions import axes_of, call_spellings, measured_fact, rules
from conformance.operators.resize.diagnosis import TABLE, AxisRendition, matrix_of
from conformance.operators.resize.readable import onnx_words, sentence
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeAxis, ResizeRule, is_near_tie, rows_of

MOST = 60
Weights = Callable[[ResizeAxis], np.ndarray[Any, Any]]


def _of(rule: ResizeRule) -> Weights:
    return lambda axis: matrix_of(AxisRendition(axis, rule))


def _measured(rule: ResizeRule, weights: Weights, scaled: Any = "lengths", most: int = MOST) -> ConventionFact:
    """Of a lane with these weights, whose words are taken to mean the rule."""
    spelling = next(each for each in call_spellings() if each.rule == resize_rule("linear"))

    def ask(axis: ResizeAxis) -> Reply:
        return Answer(weights(axis).T.astype(np.float32), 0.0)

    return measured_fact("lane", replace(spelling, rule=rule, scaled=scaled), ask, most, lambda number: None)


@pytest.mark.parametrize("rule", list(call_spellings()), ids=lambda each: each.name)
def test_every_rule_is_measured_as_itself(rule: ResizeSpelling) -> None:
    fact = _measured(rule.rule, _of(rule.rule))
    assert (fact.measured, fact.formula, fact.agrees) == (rule.name, rule.name, True)
    assert fact.notes[0] == onnx_words(rule.rule)


def test_another_rule_is_named_with_the_smallest_geometry_that_shows_it() -> None:
    fact = _measured(resize_rule("cubic"), _of(resize_rule("cubic", "half_pixel", None, -0.75, False)))
    assert fact.measured == "cubic, half_pixel, cubic_coeff_a -0.75, border repeated"
    assert fact.formula == "cubic, half_pixel, cubic_coeff_a -0.5, outside excluded"
    assert not fact.agrees
    assert fact.smallest.startswith("2 -> ")


def test_nearest_and_nearest_exact_are_told_apart() -> None:
    """torch's two words, at 5 -> 7 and other ratios that are no whole numbers."""
    fact = _measured(resize_rule("nearest"), _of(resize_rule("nearest", "asymmetric", "floor")))
    assert fact.measured == "nearest, asymmetric, floor"
    assert fact.differing > MOST / 4


def test_a_table_of_weights_is_seen() -> None:
    fact = _measured(
        resize_rule("cubic"), lambda axis: matrix_of(AxisRendition(axis, resize_rule("cubic"), steps=TABLE))
    )
    assert fact.measured == "cubic, half_pixel, cubic_coeff_a -0.5, outside excluded; coordinates rounded to 1024ths"


def test_half_pixels_that_are_scaled_as_corners_are_seen() -> None:
    def weights(axis: ResizeAxis) -> np.ndarray[Any, Any]:
        if min(axis.input, axis.output) < 2:
            return np.zeros((axis.output, axis.input))
        scaled = replace(axis, scale=Fraction(axis.output - 1, axis.input - 1))
        return matrix_of(AxisRendition(scaled, resize_rule("linear", antialias=True)))

    fact = _measured(resize_rule("linear", "align_corners", antialias=True), weights)
    assert fact.measured == "linear, half pixels scaled as the corners, outside excluded, antialias"


@pytest.mark.parametrize(
    ("scaled", "weights", "measured"),
    [
        ("given", lambda axis: axis, "linear, half_pixel; scaled as given"),
        (
            "given",
            lambda axis: replace(axis, scale=Fraction(axis.output, axis.input)),
            "linear, half_pixel; scale recomputed",
        ),
        (
            "given",
            lambda axis: replace(axis, scale=Fraction(1)) if axis.output == axis.input else axis,
            "linear, half_pixel; scaled as given; a result as long as the value is a copy",
        ),
    ],
)
def test_what_becomes_of_a_scale_is_seen(
    scaled: str, weights: Callable[[ResizeAxis], ResizeAxis], measured: str
) -> None:
    rule = resize_rule("linear")
    assert _measured(rule, lambda axis: matrix_of(AxisRendition(weights(axis), rule)), scaled, 200).measured == measured


def test_what_32_bits_miss_near_a_tie_is_a_note_and_no_other_rule() -> None:
    rule = resize_rule("nearest")

    def other_side(axis: ResizeAxis) -> np.ndarray[Any, Any]:
        down = resize_rule("nearest", "half_pixel", "round_prefer_floor")
        return matrix_of(AxisRendition(axis, down if is_near_tie(axis, rule) else rule))

    fact = _measured(rule, other_side, most=200)
    assert (fact.measured, fact.agrees) == ("nearest, half_pixel, round_prefer_ceil", True)
    assert fact.notes[1].startswith("near a tie the other element is read in ")


def test_weights_that_no_rule_has_are_told() -> None:
    fact = _measured(resize_rule("linear"), lambda axis: np.full((axis.output, axis.input), 0.5))
    assert (fact.measured, fact.agrees) == ("fits no rule", False)


def test_a_lane_that_refuses_everything_is_not_compared() -> None:
    spelling = next(call_spellings())
    fact = measured_fact("lane", spelling, lambda axis: Refused("ValueError", "no"), 9, lambda number: None)
    assert (fact.agrees, fact.checked, fact.unanswered) == (None, 0, 9)
    assert fact.measured == "nothing was answered"
    assert fact.notes == ("1 -> 1: ValueError: no",)


SPELLINGS = {"tensorflow": tensorflow_spellings, "torch": torch_spellings, "jax": jax_spellings}


@pytest.mark.parametrize("name", list(SPELLINGS))
def test_a_framework_is_asked_a_thousand_geometries_in_its_own_words(name: str) -> None:
    spellings: Iterator[ResizeSpelling] = SPELLINGS[name]()
    asked = 0
    for spelling in spellings:
        asked += len(axes_of(spelling.scaled))
        plan = spelling.plan(ResizeAxis(5, 7, Fraction(7, 5)))
        assert isinstance(plan, Plan)
        (step,) = [each for each in plan.steps if isinstance(each, Invoke)]
        assert step.function.startswith({"tensorflow": "tf.", "torch": "torch.nn.", "jax": "jax.image."}[name])
        assert spelling.name.startswith(step.function)
    assert asked >= 1000


def test_no_two_rules_are_the_same() -> None:
    axes = [
        ResizeAxis(*lengths, Fraction(*lengths[::-1]))
        for lengths in ((5, 7), (7, 4), (4, 1), (6, 3), (20, 6), (4, 7), (7, 5), (10, 4))
    ]
    # A scale that leaves something over tells half_pixel_symmetric apart.
    axes += [ResizeAxis(5, 7, Fraction(3, 2)), ResizeAxis(7, 9, Fraction(7, 5)), ResizeAxis(9, 5, Fraction(13, 20))]
    found = [tuple(rows_of(axis, rule) for axis in axes) for rule in rules()]
    assert len(set(found)) == len(found)
    assert len({sentence(rule) for rule in rules()}) == len(found)


def test_onnx_has_no_words_for_stretched_kernels_between_corners() -> None:
    rule = resize_rule("linear", "align_corners", antialias=True)
    assert onnx_words(rule).startswith("ONNX's Resize has no such weights")
    assert onnx_words(resize_rule("nearest", "asymmetric", "floor")) == (
        "ONNX Resize: mode=nearest, coordinate_transformation_mode=asymmetric, nearest_mode=floor"
    )

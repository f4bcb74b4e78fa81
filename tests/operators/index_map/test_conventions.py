"""What is measured of frameworks' words for index maps: modes, limits, orders; and who means otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from conformance.adapters.dialect import Said
from conformance.adapters.jax.adapter import Jax
from conformance.adapters.onnxruntime.adapter import OnnxRuntime
from conformance.adapters.plan import Plan
from conformance.adapters.planning import dialect_of
from conformance.adapters.reply import Answer, Refused, Reply, TimedOut
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.torch.adapter import Torch
from conformance.conventions.asking import Array, Ask
from conformance.journal import ConventionFact
from conformance.operators.index_map.call import RightIndexMap, index_map
from conformance.operators.index_map.conventions import _pads as pads_asked
from conformance.operators.index_map.conventions import (
    block_fact,
    call_dialect,
    pad_facts,
    patch_fact,
    quick_facts,
)
from conformance.operators.index_map.dialects import DIALECTS
from reference import index_map as reference

Changed = Callable[[str, dict[str, Any]], dict[str, Any]]


def asked(
    change: Changed = lambda operator, words: words,
    answered: Callable[[Array], Array] = lambda result: result,
    *,
    accepts: bool = False,
) -> Ask:
    """A lane that takes the suite's calls and means something else by them."""

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        assert not isinstance(said, Plan)
        call = index_map(said)
        if not isinstance(call, RightIndexMap) and not accepts:
            return Refused("ValueError", call.fault.message)
        words = change(call.operator, dict(call.words))
        if accepts:
            widths: Any = [(0, 0), (0, 9)]
            return Answer(np.pad(operands["value"], widths), None)
        result = getattr(reference, call.operator)(operands["value"], **words)
        return Answer(answered(result), None)

    return ask


def facts_of_pads(mode: str, ask: Ask) -> dict[str, ConventionFact]:
    (words,) = (each for each in call_dialect().pads if each.mode == mode)
    return {fact.topic: fact for fact in pad_facts("lane", words, ask, 120, lambda number: None)}


@pytest.mark.parametrize("mode", ["CONSTANT", "REFLECT", "SYMMETRIC", "EDGE", "WRAP"])
def test_a_lane_that_means_what_is_held_agrees(mode: str) -> None:
    found = facts_of_pads(mode, asked())
    assert [fact.agrees for fact in found.values()] == [True, True, True]
    assert found["what a pad holds"].measured == mode


def test_a_mode_that_is_another_is_named_with_the_smallest_geometry() -> None:
    def as_symmetric(operator: str, words: dict[str, Any]) -> dict[str, Any]:
        return {**words, "mode": "SYMMETRIC"}

    found = facts_of_pads("REFLECT", asked(as_symmetric))["what a pad holds"]
    assert (found.measured, found.formula, found.agrees) == ("SYMMETRIC", "REFLECT", False)
    assert found.smallest.endswith(": SYMMETRIC")
    assert found.differing > 10


def test_a_call_that_does_not_return_says_nothing_of_the_longest_pad() -> None:
    answered, asks = asked(), iter(range(200))

    def sometimes_late(said: Said, operands: Mapping[str, Array]) -> Reply:
        return TimedOut(60.0) if next(asks) == 50 else answered(said, operands)

    found = facts_of_pads("EDGE", sometimes_late)
    assert found["longest pad"].agrees
    assert found["what a pad holds"].unanswered == 1


def test_an_answer_that_no_mode_explains_is_said_to_fit_no_rule() -> None:
    found = facts_of_pads("EDGE", asked(answered=lambda result: result[:, ::-1].copy()))["what a pad holds"]
    assert found.measured == "fits no rule"


def test_a_lane_that_refuses_everything_has_answered_nothing() -> None:
    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        return Refused("TypeError", "no")

    found = facts_of_pads("EDGE", ask)
    assert found["what a pad holds"].measured == "nothing was answered: length 1, pads (0, 0): TypeError: no"
    assert found["what a pad holds"].agrees is None
    assert found["longest pad"].measured == "fits no rule"


def test_a_lane_that_takes_pads_of_any_length_is_told_from_one_that_does_not() -> None:
    found = facts_of_pads("REFLECT", asked(accepts=True))
    assert (found["longest pad"].measured, found["longest pad"].agrees) == ("any length", False)
    assert found["negative pads"].measured == "fits no rule"


def test_orders_of_channels_that_are_exchanged_are_named() -> None:
    def exchanged(operator: str, words: dict[str, Any]) -> dict[str, Any]:
        if operator == "extract_patches":
            return {**words, "patch_order": "CHW" if words.get("patch_order", "HWC") == "HWC" else "HWC"}
        return {**words, "mode": "CRD" if words.get("mode", "DCR") == "DCR" else "DCR"}

    dialect = call_dialect()
    for words in dialect.blocks:
        right = block_fact("lane", words, asked(), 20, lambda number: None)
        wrong = block_fact("lane", words, asked(exchanged), 20, lambda number: None)
        assert (right.agrees, right.measured, wrong.agrees) == (True, words.order, False)
        assert {right.measured, wrong.measured} == {"DCR", "CRD"}
    for patches in dialect.patches:
        right = patch_fact("lane", patches, asked(), 20, lambda number: None)
        wrong = patch_fact("lane", patches, asked(exchanged), 20, lambda number: None)
        assert (right.agrees, wrong.agrees) == (True, False)
        assert {right.measured[:3], wrong.measured[:3]} == {"HWC", "CHW"}


ADAPTERS: list[Any] = [TensorFlow(), Torch(), Jax(), OnnxRuntime()]


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.planner)
def test_the_words_of_a_framework_are_asked_of_a_thousand_geometries(adapter: Any) -> None:
    dialect, name = dialect_of(adapter, DIALECTS), adapter.planner
    assert dialect is not None
    count = 0

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        nonlocal count
        count += isinstance(said, Plan)
        return Answer(operands["value"], None)

    for words in dialect.pads:
        list(pad_facts(name, words, ask, None, lambda number: None))
    for blocks in dialect.blocks:
        block_fact(name, blocks, ask, None, lambda number: None)
    for patches in dialect.patches:
        patch_fact(name, patches, ask, None, lambda number: None)
    assert count >= 1000
    assert len(set(pads_asked())) == len(list(pads_asked()))


def test_what_no_document_says_of_negative_pads_is_not_asked() -> None:
    (edge,) = (each for each in call_dialect().pads if each.mode == "EDGE")
    said = [
        list(pad_facts("lane", words, asked(), 9, lambda number: None))
        for words in (edge, replace(edge, negative=None))
    ]
    assert [[fact.topic for fact in found][2:] for found in said] == [["negative pads"], []]


def test_a_run_measures_none_of_them() -> None:
    client: Any = None
    assert list(quick_facts(client)) == []

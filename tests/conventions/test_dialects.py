"""Dialects: formulas worked by hand, samples that are large enough and the same everywhere."""

from typing import Any

import pytest

from conformance.adapters.dialect import AxisWords, Dialect, HasDialect, Said
from conformance.adapters.jax.adapter import Jax
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.reference import Reference
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.torch.adapter import Torch

ADAPTERS: list[Any] = [Reference(), TensorFlow(), Torch(), Jax()]
LEAST_GEOMETRIES = 2000


def meaning(dialect: Dialect, name: str, words: AxisWords) -> tuple[int, int] | None:
    (phrasing,) = (each for each in dialect.phrasings if each.name == name)
    axis = phrasing.meaning(words)
    return None if axis is None else (axis.crop_before, axis.output)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: type(adapter).__name__)
def test_every_built_in_adapter_has_a_dialect(adapter: object) -> None:
    assert isinstance(adapter, HasDialect)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: type(adapter).__name__)
def test_the_sample_is_large_enough_and_the_same_every_time(adapter: HasDialect) -> None:
    first, again = (
        [list(each.vocabulary()) for each in adapter.dialect.phrasings] for adapter in (adapter, type(adapter)())
    )
    assert first == again
    assert sum(map(len, first)) >= LEAST_GEOMETRIES
    for phrasing, words in zip(adapter.dialect.phrasings, first, strict=True):
        assert len(set(words)) == len(words)
        assert all(phrasing.meaning(each) is not None for each in words)
        assert phrasing.meaning(phrasing.partner) == phrasing.partner.axis(0, 2)


def test_tensorflow_s_same_crops_the_odd_element_after() -> None:
    dialect = TensorFlow().dialect
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME", 8)) == (0, 8)
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME", 7)) == (1, 7)
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME", 9)) is None


def test_torch_crops_both_sides_alike_and_limits_output_padding() -> None:
    dialect = Torch().dialect
    name = "padding, output_padding"
    assert meaning(dialect, name, AxisWords(4, 3, 2, 1, (1, 1), 1)) == (1, 8)
    assert meaning(dialect, name, AxisWords(4, 3, 2, 1, (1, 1), 2)) is None
    assert meaning(dialect, name, AxisWords(4, 3, 2, 3, (1, 1), 2)) == (1, 13)


def test_jax_s_pads_lie_around_the_dilated_input() -> None:
    dialect = Jax().dialect
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME")) == (0, 8)
    assert meaning(dialect, "VALID", AxisWords(5, 2, 4, 1, "VALID")) == (0, 20)
    assert meaning(dialect, "explicit (before, after)", AxisWords(4, 3, 2, 1, (2, 1))) == (0, 8)
    assert meaning(dialect, "explicit, use_consistent_padding=True", AxisWords(4, 3, 2, 1, (0, 1))) == (0, 8)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: type(adapter).__name__)
def test_plans_are_the_framework_s_own_call_and_nothing_else(adapter: HasDialect) -> None:
    dialect = adapter.dialect
    plans: list[Said] = [*(spelling.plan for spelling in dialect.spellings), dialect.plain]
    plans += [phrasing.plan(phrasing.partner, phrasing.partner) for phrasing in dialect.phrasings]
    for plan in plans:
        assert isinstance(plan, Plan)
        (step,) = plan.steps
        assert isinstance(step, Invoke)
        assert step.function == dialect.function

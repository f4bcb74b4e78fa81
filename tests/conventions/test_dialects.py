"""Dialects: formulas worked by hand, samples that are large enough and the same everywhere."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference
from conformance.adapters.dialect import AxisWords, Dialect, Said
from conformance.adapters.jax.adapter import Jax
from conformance.adapters.jax_layers.adapter import Equinox, Flax, Haiku
from conformance.adapters.keras.adapter import Keras
from conformance.adapters.litert.adapter import LiteRt
from conformance.adapters.mlx.adapter import Mlx
from conformance.adapters.onnx.adapter import OnnxReference
from conformance.adapters.onnxruntime.adapter import OnnxRuntime
from conformance.adapters.openvino.adapter import OpenVino
from conformance.adapters.paddle.adapter import Paddle
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.planning import dialect_of
from conformance.adapters.reference import Reference
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.tinygrad.adapter import Tinygrad
from conformance.adapters.torch.adapter import Torch
from conformance.conventions.asking import Ask
from conformance.operators.convolution.conventions.facts import sweep_facts
from conformance.operators.convolution.conventions.sweep import sweep
from conformance.operators.convolution.dialects import DIALECTS
from conformance.operators.convolution.plans import PLANS

ADAPTERS: list[Any] = [
    Reference(), TensorFlow(), Torch(), Jax(), LiteRt(), OnnxReference(), OnnxRuntime(), OpenVino(("onnx",)),
    OpenVino(), Keras(), Paddle(),
    Mlx(), Tinygrad(), Flax(), Haiku(), Equinox(),
]  # fmt: skip
FEWER = {"Mlx": 1400, "Keras": 700, "Tinygrad": 400, "Flax": 300, "Haiku": 300, "Equinox": 500}
"""of the geometries that are asked"""


def spoken(adapter: object) -> Dialect:
    found = dialect_of(adapter, DIALECTS)
    assert found is not None
    return found


def meaning(
    dialect: Dialect, name: str, words: AxisWords, operator: str = "conv2d_transpose"
) -> tuple[int, int] | None:
    (phrasing,) = (each for each in dialect.phrasings if (each.name, each.operator) == (name, operator))
    axis = phrasing.meaning(words)
    return None if axis is None else (axis.crop_before, axis.output)


def test_every_framework_that_is_asked_a_convolution_in_its_own_words_has_a_dialect() -> None:
    assert DIALECTS.keys() <= PLANS.keys()
    assert dialect_of(object(), DIALECTS) is None


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: type(adapter).__name__)
def test_the_sample_is_large_enough_and_the_same_every_time(adapter: object) -> None:
    first, again = ([list(each.vocabulary()) for each in spoken(adapter).phrasings] for _ in range(2))
    assert first == again
    # Who has one word each way has fewer, and who compiles each call is asked fewer.
    assert sum(map(len, first)) >= FEWER.get(type(adapter).__name__, 2000)
    for phrasing, words in zip(spoken(adapter).phrasings, first, strict=True):
        assert len(set(words)) == len(words)
        assert all(phrasing.meaning(each) is not None for each in words)
        assert phrasing.meaning(phrasing.partner) == phrasing.partner.axis(0, 2)


def test_tensorflow_s_same_crops_the_odd_element_after() -> None:
    dialect = spoken(TensorFlow())
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME", 8)) == (0, 8)
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME", 7)) == (1, 7)
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME", 9)) is None


def test_torch_crops_both_sides_alike_and_limits_output_padding() -> None:
    dialect = spoken(Torch())
    name = "padding, output_padding"
    assert meaning(dialect, name, AxisWords(4, 3, 2, 1, (1, 1), 1)) == (1, 8)
    assert meaning(dialect, name, AxisWords(4, 3, 2, 1, (1, 1), 2)) is None
    assert meaning(dialect, name, AxisWords(4, 3, 2, 3, (1, 1), 2)) == (1, 13)


def test_jax_s_pads_lie_around_the_dilated_input() -> None:
    dialect = spoken(Jax())
    assert meaning(dialect, "SAME", AxisWords(4, 3, 2, 1, "SAME")) == (0, 8)
    assert meaning(dialect, "VALID", AxisWords(5, 2, 4, 1, "VALID")) == (0, 20)
    assert meaning(dialect, "explicit (before, after)", AxisWords(4, 3, 2, 1, (2, 1))) == (0, 8)
    assert meaning(dialect, "explicit, use_consistent_padding=True", AxisWords(4, 3, 2, 1, (0, 1))) == (0, 8)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: type(adapter).__name__)
def test_plans_are_the_framework_s_own_call_and_nothing_else(adapter: object) -> None:
    dialect = spoken(adapter)
    module = dialect.function.partition(".")[0]
    plans: list[tuple[str, Said]] = [("conv2d_transpose", dialect.plain)]
    plans += [("conv2d_transpose", spelling.plan) for spelling in dialect.spellings]
    plans += [(each.operator, each.plan(each.partner, each.partner)) for each in dialect.phrasings]
    for operator, plan in plans:
        assert isinstance(plan, Plan)
        (step,) = plan.steps
        assert isinstance(step, Invoke)
        function = step.function.removeprefix("lambda: ")
        assert (function == dialect.function) == (operator == "conv2d_transpose")
        assert function.partition(".")[0] == module


def test_onnx_s_words_have_the_odd_element_where_its_documents_have_it() -> None:
    dialect = spoken(OnnxRuntime())
    assert meaning(dialect, "SAME_UPPER", AxisWords(4, 3, 2, 1, "SAME_UPPER")) == (0, 8)
    assert meaning(dialect, "SAME_LOWER", AxisWords(4, 3, 2, 1, "SAME_LOWER")) == (1, 8)
    assert meaning(dialect, "VALID", AxisWords(4, 3, 2, 1, "VALID")) == (0, 9)
    # Without auto_pad the larger half of what is cropped lies in front.
    assert meaning(dialect, "output_shape", AxisWords(4, 3, 2, 1, "NOTSET", 8)) == (1, 8)
    assert meaning(dialect, "SAME_UPPER, output_shape", AxisWords(4, 3, 2, 1, "SAME_UPPER", 8)) == (0, 8)
    pads = "pads, output_padding"
    assert meaning(dialect, pads, AxisWords(4, 3, 2, 1, (1, 0), 1)) == (1, 9)
    assert meaning(dialect, pads, AxisWords(4, 3, 2, 1, (1, 0), 2)) is None
    assert meaning(dialect, pads, AxisWords(4, 3, 2, 1, (-1, 0), 0)) is None
    assert meaning(dialect, pads, AxisWords(1, 1, 1, 1, (1, 0), 0)) is None
    # Of 4 elements, kernel 3 and stride 2 make 2 results, one pad behind them or before.
    assert meaning(dialect, "SAME_UPPER", AxisWords(2, 3, 2, 1, "SAME_UPPER", 4), "conv2d") == (0, 4)
    assert meaning(dialect, "SAME_LOWER", AxisWords(2, 3, 2, 1, "SAME_LOWER", 4), "conv2d") == (1, 4)


def test_paddle_s_lengths_are_as_many_as_the_stride() -> None:
    dialect = spoken(Paddle())
    name = "padding, output_size"
    assert meaning(dialect, name, AxisWords(3, 3, 2, 1, (1, 1), 5)) == (1, 5)
    assert meaning(dialect, name, AxisWords(3, 3, 2, 1, (1, 1), 6)) == (1, 6)
    assert meaning(dialect, name, AxisWords(3, 3, 2, 1, (1, 1), 7)) is None
    assert meaning(dialect, name, AxisWords(3, 3, 2, 1, (1, 1), 4)) is None


def test_pads_of_both_sides_are_written_as_each_framework_has_them() -> None:
    height, width = AxisWords(4, 3, 2, 1, (1, 0), 1), AxisWords(4, 3, 1, 1, (2, 1), 0)
    for adapter, written in (
        (OnnxRuntime(), "pads=(1, 2, 0, 1)"), (Paddle(), "padding=((0, 0), (0, 0), (1, 0), (2, 1))"),
        (Tinygrad(), "padding=(2, 1, 1, 0)"),
    ):  # fmt: skip
        (phrasing,) = (
            each for each in spoken(adapter).phrasings
            if each.name in ("pads, output_padding", "padding (before, after), output_padding")
        )  # fmt: skip
        said = phrasing.plan(height, width)
        assert isinstance(said, Plan)
        assert written in said.source()[0]
        assert "output_padding=(1, 0)" in said.source()[0]


def test_torch_s_formula_is_the_shared_one() -> None:
    """That of the documents, by which written calls are read, and that which other frameworks share."""
    torch, tinygrad = spoken(Torch()), spoken(Tinygrad())
    (own,) = (each for each in torch.phrasings if each.name == "padding, output_padding")
    (shared,) = (each for each in tinygrad.phrasings if each.name == "padding, output_padding")
    for words in (*own.vocabulary(), *own.boundary()):
        assert own.meaning(words) == shared.meaning(words)


class PaddleLike(Reference):
    """A forward convolution whose SAME is computed without its dilation, as one framework's is."""

    planner = "paddle"

    def execute(self, plan: Plan, arrays: Any) -> Any:
        (step,) = plan.steps
        assert isinstance(step, Invoke)
        said: dict[str, Any] = dict(step.keywords)
        value, filter = np.moveaxis(arrays["value"], 1, -1), np.transpose(arrays["filter"], (2, 3, 1, 0))
        dense = reference.conv2d(value, filter, strides=said["stride"], padding=said["padding"])
        return np.moveaxis(dense, -1, 1)


def test_a_word_that_ignores_the_dilation_differs_and_is_named_so(asked: Callable[[Any], Ask]) -> None:
    dialect = spoken(Paddle())
    (same,) = (each for each in dialect.phrasings if (each.name, each.operator) == ("SAME", "conv2d"))
    found = sweep(asked(PaddleLike()), dialect, same, 120, lambda done: None)
    fact, *_ = sweep_facts("mine", found)
    assert (fact.agrees, fact.operator) == (False, "conv2d")
    assert fact.measured == (
        "result length = ceil(o / s); pad_before = max(full - o, 0) // 2; kernel as the adjoint has it; "
        "dilation ignored"
    )


def test_openvino_s_same_upper_beside_an_output_shape_crops_the_larger_half_in_front_as_its_documents_say() -> None:
    dialect = spoken(OpenVino())
    assert meaning(dialect, "same_upper, output_shape", AxisWords(4, 3, 2, 1, "same_upper", 8)) == (1, 8)
    assert meaning(dialect, "same_lower, output_shape", AxisWords(4, 3, 2, 1, "same_lower", 8)) == (0, 8)
    assert meaning(dialect, "same_upper", AxisWords(4, 3, 2, 1, "same_upper")) == (0, 9)


def test_keras_s_output_padding_is_added_to_another_length_under_each_word() -> None:
    dialect = spoken(Keras())
    assert meaning(dialect, "same", AxisWords(4, 3, 2, 1, "same")) == (0, 8)
    assert meaning(dialect, "valid", AxisWords(4, 1, 2, 1, "valid")) == (0, 8)
    assert meaning(dialect, "same, output_padding", AxisWords(4, 3, 2, 1, "same", 1)) == (0, 8)
    assert meaning(dialect, "same, output_padding", AxisWords(4, 3, 2, 1, "same", 0)) == (1, 7)
    assert meaning(dialect, "valid, output_padding", AxisWords(4, 3, 2, 1, "valid", 1)) == (0, 10)
    assert meaning(dialect, "valid, output_padding", AxisWords(4, 3, 2, 1, "valid", 2)) is None


def test_how_many_numbers_are_taken_is_that_of_two_axes() -> None:
    taken = {
        (each.topic, each.label)
        for each in spoken(Tinygrad()).spellings
        if each.expected and each.topic in ("strides", "padding")
    }
    assert taken == {
        ("strides", "int"), ("strides", "[s, s]"), ("padding", "int"), ("padding", "[s, s]"),
        ("padding", "[1, s, s, 1]"),
    }  # fmt: skip

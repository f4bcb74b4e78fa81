"""What is measured of frameworks' words for poolings: formulas, divisors, defaults, ties; and who means otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

import numpy as np
import pytest

from conformance.adapters.dialect import AxisWords, Said
from conformance.adapters.jax.adapter import Jax
from conformance.adapters.keras.adapter import Keras
from conformance.adapters.mlx.adapter import Mlx
from conformance.adapters.onnxruntime.adapter import OnnxRuntime
from conformance.adapters.openvino.adapter import OpenVino
from conformance.adapters.paddle.adapter import Paddle
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.planning import dialect_of
from conformance.adapters.pooling_dialect import PoolingDefault, PoolingDialect, SpokenWindows
from conformance.adapters.reply import Answer, Refused, Reply
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.tinygrad.adapter import Tinygrad
from conformance.adapters.torch.adapter import Torch
from conformance.conventions.asking import Array, Ask
from conformance.journal import ConventionFact
from conformance.operators.nominal import Nominal
from conformance.operators.pooling.call import PoolingCall, RightPooling, pooling
from conformance.operators.pooling.conventions import facts, nominal
from conformance.operators.pooling.conventions.calls import call_phrasings, said_call
from conformance.operators.pooling.conventions.sweep import boundary, sweep
from conformance.operators.pooling.dialects import DIALECTS
from conformance.operators.pooling.subject import PoolingSubject
from reference.pooling import engine
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import Pooling, WindowAxis, pooling_axis
from reference.pooling.operators import Pooled

ADAPTERS: Mapping[str, Any] = {
    "tensorflow": TensorFlow(), "torch": Torch(), "jax": Jax(), "onnx": OnnxRuntime(), "paddle": Paddle(), "mlx": Mlx(),
    "tinygrad": Tinygrad(), "openvino": OpenVino(), "keras": Keras(),
}  # fmt: skip
MAXIMA, AVERAGES = (
    PoolingSubject(OPERATORS["max_pool2d"], "float32"),
    PoolingSubject(OPERATORS["avg_pool1d"], "float32"),
)
Changed = Callable[[WindowAxis], WindowAxis]


def asked(
    change: Changed = lambda axis: axis,
    answered: Callable[[PoolingCall, Array], Array] = lambda call, result: result,
    **geometry: Any,
) -> Ask:
    """A lane that takes the suite's calls and means something else by them."""

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        assert not isinstance(said, Plan)
        call = pooling(said)
        if not isinstance(call, RightPooling):
            return Refused("ValueError", call.fault.message)
        meant = replace(call.geometry, axes=tuple(map(change, call.geometry.sliding)), **geometry)
        with np.errstate(all="ignore"):
            result = Pooled("average" if call.averages else "maximum", meant, last=True).result(
                operands["value"].astype(np.float64)
            )
        return Answer(answered(call, result).astype(np.float32), None)

    return ask


def swept(subject: PoolingSubject, name: str, ask: Ask, limit: int = 40) -> dict[str, ConventionFact]:
    (phrasing,) = (each for each in call_phrasings(subject) if each.name == name)
    found = sweep(ask, phrasing, limit, lambda number: None)
    return {fact.topic: fact for fact in facts.sweep_facts("lane", found, ())}


def spoken(name: str) -> PoolingDialect:
    found = dialect_of(ADAPTERS[name], DIALECTS)
    assert found is not None
    return found


@pytest.mark.parametrize("name", list(ADAPTERS))
def test_the_sample_of_a_framework_has_a_thousand_geometries_the_same_every_time(name: str) -> None:
    first, again = ([list(each.vocabulary()) for each in spoken(name).phrasings] for _ in range(2))
    assert first == again
    assert sum(map(len, first)) >= {"tinygrad": 300, "mlx": 200, "keras": 300}.get(name, 1000)
    for phrasing, words in zip(spoken(name).phrasings, first, strict=True):
        assert len(set(words)) == len(words)
        assert all(phrasing.meaning(each) is not None for each in words)
        assert phrasing.meaning(phrasing.least) == WindowAxis(1, 1, 1, 1, 0, 0, 1)


@pytest.mark.parametrize("name", list(ADAPTERS))
def test_plans_are_the_framework_s_own_call_and_nothing_else(name: str) -> None:
    dialect = spoken(name)
    plans: list[Said] = [dialect.plain, *(spelling.plan for spelling in dialect.spellings)]
    plans += [default.plan for default in dialect.defaults]
    plans += [phrasing.plan([phrasing.least] * OPERATORS[phrasing.operator].rank) for phrasing in dialect.phrasings]
    for plan in plans:
        assert isinstance(plan, Plan)
        (step,) = plan.steps
        assert isinstance(step, Invoke)
        assert step.function.partition(".")[0] == {"tensorflow": "tf"}.get(name, name)


@pytest.mark.parametrize("subject", [MAXIMA, AVERAGES], ids=str)
def test_the_reference_agrees_with_every_formula(subject: PoolingSubject) -> None:
    for phrasing in call_phrasings(subject):
        found = sweep(asked(**counting(phrasing.name)), phrasing, 60, lambda number: None)
        assert all(fact.agrees for fact in facts.sweep_facts("lane", found, ())), phrasing.name
        assert (len(found.answered), found.unanswered) == (60, [])


def counting(name: str) -> dict[str, Any]:
    return {"count_include_pad": True} if "count_include_pad" in name else {}


def test_formulas_and_divisors_are_named_as_they_are_measured() -> None:
    assert swept(MAXIMA, "SAME", asked())["SAME"].measured == (
        "result length = ceil(i / s); pad_before = max(s(o-1) + d(k-1) + 1 - i, 0) // 2"
    )
    of_elements = swept(AVERAGES, "SAME", asked())["divisor of an average"]
    of_places = swept(AVERAGES, "SAME, count_include_pad", asked())["divisor of an average"]
    assert of_elements.measured == "its elements: pads count in no divisor"
    assert of_places.measured == "its places within the padded value: pads count, what hangs over does not"
    assert (of_elements.agrees, of_places.agrees) == (True, True)


def test_an_average_that_counts_its_pads_differs_in_its_divisor() -> None:
    found = swept(AVERAGES, "SAME", asked(count_include_pad=True))
    divisor = found["divisor of an average"]
    assert not divisor.agrees
    assert divisor.measured == "its places within the padded value: pads count, what hangs over does not"
    assert divisor.formula == "its elements: pads count in no divisor"
    assert "divisors" in found["SAME"].smallest


def test_an_odd_element_before_is_told_with_its_smallest_geometry() -> None:
    def odd_before(axis: WindowAxis) -> WindowAxis:
        return replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before)

    found = swept(MAXIMA, "SAME", asked(odd_before))
    assert not found["SAME"].agrees
    assert found["SAME"].measured.endswith("pad_before = (max(s(o-1) + d(k-1) + 1 - i, 0) + 1) // 2")
    assert found["SAME"].smallest.startswith("input 3, window 2, stride 1, dilation 1, padding SAME: formula: ")
    odd = found["odd element of SAME"]
    assert odd.measured == f"the odd element is padded before in {odd.checked} of {odd.checked}"
    assert not odd.agrees


def test_ceil_mode_that_is_ignored_has_the_other_length() -> None:
    def floored(axis: WindowAxis) -> WindowAxis:
        pads = (axis.pad_before, axis.pad_after)
        return pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, pads)

    name = "explicit (before, after), ceil_mode"
    found = swept(MAXIMA, name, asked(floored))["ceil_mode"]
    assert not found.agrees
    assert "result length = floor((i + before + after - d(k-1) - 1) / s) + 1" in found.measured


def test_pads_that_hold_zeros_are_seen_by_a_maximum() -> None:
    def with_zeros(call: PoolingCall, result: Array) -> Array:
        assert isinstance(call, RightPooling)
        reads_pads = np.zeros((), bool)
        for axis in call.geometry.axes:
            reads_pads = np.logical_or.outer(reads_pads, np.array(axis.elements()) != axis.kernel)
        return np.where(reads_pads[..., np.newaxis], 0, result)

    found = swept(MAXIMA, "SAME", asked(answered=with_zeros))["SAME"]
    assert not found.agrees
    assert found.measured.endswith("pad_before fits no formula")
    assert ", others answer 0" in found.smallest


def test_a_window_without_an_element_is_a_fact_of_its_own() -> None:
    right = swept(MAXIMA, "explicit (before, after)", asked(), 200)["window without an element"]
    assert (right.measured, right.agrees) == ("-inf", True)

    def lowest(call: PoolingCall, result: Array) -> Array:
        return np.where(result == -inf, np.finfo(np.float32).min, result)

    wrong = swept(MAXIMA, "explicit (before, after)", asked(answered=lowest), 200)["window without an element"]
    assert (wrong.measured, wrong.formula, wrong.agrees) == ("-3.40282e+38", "-inf", False)


def test_a_lane_that_refuses_everything_is_not_compared() -> None:
    def refuse(said: Said, operands: Mapping[str, Array]) -> Reply:
        return Refused("ValueError", "no")

    found = swept(MAXIMA, "VALID", refuse)["VALID"]
    assert (found.agrees, found.checked, found.unanswered) == (None, 0, 40)
    assert found.measured == "nothing was answered: ValueError: no"


def test_a_padding_that_must_be_refused_and_is_answered_is_beyond_the_limits() -> None:
    phrasing = next(each for each in spoken("torch").phrasings if each.operator == "max_pool1d")

    def answers(said: Said, operands: Mapping[str, Array]) -> Reply:
        assert isinstance(said, Plan)
        keywords: dict[str, Any] = dict(said.parts[1].keywords)
        kernel, stride, pad, dilation = (keywords[name][0] for name in ("kernel_size", "stride", "padding", "dilation"))
        value = operands["value"]
        axis = pooling_axis(value.shape[1], kernel, stride, dilation, (pad, pad))
        if axis.output < 1:
            return Refused("RuntimeError", "nothing is left")
        result = engine.max_pool(value.astype(float), Pooling(len(value), 1, (axis,)), -inf)
        return Answer(result.astype(np.float32), None)

    fact = facts.boundary_fact("lane", boundary(answers, phrasing, 100, lambda number: None))
    assert not fact.agrees
    assert "formula: not legal; measured: answered with result length" in fact.smallest
    assert fact.formula == "0 <= padding <= window // 2, without its dilation"


def default_of(dialect: PoolingDialect, operator: str, argument: str) -> PoolingDefault:
    return next(each for each in dialect.defaults if (each.operator, each.argument) == (operator, argument))


def test_a_default_is_what_its_windows_show() -> None:
    default = default_of(spoken("torch"), "avg_pool1d", "stride")

    def with_stride(stride: int, said: Said, operands: Mapping[str, Array]) -> Reply:
        value = operands["value"]
        geometry = Pooling(len(value), 1, (pooling_axis(value.shape[1], 3, stride, 1, "VALID"),))
        return Answer(engine.avg_pool(value.astype(float), geometry), None)

    def refuse(said: Said, operands: Mapping[str, Array]) -> Reply:
        return Refused("TypeError", "missing a required argument: 'stride'")

    asks = {
        "the window": partial(with_stride, 3),
        "1": partial(with_stride, 1),
        "fits no formula": partial(with_stride, 2),
    }
    for measured, ask in asks.items():
        fact = facts.default_fact("lane", default, ask)
        assert (fact.measured, fact.agrees) == (measured, measured == "the window")
    refused = facts.default_fact("lane", default, refuse)
    assert refused.measured == "none: the caller has to name it"
    assert refused.notes == ("TypeError: missing a required argument: 'stride'",)


TAKEN = {
    "the first in the order of the axes": {(0, 1): 12},
    "the first in the order of the axes from the last to the first": {(1, 0): 12},
    "the last in the order of the axes": {(1, 1): 12},
    "each of them": {(0, 1): 12, (1, 0): 12, (1, 1): 12},
    "all of them, in equal shares": {(0, 1): 4, (1, 0): 4, (1, 1): 4},
    "fits no formula": {(0, 0): 12},
}


@pytest.mark.parametrize("measured", list(TAKEN))
def test_who_takes_the_cotangent_of_equal_maxima_is_named(measured: str) -> None:
    ((name, plan), *_) = spoken("tensorflow").ties["max_pool2d"]

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        gradient = np.zeros(operands["value"].shape, np.float32)
        for (row, column), number in TAKEN[measured].items():
            gradient[0, row, column, 0] = number
        return Answer(gradient if "cotangent" in operands else np.zeros((1, 2, 2, 1), np.float32), None)

    fact = facts.ties_fact("lane", "max_pool2d", name, plan, ask, last=True)
    assert (fact.measured, fact.agrees) == (measured, measured == facts.FIRST)


def test_nominal_calls_are_told_by_length_offset_and_divisor(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = (Nominal("SAME", 4, 2, 1, 1), Nominal("VALID", 4, 3, 2, 1), Nominal("VALID", 2, 3, 1, 1))
    monkeypatch.setattr(nominal, "nominal_calls", lambda: calls)

    def later(axis: WindowAxis) -> WindowAxis:
        return replace(axis, pad_before=axis.pad_before - 1)

    subject = replace(AVERAGES, operator=OPERATORS["avg_pool2d"])
    right = list(nominal.measure_nominal_calls("lane", subject, asked()))
    assert [entry.outputs for entry in right] == [(4,), (1,), ()]
    assert [entry.crops for entry in right] == [(0,), (0,), ()]
    assert all(picture.same for entry in right for picture in entry.pictures)
    assert right[2].message == "not asked: the window is longer than the value, so that nothing is left"
    moved, *_ = nominal.measure_nominal_calls("lane", subject, asked(later))
    assert (moved.crops, moved.pictures[0].offset) == ((-1,), (1, 1))
    counted, *_ = nominal.measure_nominal_calls("lane", subject, asked(count_include_pad=True))
    assert counted.pictures[0].departures == ("divided by pads, too",)
    assert not counted.pictures[0].same


def test_frameworks_say_nominal_calls_in_their_own_words() -> None:
    words = Nominal("SAME", 4, 3, 2, 1), Nominal("default", 4, 3, 2, 1)
    said: dict[tuple[str, str], Any] = {}
    for name in ADAPTERS:
        for word in words:
            plan = spoken(name).nominal("max_pool2d", word)
            said[name, word.word] = plan.reason if isinstance(plan, Unsupported) else plan.source()
    assert said["tensorflow", "SAME"] == ("result = tf.nn.max_pool2d(value, ksize=3, strides=2, padding='SAME')",)
    assert said["tensorflow", "default"] == "tf.nn.max_pool2d's padding has no default"
    assert said["torch", "SAME"] == "max_pool2d's padding takes numbers"
    assert "torch.nn.functional.max_pool2d(value, kernel_size=3, stride=2, dilation=1)" in said["torch", "default"][0]
    assert "padding='SAME'" in said["jax", "SAME"][0]
    assert "auto_pad='SAME_UPPER'" in said["onnx", "SAME"][0]
    assert "auto_pad" not in said["onnx", "default"][0]


def test_onnx_s_words_have_the_odd_pad_where_its_documents_have_it() -> None:
    rows = {each.name: each for each in spoken("onnx").phrasings if each.operator == "max_pool2d"}
    assert rows["SAME_UPPER"].meaning(AxisWords(4, 3, 2, 1, "SAME_UPPER")) == WindowAxis(4, 3, 2, 1, 0, 1, 2)
    assert rows["SAME_LOWER"].meaning(AxisWords(4, 3, 2, 1, "SAME_LOWER")) == WindowAxis(4, 3, 2, 1, 1, 0, 2)
    assert (rows["SAME_UPPER"].odd, rows["SAME_LOWER"].odd) == ("after", "before")


def test_a_lane_whose_lower_word_pads_the_odd_element_after_differs() -> None:
    """As a runtime does that reads SAME_LOWER as SAME_UPPER."""
    spoken_so = SpokenWindows(
        "max_pool2d", lambda axes: said_call(MAXIMA, [replace(each, padding="SAME") for each in axes], {})
    )
    found = sweep(asked(), spoken_so.word("lower", "SAME_LOWER", "SAME", odd="before"), 120, lambda number: None)
    meaning, odd, *_ = facts.sweep_facts("lane", found, ())
    assert (meaning.agrees, odd.agrees, odd.formula) == (False, False, "the odd element is padded before")
    assert odd.differing == odd.checked > 0


def test_an_explicit_padding_of_torch_is_half_of_the_window_at_most() -> None:
    (phrasing,) = (
        each
        for each in spoken("torch").phrasings
        if (each.operator, each.name) == ("avg_pool3d", "padding, ceil_mode=False, count_include_pad=False")
    )
    assert phrasing.meaning(AxisWords(4, 3, 2, 1, (1, 1))) == WindowAxis(4, 3, 2, 1, 1, 1, 2)
    assert phrasing.meaning(AxisWords(4, 3, 2, 1, (2, 2))) is None
    assert phrasing.meaning(AxisWords(2, 3, 1, 1, (1, 1))) is None  # of avg_pool3d alone


def test_a_word_beyond_what_is_legal_is_said_of_all_axes_of_the_call() -> None:
    said: list[list[Any]] = []

    def plan(axes: Any) -> Said:
        said.append([words.padding for words in axes])
        return Plan(())

    phrasing = next(each for each in spoken("tensorflow").phrasings if each.legal and each.topic == "VALID")
    boundary(lambda call, operands: Refused("", ""), replace(phrasing, plan=plan), None, lambda done: None)
    assert {"SAME", "VALID"} == {word for words in said for word in words}
    assert all(len(set(words)) == 1 for words in said)


def test_a_last_window_that_begins_beyond_the_value_is_kept_or_not() -> None:
    rows = {each.name: each for each in spoken("openvino").phrasings if each.operator == "max_pool2d"}
    words = AxisWords(3, 2, 2, 1, (0, 2))
    (floor, whole, torch) = (
        rows[f"pads, rounding_type={rounding}"].meaning(words) for rounding in ("floor", "ceil", "ceil_torch")
    )
    assert floor is not None
    assert whole is not None
    assert torch is not None
    assert (floor.output, whole.output, torch.output) == (2, 3, 2)


def test_the_default_of_an_argument_is_that_of_the_function() -> None:
    assert default_of(spoken("tinygrad"), "max_pool2d", "kernel_size").expected == "(2, 2)"
    assert default_of(spoken("paddle"), "max_pool2d", "kernel_size").expected == "none: the caller has to name it"
    assert default_of(spoken("paddle"), "avg_pool2d", "exclusive").expected == "True"
    assert default_of(spoken("mlx"), "max_pool2d", "stride").expected == "the window"

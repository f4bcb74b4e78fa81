"""What a lane says natively is read as what it was: plans of trials, printed as calls, read again.

No framework is asked. A reading is right where the reference, which is given what it says and the operands that the
plan's call is given, answers as it does to the trial itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Argument, Invoke, Name, Operands, Plan, written
from conformance.adapters.protocol import Adapter, Composes, plan_call
from conformance.judging.question import make_question
from conformance.suite.case import Generated, RightTrial
from conformance.suite.corpus import select
from conformance.translation.code import CallError
from conformance.translation.pads import Padding
from conformance.translation.reading import read_call
from tests.translation.lines import LINES

LETTERS = {"value": "x", "filter": "f", "bias": "b", "indices": "i"}
LANES = (
    "flax",
    "haiku",
    "equinox",
    "tensorflow",
    "torch",
    "jax",
    "keras",
    "paddle",
    "tinygrad",
    "mlx",
    "onnx",
    "openvino",
)
NOT_READ = {
    "max_pool_with_argmax": ("onnx", "openvino"),
    "max_unpool2d": ("onnx",),
}
"""by operator whose nodes say nothing of their indices, which count differently everywhere"""
COMPOSITIONS = ("divide", "full", "reshape", "ScaleAndTranslate", "scale_and_translate")
"""functions of calls that say an operator together with others, or by numbers that nobody writes"""
MOST_ELEMENTS, EVERY = 3000, 19
"""how large a trial may be, and of a case's trials which is taken"""
REFERENCE = load_adapter(parse_lane("reference"))


def called(invoke: Invoke, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The call and what follows it as a user would write them, with shapes in place of tensors."""
    left: dict[str, str] = {}
    for each in (invoke, *invoke.then):
        if each.function.endswith(".reshape"):  # an operand of another shape
            left[each.leaves] = f"b[{str(dict(each.keywords)['newshape'])[1:-1]}]"
            continue
        if each.function == "openvino.outputs":  # the first of them
            left["result"] = left[each.operands[0][1]]
            continue
        if each.function == "apply":  # a layer, with its parameters from elsewhere
            layer = left["layer"].removeprefix("lambda: ")
            layer = f"jax.vmap({layer})" if layer.startswith("equinox.") else layer
            left["result"] = f"{layer}(x{list(shapes['value'])})"
            continue
        operands = [
            f"{parameter}={text}" if parameter else text
            for parameter, name in each.operands
            for text in [left.get(name) or f"{LETTERS[name]}{list(shapes[name])}"]
        ]
        keywords = [f"{name}={_listed(argument)}" for name, argument in each.keywords]
        function = left.get(each.function, each.function)
        left |= dict.fromkeys(each.leaves.split(", "), f"{function}({', '.join([*operands, *keywords])})")
    return left["result"]


def is_composed(invoke: Invoke) -> bool:
    """Whether a call is part of such a thing; a bias alone may have another shape."""
    return invoke.function.rpartition(".")[2] in COMPOSITIONS and invoke.operands != (("", "bias"),)


def _listed(argument: Argument) -> str:
    return argument.dotted if isinstance(argument, Name) else written(argument)


def trials() -> Iterator[RightTrial]:
    counted: dict[str, int] = {}
    for trial in select([]):
        call = trial.call
        if (
            not isinstance(trial, RightTrial)
            or call.direction != "forward"
            or call.dtype != "float32"
            or not isinstance(trial.inputs, Generated)
            or sum(map(prod, call.operands.values())) > MOST_ELEMENTS
            or any(0 in shape for shape in (*call.operands.values(), call.result_shape))
        ):
            continue
        case = trial.id.partition("[")[0]
        counted[case] = counted.get(case, -1) + 1
        if counted[case] % EVERY == 0:
            yield trial


@pytest.fixture(scope="module")
def sample() -> list[tuple[RightTrial, Operands, NDArray[Any]]]:
    """Trials with their operands and the reference's answer."""
    found = []
    for trial in trials():
        operands = make_question(trial).operands
        plan = REFERENCE.plan(trial.call)
        assert isinstance(plan, Plan)
        found.append((trial, operands, REFERENCE.execute(plan, operands)))
    return found


def said(lane: str, adapter: Adapter, trial: RightTrial) -> Plan | None:
    """What a lane says natively by one call; None of others."""
    if lane in NOT_READ.get(trial.call.operator, ()):
        return None
    if lane == "equinox" and "special-filter-beside-pads" in trial.id:
        return None  # a convolution to its reading, as it is to JAX, where pads meet numbers that are none
    # TensorFlow is handed convolutions as they stand, with arguments that it refuses.
    plan = plan_call(adapter, trial.call)
    if isinstance(adapter, Composes) and "filter" in trial.call.operands:
        plan = adapter.plan_composed(trial.call)
    if not isinstance(plan, Plan) or not plan.native:
        return None
    _, invoke, _ = plan.parts
    if trial.call.operator == "max_pool_with_argmax" and invoke.then:
        return None  # its indices are counted anew
    scales = dict(invoke.keywords).get("scale_factor", ())
    if isinstance(scales, tuple) and any(
        isinstance(each, float) and Fraction(each).denominator > 64 for each in scales
    ):
        return None  # the number that is printed is another one than the call's ratio
    return None if any(map(is_composed, (invoke, *invoke.then))) else plan


def problems(sample: Sequence[tuple[RightTrial, Operands, NDArray[Any]]], lane: str) -> tuple[list[str], set[str]]:
    """What is read as something else, or not at all, with its text; and the trials whose calls were printed."""
    adapter, found, printed = load_adapter(parse_lane(lane)), list[str](), set[str]()
    for trial, operands, expected in sample:
        plan = said(lane, adapter, trial)
        if plan is None:
            continue
        before, invoke, after = plan.parts
        given = dict(operands)
        for step in before:
            given[step.operand] = step.apply(given[step.operand])
        text = called(invoke, {name: array.shape for name, array in given.items()})
        printed.add(trial.id)
        try:
            reading = read_call(text, trial.call.dtype)
        except CallError as error:
            found.append(f"{trial.id}: {text}: {str(error).splitlines()[0]}")
            continue
        back = reading.write(REFERENCE)
        assert isinstance(back, Plan)
        result = REFERENCE.execute(back, {name: given[name].reshape(shape) for name, shape in reading.given.items()})
        for step in after:
            result = step.apply(result)
        if result.shape != expected.shape or not np.array_equal(result, expected, equal_nan=True):
            found.append(f"{trial.id}: {text}: {reading.lines()}")
    return found, printed


@pytest.mark.parametrize("lane", LANES)
def test_what_a_lane_says_natively_is_read_as_it_was_meant(
    sample: list[tuple[RightTrial, Operands, NDArray[Any]]], lane: str
) -> None:
    found, printed = problems(sample, lane)
    assert found == []
    assert len(printed) > 20


def test_a_table_that_reads_pads_the_other_way_round_is_caught(
    sample: list[tuple[RightTrial, Operands, NDArray[Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = Padding._pairs
    convolutions = [each for each in sample if each[0].call.operator == "conv2d_transpose"]
    monkeypatch.setattr(Padding, "_pairs", lambda *given, **last: tuple(pair[::-1] for pair in pairs(*given, **last)))
    found, printed = problems(convolutions, "onnx")
    assert 5 < len(found) < len(printed)


@pytest.mark.parametrize(("lane", "text"), [(lane, text) for lane, texts in LINES.items() for text in texts])
def test_what_people_write_is_read_in_their_framework_s_words(lane: str, text: str) -> None:
    assert read_call(text, "float32").lane == lane

"""What a lane says natively is read as what it was: plans of trials, printed as calls, read again.

No framework is asked. A reading is right where the reference, which is given what it says and the operands that the
plan's call is given, answers as it does to the trial itself.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Argument, Invoke, Name, Operands, Plan, written
from conformance.adapters.protocol import Composes, plan_call
from conformance.judging.question import make_question
from conformance.operators.registry import optional_part
from conformance.suite.case import Generated, RightTrial
from conformance.suite.corpus import select
from conformance.translation.code import CallError
from conformance.translation.reading import read_call

LETTERS = {"value": "x", "filter": "f", "bias": "b", "indices": "i"}
LANES = ("tensorflow", "torch", "jax", "keras", "paddle", "tinygrad", "mlx", "onnx", "openvino")
MOST_ELEMENTS, EVERY = 3000, 7
"""how large a trial may be, and of a case's trials which is taken"""
REFERENCE = load_adapter(parse_lane("reference"))


def called(invoke: Invoke, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The call and what follows it as a user would write them, with shapes in place of tensors."""
    left: dict[str, str] = {}
    for each in (invoke, *invoke.then):
        if each.function.endswith(".reshape"):  # an operand of another shape
            left[each.leaves] = f"b[{str(dict(each.keywords)['newshape'])[1:-1]}]"
            continue
        operands = [
            f"{parameter}={text}" if parameter else text
            for parameter, name in each.operands
            for text in [left.get(name) or f"{LETTERS[name]}{list(shapes[name])}"]
        ]
        keywords = [f"{name}={_listed(argument)}" for name, argument in each.keywords]
        function = left.get(each.function, each.function)
        left[each.leaves] = f"{function}({', '.join([*operands, *keywords])})"
    return left["result"]


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
            or optional_part(call.operator, "readings") is None
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


@pytest.mark.parametrize("lane", LANES)
def test_what_a_lane_says_natively_is_read_as_it_was_meant(
    sample: list[tuple[RightTrial, Operands, NDArray[Any]]], lane: str
) -> None:
    adapter = load_adapter(parse_lane(lane))
    problems, operators, count = list[str](), set[str](), 0
    for trial, operands, expected in sample:
        # TensorFlow's plan hands every call over as it stands, with arguments that it refuses.
        plan = plan_call(adapter, trial.call)
        if isinstance(adapter, Composes) and isinstance(plan, Plan):
            plan = adapter.plan_composed(trial.call)
        if not isinstance(plan, Plan) or not plan.native or plan.parts[1].leaves == "_, result":
            continue  # indices are not read
        before, invoke, after = plan.parts
        given = dict(operands)
        for step in before:
            given[step.operand] = step.apply(given[step.operand])
        text = called(invoke, {name: array.shape for name, array in given.items()})
        try:
            reading = read_call(text, trial.call.dtype)
        except CallError as error:
            problems.append(f"{trial.id}: {text}\n    {str(error).splitlines()[0]}")
            continue
        found = reading.write(REFERENCE)
        assert isinstance(found, Plan)
        result = REFERENCE.execute(found, {name: given[name].reshape(shape) for name, shape in reading.given.items()})
        for step in after:
            result = step.apply(result)
        if result.shape != expected.shape or not np.array_equal(result, expected, equal_nan=True):
            problems.append(f"{trial.id}: {text}\n    {reading.lines()}")
        operators.add(trial.call.operator)
        count += 1
    print(lane, count, len(problems), *problems[:: len(problems) // 6 + 1], sep="\n  ")
    assert problems == [], f"{len(problems)} of {count + len(problems)}"

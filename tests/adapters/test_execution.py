"""The lines of a call, as a worker runs them."""

from types import ModuleType

import numpy as np
import pytest

from conformance.adapters.execution import execute, written_dtype
from conformance.adapters.plan import Flip, Invoke, Plan, WrongShape
from conformance.adapters.protocol import CallRefused, CallSource

STEP = Invoke("f.twice", (("", "value"),), ())
PLAN = Plan((Flip("value", (0,)), STEP))
FRAMEWORK = ModuleType("f")
FRAMEWORK.twice = lambda array: 2 * array  # type: ignore[attr-defined]


def run(source: CallSource, plan: Plan = PLAN) -> list[float]:
    result: list[float] = execute(plan, {"value": np.arange(3.0)}, lambda step, dtype: source, f=FRAMEWORK).tolist()
    return result


def test_the_lines_stand_between_the_plan_s_steps() -> None:
    source = CallSource((), STEP.calls(), before=("value = value + 1",), after=("result = result.astype(np.int32)",))
    assert run(source, Plan((*PLAN.steps, Flip("result", (0,))))) == [2, 4, 6]


def test_what_the_call_raises_is_a_refusal_and_keeps_its_cause() -> None:
    with pytest.raises(CallRefused, match="ZeroDivisionError") as refused:
        run(CallSource((), ("result = 1 // 0",)))
    assert isinstance(refused.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("part", ["define", "before", "after"])
def test_what_the_lines_around_it_raise_is_the_adapter_s_own_fault(part: str) -> None:
    parts = {part: ("1 // 0",)}
    with pytest.raises(ZeroDivisionError):
        run(CallSource((), STEP.calls(), **parts))  # type: ignore[arg-type]


def test_memory_that_runs_out_is_no_refusal() -> None:
    with pytest.raises(MemoryError):
        run(CallSource((), ("raise MemoryError",)))


def test_what_is_defined_is_kept_while_the_definitions_stay_the_same() -> None:
    counting = ("calls = []", "def counted(array):", "    calls.append(1)", "    return array + len(calls)")
    source = CallSource((), ("result = counted(value)",), define=counting)
    assert [run(source)[-1] for _ in range(3)] == [1, 2, 3]
    assert run(CallSource((), ("result = counted(value)",), define=(*counting, "")))[-1] == 1


def test_a_program_is_kept_for_operands_of_its_shapes_and_dtypes_alone() -> None:
    source = CallSource((), ("made.append(1)", "result = np.asarray(len(made))"), program=("made = []",))
    asked = (np.zeros(3), np.ones(3), np.zeros(4), np.zeros(3, np.float32), np.zeros(3))
    counts = [int(execute(PLAN, {"value": value}, lambda step, dtype: source, f=FRAMEWORK)) for value in asked]
    assert counts == [1, 2, 1, 1, 1], "the first is forgotten, of two that are kept, when a third comes"


def test_what_the_program_raises_is_a_refusal_each_time() -> None:
    source = CallSource((), ("result = value",), program=("1 // 0",))
    for _ in range(2):
        with pytest.raises(CallRefused, match="ZeroDivisionError"):
            run(source)


def test_the_operands_of_a_call_are_not_left_for_the_next() -> None:
    run(CallSource((), STEP.calls(), before=("left = 1",)))
    with pytest.raises(CallRefused, match="NameError"):
        run(CallSource((), ("result = left",)))


@pytest.mark.parametrize(
    ("dtypes", "written"),
    [
        (["float32", "float32"], "float32"),
        (["float32", "bfloat16"], "bfloat16"),
        (["float64", "complex64"], "complex64"),
    ],
)
def test_lines_are_written_for_the_dtype_that_takes_care(dtypes: list[str], written: str) -> None:
    assert written_dtype(dtypes) == written


def differentiated(forward: str, pulled: str = "raise ValueError('shapes do not match')") -> list[float]:
    """The gradient of a call whose result is `forward`, of which the cotangent has three numbers."""
    step = Invoke("f.twice", (("", "value"),), (), gradient="value")
    operands = {"value": np.arange(3.0), "cotangent": np.ones(3)}

    def source(step: Invoke, dtype: str) -> CallSource:
        return CallSource((), (f"result = {forward}", *((pulled,) if step.gradient else ())))

    result: list[float] = execute(Plan((step,)), operands, source).tolist()
    return result


def test_a_call_that_is_not_differentiated_for_the_shape_of_its_own_result_has_a_wrong_shape() -> None:
    with pytest.raises(WrongShape) as wrong:
        differentiated("value[:2]")
    assert str(wrong.value) == (
        "the framework returned [2] float64, of which [3] is due before it is differentiated: "
        "ValueError: shapes do not match"
    )
    assert (wrong.value.shape, wrong.value.dtype) == ((2,), "float64")
    assert isinstance(wrong.value.refusal, ValueError)


@pytest.mark.parametrize("forward", ["2 * value", "1 // 0"])
def test_a_gradient_of_a_result_with_the_right_shape_or_of_none_is_refused(forward: str) -> None:
    with pytest.raises(CallRefused):
        differentiated(forward)
    assert differentiated("2 * value", "result = 2 * cotangent") == [2, 2, 2]

"""Calls to read, and steps to write out again."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Argument, Invoke, Plan, Transpose, Unsupported
from conformance.cli.main import main
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.writing import write
from tests.translation.reading import read_call

Read = Callable[[str], ConvolutionReading]


@pytest.fixture(scope="session")
def read() -> Read:
    """A reading in float32."""
    return lambda text: read_call(text, "float32")


def planned(reading: ConvolutionReading, lane: str) -> Plan | Unsupported:
    """The reading in a lane's words."""
    return write(reading.meaning, load_adapter(parse_lane(lane)))


def invoked(plan: Plan) -> Invoke:
    """The framework's call in a plan."""
    (invoke,) = [step for step in plan.steps if isinstance(step, Invoke)]
    return invoke


def call_text(plan: Plan, value: tuple[int, ...], filter: tuple[int, ...]) -> str:
    """The plan's call as a user would write it, for given operands of these shapes."""
    shapes = {"value": value, "filter": filter}
    for step in plan.steps:
        if isinstance(step, Transpose) and step.operand in shapes:
            shapes[step.operand] = tuple(shapes[step.operand][axis] for axis in step.axes)
    invoke = invoked(plan)
    operands = [f"{operand}{list(shapes[operand])}" for _, operand in invoke.operands]
    return f"{invoke.function}({', '.join([*operands, *map(_keyword, invoke.keywords)])})"


def _keyword(keyword: tuple[str, Argument]) -> str:
    return f"{keyword[0]}={keyword[1]!r}"


Inside = Callable[..., int]


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Run `conformance translate` in this process; its exit status."""
    root = Path(__file__).resolve().parents[2]
    monkeypatch.syspath_prepend(root)
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["conformance", "translate", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return left.value.code

    return run

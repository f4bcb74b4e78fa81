"""Every trial of the shipped corpus: what is said to be given is the call, or the trial is refused with the reason."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.adapters.lane import load_adapter, missing_framework, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.tensorflow import read_trial
from conformance.operators.convolution.readings.writing import write
from conformance.protocol.hello import Hello
from conformance.suite.case import Call, Trial, WrongTrial
from conformance.suite.corpus import select
from conformance.translation.code import CallError
from conformance.translation.experiment import Experiment
from conformance.translation.telling import Story, lines
from conformance.translation.translating import translate
from conformance.workers.process import Worker

ADAPTERS = [load_adapter(parse_lane(name)) for name in ("torch", "jax", "tensorflow:session")]
OPERATORS = (
    "conv1d", "conv2d", "conv3d", "conv1d_transpose", "conv2d_transpose", "conv3d_transpose", "depthwise_conv2d",
)  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> list[Trial]:
    return [trial for trial in select([]) if trial.call.operator in OPERATORS]


def first_lines(reading: ConvolutionReading) -> tuple[str, str]:
    given, facts, *_ = lines(Story(reading, None, []))
    return given, facts


def check_given(call: Call, given: str, facts: str) -> None:
    """Against the call itself, by its own words."""
    assert f"tf.nn.{call.operator}(x" in given
    assert given.count("x[") == given.count("f[") == 1
    assert f"x{list(convolution(call).value_shape)}" in given
    assert f"f{list(convolution(call).filter_shape)}" in given
    assert ("bias_add" in given, "with a bias" in facts) == (convolution(call).bias, convolution(call).bias)
    assert given.startswith("given: gradient(") == (call.direction != "forward")
    if call.direction != "forward":
        letter = {"value_gradient": "x", "filter_gradient": "f", "bias_gradient": "b"}[call.direction]
        assert f", of {letter}, with c{list(convolution(call).output_shape)})" in given
        assert facts.endswith(call.direction.replace("_", " "))
    asked_format = re.search(r"data_format='(\w+)'", given)
    assert (asked_format[1] if asked_format else None) == convolution(call).data_format
    words = facts.strip().split(", ")
    assert words[:2] == [call.operator, call.dtype]
    assert words[2] == (convolution(call).data_format or convolution(call).definition.data_formats[0])
    assert (f"groups {convolution(call).groups}" in words) == (convolution(call).groups != 1)


def test_what_is_given_is_the_trial_s_call_or_it_is_refused_with_the_reason(corpus: list[Trial]) -> None:
    operators, directions = set(), set()
    for trial in corpus:
        if isinstance(trial, WrongTrial):
            with pytest.raises(CallError, match=r"the call is wrong \("):
                read_trial(convolution(trial.call))
            continue
        reading = read_trial(convolution(trial.call))
        check_given(trial.call, *first_lines(reading))
        operators.add(trial.call.operator)
        directions.add(trial.call.direction)
        for adapter in ADAPTERS:
            plan = write(reading.meaning, adapter)
            assert isinstance(plan, Plan) or plan.reason
    assert operators == set(OPERATORS)
    assert directions == {"forward", "value_gradient", "filter_gradient", "bias_gradient"}


def sample(corpus: list[Trial]) -> list[Trial]:
    """One trial for each operator and direction, with groups and with a bias where there are such."""
    chosen: dict[object, Trial] = {}
    for trial in corpus:
        call = trial.call
        if (
            isinstance(trial, ConvolutionTrial)
            and call.dtype == "float32"
            and not convolution(call).data_format
            and 0 not in convolution(call).value_shape
        ):
            chosen.setdefault(
                (call.operator, call.direction, convolution(call).groups > 1, convolution(call).bias), trial
            )
    return list(chosen.values())


def test_the_reference_and_its_translation_agree_on_a_sample(corpus: list[Trial]) -> None:
    """The reference's plan alone, judged by the oracle: every operand arrives in its place."""
    lane = parse_lane("reference")
    worker = Worker(lane)
    try:
        assert isinstance(worker.start(), Hello)
        for trial in sample(corpus):
            reading = read_trial(convolution(trial.call))
            plan = translate(reading, lane).plan
            assert isinstance(plan, Plan)
            verdicts = Experiment(reading, 60.0).verdicts(worker, plan)
            assert verdicts
            assert all(verdict.conforms for _, verdict in verdicts), trial.id
    finally:
        worker.kill()


@pytest.mark.frameworks
@pytest.mark.parametrize("name", ["torch", "jax"])
def test_the_frameworks_and_their_translations_agree_on_a_sample(corpus: list[Trial], name: str) -> None:
    lane = parse_lane(name)
    hint = missing_framework(lane)
    if hint is not None:
        pytest.skip(hint)
    worker = Worker(lane)
    try:
        assert isinstance(worker.start(), Hello)
        for trial in sample(corpus):
            reading = read_trial(convolution(trial.call))
            plan = translate(reading, lane).plan
            if isinstance(plan, Unsupported):
                continue
            verdicts = Experiment(reading, 60.0).verdicts(worker, plan)
            assert all(verdict.conforms for _, verdict in verdicts), trial.id
    finally:
        worker.kill()


@pytest.mark.frameworks
@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("tensorflow:eigen", "float32"),
        ("tensorflow:session", "float32"),
        ("torch", "bfloat16"),
        ("torch:nomkldnn", "float32"),
        ("jax", "float64"),
        ("jax:jit", "float32"),
    ],
)
def test_what_is_printed_runs_as_it_stands(tmp_path: Path, name: str, dtype: str) -> None:
    lane = parse_lane(name)
    hint = missing_framework(lane)
    if hint is not None:
        pytest.skip(hint)
    (trial,) = select(["conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"])
    call = replace(convolution(trial.call), dtype=dtype)
    code = "\n".join([*translate(read_trial(call), lane).code, "print(result.dtype, result.shape)"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert (done.returncode, done.stdout.strip()) == (0, f"{dtype} (1, 8, 8, 1)"), done.stderr

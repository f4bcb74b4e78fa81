"""`conformance smoke` and `conformance diagnose` of lanes that take poolings alone, and of results of poolings."""

import json
import re
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner

from conformance.cli.diagnose import command as diagnose
from conformance.cli.smoke import command as smoke_verb
from conformance.errors import UsageError
from conformance.operators.pooling import smoke
from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.conventions.hypotheses import DIVISORS
from conformance.operators.pooling.subject import ALL, PoolingSubject, is_defined, subjects
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import Declared
from reference import pooling

LANES = "tests.operators.pooling.lanes"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def told(verb: click.Command, *words: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(verb, [*words, "--format", "json"], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.return_value, json.loads(done.stdout)


def steps(lane: str) -> dict[str, dict[str, Any]]:
    _, found = told(smoke_verb, "--lane", f"{LANES}:{lane}")
    return {step["name"]: step for step in found["steps"]}


@pytest.mark.parametrize("lane", ["Narrow", "GradientAlone", "Norms", "Adaptive", "Places", "PutsBack"])
def test_a_lane_of_one_pooling_gets_its_smoke_questions(lane: str) -> None:
    found = steps(lane)
    assert {step["status"] for step in found.values()} <= {"ok", "left out"}
    assert found["pools"]["status"] == "ok"
    assert found["refuses a wrong call"]["status"] == "ok"


@pytest.mark.parametrize(
    ("lane", "step", "words"),
    [
        ("OddBefore", "pools", "pads of [1, 1] before it instead of [0, 0]"),
        ("CountsPads", "pools", "averages divided by pads, too, instead of by elements"),
        ("Rolled", "sends the elements in order", ""),
        ("PlacesFromOne", "gives it the right value", ""),
        ("PlacesAsNumbers", "gives it the right dtype and shape", "dtype is int64, whatever the arguments'"),
        ("PutsInOrder", "sends the elements in order", ""),
        ("AcceptsAnything", "refuses a wrong call", ""),
    ],
)
def test_a_mistake_fails_the_step_that_asks_for_it(lane: str, step: str, words: str) -> None:
    found = steps(lane)
    assert found[step]["status"] == "failed"
    assert words in found[step]["found"] + found[step]["hint"]
    failed = [name for name, each in found.items() if each["status"] == "failed"]
    assert failed[0] == step


EVERY = [
    subject
    for operator in ALL
    for subject in (
        PoolingSubject(operator, "float32"),
        PoolingSubject(operator, "bfloat16", operator.data_formats[1]),
        PoolingSubject(operator, "float16", None, "value_gradient"),
        PoolingSubject(operator, "int32"),
    )
    if is_defined(subject)
]


@pytest.mark.parametrize("subject", EVERY, ids=str)
def test_every_question_is_exact_in_its_dtype(subject: PoolingSubject) -> None:
    """Computed in the dtype itself, element by element, nothing is rounded."""
    number = FORMATS[subject.dtype].numpy
    asked = [smoke.first(subject), *smoke.again(subject), smoke.ordered(subject), smoke.whole(subject)[1]]
    for each in asked:
        assert isinstance(each.call, RightPooling)
        assert each.expected.dtype == (np.int64 if each.call.operator == "max_pool_with_argmax" else number)
        assert each.expected.shape == each.call.result_shape
        assert np.array_equal(each.expected, np.round(each.expected.astype(np.float64)))
        if each.call.direction == "forward":
            keywords = {name: said for name, said in each.call.arguments().items() if name not in ("value", "dtype")}
            value, *others = (each.operands[name] for name in each.call.operands)
            right = getattr(pooling, each.call.operator)(value.astype(np.float64), *others, **keywords)
            assert np.array_equal(each.expected.astype(np.float64), right)
    empty, large, wrong = smoke.empty(subject), smoke.large(subject), smoke.wrong(subject)
    assert empty.expected.size == 0
    assert 0.8 < large.operands["value"].nbytes / smoke.LARGE < 1.2
    assert wrong.call.fault.reason in ("strides", "output_size")


def test_averages_and_gradients_of_integers_are_not_asked() -> None:
    declared = Declared(("max_pool2d", "avg_pool2d"), ("int32",), None, ("forward", "value_gradient"))
    assert [str(subject) for subject in subjects(declared)] == ["max_pool2d int32 NHWC", "max_pool2d int32 NCHW"]


def test_a_right_lane_s_windows_are_shown() -> None:
    status, found = told(diagnose, "--lane", f"{LANES}:Narrow")
    assert (status, found["outcome"], found["departures"]) == (0, "agrees", [])
    assert found["windows"]["height"] == {
        "length": 3, "reads": [[0, 0], [1, 0], [2, 0], [2, 1], [3, 1], [4, 1], [4, 2], [5, 2]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lane", "departure", "explanation"),
    [
        ("OddBefore", "height: elements [0, 1] [1, 2, 3] [3, 4, 5] instead of elements [0, 1, 2] [2, 3, 4] [4, 5]: "
         "pad_before 1, stride 2, dilation 1", "behaves as if SAME put the odd element before"),
        ("CountsPads", f"windows are divided by {list(DIVISORS)[1]}",
         "behaves as if averages were divided by their places, pads included"),
    ],
)  # fmt: skip
def test_a_wrong_lane_s_fault_is_named(lane: str, departure: str, explanation: str) -> None:
    status, found = told(diagnose, "--lane", f"{LANES}:{lane}")
    assert (status, found["outcome"]) == (1, "differs")
    assert departure in found["departures"]
    assert explanation in found["explanations"]


def test_a_lane_of_a_gradient_alone_is_judged_without_a_map() -> None:
    status, found = told(diagnose, "--lane", f"{LANES}:GradientAlone")
    assert (status, found["windows"], found["direction"]) == (0, None, "value_gradient")


def test_options_name_the_call_that_a_lane_is_asked() -> None:
    words = ["--operator", "max_pool2d", "--size", "5", "--kernel", "2x3", "--strides", "1", "--padding", "VALID"]
    _, found = told(diagnose, "--lane", f"{LANES}:Narrow", *words)
    assert found["asked"]["value"] == [1, 5, 5, 2]
    assert (found["asked"]["ksize"], found["asked"]["strides"], found["asked"]["padding"]) == ([2, 3], 1, "VALID")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    value = np.random.default_rng(1).integers(-50, 50, (1, 7, 6, 2)).astype(np.float32)
    arrays = {
        "value": value,
        "right": pooling.avg_pool2d(value, 3, 2, "SAME"),
        "counted": pooling.avg_pool2d(value, 3, 2, "SAME", count_include_pad=True),
    }
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    return {name: tmp_path / f"{name}.npy" for name in arrays}


def test_a_result_of_elsewhere_is_explained(files: dict[str, Path]) -> None:
    call = ["--operator", "avg_pool2d", "--input", str(files["value"]), "--kernel", "3", "--strides", "2"]
    assert told(diagnose, *call, "--output", str(files["right"]))[0] == 0
    status, found = told(diagnose, *call, "--output", str(files["counted"]))
    assert (status, found["outcome"]) == (1, "differs")
    assert "behaves as if averages were divided by their places, pads included" in found["explanations"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--lane", f"{LANES}:Narrow", "--groups", "2"], "--groups means nothing with --lane and a pooling"),
        (["--lane", f"{LANES}:Narrow", "--size", "80"], "asked once for each of the value's 6,400 pixels"),
        (["--lane", f"{LANES}:Narrow", "--strides", "0"], "max_pool2d: the call is wrong (strides)"),
        (["--lane", f"{LANES}:Narrow", "--direction", "filter_gradient", "--operator", "max_pool2d"],
         "--direction filter_gradient: a pooling has forward and value_gradient"),
        (["--operator", "max_pool2d"], "--input, --output missing; give --lane, or a result by --input, --output"),
        (["--operator", "max_pool2d", "--input", "VALUE", "--output", "VALUE"], "ksize, strides missing"),
        (["--operator", "max_pool2d", "--input", "VALUE", "--output", "VALUE", "--size", "4"],
         "--size means nothing for max_pool2d"),
    ],
)  # fmt: skip
def test_options_that_make_no_call_are_refused(files: dict[str, Path], words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        told(diagnose, *[str(files["value"]) if word == "VALUE" else word for word in words])

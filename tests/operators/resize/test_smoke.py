"""`conformance smoke` of lanes that take resizes alone, and its questions."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from conformance.cli.smoke import command
from conformance.operators.resize import smoke
from conformance.operators.resize.smoke import DIRECTIONS, IN_ORDER, ResizeSubject
from conformance.suite.dtypes import FORMATS

ROOT = Path(__file__).resolve().parents[3]


def steps(lane: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = CliRunner().invoke(
        command, ["--lane", f"tests.operators.resize.lanes:{lane}", "--format", "json"], standalone_mode=False
    )
    if done.exception is not None:
        raise done.exception
    return {step["name"]: step for step in json.loads(done.stdout)["steps"]}


def test_a_lane_of_resizes_gets_its_smoke_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    found = steps("Narrow", monkeypatch)
    assert {step["status"] for step in found.values()} <= {"ok", "left out"}
    assert found["resizes"]["status"] == "ok"
    assert found["refuses a wrong call"]["status"] == "ok"


@pytest.mark.parametrize(
    ("lane", "step", "words"),
    [
        ("Asymmetric", "resizes", "coordinates of asymmetric instead of those of half_pixel"),
        ("AcceptsAnything", "refuses a wrong call", ""),
    ],
)
def test_a_mistake_is_found_at_its_step(lane: str, step: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = steps(lane, monkeypatch)[step]
    assert found["status"] not in ("ok", "left out")
    assert words in json.dumps(found)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int32"])
@pytest.mark.parametrize("operator", IN_ORDER, ids=lambda each: each.name)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_question_has_an_answer_that_its_dtype_holds(operator: Any, dtype: str, direction: Any) -> None:
    if dtype == "int32" and direction != "forward":
        pytest.skip("integers have no derivative")
    subject = ResizeSubject(operator, dtype, None, direction)
    name, whole = smoke.whole(subject)
    assert name == "resizes"
    for asked in (smoke.first(subject), *smoke.again(subject), smoke.ordered(subject), whole):
        numbers = asked.expected.astype(np.float64)
        assert np.array_equal(numbers, np.rint(numbers))
        assert np.abs(numbers).max() <= 2.0 ** FORMATS[dtype].significand
    assert smoke.empty(subject).expected.size == 0
    assert 0.8 < smoke.large(subject).expected.nbytes / smoke.LARGE < 1.2
    assert smoke.wrong(subject).call.fault.reason == "output_size"


def test_a_result_that_no_other_coordinates_explain_is_left_alone() -> None:
    asked = smoke.whole(ResizeSubject(IN_ORDER[0], "float32"))[1]
    assert smoke.other_meaning(asked, asked.expected + 1) is None

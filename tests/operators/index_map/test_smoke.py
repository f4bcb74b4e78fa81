"""`conformance smoke` of lanes that take index maps alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from conformance.cli.smoke import command
from conformance.operators.index_map import smoke
from conformance.operators.index_map.subject import IN_ORDER, IndexMapSubject

LANES = "tests.operators.index_map.lanes"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def steps(lane: str) -> dict[str, dict[str, Any]]:
    done = CliRunner().invoke(command, ["--lane", f"{LANES}:{lane}", "--format", "json"], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return {step["name"]: step for step in json.loads(done.stdout)["steps"]}


@pytest.mark.parametrize("lane", ["Pads", "GradientAlone", "Folds", "Blocks"])
def test_a_lane_of_few_index_maps_gets_its_smoke_questions(lane: str) -> None:
    found = steps(lane)
    assert {step["status"] for step in found.values()} <= {"ok", "left out"}
    assert found["maps"]["status"] == "ok"
    assert found["refuses a wrong call"]["status"] == "ok"


@pytest.mark.parametrize(
    ("lane", "step", "words"),
    [
        ("Rolled", "sends the elements in order", ""),
        ("Crossed", "maps", "a block were read column by column"),
        ("AcceptsAnything", "refuses a wrong call", ""),
    ],
)
def test_a_mistake_fails_the_step_that_asks_for_it(lane: str, step: str, words: str) -> None:
    found = steps(lane)
    assert found[step]["status"] == "failed"
    assert words in found[step]["found"] + found[step]["hint"]
    assert next(name for name, each in found.items() if each["status"] == "failed") == step


EVERY = [
    subject
    for operator in IN_ORDER
    for subject in (
        IndexMapSubject(operator, "float32"),
        IndexMapSubject(operator, "bfloat16", operator.data_formats[1] if operator.data_formats else None),
        IndexMapSubject(operator, "float16", None, "value_gradient"),
        IndexMapSubject(operator, "int32"),
    )
]


@pytest.mark.parametrize("subject", EVERY, ids=str)
def test_every_question_has_an_answer_that_every_dtype_holds(subject: IndexMapSubject) -> None:
    calls = [smoke.first(subject), *smoke.again(subject), smoke.ordered(subject), smoke.whole(subject)[1]]
    for asked in calls:
        assert asked.expected.shape == asked.call.result_shape
        assert np.isfinite(asked.expected.astype(np.float64)).all()
    assert smoke.empty(subject).expected.size == 0
    assert smoke.large(subject).expected.nbytes <= smoke.LARGE
    assert smoke.wrong(subject).call.fault.message

"""A port that declares one operator, direction, dtype or layout alone is asked about that, and everything is measured.

The port fails at whatever else it is asked, so that what is answered was asked in what it declares.
"""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.adapters.lane import Lane, parse_lane
from conformance.cli.diagnose import command as diagnose
from conformance.conventions.lane import quick_facts
from conformance.journal import Convention
from conformance.judging.arithmetic import Accumulation
from conformance.operators.convolution.conventions import nominal
from conformance.operators.convolution.subject import ConvolutionSubject, subjects
from conformance.operators.nominal import Nominal
from conformance.report.convention_table import convention_table
from conformance.running.examination import Examination
from conformance.running.grading import measure_grades
from conformance.running.session import LaneSession
from conformance.smoke.conversation import Conversation, Keeper
from conformance.smoke.steps import Smoke
from reference.family import OPERATORS

ROOT = Path(__file__).resolve().parents[2]
Spec = dict[str, Any]
REAL = ("float32", "float64", "bfloat16", "float16")

SPECS: dict[str, Spec] = {
    **{name: {"operators": [name]} for name in OPERATORS},
    "gradients of conv2d": {"operators": ["conv2d"], "directions": ["value_gradient", "filter_gradient"]},
    "gradients of conv1d_transpose": {"operators": ["conv1d_transpose"], "directions": ["value_gradient"]},
    "gradients of depthwise_conv2d": {"operators": ["depthwise_conv2d"], "directions": ["value_gradient"]},
    "gradients, unsaid": {"operators": ["conv2d"], "features": ["gradients"], "silent": True},
    "float64": {"operators": ["conv1d"], "dtypes": ["float64"]},
    "bfloat16": {"operators": ["conv3d_transpose"], "dtypes": ["bfloat16"]},
    "int32": {"operators": ["conv1d"], "dtypes": ["int32"]},
    "complex64": {"operators": ["conv2d"], "dtypes": ["complex64"]},
    "NCDHW": {"operators": ["conv3d"], "layouts": ["NCDHW"]},
    "NCHW alone": {"operators": ["depthwise_conv2d"], "layouts": ["NCHW"], "dtypes": ["float64"]},
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def lane_of(spec: Spec) -> Lane:
    words = [sys.executable, str(ROOT / "tests" / "running" / "narrow.py"), json.dumps(spec)]
    return parse_lane(f"narrow=exec:{shlex.join(words)}")


@pytest.fixture(scope="module")
def session() -> Iterator[Callable[[Spec], LaneSession]]:
    """A lane's session, started once for all that is asked of it."""
    started: dict[str, LaneSession] = {}

    def start(spec: Spec) -> LaneSession:
        key = json.dumps(spec)
        if key not in started:
            started[key] = LaneSession(lane_of(spec), Examination(), 60.0, 1)
            assert started[key].start().status == "ready"
        return started[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        yield start
    for each in started.values():
        each.close()


def dtypes_of(spec: Spec) -> list[str]:
    return [dtype for dtype in REAL if dtype in spec.get("dtypes", REAL)]


def subject_of(lane: LaneSession, spec: Spec, dtype: str) -> ConvolutionSubject:
    subject = next(subjects(lane.client.declared, (dtype,)))
    return replace(subject, direction="value_gradient") if "silent" in spec else subject


@every_spec
def test_flushing_is_measured(session: Callable[[Spec], LaneSession], spec: Spec) -> None:
    for flushes in (False, True):
        lane = session({**spec, "flushes": flushes})
        for dtype in dtypes_of(spec)[:2]:
            call = subject_of(lane, spec, dtype).call(size=4, kernel=2, output=4, channels=2)
            assert lane.prober.flushes(call) is flushes


@every_spec
def test_sums_are_measured(session: Callable[[Spec], LaneSession], spec: Spec) -> None:
    """The reference sums in float64."""
    lane = session(spec)
    for dtype in [dtype for dtype in dtypes_of(spec) if dtype in ("bfloat16", "float16")]:
        call = subject_of(lane, spec, dtype).call(size=4, kernel=2, output=4, channels=2)
        assert lane.prober.accumulation(call) is Accumulation.WIDE


@every_spec
def test_a_grade_is_given(session: Callable[[Spec], LaneSession], spec: Spec) -> None:
    """53 bits of float64, or as many as can be seen."""
    grades = list(measure_grades(session(spec), REAL))
    assert [(grade.dtype, grade.padding) for grade in grades] == [
        (dtype, form) for dtype in REAL if dtype in dtypes_of(spec) for form in ("SAME", "explicit")
    ]
    (operator,) = spec["operators"]
    direction = "value_gradient" if "directions" in spec or "silent" in spec else "forward"
    assert {(grade.operator, grade.direction, grade.flushes) for grade in grades} <= {(operator, direction, False)}
    seen = {"float16": 27}
    assert all(grade.tap_bits == seen.get(grade.dtype, 53) for grade in grades)
    assert all((grade.channel_bits is None) == OPERATORS[operator].depthwise for grade in grades)


@every_spec
def test_words_are_measured(
    session: Callable[[Spec], LaneSession], spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nominal, "nominal_calls", lambda: [Nominal("SAME", 4, 3, 2, 1), Nominal("VALID", 4, 2, 1, 1)])
    lane = session(spec)
    measured = list(quick_facts(lane.client))
    gradient = "directions" in spec or "silent" in spec
    operator = f"value_gradient of {spec['operators'][0]}" if gradient else spec["operators"][0]
    assert [each.operator for each in measured if isinstance(each, Convention)] == [operator] * 2
    rows = convention_table([each for each in measured if isinstance(each, Convention)], ["narrow"]).rows
    assert [row.agreement for row in rows] == ["not answered" if gradient else "yes"] * 2


@every_spec
def test_a_portrait_is_drawn(monkeypatch: pytest.MonkeyPatch, spec: Spec) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    lane = lane_of(spec)
    words = ("--lane", f"narrow=exec:{shlex.join(lane.command)}", "--format", "json")
    result = CliRunner().invoke(diagnose, words, standalone_mode=False)
    assert result.exception is None, result.exception
    shown = json.loads(result.output)
    assert (shown["operator"], shown["departures"], shown["outcome"]) == (spec["operators"][0], [], "agrees")
    assert ", ".join(shown["map"]["filter_layout"]) == OPERATORS[shown["operator"]].filter_layout


def test_the_gradient_of_the_filter_alone_has_neither_grade_nor_portrait_and_says_so(
    session: Callable[[Spec], LaneSession],
) -> None:
    spec = {"operators": ["conv1d"], "directions": ["filter_gradient"]}
    assert list(measure_grades(session(spec), REAL)) == []
    words = ("--lane", f"narrow=exec:{shlex.join(lane_of(spec).command)}")
    result = CliRunner().invoke(diagnose, words, standalone_mode=False)
    assert str(result.exception) == (
        "lane narrow did not answer: it declares nothing that can be asked: operators conv1d; "
        "directions filter_gradient"
    )


@pytest.mark.parametrize(
    "spec", [*SPECS.values(), {"operators": ["conv1d", "conv3d_transpose"], "directions": ["filter_gradient"]}],
    ids=[*SPECS, "gradients of filters"],
)  # fmt: skip
def test_smoke_reaches_every_step(monkeypatch: pytest.MonkeyPatch, spec: Spec) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    steps = list(Smoke("narrow", Conversation(lane_of(spec).command, os.environ, Keeper(None), 20.0), None).steps())
    assert [(step.name, step.found) for step in steps if step.status in ("failed", "not reached")] == []

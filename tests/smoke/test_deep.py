"""`conformance smoke --deep`: what adapters that are wrong on purpose are told, and that right ones are left alone."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.lane import parse_lanes
from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import DECLARATIONS, Adapter, CallRefused
from conformance.adapters.reference import Reference
from conformance.adapters.reply import Reply
from conformance.checking.function import judged_here
from conformance.journal import Record
from conformance.running.examination import Examination
from conformance.running.probing import Prober
from conformance.searching.asking import Asker
from conformance.smoke.conversation import Blame
from conformance.smoke.deep import LaneClient, chosen, deep, subject
from conformance.smoke.steps import Step
from conformance.suite.case import Call, RightTrial, Trial
from conformance.suite.corpus import select
from conformance.workers.here import ask_here, perform_here
from reference.family import Direction
from tests.corpus import shipped_trials
from tests.smoke.wrong_adapters import MISTAKES, Wrong


@pytest.fixture(scope="module")
def examination() -> Examination:
    return Examination()


def asked(adapter: Adapter, examination: Examination) -> list[Step]:
    """The steps of an adapter, which is asked in this process."""

    prober = Prober(lambda call, question: ask_here(adapter, call, question.operands))

    def records(trials: Sequence[Trial]) -> Mapping[str, Record]:
        return {trial.id: judged_here(adapter, prober, examination, trial, "wrong") for trial in trials}

    def answer(call: Call, operands: Operands) -> Reply:
        return ask_here(adapter, call, operands)

    def perform(plan: Plan, operands: Operands) -> Reply:
        return perform_here(adapter, plan, operands)

    declared = {name: getattr(adapter, name) for name in DECLARATIONS}
    trials = [trial for trial in shipped_trials() if trial.call.operator in adapter.operators]
    return list(deep(LaneClient("wrong", adapter, declared, records, answer, perform), trials))


@pytest.mark.parametrize("name", MISTAKES)
def test_each_wrong_adapter_is_caught(name: str, examination: Examination) -> None:
    steps = asked(Wrong((name,)), examination)
    assert [step for step in steps if step.status == "failed"], MISTAKES[name].summary


@pytest.fixture
def steps(examination: Examination) -> Callable[[Adapter], dict[str, Step]]:
    """The first step of each name."""

    def steps(adapter: Adapter) -> dict[str, Step]:
        found: dict[str, Step] = {}
        for step in asked(adapter, examination):
            found.setdefault(step.name, step)
        return found

    return steps


Steps = Callable[[Adapter], dict[str, Step]]


class Right(Reference):
    """Right in what it declares, which is little."""

    operators = ("resize1d",)
    features: tuple[str, ...] = ()  # type: ignore[assignment]
    dtypes: tuple[str, ...] = ("float32",)
    directions: tuple[Direction, ...] = ("forward",)


def test_a_right_adapter_is_left_alone_and_told_what_else_it_takes(steps: Steps) -> None:
    found = steps(Right())
    assert {step.status for step in found.values()} == {"ok"}
    assert found["resize1d"].detail.endswith(" right; float32, NWC, NCW")
    line = next(step.detail for step in asked(Right(), Examination()) if step.detail.startswith("directions"))
    assert line == (
        "directions = ('forward', 'value_gradient')  # with value_gradient: not declared, and right in 3 of 3 questions"
    )


class RefusesFloat64(Right):
    dtypes = ("float32", "float64")

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        if arrays["value"].dtype == np.float64:
            raise CallRefused("no float64 here")
        return super().execute(plan, arrays)


def test_what_is_refused_each_time_is_to_be_left_out(steps: Steps) -> None:
    found = steps(RefusesFloat64())
    failed, advised = found["resize1d"], found["declares what it takes"]
    assert failed.status == "failed"
    assert ", those and no others with dtype float64: a valid call was refused: CallRefused" in failed.found
    assert "an adapter's plan returns Unsupported(reason)" in failed.hint
    assert failed.blame == Blame.IMPLEMENTATION
    assert advised.detail.startswith("dtypes = ('float32',")
    assert "without float64: none of " in advised.detail


class RefusesOneOperatorsIntegers(Right):
    operators = ("resize1d", "max_pool1d")  # type: ignore[assignment]
    dtypes = ("float32", "int32")

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        if arrays["value"].dtype == np.int32 and "pooling" in plan.source()[0]:
            raise CallRefused("no integers here")
        return super().execute(plan, arrays)


def test_what_one_operator_refuses_is_to_be_said_by_its_plan(examination: Examination) -> None:
    advised = [
        step.detail for step in asked(RefusesOneOperatorsIntegers(), examination) if step.name.startswith("declares")
    ]
    line = next(each for each in advised if each.startswith("limits"))
    assert line.startswith(
        "limits = (takes_dtypes(('max_pool1d',), ('float32',), ...),)  # if its documents say so, otherwise a waiver: "
        "max_pool1d with int32 was refused in each of "
    )
    assert not any("without int32" in each for each in advised)


class PlanFails(Right):
    def plan(self, call: Call) -> Plan | Unsupported:
        if call.arguments()["data_format"] is not None:
            raise LookupError("no such layout")
        return super().plan(call)


def test_a_plan_that_fails_is_the_adapter_s_and_its_traceback_is_shown(steps: Steps) -> None:
    failed = steps(PlanFails())["resize1d"]
    assert failed.blame == Blame.ADAPTER
    assert ", those and no others with " in failed.found
    assert "LookupError: no such layout" in failed.found
    assert "in plan" in failed.traceback


def test_another_meaning_of_a_call_s_words_is_not_called_wrong(steps: Steps) -> None:
    failed = steps(Wrong(("corners-aligned",)))["resize1d"]
    assert failed.blame == Blame.WORDS
    assert "right is it with coordinates of align_corners instead of those of half_pixel" in failed.found
    assert "Where the implementation's own documents give it another meaning, it is not wrong" in failed.hint


def test_what_wrong_questions_have_in_common_is_told(steps: Steps) -> None:
    failed = steps(Wrong(("norm-of-two",)))["lp_pool1d"]
    assert failed.blame == Blame.IMPLEMENTATION
    assert failed.found.startswith("differs of ")
    assert "conformance explain 'lp_pool1d/" in failed.hint
    assert "--lane 'wrong'" in failed.hint


def test_every_subject_that_the_corpus_asks_is_asked() -> None:
    nothing: Mapping[str, None] = dict.fromkeys(DECLARATIONS)
    trials = [trial for trial in shipped_trials() if trial.call.operator in ("conv1d", "pad", "max_unpool2d")]
    questions = chosen(trials, nothing)
    right = {subject(trial) for trial in trials if isinstance(trial, RightTrial)}
    assert {subject(trial) for trial in questions} == right
    assert len(questions) < len(trials) / 3
    one = chosen(trials, {**nothing, "dtypes": ("float32",), "features": ()})
    assert {trial.call.dtype for trial in one} == {"float32"}
    assert not any(trial.call.arguments().get("bias") for trial in one)


@pytest.fixture
def pads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the trials of one operator, which this process has read already."""
    trials = [trial for trial in shipped_trials() if trial.call.operator == "pad"]
    monkeypatch.setattr("conformance.cli.smoke.select", lambda _: trials)


@pytest.mark.usefixtures("pads_alone")
def test_the_command_goes_on_with_deep_questions_where_the_first_ones_are_answered(
    inside: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    lane = "tests.smoke.wrong_adapters:Wrong:constant-ignored"
    assert inside("smoke", "--lane", lane) == 0
    assert "pad: " not in capsys.readouterr().out
    assert inside("smoke", "--deep", "--lane", lane, "--format", "json") == 1
    content = json.loads(capsys.readouterr().out)
    failed = [step for step in content["steps"] if step["status"] == "failed"]
    assert {step["name"] for step in failed} == {"pad"}
    assert content["conclusion"].startswith("The harness is in order")


@pytest.mark.usefixtures("pads_alone")
def test_a_waiver_of_one_s_own_excuses_what_deep_questions_find(
    inside: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lane = "tests.smoke.wrong_adapters:Wrong:constant-ignored"
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        f'waivers: [{{lane: "{lane}", trial: "pad/*", outcome: differs, class: bug, reason: known}}]\n', "utf-8"
    )
    assert inside("smoke", "--deep", "--lane", lane, "--waivers", str(waivers)) == 0
    assert " waived" in capsys.readouterr().out


class Zeros(Right):
    operators = ("conv1d_transpose",)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return np.zeros_like(super().execute(plan, arrays))


def test_zeros_are_wrong_though_some_reading_of_the_words_gives_zeros(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.smoke.deep.LOOKED_AT", 1)
    assert steps(Zeros())["conv1d_transpose"].blame == Blame.IMPLEMENTATION


class Widens(Right):
    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return super().execute(plan, arrays).astype(np.float64)


def test_another_dtype_is_wrong_of_results_without_elements_too(steps: Steps) -> None:
    failed = steps(Widens())["resize1d"]
    assert failed.found.startswith("wrong_dtype of ")
    assert failed.blame == Blame.IMPLEMENTATION


def test_the_processes_of_a_lane_share_the_questions() -> None:
    trials = select(["conv1d/refusals/*"])[:5]
    asker = Asker(parse_lanes(["reference"]) * 2, (), 60.0)
    try:
        asker.start()
        records = asker.share(trials)
    finally:
        asker.close()
    assert {name: record.trial for name, record in records.items()} == {trial.id: trial.id for trial in trials}
    assert {record.lane for record in records.values()} == {"reference"}

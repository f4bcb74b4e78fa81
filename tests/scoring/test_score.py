"""The score: faults are caught and named, right engines are not flagged, and a blind corpus is seen to be blind."""

import pytest

from conformance.mutants import mutants
from conformance.scoring.score import FaultScore, Score, score
from conformance.scoring.table import as_json, markdown
from conformance.scoring.yardstick import Yardstick
from conformance.suite.case import Trial
from conformance.suite.corpus import select

CHAPTERS = ["conv2d_transpose/kernels/oblong*", "conv2d_transpose/tutorial/*", "conv2d_transpose/refusals/*"]

SMALL_CASES = ["tests/mutants/cases/conv1d.yaml", "tests/mutants/cases/conv1d_transpose.yaml"]


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return select(CHAPTERS)


def scored(trials: list[Trial], *names: str, yardstick: Yardstick | None = None) -> Score:
    return score(trials, [mutants()[name] for name in names], yardstick, diagnosed=5)


def only(result: Score) -> FaultScore:
    (fault,) = result.faults
    return fault


def test_a_fault_is_caught_and_its_diagnosis_names_it(trials: list[Trial]) -> None:
    fault = only(scored(trials, "flipped-kernel"))

    assert fault.caught > 0
    assert fault.diagnosed == fault.named == 5
    assert "flipped" in fault.sentence or "reversed" in fault.sentence
    assert not fault.survives


def test_a_right_engine_is_not_flagged(trials: list[Trial]) -> None:
    result = scored(trials, "faithful", "faithful-backwards")

    assert [fault.caught for fault in result.faults] == [0, 0]
    assert result.survivors == ()


def test_several_processes_find_what_one_finds() -> None:
    trials = [*select(["conv2d_transpose/tutorial/example-1*"]), *select(SMALL_CASES[:1])]
    faults = [mutants()[name] for name in ("faithful", "flipped-kernel", "ignores-stride", "bias-ignored")]
    heard: list[FaultScore] = []

    def asked(jobs: int) -> Score:
        return score(trials, faults, None, diagnosed=1, enough=2, on_result=heard.append, jobs=jobs)

    assert asked(2) == asked(1)
    assert [fault.name for fault in heard] == [fault.name for fault in faults] * 2


def test_a_fault_survives_cases_that_cannot_see_it() -> None:
    blind = select(["conv2d_transpose/tutorial/example-1[inputs=ones,*"])

    result = scored(blind, "flipped-kernel")

    assert only(result).survives
    assert result.survivors == result.faults
    assert "**survives**" in markdown(result)


def test_an_argument_check_that_is_missing_is_caught_as_accepted(trials: list[Trial]) -> None:
    assert set(only(scored(trials, "accepts-lower-case")).outcomes) == {"accepted"}


def test_a_mutant_that_harms_its_process_is_asked_through_a_worker() -> None:
    fault = only(scored(select(["conv2d_transpose/layouts/batch*"]), "aborts"))

    assert set(fault.outcomes) == {"crashed"}
    assert fault.yardstick is None


def test_the_tables_tell_every_fault(trials: list[Trial]) -> None:
    result = scored(trials, "faithful", "flipped-kernel")

    text = markdown(result)

    assert "**1 of 1 faults are caught**; 1 of 1 right engines are never flagged" in text
    assert "| flipped-kernel |" in text
    assert "| faithful |" in text
    assert '"name": "flipped-kernel"' in as_json(result)


def test_listeners_hear_each_result_as_it_comes(trials: list[Trial]) -> None:
    heard: list[str] = []

    score(trials, [mutants()["faithful"]], None, diagnosed=0, on_result=lambda fault: heard.append(fault.name))

    assert heard == ["faithful"]


def small_scored(*names: str, enough: int = 3) -> Score:
    return score(select(SMALL_CASES), [mutants()[name] for name in names], None, diagnosed=0, enough=enough)


def test_a_fault_is_asked_until_enough_trials_caught_it() -> None:
    result = small_scored("bias-ignored", enough=3)

    fault = only(result)
    assert fault.caught == 3
    assert fault.asked < result.trials
    assert fault.operators == ("conv1d", "conv1d_transpose")
    assert result.survivors == ()


def test_a_fault_is_asked_the_trials_that_can_show_it(trials: list[Trial]) -> None:
    everything = [*trials, *select(SMALL_CASES)]

    (bias, wrong_call) = score(
        everything, [mutants()["bias-ignored"], mutants()["accepts-lower-case"]], None, diagnosed=0
    ).faults

    assert bias.asked == bias.caught
    assert wrong_call.asked < len(trials)
    assert wrong_call.caught > 0


def test_a_right_engine_is_asked_everything() -> None:
    result = small_scored("faithful")

    assert (only(result).caught, only(result).asked) == (0, result.trials)


def test_a_fault_of_another_operator_survives() -> None:
    result = small_scored("flipped-depth")

    assert result.survivors == result.faults
    assert "| flipped-depth | The kernel is turned around in depth alone. | 0 of" in markdown(result)

"""The score: faults are caught and named, right engines are not flagged, and a blind corpus is seen to be blind."""

import pytest

from conformance.adapters.plan import Plan
from conformance.adapters.protocol import plan_call
from conformance.mutants import FAMILY_FAULTS, FAULTS, Mutant
from conformance.scoring.score import FaultScore, Score, score
from conformance.scoring.table import as_json, markdown
from conformance.scoring.yardstick import Yardstick
from conformance.suite.case import Trial
from conformance.suite.corpus import select

CHAPTERS = ["conv2d_transpose/kernels/oblong*", "conv2d_transpose/tutorial/*", "conv2d_transpose/refusals/*"]

FAMILY_CASES = ["tests/mutants/cases/conv1d.yaml", "tests/mutants/cases/conv1d_transpose.yaml"]


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return select(CHAPTERS)


def scored(trials: list[Trial], *names: str, yardstick: Yardstick | None = None) -> Score:
    return score(trials, [FAULTS[name] for name in names], yardstick, diagnosed=5)


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
    trials = [*select(["conv2d_transpose/tutorial/example-1*"]), *select(FAMILY_CASES[:1])]
    plain = [FAULTS[name] for name in ("faithful", "flipped-kernel", "ignores-stride")]
    family = [FAMILY_FAULTS["bias-ignored"]]
    heard: list[FaultScore] = []

    def asked(jobs: int) -> Score:
        return score(trials, plain, None, diagnosed=1, family_faults=family, enough=2, told=heard.append, jobs=jobs)

    assert asked(2) == asked(1)
    names = [fault.name for fault in plain] + [fault.name for fault in family]
    assert [fault.name for fault in heard] == names * 2


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

    score(trials, [FAULTS["faithful"]], None, diagnosed=0, told=lambda fault: heard.append(fault.name))

    assert heard == ["faithful"]


def family_scored(*names: str, enough: int = 3) -> Score:
    chosen = [FAMILY_FAULTS[name] for name in names]
    return score(select(FAMILY_CASES), [], None, diagnosed=0, family_faults=chosen, enough=enough)


def test_a_fault_of_all_operators_is_asked_until_enough_trials_caught_it() -> None:
    result = family_scored("bias-ignored", enough=3)

    (fault,) = result.family_faults
    assert fault.caught == 3
    assert fault.asked < result.family_trials
    assert fault.operators == ("conv1d", "conv1d_transpose")
    assert result.survivors == ()


def test_a_right_engine_of_all_operators_is_asked_everything() -> None:
    result = family_scored("faithful")

    (fault,) = result.family_faults
    assert (fault.caught, fault.asked) == (0, result.family_trials)


def test_a_fault_of_all_operators_survives_cases_that_cannot_see_it() -> None:
    result = family_scored("depth-flipped")

    assert result.survivors == result.family_faults
    assert "| depth-flipped | The kernel is turned around in depth alone. | 0 of" in markdown(result)


def test_trials_of_one_table_are_not_counted_in_the_other(trials: list[Trial]) -> None:
    plain, family = [FAULTS["faithful"]], [FAMILY_FAULTS["faithful"]]

    everything = [*trials, *select(FAMILY_CASES)]
    result = score(everything, plain, None, diagnosed=0, family_faults=family)

    of_one_call = [each for each in everything if each.calls == 1]
    said = [each for each in of_one_call if isinstance(plan_call(Mutant(), each.call), Plan)]
    assert result.trials == len(said) > 0
    assert result.trials + result.family_trials == len(everything)


def test_both_tables_are_told_apart(trials: list[Trial]) -> None:
    family = [FAMILY_FAULTS[name] for name in ("faithful", "bias-ignored", "kernel-flipped")]

    plain = [FAULTS["flipped-kernel"]]

    result = score([*trials, *select(FAMILY_CASES)], plain, None, diagnosed=0, family_faults=family)

    text = markdown(result)
    assert "**1 of 1 faults are caught**; 0 of 0 right engines are never flagged" in text
    assert "**2 of 2 faults are caught**; 1 of 1 right engines are never flagged" in text
    assert "## All operators" in text
    assert "| bias-ignored | The bias is not added. |" in text
    assert '"family_faults"' in as_json(result)

"""The table of faults of all operators: names, sentences, lanes, and what a lane declares."""

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import plan_call
from conformance.errors import UsageError
from conformance.judging.diagnosis.edits import EDITS
from conformance.judging.verdict import Outcome
from conformance.mutants import FAMILY_FAULTS, FamilyMutant, Mutant
from conformance.mutants.operators.faults import FAMILIES
from conformance.protocol.requests import decode_plan, encode_plan
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from reference.family import DIRECTIONS, OPERATORS

FAMILIES_WITHOUT_WORDS = ("faithful", "sizes", "state")
"""right ones, and what shows in large calls or in a series of them, where one small answer is not what tells"""
CASES = "tests/mutants/cases"


def test_no_two_faults_of_all_operators_have_one_name() -> None:
    names = [fault.name for family in FAMILIES for fault in family.FAULTS]

    assert sorted(names) == sorted(FAMILY_FAULTS)


@pytest.mark.parametrize("name", FAMILY_FAULTS)
def test_a_fault_of_all_operators_is_a_lane_of_its_own(name: str) -> None:
    adapter = load_adapter(parse_lane(f"conformance.mutants:FamilyMutant:{name}"))

    assert isinstance(adapter, FamilyMutant)
    assert adapter.fault is FAMILY_FAULTS[name]
    assert adapter.describe().flags == {"fault": name, **FAMILY_FAULTS[name].declares}


@pytest.mark.parametrize("name", FAMILY_FAULTS)
def test_a_fault_of_all_operators_says_what_it_does_and_what_is_due(name: str) -> None:
    fault = FAMILY_FAULTS[name]

    assert fault.summary.endswith(".")
    assert {Outcome(outcome) for outcome in fault.outcomes}.isdisjoint({Outcome.AGREES, Outcome.UNSUPPORTED})
    assert (fault.family == "faithful") == (not fault.outcomes)
    assert set(fault.diagnosis) <= {*EDITS, "result_dtype", "another_filter", "another_bias"}
    assert fault.known_bug is None or fault.known_bug.startswith("https://")


@pytest.mark.parametrize("name", FAMILY_FAULTS)
def test_a_fault_has_expected_words_or_says_why_there_can_be_none(name: str) -> None:
    fault = FAMILY_FAULTS[name]

    if fault.family not in FAMILIES_WITHOUT_WORDS:
        assert bool(fault.diagnosis) != bool(fault.undiagnosed)


def test_there_are_faults_enough_of_all_operators() -> None:
    assert sum(bool(fault.outcomes) for fault in FAMILY_FAULTS.values()) >= 35
    assert sum(not fault.outcomes for fault in FAMILY_FAULTS.values()) >= 3


def test_a_lane_that_names_no_fault_of_all_operators_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no fault is called 'groups-ignord'; near are groups-ignored"):
        load_adapter(parse_lane("conformance.mutants:FamilyMutant:groups-ignord"))


def test_the_cases_ask_every_operator_in_every_direction(trials: list[Trial]) -> None:
    asked = {(trial.call.operator, trial.call.direction) for trial in trials}

    assert asked == {(operator, direction) for operator in OPERATORS for direction in DIRECTIONS}


def test_a_plan_says_the_call_and_survives_the_way_to_a_worker(trials: list[Trial]) -> None:
    lane = FamilyMutant()

    for trial in trials:
        plan = plan_call(lane, trial.call)
        assert isinstance(plan, Plan)
        assert decode_plan(encode_plan(plan)) == plan


def test_what_one_mutant_leaves_out_the_other_takes(trials: list[Trial]) -> None:
    plain = {trial.id for trial in trials if isinstance(plan_call(Mutant(), trial.call), Plan)}

    assert plain == {
        trial.id
        for trial in trials
        if trial.call.operator == "conv2d_transpose"
        and trial.call.direction == "forward"
        and not trial.call.bias
        and trial.call.groups == 1
        and trial.call.dtype in ("float64", "float32", "float16", "bfloat16")
    }


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return select([CASES])

"""The table of faults: names, sentences, lanes, and what a lane declares."""

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import plan_call
from conformance.errors import UsageError
from conformance.judging.verdict import Outcome
from conformance.mutants import Mutant
from conformance.mutants.ports import PORT_FAULTS
from conformance.operators.convolution.diagnosis.edits import EDITS
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.mutants.adapter import MutantConvolution
from conformance.operators.convolution.mutants.renamed import RENAMED
from conformance.operators.convolution.mutants.table import FAMILIES
from conformance.protocol.requests import decode_plan, encode_plan
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from reference.family import DIRECTIONS, OPERATORS

CASES = "tests/mutants/cases"


def test_no_two_faults_have_one_name() -> None:
    names = [fault.name for faults in FAMILIES.values() for fault in faults]

    assert sorted(names) == sorted(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_lane_of_its_own(name: str) -> None:
    adapter = load_adapter(parse_lane(f"conformance.mutants:Mutant:{name}"))

    assert isinstance(adapter, MutantConvolution)
    assert adapter.fault is FAULTS[name]
    assert adapter.describe().flags == {"fault": name, **FAULTS[name].declares}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_says_what_it_does_and_what_is_due(name: str) -> None:
    fault = FAULTS[name]

    assert fault.summary.endswith(".")
    assert {Outcome(outcome) for outcome in fault.outcomes}.isdisjoint({Outcome.AGREES, Outcome.UNSUPPORTED})
    assert set(fault.diagnosis) <= {*EDITS, "result_dtype", "another_filter", "another_bias"}
    assert fault.known_bug is None or fault.known_bug.startswith("https://")


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.outcomes])
def test_a_fault_has_expected_words_or_says_why_there_can_be_none(name: str) -> None:
    assert bool(FAULTS[name].diagnosis) != bool(FAULTS[name].undiagnosed)


def test_a_name_that_a_fault_had_is_nobody_elses() -> None:
    assert set(RENAMED.values()) <= set(FAULTS)
    assert set(RENAMED).isdisjoint(FAULTS)


@pytest.mark.parametrize("name", PORT_FAULTS)
def test_a_port_says_what_it_does_and_what_is_due(name: str) -> None:
    assert PORT_FAULTS[name].summary.endswith(".")
    assert {Outcome(outcome) for outcome in PORT_FAULTS[name].outcomes}.isdisjoint({Outcome.AGREES})


def test_there_are_faults_enough() -> None:
    assert sum(bool(fault.outcomes) for fault in FAULTS.values()) >= 380
    assert sum(not fault.outcomes for fault in FAULTS.values()) >= 24


@pytest.mark.parametrize(
    ("lane", "fault"),
    [
        ("conformance.mutants:Mutant", "faithful"),
        ("conformance.miniatures:Miniature:flipped-kernel", "flipped-kernel"),
        ("conformance.miniatures:Miniature:stride-of-height", "first-stride-for-all"),
        ("conformance.miniatures:FamilyMiniature:groups-ignored", "groups-ignored"),
    ],
)
def test_former_lanes_and_names_still_mean_their_faults(lane: str, fault: str) -> None:
    adapter = load_adapter(parse_lane(lane))

    assert isinstance(adapter, MutantConvolution)
    assert adapter.fault.name == fault


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ("fliped-kernel", "no fault is called 'fliped-kernel'; near are flipped-kernel"),
        ("xyz", "no fault is called 'xyz'; `conformance.mutants.mutants()` has them all"),
        ("hangs+exits", "a mutant has one fault, not hangs+exits"),
        ("hangs@cuda", "a mutant runs on no device, not 'cuda'"),
    ],
)
def test_a_lane_that_names_no_fault_is_a_usage_error(modes: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        load_adapter(parse_lane(f"conformance.mutants:Mutant:{modes}"))

    assert message in str(error.value)


def test_the_cases_ask_every_operator_in_every_direction(trials: list[Trial]) -> None:
    asked = {(trial.call.operator, trial.call.direction) for trial in trials}

    assert asked == {(operator, direction) for operator in OPERATORS for direction in DIRECTIONS}


def test_a_plan_says_the_call_and_survives_the_way_to_a_worker(trials: list[Trial]) -> None:
    lane = Mutant()

    for trial in trials:
        plan = plan_call(lane, trial.call)
        assert isinstance(plan, Plan)
        assert decode_plan(encode_plan(plan)) == plan


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return select([CASES])

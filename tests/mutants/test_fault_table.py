"""The table itself: names, sentences, and lanes."""

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.errors import UsageError
from conformance.judging.diagnosis.edits import EDITS
from conformance.judging.verdict import Outcome
from conformance.mutants import FAULTS, Mutant
from conformance.mutants.families import (
    accepting,
    batch,
    channels,
    declared,
    faithful,
    layout,
    memory,
    padding,
    precision,
    process,
    refusing,
    result,
    structure,
)
from conformance.mutants.ports import PORT_FAULTS

FAMILIES = (
    faithful, declared, structure, padding, layout, batch, channels, memory, precision, result, accepting, refusing,
    process,
)  # fmt: skip


def test_no_two_faults_have_one_name() -> None:
    names = [fault.name for family in FAMILIES for fault in family.FAULTS]

    assert sorted(names) == sorted(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_lane_of_its_own(name: str) -> None:
    adapter = load_adapter(parse_lane(f"conformance.mutants:Mutant:{name}"))

    assert isinstance(adapter, Mutant)
    assert adapter.fault is FAULTS[name]
    assert adapter.describe().flags == {"fault": name, **FAULTS[name].declares}


UNEXPLAINED = ("cancels", "declared-winograd-wrong-sign", "declared-fft-wraps", "declared-bfloat16x1-four-bits")
"""no edit of the specification is this fault: of the size of the largest product, of a transform, of four bits"""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_says_what_it_does_and_what_is_due(name: str) -> None:
    fault = FAULTS[name]

    assert fault.summary.endswith(".")
    assert {Outcome(outcome) for outcome in fault.outcomes}.isdisjoint({Outcome.AGREES, Outcome.UNSUPPORTED})
    assert (fault.family == "faithful") <= (not fault.outcomes)
    assert set(fault.diagnosis) <= {*EDITS, "result_dtype"}
    assert fault.diagnosis or fault.family in ("faithful", "process", "arguments", "memory") or name in UNEXPLAINED
    assert fault.known_bug is None or fault.known_bug.startswith("https://")


@pytest.mark.parametrize("name", PORT_FAULTS)
def test_a_port_says_what_it_does_and_what_is_due(name: str) -> None:
    assert PORT_FAULTS[name].summary.endswith(".")
    assert {Outcome(outcome) for outcome in PORT_FAULTS[name].outcomes}.isdisjoint({Outcome.AGREES})


def test_there_are_faults_enough() -> None:
    assert sum(bool(fault.outcomes) for fault in FAULTS.values()) >= 45


def test_a_lane_without_a_fault_is_faithful() -> None:
    adapter = load_adapter(parse_lane("conformance.mutants:Mutant"))

    assert isinstance(adapter, Mutant)
    assert adapter.fault.name == "faithful"


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ("fliped-kernel", "no fault is called 'fliped-kernel'; near are flipped-kernel"),
        ("xyz", "no fault is called 'xyz'; conformance.mutants.faults has the table"),
        ("hangs+exits", "a mutant has one fault, not hangs+exits"),
        ("hangs@cuda", "a mutant runs on no device, not 'cuda'"),
    ],
)
def test_a_lane_that_names_no_fault_is_a_usage_error(modes: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        load_adapter(parse_lane(f"conformance.mutants:Mutant:{modes}"))

    assert message in str(error.value)

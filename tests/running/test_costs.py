"""What trials cost: from journals to the table, and what becomes of what was not measured."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.running.costs import SHIPPED, Costs, measured, read_costs, written
from conformance.running.journal import Header, Journal, Record
from conformance.suite.corpus import select, shipped_cases

RECORD = Record("c/f/a[k=1]", "torch", "agrees", True, "", None, (), (), None, None, (), None, elapsed=0.001234)
HEADER = Header("0", "0", "", (), {}, {}, ("torch",), (), 1)
COSTS = Costs({"torch": {"c/f/a[k=1]": 10, "c/f/a[k=2]": 30, "c/f/b": 80}, "reference": {"c/f/b": 7}})


def journal(*records: Record) -> Journal:
    return Journal(Path("journal.jsonl"), HEADER, {}, {}, records, (), None)


def test_the_median_of_several_journals_counts() -> None:
    each = [journal(replace(RECORD, elapsed=seconds)) for seconds in (0.5, 0.001234, 0.001)]
    assert measured(each) == Costs({"torch": {RECORD.trial: 1200}})


def test_records_that_tell_no_cost_are_no_table() -> None:
    with pytest.raises(UsageError, match="no record tells what it cost"):
        measured([journal(replace(RECORD, elapsed=None))])


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(written(COSTS), encoding="utf-8")
    assert read_costs(path) == COSTS
    assert read_costs(path).digest == COSTS.digest


def test_other_costs_have_another_digest() -> None:
    assert Costs({"torch": {"c/f/b": 81}}).digest != Costs({"torch": {"c/f/b": 80}}).digest


@pytest.mark.parametrize(
    ("trial", "cost"), [("c/f/a[k=2]", 30), ("c/f/a[k=3]", 20), ("c/f/b", 80), ("c/g/new[k=1]", 40)]
)
def test_what_was_not_measured_counts_as_the_mean_of_its_case_or_of_all(trial: str, cost: int) -> None:
    assert COSTS.of([trial], ["torch"]) == {trial: cost}


@pytest.mark.parametrize(("lane", "cost"), [("torch:channels_last", 80), ("torch@cuda", 80), ("exec:./port", 7)])
def test_a_lane_that_was_not_measured_counts_as_its_framework_or_as_the_reference(lane: str, cost: int) -> None:
    assert COSTS.of(["c/f/b"], [lane]) == {"c/f/b": cost}


def test_a_trial_costs_what_all_lanes_take() -> None:
    assert COSTS.of(["c/f/b"], ["torch", "reference"]) == {"c/f/b": 87}


def test_without_any_costs_all_trials_cost_the_same() -> None:
    assert Costs({}).of(["a", "b"], ["torch"]) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no costs; expected a journal, or a table that `conformance cases costs` wrote"),
        ('{"a": 1}\n', "no costs; expected a journal"),
        ('{"format": 2, "costs": {}}', "cost table of format 2; this version reads 1"),
        ('{"format": 1, "lanes": ["a"], "costs": {"c": {"": []}}}', "no cost table: IndexError"),
        ('{"format": 1, "lanes": ["a"], "costs": {"c": {"": ["x"]}}}', "no cost table: ValueError"),
        ('{"format": 1, "costs": {}}', "no cost table: KeyError"),
    ],
)
def test_a_file_that_tells_no_costs_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "costs.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_costs(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_the_shipped_table_knows_the_plain_lanes_and_some_of_the_shipped_trials() -> None:
    shipped = read_costs(shipped_cases() / SHIPPED)
    assert {"reference", "tensorflow", "torch", "jax"} <= set(shipped.lanes)
    assert {trial.id for trial in select([])} & set(shipped.lanes["reference"])

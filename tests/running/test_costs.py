"""Costs of trials: tables of them, and what is said of trials that no table names."""

from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.running.costs import SHIPPED, Costs, condensed, read_costs, written
from conformance.suite.corpus import shipped_cases
from tests.corpus import shipped_trials

SWEPT = {f"a/b/c[n={number}]": 100 + number for number in range(10)}
DEAR = "a/b/c[n=99]"
TABLE = Costs({"reference": {**SWEPT, DEAR: 90_000, "a/b/alone": 7}, "torch": {"a/b/alone": 5}})


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(written(TABLE), encoding="utf-8")
    assert read_costs(path) == TABLE


def test_the_digest_depends_on_what_a_table_says_and_not_on_its_order() -> None:
    turned = Costs({lane: dict(reversed(list(costs.items()))) for lane, costs in reversed(list(TABLE.lanes.items()))})
    assert turned.digest == TABLE.digest
    assert Costs({"torch": {"a/b/alone": 6}}).digest != Costs({"torch": {"a/b/alone": 5}}).digest


def test_trials_cost_what_they_cost_in_all_lanes_together() -> None:
    assert TABLE.of(["a/b/alone"], ["reference", "torch"]) == {"a/b/alone": 12}


def test_a_lane_of_no_table_costs_what_its_plain_lane_or_the_reference_does() -> None:
    assert TABLE.of(["a/b/alone"], ["torch:compile@cuda"]) == {"a/b/alone": 5}
    assert TABLE.of(["a/b/alone"], ["exec:./port"]) == {"a/b/alone": 7}


def test_a_trial_that_is_new_costs_the_mean_of_its_case_or_of_all() -> None:
    table = Costs({"reference": {"a/b/c[n=1]": 10, "a/b/c[n=2]": 30, "a/b/d": 200}})
    assert table.of(["a/b/c[n=3]", "a/b/e"], ["reference"]) == {"a/b/c[n=3]": 20, "a/b/e": 80}


def test_without_any_costs_all_trials_cost_the_same() -> None:
    assert Costs({}).of(["a/b/c", "a/b/d"], ["reference"]) == {"a/b/c": 1, "a/b/d": 1}


def test_a_condensed_table_names_what_stands_out_and_tells_the_others_as_one() -> None:
    few = condensed(TABLE)
    assert set(few.lanes["reference"]) == {"a/b/c", DEAR, "a/b/alone"}
    assert few.of(["a/b/c[n=3]", DEAR], ["reference"]) == {"a/b/c[n=3]": few.lanes["reference"]["a/b/c"], DEAR: 90_000}
    assert min(SWEPT.values()) <= few.lanes["reference"]["a/b/c"] <= max(SWEPT.values())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not a journal entry"),
        ('{"some": 1}', "not a journal entry"),
        ('{"format": 9, "costs": {}}', "cost table of format 9; this version reads 1"),
        ('{"format": 1, "costs": {}}', "KeyError: 'lanes'"),
        ('{"format": 1, "lanes": ["torch"], "costs": {"a": {"": []}}}', "IndexError"),
        ('{"format": 1, "lanes": ["torch"], "costs": {"a": {"": ["dear"]}}}', "ValueError"),
        ('{"format": 1, "lanes": ["torch"], "costs": {"a": {"": [-5]}}}', "-5 is not a cost"),
    ],
)
def test_a_broken_table_is_told_with_its_file_and_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content + "\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        read_costs(path)
    assert str(path) in str(raised.value)
    assert reason in str(raised.value)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_costs(tmp_path / "absent.json")


def test_the_shipped_table_names_every_case_of_the_corpus() -> None:
    named = {trial.partition("[")[0] for trial in read_costs(shipped_cases() / SHIPPED).lanes["reference"]}
    missing = {trial.id.partition("[")[0] for trial in shipped_trials()} - named
    assert not missing


def test_a_file_beyond_all_tables_is_read_as_a_journal_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(UsageError, match="a line has at most 16,777,216 bytes, and this one has more"):
        read_costs(path)

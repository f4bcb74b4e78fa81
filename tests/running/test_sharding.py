"""Shards: which trials are whose."""

from random import Random

import pytest

from conformance.running.costs import cut

SKEWED = {f"case/{number}": 1 + 10 * (number % 4 == 0) * number**2 for number in range(200)}


@pytest.mark.parametrize("count", [1, 2, 4, 7, 300])
def test_shards_are_disjoint_and_cover_everything(count: int) -> None:
    shards = cut(SKEWED, count)
    assert len(shards) == count
    assert sorted(trial for shard in shards for trial in shard) == sorted(SKEWED)


def test_the_order_in_which_trials_come_changes_nothing() -> None:
    shuffled = list(SKEWED.items())
    Random(1).shuffle(shuffled)
    assert cut(dict(shuffled), 4) == cut(SKEWED, 4)


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_no_shard_costs_more_than_its_part_and_one_trial(count: int) -> None:
    largest = max(sum(SKEWED[trial] for trial in shard) for shard in cut(SKEWED, count))
    assert largest * count <= sum(SKEWED.values()) + max(SKEWED.values()) * (count - 1)


def test_a_cut_by_cost_is_more_even_than_one_by_count() -> None:
    costs = list(SKEWED.values())
    by_cost = max(sum(SKEWED[trial] for trial in shard) for shard in cut(SKEWED, 4))
    assert by_cost < max(sum(costs[number::4]) for number in range(4))


def test_trials_of_one_cost_are_parted_by_count() -> None:
    assert {len(shard) for shard in cut(dict.fromkeys(SKEWED, 1), 4)} == {50}

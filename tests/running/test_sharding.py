"""Shards that cost about the same, cut alike everywhere."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.running.sharding import cut

COSTS = st.dictionaries(st.text(max_size=6), st.integers(1, 10**6), max_size=40)


@given(COSTS, st.integers(1, 6))
def test_each_trial_is_in_one_shard(costs: dict[str, int], count: int) -> None:
    shards = cut(costs, count)
    assert len(shards) == count
    assert sorted(trial for shard in shards for trial in shard) == sorted(costs)


@given(COSTS, st.integers(1, 6))
def test_no_shard_could_give_a_trial_to_another_and_both_gain(costs: dict[str, int], count: int) -> None:
    shards = cut(costs, count)
    loads = [sum(costs[trial] for trial in shard) for shard in shards]
    for shard, load in zip(shards, loads, strict=True):
        assert all(min(loads) + costs[trial] >= load for trial in shard)


@given(COSTS, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_in_which_trials_come_changes_nothing(costs: dict[str, int], count: int, random: object) -> None:
    trials = list(costs)
    random.shuffle(trials)  # type: ignore[attr-defined]
    assert cut({trial: costs[trial] for trial in trials}, count) == cut(costs, count)


def test_the_costliest_trial_stands_alone_where_it_weighs_as_much_as_the_rest() -> None:
    assert cut({"a": 6, "b": 2, "c": 2, "d": 2}, 2) == (frozenset("a"), frozenset("bcd"))


def test_shards_of_one_cost_are_cut_as_they_were_yesterday() -> None:
    assert cut(dict.fromkeys("abcdef", 1), 2) == (frozenset("dce"), frozenset("fba"))

"""Which workers a lane's trials may be asked by."""

import pytest

from conformance.adapters.lane import parse_lane
from conformance.distributed.cluster import misses, needs


@pytest.mark.parametrize(
    ("lane", "declared", "needed"),
    [
        ("torch", [], {}),
        ("torch", ["GPU", "tensorflow"], {}),
        ("torch", ["GPU", "torch"], {"torch": 1}),
        ("torch@cuda", ["GPU"], {"GPU": 1}),
        ("torch@cuda", ["GPU", "torch"], {"GPU": 1, "torch": 1}),
        ("torch@cuda", [], {}),
        ("torch@cpu", ["GPU"], {}),
        ("tensorflow:function", ["tensorflow"], {"tensorflow": 1}),
    ],
)
def test_a_lane_needs_what_workers_declare_and_it_is_called(
    lane: str, declared: list[str], needed: dict[str, int]
) -> None:
    assert needs(parse_lane(lane), declared) == needed


def test_lanes_that_no_worker_could_ask_are_named() -> None:
    needed = {"a": {"GPU": 1}, "b": {"torch": 1}, "c": {}}
    assert misses(needed, [{"torch": 2.0}]) == "a"
    assert misses(needed, [{"torch": 2.0}, {"GPU": 1.0}]) is None
    assert misses(needed, []) == "a, b, c"

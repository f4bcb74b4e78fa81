"""Lanes that compile: many calls in one module or graph have the bits of calls that have their own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.suite.case import RightTrial, Trial
from conformance.suite.corpus import select

pytestmark = pytest.mark.frameworks

ONE_IN = 16


@pytest.fixture(scope="module")
def trials() -> Sequence[Trial]:
    """Some with gradients, 16-bit and subnormal numbers, and some that TensorFlow refuses though they are right."""
    found = select(
        ["conv2d_transpose/gradients/*", "conv3d/combinations/*", "conv2d/bias/*", "conv2d_transpose/sixteen_bits/*"]
    )
    return [trial for trial in found if isinstance(trial, RightTrial)][::ONE_IN]


def test_the_next_run_finds_in_the_cache_what_this_one_compiled(trials: Sequence[Trial], tmp_path: Path) -> None:
    lane = replace(parse_lane("jax:jit"), cache=str(tmp_path))
    if missing_framework(lane) is not None:
        pytest.skip("jax is not installed")
    found: list[dict[str, str | None]] = []
    kept: list[set[Path]] = []
    for _ in range(2):
        session = LaneSession(lane, Examination(), 180.0, 1)
        try:
            assert session.start().status == "ready"
            found.append({record.trial: record.digest for record in session.ask_all(trials)})
        finally:
            session.close()
        kept.append(set(tmp_path.rglob("*-cache")))
    assert found[0] == found[1]
    assert kept[0]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("lane", ["jax:jit", "tensorflow:function", "tensorflow:session"])
def test_calls_of_one_module_have_the_outcomes_and_bits_of_single_ones(lane: str, trials: Sequence[Trial]) -> None:
    asked = parse_lane(lane)
    if missing_framework(asked) is not None:
        pytest.skip(f"{lane} is not installed")
    session = LaneSession(asked, Examination(), 180.0, 1)
    try:
        entry = session.start()
        assert entry.status == "ready"
        assert ("modules" in entry.flags) == (lane == "jax:jit")
        together = {record.trial: record for record in session.ask_all(trials)}
        alone = {trial.id: session.ask(trial) for trial in trials}
    finally:
        session.close()
    assert {name: (each.outcome, each.digest, each.flags) for name, each in together.items()} == {
        name: (each.outcome, each.digest, each.flags) for name, each in alone.items()
    }
    assert sum(each.digest is not None for each in together.values()) > len(trials) / 2

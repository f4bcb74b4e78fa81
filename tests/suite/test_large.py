"""The large tier: trials past the borders at which implementations switch, apart from all others."""

from functools import cache

import numpy as np
import pytest

from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.mutants import CHEATS, Cheater
from conformance.operators.registry import kind_of
from conformance.suite.case import RightTrial, Trial
from conformance.suite.corpus import of_tier, select
from conformance.suite.tiers import LARGE
from conformance.workers.here import ask_here
from tests.corpus import shipped_trials

# The largest of its kind that a test can wait for; what is larger, benchmarks/cheats.py asks.
IMAGES = "resize2d/large/images[batch=65541,method=nearest]"


@cache
def large() -> tuple[Trial, ...]:
    return tuple(of_tier(select([], LARGE), LARGE))


def test_large_trials_are_in_no_other_tier_and_are_found_by_their_chapter() -> None:
    ids = {trial.id for trial in large()}
    assert {trial.split("/")[1] for trial in ids} == {LARGE}
    assert ids.isdisjoint(trial.id for trial in shipped_trials())
    assert {trial.id for trial in select(["conv2d/large"])} == {name for name in ids if name.startswith("conv2d/")}
    assert [trial.id for trial in select([IMAGES])] == [IMAGES]
    assert {trial.id for trial in select(["conv2d"], LARGE)} == {name for name in ids if name.startswith("conv2d/")}


def test_every_kind_has_its_borders() -> None:
    sizes: dict[str, set[int]] = {}
    for trial in large():
        shapes = (*trial.call.operands.values(), trial.call.result_shape)
        lengths = {length for shape in shapes for length in shape}
        sizes.setdefault(kind_of(trial.call.operator).rpartition(".")[2], set()).update(
            lengths, {int(np.prod(trial.call.result_shape))}
        )
    assert set(sizes) == {"convolution", "pooling", "index_map", "resize"}
    for kind, found in sizes.items():
        assert {65535, 65536, 65541} <= found, kind
        assert max(found) > 2**24, kind
    for kind in ("convolution", "pooling", "resize"):
        assert {64, 128, 313, 1024} <= sizes[kind]


@pytest.mark.parametrize("border", [65535, 65541])
def test_images_past_a_border_are_seen_by_a_trial_that_has_them(border: int) -> None:
    trial = next(each for each in large() if each.id == IMAGES.replace("65541", str(border)))
    assert isinstance(trial, RightTrial)
    question = make_question(trial)
    reply = ask_here(Cheater(("images-past-65535",)), trial.call, question.operands)
    assert judge(trial, reply, question.expected).conforms is (border == 65535)


def test_no_shipped_trial_of_another_tier_reaches_the_borders_of_these_cheats() -> None:
    shapes = [trial.call.result_shape for trial in shipped_trials() if isinstance(trial, RightTrial)]
    assert max(int(np.prod(shape)) for shape in shapes) <= 2**24
    assert max(shape[0] for shape in shapes if shape) <= 65535
    assert sum(cheat.large for cheat in CHEATS.values()) == 3

"""Drawn calls: new, legal, said by the lanes, and often at borders."""

from collections.abc import Sequence
from typing import Any

from conformance.searching.draft import Draft, shipped_drafts
from conformance.searching.drawing import Drawer, Space
from conformance.suite.case import RightTrial, WrongTrial

OPERATORS = ("conv2d", "pad", "resize1d", "avg_pool2d")
COUNT = 120


def drawer(operators: Sequence[str] = OPERATORS, seed: str = "7", **words: Any) -> Drawer:
    drafts = shipped_drafts(operators)
    spaces = [Space(name, [each for each in drafts[name] if isinstance(each.trial, RightTrial)]) for name in operators]
    given = {"says": lambda call: True, "dtypes": ("float32", "float16"), "directions": ("forward", "value_gradient")}
    return Drawer(spaces, **{**given, "seed": seed, **words})


def test_a_seed_draws_the_same_calls_and_another_one_others() -> None:
    first = drawer(("conv2d", "pad")).draw(40)
    assert first == drawer(("conv2d", "pad")).draw(40)
    assert first != drawer(("conv2d", "pad"), seed="8").draw(40)


def test_calls_are_new_right_and_of_what_is_declared() -> None:
    drawn = drawer().draw(COUNT)
    assert len({draft.name for draft in drawn}) == len(drawn) > COUNT / 2
    trials = [draft.trial for draft in drawn]
    assert all(isinstance(trial, RightTrial) for trial in trials)
    assert {trial.call.dtype for trial in trials if trial} <= {"float32", "float16"}
    assert {trial.call.direction for trial in trials if trial} == {"forward", "value_gradient"}
    assert {draft.operator for draft in drawn} == set(OPERATORS)


def test_wrong_calls_are_drawn_where_they_are_wanted() -> None:
    drawn = drawer(("conv2d",), wrong=True).draw(COUNT)
    assert any(isinstance(draft.trial, WrongTrial) for draft in drawn)


def test_what_no_lane_says_is_not_drawn_and_counted() -> None:
    silent = drawer(("conv2d",), says=lambda call: "groups" not in call.arguments() and call.direction == "forward")
    assert all("groups" not in each.trial.call.arguments() for each in silent.draw(20) if each.trial)
    assert silent.unsaid > 0


def test_borders_are_met() -> None:
    """A kernel as long as the value, and one pixel longer or shorter, are not left to chance."""
    drawn = drawer(("conv2d",), directions=("forward",)).draw(300)
    axes = [axis for draft in drawn if isinstance(draft.trial, RightTrial) for axis in draft.trial.call.axes]
    for beside in (-1, 0, 1):
        assert sum(axis["kernel"] == axis["output"] + beside for axis in axes) >= 10
    assert sum(axis["stride"] == axis["kernel"] for axis in axes) >= 10


def test_what_is_rare_is_followed() -> None:
    follows = drawer(("pad",))
    rare = Draft("pad", {"value": (3, 11), "paddings": ((5, 5), (9, 9)), "mode": "WRAP"})
    follows.remember(rare)
    near = [draft for draft in follows.draw(60) if 11 in draft.given["value"]]
    assert len(near) >= 5

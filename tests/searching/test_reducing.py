"""Drafts of calls, and how they are made smaller whatever their kind."""

from collections.abc import Callable, Sequence

import pytest

from conformance.judging.question import make_question
from conformance.operators.kind import frozen
from conformance.operators.registry import operators
from conformance.searching.draft import Draft, shipped_drafts
from conformance.searching.reducing import Failing, reduced, size
from conformance.suite.case import RightCall, RightTrial, Trial
from tests.corpus import shipped_trials

# Of the shipped trials: all kinds, forms and dtypes are among them.
STEP = 37


def where(fails: Callable[[Trial], bool], asked: list[int] | None = None) -> Failing:
    """Who says that a draft fails where this holds of its trial."""

    def first(drafts: Sequence[Draft]) -> int | None:
        if asked is not None:
            asked.append(len(drafts))
        return next((place for place, draft in enumerate(drafts) if draft.trial and fails(draft.trial)), None)

    return first


def draft_of(operator: str, **given: object) -> Draft:
    draft = Draft(operator, given)
    assert draft.trial is not None
    return draft


def test_a_draft_of_a_trial_makes_its_call() -> None:
    for trial in shipped_trials()[::STEP]:
        made = Draft.of(trial).trial
        assert made is not None, trial.id
        assert made.call.arguments() == trial.call.arguments()


def test_what_makes_no_call_has_no_trial() -> None:
    assert Draft("conv2d", {"batch": 1}).trial is None
    assert Draft("avg_pool2d", {"value": (1, 3, 3, 1), "ksize": "two", "strides": 1, "padding": "VALID"}).trial is None
    assert (
        Draft("avg_pool2d", {"value": (1, 3, 3, 1), "ksize": 2, "strides": 1, "padding": "VALID", "x": 1}).trial is None
    )


@pytest.mark.parametrize("operator", list(operators()))
def test_every_operator_s_calls_become_as_small_as_they_can_be(operator: str) -> None:
    """Whatever fails everywhere fails for a call of a few elements."""
    drafts = [draft for draft in shipped_drafts([operator])[operator] if draft.trial]
    largest = max((draft for draft in drafts if isinstance(draft.trial, RightTrial)), key=lambda draft: draft.elements)
    smallest = reduced(largest, where(lambda trial: isinstance(trial.call, RightCall)))
    assert smallest.elements <= 6
    # A case has no words for the indices that an unpooling takes.
    assert ("inputs" in smallest.given) == (operator != "max_unpool2d")


def test_what_a_fault_needs_stays() -> None:
    start = draft_of(
        "conv2d", batch=2, size=(9, 7), channels=(6, 4), kernel=(3, 2), strides=(2, 3), groups=2, dtype="float64"
    )
    smallest = reduced(start, where(lambda trial: trial.call.arguments().get("groups", 1) == 2))
    assert smallest.given["groups"] == 2
    assert smallest.trial is not None
    assert smallest.trial.call.arguments()["filter"] == (1, 1, 1, 2)
    assert "dtype" not in smallest.given
    assert "strides" not in smallest.given


def test_numbers_that_depend_on_one_another_change_together() -> None:
    """The concrete form of a transposed convolution: channels of value and filter, lengths of value and result."""
    start = draft_of(
        "conv2d_transpose",
        value=(2, 5, 4, 6),
        filter=(3, 3, 5, 6),
        output_shape=(2, 10, 8, 5),
        strides=2,
        padding="SAME",
    )
    smallest = reduced(start, where(lambda trial: trial.call.arguments()["strides"] == 2))
    assert smallest.given["value"] == (1, 1, 1, 1) or smallest.elements <= 6


def test_numbers_of_a_generator_that_matter_are_written_out() -> None:
    """Where only the generated numbers show a fault, they stand in the case."""
    start = draft_of("max_pool1d", value=(1, 2, 1), ksize=2, strides=1, padding="VALID", inputs="mix")

    def negative(trial: Trial) -> bool:
        return bool((make_question(trial).value < 0).any())

    smallest = reduced(start, where(negative))
    assert smallest.trial is not None
    assert smallest.given["inputs"] == {"value": frozen(make_question(smallest.trial).value.astype(int).tolist())}
    assert negative(smallest.trial)


def test_no_more_is_asked_than_may_be_and_the_best_so_far_is_kept() -> None:
    asked: list[int] = []
    start = draft_of("conv2d", batch=4, size=9, channels=(6, 4), kernel=3, dtype="float64", padding="VALID")
    smallest = reduced(start, where(lambda trial: True, asked), 5)
    assert size(smallest) < size(start)
    # The last question may be of several.
    assert sum(asked[:-1]) < 5


def test_nothing_is_taken_that_does_not_fail() -> None:
    start = draft_of("resize1d", value=(1, 5, 2), output_size=7, method="linear")
    assert reduced(start, where(lambda trial: False)) == start

"""Every edit, held against a wrong result that was made without it."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.diagnosis import diagnose
from conformance.judging.diagnosis.edits import EDITS
from conformance.judging.oracle import expect_call
from tests.diagnosis.configuration import Configuration, random_configurations, witnesses
from tests.diagnosis.wrong_results import PRECISION, RESULT_LEFT, WRONG, Wrong

HARD = ("accumulate_float16", "accumulate_bfloat16", "accumulate_float32")


@cache
def _witnesses() -> list[Configuration]:
    return witnesses()


@cache
def _fractions() -> list[Configuration]:
    """What precision needs: all digits, in float32 and float64, and few products."""
    return [
        c
        for dtype in ("float32", "float64")
        for c in random_configurations(20, 5, ("normal64",))
        if c.call.dtype == dtype
    ]


def _names(wrong: Wrong, c: Configuration) -> frozenset[str] | None:
    """The edits that explain the wrong result; None where it is right, or has no object."""
    with np.errstate(all="ignore"):
        answer = wrong(c)
    if answer is None:
        return None
    arithmetic = required_arithmetic(c.call.dtype)
    if compare(answer, expect_call(c.call, c.value, c.filter), arithmetic).conforms:
        return None
    return diagnose(c.call, c.value, c.filter, answer).names


def test_every_edit_has_a_wrong_result() -> None:
    assert set(EDITS) == set(WRONG)


@pytest.mark.parametrize("name", sorted(set(EDITS) - set(PRECISION)))
def test_a_wrong_result_is_explained_by_its_edit(name: str) -> None:
    found = [names for c in _witnesses() if (names := _names(WRONG[name], c)) is not None]
    assert found
    assert all(name in names for names in found)


@pytest.mark.parametrize("name", sorted(set(PRECISION) - {"subnormals_flushed"}))
def test_lost_digits_are_explained_by_their_edit(name: str) -> None:
    found = [names for c in _fractions() if (names := _names(WRONG[name], c)) is not None]
    assert found
    assert np.mean([name in names for names in found]) >= (0.9 if name in HARD else 1)


def test_a_result_left_in_the_other_layout_is_explained_by_its_shape() -> None:
    for c in _witnesses():
        names = _names(RESULT_LEFT, c)
        assert names is not None
        assert "result_in_other_layout" in names


def test_single_faults_are_found_on_99_of_100_random_configurations() -> None:
    effective: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    names = sorted(set(WRONG) - set(PRECISION))
    for number, c in enumerate(random_configurations(400, 11)):
        for name in names[number % 16 :: 16]:
            found = _names(WRONG[name], c)
            if found is not None:
                effective[name] += 1
                missed[name] += name not in found
    assert effective.total() > 1000
    assert missed.total() <= 0.01 * effective.total(), missed.most_common(8)

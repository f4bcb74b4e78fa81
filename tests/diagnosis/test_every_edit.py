"""Every edit, held against a wrong result that was made without it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.overlay import Explanation, overlay
from conformance.operators.convolution.diagnosis import diagnose
from conformance.operators.convolution.diagnosis.edits import EDITS
from conformance.operators.convolution.diagnosis.explanation import Closeness
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.oracle import expect_call
from tests.diagnosis.configuration import ONE, SAME, Configuration, configure, random_configurations, witnesses
from tests.diagnosis.test_other_operands import WRONG as OF_OTHER_OPERANDS
from tests.diagnosis.wrong_results import PRECISION, RESULT_LEFT, WRONG, Wrong

MOST_WITNESSES = 2
SIXTEEN = {"result_truncated"}
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
        for c in random_configurations(16, 5, ("normal64",))
        if c.call.dtype == dtype
    ]


def _names(wrong: Wrong, c: Configuration) -> frozenset[str] | None:
    """The edits that explain the wrong result; None where it is right, or has no object."""
    with np.errstate(all="ignore"):
        answer = wrong(c)
    if answer is None:
        return None
    arithmetic = required_arithmetic(c.call.dtype)
    if compare(answer, expect_call(c.call, {"value": c.value, "filter": c.filter}), arithmetic).conforms:
        return None
    found = diagnose(c.call, {"value": c.value, "filter": c.filter}, answer)
    for each in found.explanations:
        laid = overlay([Explanation(each.sentence, each.answered, each.allowed)], answer, None)
        if each.closeness in (Closeness.BITWISE, Closeness.BOUNDED) and answer.dtype == c.value.dtype:
            assert laid is not None or each.sentence.startswith("has the shape")
            assert laid is None or laid.agreeing == laid.compared
    return found.names


def _explanations(name: str, configurations: list[Configuration]) -> Iterator[frozenset[str]]:
    for c in configurations:
        names = _names(WRONG[name], c)
        if names is not None:
            yield names


def test_every_edit_has_a_wrong_result_or_a_mutant() -> None:
    of_mutants = {name for fault in FAULTS.values() for name in fault.diagnosis}
    assert {*WRONG, *OF_OTHER_OPERANDS} <= set(EDITS)
    unheld = set(EDITS) - set(WRONG) - set(OF_OTHER_OPERANDS) - of_mutants
    assert {name for name in unheld if not name.startswith("filter_as_")} == set()


@pytest.mark.parametrize("name", sorted(set(WRONG) - set(PRECISION)))
def test_a_wrong_result_is_explained_by_its_edit(name: str) -> None:
    found = list(islice(_explanations(name, _witnesses()), MOST_WITNESSES))
    assert found
    assert all(name in names for names in found)


@pytest.mark.parametrize("name", sorted(set(PRECISION) - SIXTEEN - {"subnormals_flushed"}))
def test_lost_digits_are_explained_by_their_edit(name: str) -> None:
    found = list(islice(_explanations(name, _fractions()), 2 * MOST_WITNESSES))
    assert found
    assert np.mean([name in names for names in found]) >= (0.9 if name in HARD else 1)


@pytest.mark.parametrize("name", ["result_truncated", "accumulate_bfloat16", "flip_all", "filter_as_iohw"])
def test_sixteen_bit_results_are_explained(name: str) -> None:
    c = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5), dtype="bfloat16", generator="normal64")
    names = _names(WRONG[name], c)
    assert names is not None
    assert name in names


def test_flushed_operands_are_explained() -> None:
    c = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5), generator="normal64")
    scale = np.where(np.arange(c.value.size) % 2, 1, 2.0**-20).reshape(c.value.shape)
    names = _names(WRONG["subnormals_flushed"], replace(c, value=(c.value * scale).astype(np.float32)))
    assert names is not None
    assert "subnormals_flushed" in names


def test_a_result_left_in_the_other_layout_is_explained_by_its_shape() -> None:
    for c in _witnesses():
        names = _names(RESULT_LEFT, c)
        assert names is not None
        assert "result_in_other_layout" in names


def test_single_faults_are_found_on_99_of_100_random_configurations() -> None:
    effective: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    names = sorted(set(WRONG) - set(PRECISION))
    for number, c in enumerate(random_configurations(50, 11)):
        for name in names[number % 16 :: 16]:
            found = _names(WRONG[name], c)
            if found is not None:
                effective[name] += 1
                missed[name] += name not in found
    assert effective.total() > 200
    assert missed.total() <= 0.01 * effective.total(), missed.most_common(8)

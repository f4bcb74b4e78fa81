"""Whatever a mistake answers is explained by its own sentence; what no mistake answers is not explained."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.overlay import overlay
from conformance.operators.answers import agree
from conformance.operators.index_map.call import RightIndexMap
from conformance.operators.index_map.diagnosis import edits_of, explain, rendered
from conformance.operators.index_map.inputs import generate
from conformance.operators.kind import Operands
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from tests.operators.index_map.calls import WORDS, index_call


def told(call: RightIndexMap, operands: Operands, answer: NDArray[Any]) -> list[str]:
    found = explain(call, operands, answer)
    overlays = [overlay([each], answer, None) for each in found if each.answered is not None]
    assert all(each is not None and each.agreeing == each.compared for each in overlays)
    return [each.sentence for each in found]


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("operator", WORDS)
def test_an_edit_that_changes_something_explains_its_answer(operator: str, direction: str) -> None:
    call = index_call(operator, direction=direction)
    operands = generate("id", call, Generated("mix"))
    right, explained = rendered(call, operands), 0
    for edit in edits_of(call, operands):
        answer = edit.answer()
        if answer is not None and not agree(answer, right, 1e-5):
            explained += 1
            found = told(call, operands, answer.astype(FORMATS[call.dtype].numpy))
            assert f"behaves as if {edit.sentence}" in found
    assert explained >= 4


def test_an_answer_that_no_mistake_gives_is_not_explained() -> None:
    call = index_call("pad")
    operands = generate("id", call, Generated("mix"))
    answer = rendered(call, operands).astype(np.float32)
    answer[0, 0] += 1000
    assert told(call, operands, answer) == []


def test_infinities_that_are_elsewhere_are_not_alike() -> None:
    one, other = np.array([1.0, np.inf]), np.array([1.0, np.nan])
    assert not agree(one, other, 0.0)
    assert agree(one, one, 0.0)


def test_integers_whose_difference_has_no_room_are_not_alike() -> None:
    one, other = np.array([np.iinfo(np.int64).min]), np.array([0])
    assert not agree(one, other, 0.0)
    assert agree(one, one, 0.0)


def test_a_constant_that_is_ignored_is_no_lost_sign() -> None:
    call = index_call("pad", mode="CONSTANT", constant_values=-(2**63), dtype="int64")
    operands = generate("id", call, Generated("mix"))
    zeros = index_call("pad", mode="CONSTANT", dtype="int64")
    assert told(call, operands, rendered(zeros, operands).astype(np.int64)) == ["behaves as if pads held 0"]


def test_integers_that_are_averaged_are_rounded_down() -> None:
    call = index_call("fold", dtype="int32")
    operands = generate("id", call, Generated("mix"))
    edit = next(edit for edit in edits_of(call, operands) if edit.sentence == "copies were averaged")
    answer = edit.answer()
    assert answer is not None
    assert np.array_equal(answer, np.floor(answer))
    assert "behaves as if copies were averaged" in told(call, operands, answer.astype(np.int32))

"""Plans that nobody can execute, and what their authors are told."""

from typing import Any

import numpy as np
import pytest

from conformance.adapters.plan import Crop, Flip, Invoke, Name, Pad, Plan, problem

CALL = Invoke("f.twice", (("", "value"),), (("mode", Name("f.same")), ("pads", ((0, 1), (0.5, None)))))


def test_a_plan_of_plain_arguments_has_no_problem() -> None:
    assert problem(Plan((Flip("value", (0,)), CALL, Crop("result", (0,), (2,))))) is None
    assert problem(Plan((Pad("value", ((0, 1),), constant=float("-inf")), Invoke("f", (), (), (CALL,))))) is None


def keywords(value: Any) -> Plan:
    return Plan((Invoke("f", (), (("strides", value),)),))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(()), "a plan with 0 calls; expected one Invoke, with what follows it at once in its `then`"),
        (Plan((CALL, CALL)), "a plan with 2 calls; expected one Invoke"),
        (Plan((CALL, "crop")), "a plan with the step 'crop'; a step is one of Transpose, Flip, Reshape, Crop, Pad"),  # type: ignore[arg-type]
        (keywords((1, np.int64(2))), "(int64) in keywords; a plan is made of int, float, str, bool, None, Name and"),
        (keywords({1, 2}), "a plan whose Invoke has {1, 2} (set) in keywords; a plan is made of"),
        (Plan((Invoke("f", (), (), (keywords(b"no").parts[1],)),)), "a plan whose Invoke has b'no' (bytes) in then"),
        (Plan((CALL, Flip("result", (np.int64(1),)))), "a plan whose Flip has"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_plan_that_nobody_can_execute_is_said_to_be_none(plan: Plan, said: str) -> None:
    assert said in (problem(plan) or "")

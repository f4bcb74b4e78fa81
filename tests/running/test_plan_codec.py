"""Plans cross to a worker as JSON and come back the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.adapters.plan import Argument, Crop, Flip, Invoke, Name, Pad, Plan, Step, Transpose
from conformance.protocol.requests import decode_plan, encode_plan

NAMES = st.sampled_from(["value", "filter", "result"])
INTEGERS = st.integers(-(2**63), 2**63)
FLOATS = st.floats(allow_nan=False)
TUPLES = st.lists(INTEGERS, max_size=5).map(tuple)
PAIRS = st.lists(st.tuples(INTEGERS, INTEGERS), max_size=5).map(tuple)
ARGUMENTS: st.SearchStrategy[Argument] = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | st.text() | st.builds(Name, st.text()),
    lambda inner: st.lists(inner, max_size=4).map(tuple),
    max_leaves=6,
)
KEYWORDS = st.lists(st.tuples(st.text(max_size=8), ARGUMENTS), max_size=4).map(tuple)
OPERANDS = st.lists(st.tuples(st.text(max_size=3), NAMES)).map(tuple)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Transpose, NAMES, TUPLES),
    st.builds(Flip, NAMES, TUPLES),
    st.builds(Crop, NAMES, TUPLES, TUPLES),
    st.builds(Pad, NAMES, PAIRS, FLOATS | INTEGERS),
    st.builds(Invoke, st.text(max_size=8), OPERANDS, KEYWORDS, st.tuples(st.builds(Invoke, NAMES, OPERANDS, KEYWORDS))),
)


@given(st.lists(STEPS, max_size=5))
def test_a_plan_comes_back_from_json_as_it_was(steps: list[Step]) -> None:
    plan = Plan(tuple(steps))
    decoded = decode_plan(json.loads(json.dumps(encode_plan(plan), allow_nan=False)))
    assert repr(decoded) == repr(plan)  # by which 1 and 1.0 differ, and -0.0 from 0.0


def test_notes_stay_behind() -> None:
    plan = Plan((Flip("value", (0,)),), ("for readers",))
    assert "for readers" not in json.dumps(encode_plan(plan))
    assert decode_plan(encode_plan(plan)) == Plan(plan.steps)


def test_a_step_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        decode_plan([{"step": "clamp", "operand": "value"}])

"""Inputs: how an index map's generators fill the operands of a trial.

Knows: trials' calls and generators. Must not know: results (`conformance.operators.index_map.expectation`).
"""

from collections.abc import Mapping

from conformance.operators.filling import Filling, filled_operands, list_filled
from conformance.operators.index_map import generators
from conformance.operators.index_map.call import IndexMapCall, RightIndexMap
from conformance.operators.index_map.generators import GENERATORS
from conformance.operators.kind import Operands
from conformance.suite.case import Inputs
from conformance.suite.source import InputsListing


def generate(trial_id: str, call: IndexMapCall, inputs: Inputs) -> Operands:
    """The trial's operands, as `filled_operands` makes them."""
    return filled_operands(trial_id, call, inputs, steps_of)


def steps_of(name: str, call: RightIndexMap) -> Mapping[str, Filling]:
    """How a generator fills each operand; raises Unfit where it cannot keep its promise, before any array exists."""
    fill = GENERATORS[name].fill
    # What is summed is the operand that the result comes from: no gradient here depends on the value.
    summed = "value" if call.direction == "forward" else "cotangent"
    return {
        operand: fill(call, shape, call.terms if operand == summed else 1) for operand, shape in call.operands.items()
    }


def list_inputs(trial_id: str, call: IndexMapCall, inputs: Inputs) -> InputsListing:
    """The lines for what `generate` makes of the same arguments."""
    return list_filled(trial_id, call, inputs, steps_of, generators)

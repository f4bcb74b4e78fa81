"""Inputs: how a pooling's generators fill the operands of a trial.

Knows: trials' calls and generators. Must not know: results (`conformance.operators.pooling.expectation`).
"""

from collections.abc import Mapping

from conformance.operators.filling import Filling, filled_operands, list_filled
from conformance.operators.kind import Operands
from conformance.operators.pooling import generators
from conformance.operators.pooling.call import PoolingCall, RightPooling
from conformance.operators.pooling.generators import GENERATORS, places_of
from conformance.suite.case import Inputs
from conformance.suite.source import InputsListing


def generate(trial_id: str, call: PoolingCall, inputs: Inputs) -> Operands:
    """The trial's operands, as `filled_operands` makes them."""
    return filled_operands(trial_id, call, inputs, steps_of)


def steps_of(name: str, call: RightPooling) -> Mapping[str, Filling]:
    """How a generator fills each operand; raises Unfit where it cannot keep its promise, before any array exists."""
    generator = GENERATORS[name]
    steps = {"value": generator.value(call)}
    if call.definition.reduction == "unpooled":
        steps["indices"] = places_of(call)
    return steps if call.direction == "forward" else {**steps, "cotangent": generator.cotangent(call)}


def list_inputs(trial_id: str, call: PoolingCall, inputs: Inputs) -> InputsListing:
    """The lines for what `generate` makes of the same arguments."""
    return list_filled(trial_id, call, inputs, steps_of, generators)

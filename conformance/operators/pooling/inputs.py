"""Inputs: the arrays of a trial, seeded by its id, with the same bytes on every machine; and the lines that make them.

Knows: trials' calls and generators. Must not know: results (`conformance.operators.pooling.expectation`).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from conformance.operators.kind import Operands
from conformance.operators.pooling import generators
from conformance.operators.pooling.call import PoolingCall, RightPooling
from conformance.operators.pooling.generators import GENERATORS, Filling
from conformance.suite import generating
from conformance.suite.case import Generated, Inputs
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Words
from conformance.suite.literal import literal_operands
from conformance.suite.source import InputsListing, definitions_of, dtype_line, import_lines, literal_line


def generate(trial_id: str, call: PoolingCall, inputs: Inputs) -> Operands:
    """The trial's operands; a call that is wrong on purpose gets ones, since nothing is computed from them.

    Raises Unfit for a generator that cannot keep its promise for this call.
    """
    dtype = FORMATS[call.dtype].numpy
    match inputs:
        case LiteralInputs():
            return literal_operands(inputs, call.operands, dtype)
        case Generated() if not isinstance(call, RightPooling):
            return {operand: np.ones(shape, dtype) for operand, shape in call.operands.items()}
        case Generated(name):
            words = Words(f"{trial_id}/{name}")
            return {
                operand: np.ascontiguousarray(step.function(words, **step.keywords).astype(dtype))
                for operand, step in steps_of(name, call).items()
            }


def steps_of(name: str, call: RightPooling) -> Mapping[str, Filling]:
    """How a generator fills each operand; raises Unfit where it cannot keep its promise, before any array exists."""
    generator = GENERATORS[name]
    steps = {"value": generator.value(call)}
    return steps if call.direction == "forward" else {**steps, "cotangent": generator.cotangent(call)}


def list_inputs(trial_id: str, call: PoolingCall, inputs: Inputs) -> InputsListing:
    """The lines for what `generate` makes of the same arguments."""
    imports, dtype = import_lines(call.dtype), dtype_line(call.dtype)
    match inputs:
        case LiteralInputs():
            arrays = generate(trial_id, call, inputs)
            return InputsListing(imports, (), (dtype, *(literal_line(name, array) for name, array in arrays.items())))
        case Generated() if not isinstance(call, RightPooling):
            ones = (f"{operand} = np.ones({shape}, dtype)" for operand, shape in call.operands.items())
            return InputsListing(imports, (), (dtype, *ones))
        case Generated(name):
            steps = steps_of(name, call)
            functions = (step.function.__name__ for step in steps.values())
            needed = definitions_of((generating, generators), "Words", *functions)
            lines = (
                f"{operand} = np.ascontiguousarray({_called(step)}.astype(dtype))" for operand, step in steps.items()
            )
            words = f"words = Words({f'{trial_id}/{name}'!r})"
            return InputsListing(
                tuple(dict.fromkeys((*imports, *needed.imports))), needed.definitions, (dtype, words, *lines)
            )


def _called(step: Filling) -> str:
    keywords: Mapping[str, Any] = step.keywords
    return f"{step.function.__name__}(words, {', '.join(f'{name}={value!r}' for name, value in keywords.items())})"

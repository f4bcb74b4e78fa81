"""Operands that a named generator fills, step by step, seeded by the id of a trial; and lines that make the same ones.

Knows: functions of the module `generators` of a kind, each called to fill one operand. Must not know: which generators
a kind has, results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators import fillers
from conformance.operators.kind import Operands, Unusable
from conformance.operators.unary import SpelledUnary
from conformance.suite import generating
from conformance.suite.case import Call, Generated, Inputs, RightCall
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS, SUMMED
from conformance.suite.generating import Unfit, Words
from conformance.suite.literal import literal_operands
from conformance.suite.source import InputsListing, definitions_of, dtype_line, import_lines, literal_line


@dataclass(frozen=True, slots=True)
class Filling:
    """One function of a kind's module `generators` as it is called to fill an operand."""

    function: Callable[..., NDArray[Any]]
    keywords: Mapping[str, Any]


StepsOf: TypeAlias = Callable[[str, Any], Mapping[str, Filling]]
"""from a generator's name and a right call of the kind to how each operand is filled; raises Unfit before any array
exists where the generator cannot keep its promise"""


def check_fillable(call: Call, inputs: Inputs, steps_of: StepsOf) -> None:
    """Raise Unusable for inputs that are not what they promise for this call."""
    try:
        match inputs:
            case Generated(name) if isinstance(call, RightCall):
                steps_of(name, call)
            case LiteralInputs():
                literal_operands(inputs, call.operands, FORMATS[call.dtype].numpy)
    except Unfit as error:
        raise Unusable(str(error)) from error


def check_summed(dtype: str, operator: str) -> None:
    """Raise Unusable for sums in a dtype that soon cannot hold them; `operator` is what such a call is."""
    if dtype not in SUMMED:
        raise Unusable(
            f"dtype is {dtype}, which does not hold the sums of {operator}: it is asked of copies and maxima alone; "
            f"it must be one of {', '.join(SUMMED)}"
        )


def filled_operands(trial_id: str, call: Call, inputs: Inputs, steps_of: StepsOf) -> Operands:
    """The trial's operands; a call that is wrong on purpose gets ones, since nothing is computed from them.

    Raises Unfit for a generator that cannot keep its promise for this call.
    """
    dtype = FORMATS[call.dtype].numpy
    match inputs:
        case LiteralInputs():
            return literal_operands(inputs, call.operands, dtype)
        case Generated() if not isinstance(call, RightCall):
            return {
                operand: np.ones(shape, FORMATS[call.dtype_of(operand)].numpy)
                for operand, shape in call.operands.items()
            }
        case Generated(name):
            words = Words(f"{trial_id}/{name}")
            return {
                operand: np.ascontiguousarray(
                    step.function(words, **step.keywords).astype(FORMATS[call.dtype_of(operand)].numpy)
                )
                for operand, step in steps_of(name, call).items()
            }


def normal_filling(call: SpelledUnary) -> Filling:
    """Nearly normal numbers for the value; raises Unfit for a dtype that is not real."""
    if FORMATS[call.dtype].kind != "real":
        raise Unfit(f"normal numbers do not fill {call.dtype}")
    return Filling(fillers.normal, {"shape": call.value_shape})


def special_filling(call: SpelledUnary) -> Filling:
    """Numbers beside which NaN, infinities and -0 stand; raises Unfit for a dtype that is not real, and a gradient."""
    if FORMATS[call.dtype].kind != "real":
        raise Unfit(f"special numbers do not fill {call.dtype}")
    if call.direction != "forward":
        raise Unfit("special numbers go with the direction forward alone: nobody defines what they do to a gradient")
    return Filling(fillers.special, {"shape": call.value_shape})


def list_filled(trial_id: str, call: Call, inputs: Inputs, steps_of: StepsOf, generators: ModuleType) -> InputsListing:
    """The lines for what `filled_operands` makes of the same arguments; `generators` is the module of the functions."""
    imports, dtype = import_lines(call.dtype), dtype_line(call.dtype)
    match inputs:
        case LiteralInputs():
            arrays = filled_operands(trial_id, call, inputs, steps_of)
            return InputsListing(imports, (), (dtype, *(literal_line(name, array) for name, array in arrays.items())))
        case Generated() if not isinstance(call, RightCall):
            ones = (
                f"{operand} = np.ones({shape}, {dtype_name(call, operand)})" for operand, shape in call.operands.items()
            )
            return InputsListing(imports, (), (dtype, *ones))
        case Generated(name):
            steps = steps_of(name, call)
            functions = (step.function.__name__ for step in steps.values())
            needed = definitions_of((generating, fillers, generators), "Words", *functions)
            lines = [dtype, f"words = Words({f'{trial_id}/{name}'!r})"]
            for operand, step in steps.items():
                keywords = ", ".join(f"{word}={value!r}" for word, value in step.keywords.items())
                filled = f"{step.function.__name__}(words, {keywords})"
                lines.append(f"{operand} = np.ascontiguousarray({filled}.astype({dtype_name(call, operand)}))")
            return InputsListing(tuple(dict.fromkeys((*imports, *needed.imports))), needed.definitions, tuple(lines))


def dtype_name(call: Call, operand: str) -> str:
    """The dtype of an operand as a listing writes it."""
    own = call.dtype_of(operand)
    return "dtype" if own == call.dtype else dtype_line(own).partition(" = ")[2]

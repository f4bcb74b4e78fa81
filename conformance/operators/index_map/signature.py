"""What can be asked of an index map: its operators, the keys of its cases, its calls and their arrays.

Knows: how a value may be given. Must not know: what is right.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from conformance.operators.filling import check_fillable, check_summed
from conformance.operators.index_map import inputs as inputs_of_calls
from conformance.operators.index_map.call import IndexMapCall, IndexMapTrial, index_map
from conformance.operators.index_map.calls import make_call, right_call
from conformance.operators.index_map.facts import FACTS
from conformance.operators.kind import Operands, Parameters, Unusable, frozen
from conformance.operators.unary import PARAMETRIC, check_given, check_gradient, padding_of_axes, value_shape
from conformance.suite.case import Call, Expectation, Inputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.source import InputsListing
from reference.errors import Faults
from reference.index_map.family import DEFAULTS, OPERATORS, PARAMETERS
from reference.spelling import channels_last

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["FACTS", "OPERATORS"]

RIGHT_TRIAL = IndexMapTrial


def parameters() -> "type[BaseModel]":
    """The keys of a case."""
    from conformance.operators.index_map.keys import IndexMapParameters

    return IndexMapParameters


def calls(operator: str, given: Parameters) -> Iterator[tuple[Parameters, IndexMapCall]]:
    """The one call of these parameters."""
    own = PARAMETERS[operator]
    others = {name for names in PARAMETERS.values() for name in names if name not in own}
    stray = sorted(name for name in given if name in others or (operator == "pad" and name in PARAMETRIC))
    faults = Faults(Unusable)
    with faults:
        if stray:
            said = "is not an argument" if len(stray) == 1 else "are not arguments"
            raise Unusable(f"{', '.join(stray)} {said} of {operator}, which takes value, {', '.join(own)}")
    image = operator == "fold" and "value" not in given
    with faults:
        check_given(given, tuple(name for name in own if name not in (*DEFAULTS, *(("output_size",) if image else ()))))
    faults.check()
    words = {name: frozen(given[name]) for name in own if name in given}
    if "padding" in words:
        words["padding"] = padding_of_axes(OPERATORS[operator], given)
    value = value_shape(OPERATORS[operator], given)
    if image:
        if "output_size" in words:
            raise Unusable("output_size and size both say what the result's lengths are; give one form")
        # The lengths of the image are said, and the value is its patches, which fold to it.
        patches = right_call("extract_patches", value, **words)
        last = channels_last(words.get("data_format"))
        words["output_size"], value = (value[1:-1] if last else value[2:]), patches.output_shape
    yield (
        {},
        make_call(
            operator,
            value,
            **words,
            dtype=given.get("dtype", "float32"),
            direction=given.get("direction", "forward"),
            cotangent_given=frozen(given.get("cotangent_shape")),
        ),
    )


def check(call: Call, inputs: Inputs, expectation: Expectation) -> None:
    """Raise Unusable for a call that cannot be asked with these inputs and this expectation."""
    asked, form = index_map(call), FORMATS[call.dtype]
    check_gradient(asked, "an index map")
    if asked.operator == "fold":
        check_summed(asked.dtype, "fold")
    if asked.direction != "forward" and form.kind == "complex":
        raise Unusable(f"direction {asked.direction} with dtype {asked.dtype}: gradients are asked of real numbers")
    with np.errstate(over="ignore", invalid="ignore"):
        held = np.asarray(asked.constant).astype(form.numpy)
    if form.kind == "integer" and (not np.isfinite(asked.constant) or isinstance(asked.constant_values, str)):
        raise Unusable(f"constant_values is {asked.constant_values}, which {asked.dtype} does not have")
    if held.item() != asked.constant and asked.constant == asked.constant:  # a NaN is none of its own
        raise Unusable(f"constant_values is {asked.constant_values}, which is not exact in {asked.dtype}")
    check_fillable(asked, inputs, inputs_of_calls.steps_of)


def generate(trial_id: str, call: Call, inputs: Inputs) -> Operands:
    """The trial's operands; a wrong call gets ones."""
    return inputs_of_calls.generate(trial_id, index_map(call), inputs)


def list_inputs(trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
    """Lines of Python that make the same operands."""
    return inputs_of_calls.list_inputs(trial_id, index_map(call), inputs)


def features(call: Call) -> tuple[str, ...]:
    """An index map has none beyond its operator."""
    return ()


def own_axes(operator: str, axes: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
    """The axes as they are: they have the operator's own names."""
    return axes

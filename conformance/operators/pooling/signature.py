"""What can be asked of a pooling: its operators, the keys of its cases, its calls and their arrays.

Knows: how a value may be given. Must not know: what is right.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from conformance.operators.filling import check_fillable
from conformance.operators.kind import Operands, Parameters, Unusable, frozen
from conformance.operators.pooling import inputs as inputs_of_calls
from conformance.operators.pooling.call import PoolingCall, PoolingTrial, pooling
from conformance.operators.pooling.calls import WindowWords, make_call
from conformance.operators.pooling.facts import FACTS
from conformance.operators.unary import check_given, check_gradient, padding_of_axes, value_shape
from conformance.suite.case import Call, Expectation, Inputs
from conformance.suite.source import InputsListing
from reference.errors import Faults
from reference.pooling.family import OPERATORS, PoolingOperator, Reduction

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["FACTS", "OPERATORS"]

RIGHT_TRIAL = PoolingTrial
_WINDOW = ("ksize", "strides", "padding")
_SLIDING = (*_WINDOW, "dilations", "ceil_mode", "count_include_pad", "divisor_override")
_OWN: Mapping[Reduction, tuple[str, ...]] = {
    "average": ("count_include_pad", "divisor_override"),
    "norm": ("norm_type",),
    "index": ("include_batch_in_index",),
}
"""arguments of one reduction alone"""


def parameters() -> "type[BaseModel]":
    """The keys of a case."""
    from conformance.operators.pooling.keys import PoolingParameters

    return PoolingParameters


def calls(operator: str, given: Parameters) -> Iterator[tuple[Parameters, PoolingCall]]:
    """The one call of these parameters."""
    definition = OPERATORS[operator]
    words = ("output_size",) if definition.adaptive else _WINDOW
    faults = Faults(Unusable)
    with faults:
        check_given(given, (*words, *(("norm_type",) if definition.reduction == "norm" else ())))
    _check_own(definition, given, faults)
    faults.check()
    value = value_shape(definition, given)
    if definition.adaptive:
        of_windows: WindowWords = {"output_size": frozen(given["output_size"])}
    else:
        of_windows = {
            "ksize": frozen(given["ksize"]),
            "strides": frozen(given["strides"]),
            "padding": padding_of_axes(definition, given),
        }
    yield (
        {},
        make_call(
            operator,
            value,
            **of_windows,
            data_format=given.get("data_format"),
            dilations=frozen(given.get("dilations")),
            ceil_mode=given.get("ceil_mode", False),
            count_include_pad=given.get("count_include_pad", False),
            divisor_override=given.get("divisor_override"),
            norm_type=given.get("norm_type"),
            include_batch_in_index=given.get("include_batch_in_index", False),
            dtype=given.get("dtype", "float32"),
            direction=given.get("direction", "forward"),
            cotangent_given=frozen(given.get("cotangent_shape")),
        ),
    )


def check(call: Call, inputs: Inputs, expectation: Expectation) -> None:
    """Raise Unusable for a call that cannot be asked with these inputs and this expectation."""
    asked = pooling(call)
    check_gradient(asked, "a pooling")
    if asked.direction != "forward" and asked.definition.reduction == "index":
        raise Unusable(f"direction {asked.direction}: indices are whole numbers, which have no derivative")
    check_fillable(asked, inputs, inputs_of_calls.steps_of)


def generate(trial_id: str, call: Call, inputs: Inputs) -> Operands:
    """The trial's operands; a wrong call gets ones."""
    return inputs_of_calls.generate(trial_id, pooling(call), inputs)


def list_inputs(trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
    """Lines of Python that make the same operands."""
    return inputs_of_calls.list_inputs(trial_id, pooling(call), inputs)


def features(call: Call) -> tuple[str, ...]:
    """A pooling has none beyond its operator."""
    return ()


def own_axes(operator: str, axes: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
    """The axes as they are: they have the operator's own names."""
    return axes


def _check_own(definition: PoolingOperator, given: Parameters, faults: Faults) -> None:
    """Raise Unusable, among the faults, for arguments that are of other poolings."""
    for theirs, names in _OWN.items():
        of = f"of operators that return the {theirs} of {'a maximum' if theirs == 'index' else 'a window'}"
        for name in names if theirs != definition.reduction else ():
            with faults:
                if given.get(name) is not None:
                    raise Unusable(f"{definition.name} takes no {name}, which is {of}")
    stray = [name for name in (_SLIDING if definition.adaptive else ("output_size",)) if given.get(name) is not None]
    follow = "its windows follow from output_size" if definition.adaptive else "only adaptive poolings have one"
    with faults:
        if stray:
            raise Unusable(f"{definition.name} takes no {', '.join(stray)}: {follow}")

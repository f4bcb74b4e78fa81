"""What can be asked of a resize: its operators, the keys of its cases, its calls and their arrays.

Knows: how a value may be given. Must not know: what is right.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from conformance.operators.filling import check_fillable, filled_operands, list_filled
from conformance.operators.kind import Operands, Parameters, frozen
from conformance.operators.resize import generators
from conformance.operators.resize.call import ResizeCall, ResizeTrial, resize
from conformance.operators.resize.calls import make_call
from conformance.operators.resize.facts import FACTS
from conformance.operators.unary import check_given, check_gradient, value_shape
from conformance.suite.case import Call, Expectation, Inputs
from conformance.suite.source import InputsListing
from reference.resize.family import OPERATORS

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["FACTS", "OPERATORS"]

RIGHT_TRIAL = ResizeTrial


def parameters() -> "type[BaseModel]":
    """The keys of a case."""
    from conformance.operators.resize.keys import ResizeParameters

    return ResizeParameters


def calls(operator: str, given: Parameters) -> Iterator[tuple[Parameters, ResizeCall]]:
    """The one call of these parameters."""
    check_given(given, ())
    yield (
        {},
        make_call(
            operator,
            value_shape(OPERATORS[operator], given),
            output_size=frozen(given.get("output_size")),
            scales=frozen(given.get("scales")),
            recompute_scale_factor=given.get("recompute_scale_factor", False),
            method=given.get("method", "linear"),
            coordinate_transformation_mode=given.get("coordinate_transformation_mode", "half_pixel"),
            nearest_mode=given.get("nearest_mode"),
            cubic_coeff_a=given.get("cubic_coeff_a"),
            exclude_outside=given.get("exclude_outside"),
            antialias=given.get("antialias", False),
            data_format=given.get("data_format"),
            dtype=given.get("dtype", "float32"),
            direction=given.get("direction", "forward"),
            cotangent_given=frozen(given.get("cotangent_shape")),
        ),
    )


def check(call: Call, inputs: Inputs, expectation: Expectation) -> None:
    """Raise Unusable for a call that cannot be asked with these inputs and this expectation."""
    asked = resize(call)
    check_gradient(asked, "a resize")
    check_fillable(asked, inputs, generators.steps_of)


def generate(trial_id: str, call: Call, inputs: Inputs) -> Operands:
    """The trial's operands; a wrong call gets ones."""
    return filled_operands(trial_id, resize(call), inputs, generators.steps_of)


def list_inputs(trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
    """Lines of Python that make the same operands."""
    return list_filled(trial_id, resize(call), inputs, generators.steps_of, generators)


def features(call: Call) -> tuple[str, ...]:
    """A resize has none beyond its operator."""
    return ()


def own_axes(operator: str, axes: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
    """The axes as they are: they have the operator's own names."""
    return axes

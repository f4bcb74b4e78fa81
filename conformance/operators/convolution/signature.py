"""What can be asked of a convolution: its operators, the keys of its cases, its calls and their arrays.

Knows: the concrete and the parametric form of a case. Must not know: what is right.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.operators.convolution import inputs as inputs_of_calls
from conformance.operators.convolution.call import Convolution, ConvolutionTrial, RightConvolution, convolution
from conformance.operators.convolution.calls import Pads, make_call
from conformance.operators.convolution.facts import FACTS, own_axes
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.parametric import ParametricForm, Shapes
from conformance.operators.filling import check_summed
from conformance.operators.kind import Operands, Parameters, Unusable, frozen
from conformance.suite.case import Call, Checksum, Expectation, Generated, Inputs, Literal, Recorded
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit
from conformance.suite.source import InputsListing
from reference.family import OPERATORS, Operator

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["FACTS", "OPERATORS", "own_axes"]

RIGHT_TRIAL = ConvolutionTrial
_CONCRETE = ("value", "filter", "output_shape")
_PARAMETRIC = ("batch", "size", "channels", "kernel", "output")
_NAMES_OUTPUT = ("output_shape", "output")


def parameters() -> "type[BaseModel]":
    """The keys of a case."""
    from conformance.operators.convolution.keys import ConvolutionParameters

    return ConvolutionParameters


def calls(operator: str, given: Parameters) -> Iterator[tuple[Parameters, Convolution]]:
    """The call of these parameters; for `output: all` each legal one, with the output length that names it."""
    _check_form(OPERATORS[operator], given)
    if "value" in given:
        shapes = (tuple(given["value"]), tuple(given["filter"]), tuple(given.get("output_shape", ())))
        yield {}, _call(operator, given, shapes, frozen(given.get("padding", "SAME")))
        return
    parametric = ParametricForm.read(OPERATORS[operator], given)
    for output in parametric.outputs():
        named = {"output": list(output)} if given.get("output") == "all" else {}
        yield named, _call(operator, given, parametric.shapes(output), parametric.padding)


def check(call: Call, inputs: Inputs, expectation: Expectation) -> None:
    """Raise Unusable for a call that cannot be asked with these inputs and this expectation."""
    asked = convolution(call)
    _check_family(asked)
    try:
        match inputs:
            case Generated(name):
                generator = GENERATORS[name]
                if isinstance(asked, RightConvolution):
                    inputs_of_calls.check_fit(generator, asked)
                if generator.judged != "exact" and isinstance(expectation, Recorded | Checksum):
                    raise Unusable(
                        f"recorded values need exact inputs, and sums of {name} depend on the order of their terms"
                    )
            case Literal():
                inputs_of_calls.literal_arrays(inputs, asked)
    except Unfit as error:
        raise Unusable(str(error)) from error


def generate(trial_id: str, call: Call, inputs: Inputs) -> Operands:
    """The trial's operands; a wrong call gets ones."""
    return inputs_of_calls.generate(trial_id, convolution(call), inputs)


def list_inputs(trial_id: str, call: Call, inputs: Inputs) -> InputsListing:
    """Lines of Python that make the same operands."""
    from conformance.operators.convolution import listing

    return listing.list_inputs(trial_id, convolution(call), inputs)


def features(call: Call) -> tuple[str, ...]:
    """Groups and a bias, where the call has them."""
    asked = convolution(call)
    return (*(("groups",) if asked.groups != 1 else ()), *(("bias",) if asked.bias else ()))


def _check_form(operator: Operator, given: Parameters) -> None:
    concrete = [name for name in _CONCRETE if name in given]
    parametric = [name for name in _PARAMETRIC if name in given]
    if concrete and parametric:
        raise Unusable(f"{concrete[0]} belongs to the concrete form, {parametric[0]} to the parametric; give one form")
    named = [name for name in _NAMES_OUTPUT if name in given]
    if named and not operator.transposed:
        raise Unusable(f"{named[0]} is not an argument of {operator.name}: its result's lengths follow from the others")
    form = [
        name for name in (_CONCRETE if concrete else _PARAMETRIC) if operator.transposed or name not in _NAMES_OUTPUT
    ]
    missing = [name for name in form if name not in given]
    if missing:
        raise Unusable(f"{', '.join(missing)} missing; a case gives {', '.join(form)}, in itself or in its sweep")
    if concrete and "strides" not in given:
        raise Unusable("strides missing; a concrete case gives them")


def _call(operator: str, given: Parameters, shapes: Shapes, padding: str | Pads) -> Convolution:
    call = make_call(
        operator,
        shapes,
        strides=frozen(given.get("strides", 1)),
        padding=padding,
        data_format=given.get("data_format"),
        dilations=frozen(given.get("dilations")),
        dtype=given.get("dtype", "float32"),
        groups=given.get("groups", 1),
        bias=given.get("bias", False),
        direction=given.get("direction", "forward"),
        bias_given=frozen(given.get("bias_shape")),
        cotangent_given=frozen(given.get("cotangent_shape")),
        operand_dtypes=tuple(given.get("operand_dtypes", {}).items()),
    )
    if call.bias_given is not None and not call.bias:
        raise Unusable("bias_shape needs bias: true")
    if call.cotangent_given is not None and call.direction == "forward":
        raise Unusable("cotangent_shape needs the direction of a gradient: only that takes a cotangent")
    stray = [operand for operand, _ in call.operand_dtypes if operand not in call.operands]
    if stray:
        raise Unusable(f"operand_dtypes names {stray[0]}; the call takes {', '.join(call.operands)}")
    return call


def _check_family(call: Convolution) -> None:
    check_summed(call.dtype, "a convolution")
    nothing = call.planned_geometry is None
    if nothing and call.bias and call.bias_given is None:
        raise Unusable("a wrong call has no channels of a result: a bias beside it needs bias_shape")
    if nothing and call.direction != "forward" and not call.output_shape and call.cotangent_given is None:
        raise Unusable("a wrong call has no result: its gradient needs cotangent_shape")
    if call.direction == "forward":
        return
    if call.direction == "bias_gradient" and not call.bias:
        raise Unusable("direction bias_gradient needs bias: true")
    if FORMATS[call.dtype].kind != "real":
        raise Unusable(
            f"direction {call.direction} with dtype {call.dtype}: integers have no derivative, and frameworks define "
            "complex ones differently; it must be a floating-point dtype"
        )

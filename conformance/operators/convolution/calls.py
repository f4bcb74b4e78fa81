"""The one place where calls are made from their arguments, right or wrong.

Knows: which geometry and result a call has. Must not know: YAML, arrays, frameworks.
"""

from typing import Any, TypeAlias, TypedDict, Unpack

from conformance.operators.convolution.call import Convolution, RightConvolution, WrongConvolution
from conformance.operators.convolution.parametric import Shapes
from conformance.suite.case import CallFault
from reference.arguments import (
    channels_last,
    check_bias,
    check_cotangent,
    check_dtypes,
    convolution_geometry,
    transposed_geometry,
)
from reference.errors import ArgumentError
from reference.family import OPERATORS, Direction

Pads: TypeAlias = tuple[tuple[int, int], ...]


class ConvolutionWords(TypedDict, total=False):
    """The arguments of a call beside its shapes, under the names and with the defaults of `SpelledConvolution`."""

    strides: int | tuple[int, ...]
    padding: str | Pads
    data_format: str | None
    dilations: int | tuple[int, ...] | None
    dtype: str
    groups: int
    bias: bool
    direction: Direction
    bias_given: tuple[int, ...] | None
    cotangent_given: tuple[int, ...] | None
    operand_dtypes: tuple[tuple[str, str], ...]


def make_call(operator: str, shapes: Shapes, **words: Unpack[ConvolutionWords]) -> Convolution:
    """The call of value, filter and output_shape, which is empty for a forward convolution; wrong where the definition
    refuses it.
    """
    value, filter, output = shapes
    geometry = None
    try:
        right = _without_operands(operator, shapes, words)
        geometry, output = right.geometry, right.output_shape
        _check_operands(right)
    except ArgumentError as error:
        return WrongConvolution(
            operator=operator, value_shape=value, filter_shape=filter, output_shape=output,
            fault=CallFault.of(error), around=geometry, **words,
        )  # fmt: skip
    return right


def right_call(operator: str, shapes: Shapes, **words: Unpack[ConvolutionWords]) -> RightConvolution:
    """The same for a call that the definition allows; raises the reference's ArgumentError where it refuses it."""
    right = _without_operands(operator, shapes, words)
    _check_operands(right)
    return right


def _without_operands(operator: str, shapes: Shapes, words: ConvolutionWords) -> RightConvolution:
    """The call, if what is written of single operands is left out of account."""
    definition, (value, filter, output) = OPERATORS[operator], shapes
    data_format = words.get("data_format")
    geometric: tuple[Any, ...] = (
        words.get("strides", 1), words.get("padding", "SAME"), data_format, words.get("dilations"),
        words.get("groups", 1),
    )  # fmt: skip
    if definition.transposed:
        geometry = transposed_geometry(definition, value, filter, output, *geometric)
    else:
        geometry = convolution_geometry(definition, value, filter, *geometric)
        batch, *spatial, channels = geometry.value_shape  # of the adjoint: what a forward convolution yields
        last = channels_last(data_format, definition.rank)
        output = (batch, *spatial, channels) if last else (batch, channels, *spatial)
    return RightConvolution(
        operator=operator, value_shape=value, filter_shape=filter, output_shape=output, geometry=geometry, **words
    )


def _check_operands(call: RightConvolution) -> None:
    """Raise the reference's ArgumentError for single operands that do not fit a call that is right otherwise."""
    if call.bias_given is not None:
        check_bias(call.bias_given, call.bias_shape[0])
    if call.cotangent_given is not None:
        check_cotangent(call.cotangent_given, call.output_shape)
    check_dtypes({operand: call.dtype_of(operand) for operand in call.operands})

"""JAX's convolutions: every axis named by a letter, pads that may cut, kernels that are not flipped unless asked for.

Knows: their parameters and what their pads mean (`conformance.adapters.jax.words`). Must not know: jax itself.

`conv_general_dilated` with a dilated value is a transposed convolution whose kernel lies back to front. The axis that
dimension_numbers call I is the output's under `conv_transpose(transpose_kernel=True)`, which flips and exchanges.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from conformance.adapters.axes import convolved_axis, same_pads
from conformance.adapters.jax.words import (
    CONV,
    CONV_GENERAL_DILATED,
    CONV_TRANSPOSE,
    CONV_WITH_GENERAL_PADDING,
    DEFAULT_NUMBERS,
    consistent_pads,
    jax_padded_axis,
    jax_word_axis,
)
from conformance.operators.convolution.readings.layouts import AxisLetters, channels_first, flipped, regrouped
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.operators.convolution.readings.shapes import ReadAxis, ReadCall, read_shapes
from conformance.translation.arguments import CallArguments, pairs
from conformance.translation.notation import Shape
from reference.family import OPERATORS, Operator

Given: TypeAlias = Mapping[str, Shape]
"""shapes of value and filter, as the call has them"""

FUNCTIONS = (CONV_GENERAL_DILATED, CONV_TRANSPOSE, CONV, CONV_WITH_GENERAL_PADDING)

UNFLIPPED = (
    "{}: the kernel is not flipped, so this is not the adjoint of the convolution with the same kernel; TensorFlow's "
    "filter is this kernel flipped along {}, with its channel axes exchanged"
)


def read(arguments: CallArguments, dtype: str) -> ConvolutionReading:
    """What the call means; raises CallError for one that JAX refuses, or that is not an operator of the family."""
    rank = arguments.value_axes - 2
    if rank not in DEFAULT_NUMBERS:
        message = f"the value has {arguments.value_axes} axes; calls of 1, 2 or 3 spatial axes are read"
        raise arguments.wrong("value", message)
    convolution, transposed = OPERATORS[f"conv{rank}d"], OPERATORS[f"conv{rank}d_transpose"]
    given = {"value": arguments.shape("value", rank + 2), "filter": arguments.shape("filter", rank + 2)}
    if arguments.function is CONV_TRANSPOSE:
        return _transposed(arguments, dtype, transposed, given)
    dilated = arguments.has("value_dilation") and arguments.said("value_dilation") is not None
    if dilated and any(number != 1 for number in arguments.numbers("value_dilation", convolution.spatial_names)):
        return _dilated(arguments, dtype, transposed, given)
    shapes = _read_shapes(arguments, convolution, given)
    return shapes.reading("jax", dtype, _convolved_axis(arguments, convolution))


def _read_shapes(arguments: CallArguments, operator: Operator, given: Given) -> ReadCall:
    """Of a convolution, be its value dilated or not."""
    layouts = _layouts(arguments, operator, channels_first(operator.rank, "OI"))
    groups = arguments.number("groups") if arguments.has("groups") else 1
    return read_shapes(arguments, operator, layouts, given, groups, scatters=False)


def _dilated(
    arguments: CallArguments, dtype: str, operator: Operator, given: Mapping[str, Shape]
) -> ConvolutionReading:
    """A convolution of the dilated value: transposed, its kernel back to front, its channels in by groups."""
    if any(number != 1 for number in arguments.numbers("strides", operator.spatial_names)):
        message = "window_strides beside lhs_dilation: no operator of the family has both"
        raise arguments.wrong("strides", message)
    shapes = _read_shapes(arguments, operator, given)
    pads = _pairs(arguments, operator, "a pair (before, after) for each axis: JAX refuses words beside lhs_dilation")
    groups = shapes.groups
    regroup = regrouped(shapes.kernels, shapes.channels_in // groups, shapes.channels_out // groups, groups)
    return shapes.reading(
        "jax",
        dtype,
        lambda numbers, place: jax_padded_axis(numbers, pads[place]),
        strides="value_dilation",
        filter=(*regroup, *flipped(shapes.kernels)),
        remark=lambda axes: UNFLIPPED.format("lhs_dilation", " and ".join(operator.spatial_names)),
    )


def _transposed(
    arguments: CallArguments, dtype: str, operator: Operator, given: Mapping[str, Shape]
) -> ConvolutionReading:
    transposes = arguments.flag("transpose_kernel")
    layouts = _layouts(arguments, operator, AxisLetters(*DEFAULT_NUMBERS[operator.rank]))
    layouts = layouts.exchanged if transposes else layouts
    shapes = read_shapes(arguments, operator, layouts, given, 1, scatters=True)
    read_axis = _transposed_axis(arguments, operator)
    if transposes:
        return shapes.reading("jax", dtype, read_axis)
    remark = UNFLIPPED.format("transpose_kernel=False, JAX's default", " and ".join(operator.spatial_names))
    return shapes.reading("jax", dtype, read_axis, filter=flipped(shapes.kernels), remark=lambda axes: remark)


def _convolved_axis(arguments: CallArguments, operator: Operator) -> ReadAxis:
    word = arguments.said("padding")
    if not isinstance(word, str):
        pads = _pairs(arguments, operator, "'SAME', 'VALID', 'SAME_LOWER' or a pair (before, after) for each axis")
        return lambda numbers, place: convolved_axis(numbers, pads[place])
    match word.upper():
        case "VALID":
            return lambda numbers, place: convolved_axis(numbers, (0, 0))
        case "SAME" | "SAME_LOWER" as same:
            lower = same == "SAME_LOWER"
            return lambda numbers, place: convolved_axis(numbers, same_pads(numbers, lower=lower))
        case _:
            raise arguments.unexpected("padding", "'SAME', 'VALID', 'SAME_LOWER' or a pair for each axis")


def _transposed_axis(arguments: CallArguments, operator: Operator) -> ReadAxis:
    word = arguments.said("padding")
    if word == "SAME" or word == "VALID":
        return lambda numbers, place: jax_word_axis(numbers, str(word))
    pads = _pairs(arguments, operator, "'SAME', 'VALID' or a pair (before, after) for each axis")
    if arguments.flag("consistent_padding"):
        return lambda numbers, place: jax_padded_axis(numbers, consistent_pads(numbers, pads[place]))
    return lambda numbers, place: jax_padded_axis(numbers, pads[place])


def _pairs(arguments: CallArguments, operator: Operator, expected: str) -> tuple[tuple[int, int], ...]:
    found = pairs(arguments.said("padding"), operator.rank)
    if found is None:
        raise arguments.unexpected("padding", expected)
    return found


def _layouts(arguments: CallArguments, operator: Operator, default: AxisLetters) -> AxisLetters:
    """The call's dimension_numbers; raises CallError for words that do not name all axes once each."""
    given = arguments.said("dimension_numbers") if arguments.has("dimension_numbers") else None
    if given is None:
        return default
    words = [word for word in given if isinstance(word, str)] if isinstance(given, tuple) and len(given) == 3 else []
    if len(words) != 3 or not _fit(words, operator.rank + 2):
        example = DEFAULT_NUMBERS[operator.rank]
        expected = f"three words of {operator.rank + 2} letters, such as {example!r}"
        raise arguments.unexpected("dimension_numbers", expected)
    return AxisLetters(*words)


def _fit(words: Sequence[str], axes: int) -> bool:
    """Whether each word has as many different letters, its two of channels and batch, and the same spatial ones."""
    lhs, rhs, out = (set(word) for word in words)
    if any(len(word) != axes for word in words) or any(len(letters) != axes for letters in (lhs, rhs, out)):
        return False
    return set("NC") <= lhs and set("OI") <= rhs and lhs == out and lhs - set("NC") == rhs - set("OI")

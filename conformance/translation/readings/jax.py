"""JAX's convolutions: every axis named by a letter, pads that may cut, kernels that are not flipped unless asked for.

Knows: their parameters and what their pads mean (`conformance.adapters.jax.words`). Must not know: jax itself.

`conv_general_dilated` with a dilated value is a transposed convolution whose kernel lies back to front. The axis that
dimension_numbers call I is the output's under `conv_transpose(transpose_kernel=True)`, which flips and exchanges.
"""

from collections.abc import Callable
from typing import TypeAlias

from conformance.adapters.axes import Numbers, convolved_axis, same_pads
from conformance.adapters.function import Role
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
from conformance.adapters.plan import Argument, Plan
from conformance.translation.arguments import CallArguments, pairs
from conformance.translation.meaning import Reading, Shape
from conformance.translation.readings.layouts import AxisLetters, channels_first, flipped, regrouped
from conformance.translation.readings.shapes import convolved_shapes, read_axes, read_meaning, transposed_shapes
from reference.family import OPERATORS, Operator
from reference.geometry import Axis

FUNCTIONS = (CONV_GENERAL_DILATED, CONV_TRANSPOSE, CONV, CONV_WITH_GENERAL_PADDING)

UNFLIPPED = (
    "{}: the kernel is not flipped, so this is not the adjoint of the convolution with the same kernel; TensorFlow's "
    "filter is this kernel flipped along {}, with its channel axes exchanged"
)

ReadAxis: TypeAlias = Callable[[Numbers, int], Axis]


def read(arguments: CallArguments, dtype: str) -> Reading:
    """What the call means; raises CallError for one that JAX refuses, or that is no operator of the family."""
    rank = arguments.value_axes - 2
    if rank not in DEFAULT_NUMBERS:
        message = f"the value has {arguments.value_axes} axes; calls of 1, 2 or 3 spatial axes are read"
        raise arguments.wrong("value", message)
    value, filter = arguments.shape("value", rank + 2), arguments.shape("filter", rank + 2)
    if arguments.function is CONV_TRANSPOSE:
        return _transposed(arguments, dtype, value, filter)
    if _dilated_value(arguments, OPERATORS[f"conv{rank}d"]):
        return _dilated(arguments, dtype, value, filter)
    return _convolved(arguments, dtype, value, filter)


def _convolved(arguments: CallArguments, dtype: str, value: Shape, filter: Shape) -> Reading:
    operator = OPERATORS[f"conv{len(value) - 2}d"]
    layouts = _layouts(arguments, operator, channels_first(operator.rank, "OI"))
    shapes = convolved_shapes(arguments, layouts, value, filter, _groups(arguments))
    axes = read_axes(arguments, shapes, operator, "strides", _convolved_axis(arguments, operator))
    geometry = shapes.geometry(operator, axes)
    meaning = read_meaning(arguments, operator, geometry, dtype, layouts, {"value": value, "filter": filter})
    plan = Plan((arguments.invoke(),))
    return Reading(arguments.call.text, "jax", plan, layouts.filter_names(operator), meaning)


def _dilated(arguments: CallArguments, dtype: str, value: Shape, filter: Shape) -> Reading:
    """A convolution of the dilated value: transposed, its kernel back to front, its channels in by groups."""
    operator = OPERATORS[f"conv{len(value) - 2}d_transpose"]
    if any(number != 1 for number in arguments.numbers("strides", operator.spatial_names)):
        message = "window_strides beside lhs_dilation: no operator of the family has both"
        raise arguments.wrong("strides", message)
    layouts = _layouts(arguments, operator, channels_first(operator.rank, "OI"))
    shapes = convolved_shapes(arguments, layouts, value, filter, _groups(arguments))
    pads = _pairs(arguments, operator, "a pair (before, after) for each axis: JAX refuses words beside lhs_dilation")
    axes = read_axes(
        arguments, shapes, operator, "value_dilation", lambda numbers, place: jax_padded_axis(numbers, pads[place])
    )
    groups = shapes.groups
    regroup = regrouped(shapes.kernels, shapes.channels_in // groups, shapes.channels_out // groups, groups)
    notation = (*regroup, *flipped(shapes.kernels))
    geometry = shapes.geometry(operator, axes)
    given = {"value": value, "filter": filter}
    meaning = read_meaning(arguments, operator, geometry, dtype, layouts, given, notation)
    remark = UNFLIPPED.format("lhs_dilation", " and ".join(operator.spatial_names))
    plan = Plan((arguments.invoke(),))
    return Reading(arguments.call.text, "jax", plan, layouts.filter_names(operator), meaning, (remark,))


def _transposed(arguments: CallArguments, dtype: str, value: Shape, filter: Shape) -> Reading:
    operator = OPERATORS[f"conv{len(value) - 2}d_transpose"]
    transposes = arguments.flag("transpose_kernel")
    layouts = _layouts(arguments, operator, AxisLetters(*DEFAULT_NUMBERS[operator.rank]))
    layouts = layouts.exchanged if transposes else layouts
    shapes = transposed_shapes(arguments, layouts, value, filter, 1)
    axes = read_axes(arguments, shapes, operator, "strides", _transposed_axis(arguments, operator))
    notation = () if transposes else flipped(shapes.kernels)
    geometry = shapes.geometry(operator, axes)
    given = {"value": value, "filter": filter}
    meaning = read_meaning(arguments, operator, geometry, dtype, layouts, given, notation)
    remark = UNFLIPPED.format("transpose_kernel=False, JAX's default", " and ".join(operator.spatial_names))
    plan = Plan((arguments.invoke(),))
    remarks = () if transposes else (remark,)
    return Reading(arguments.call.text, "jax", plan, layouts.filter_names(operator), meaning, remarks)


def _has(arguments: CallArguments, role: Role) -> bool:
    return any(each.says == role for each in arguments.function.parameters)


def _groups(arguments: CallArguments) -> int:
    return arguments.number("groups") if _has(arguments, "groups") else 1


def _dilated_value(arguments: CallArguments, operator: Operator) -> bool:
    if not _has(arguments, "value_dilation") or arguments.said("value_dilation") is None:
        return False
    return any(number != 1 for number in arguments.numbers("value_dilation", operator.spatial_names))


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
    given = arguments.said("dimension_numbers") if _has(arguments, "dimension_numbers") else None
    if given is None:
        return default
    words = _words(given)
    if words is None or not _fit(words, operator.rank + 2):
        example = DEFAULT_NUMBERS[operator.rank]
        expected = f"three words of {operator.rank + 2} letters, such as {example!r}"
        raise arguments.unexpected("dimension_numbers", expected)
    return AxisLetters(*words)


def _words(given: Argument) -> tuple[str, str, str] | None:
    if not isinstance(given, tuple) or len(given) != 3:
        return None
    lhs, rhs, out = given
    if isinstance(lhs, str) and isinstance(rhs, str) and isinstance(out, str):
        return lhs, rhs, out
    return None


def _fit(words: tuple[str, str, str], axes: int) -> bool:
    """Whether each word has as many different letters, its two of channels and batch, and the same spatial ones."""
    lhs, rhs, out = (set(word) for word in words)
    if any(len(word) != axes for word in words) or any(len(letters) != axes for letters in (lhs, rhs, out)):
        return False
    return set("NC") <= lhs and set("OI") <= rhs and lhs == out and lhs - set("NC") == rhs - set("OI")

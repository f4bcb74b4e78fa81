"""A call of any operator on its way through a mutant: TensorFlow's words, then canonical arrays and integers.

Knows: the reference's integers (`reference.arguments`, `reference.family`, `reference.geometry`), which decide what is
legal. Must not know: the reference's values, what is expected. Next stage: `engine.py`.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.arguments import (
    channels_last,
    check_bias,
    check_cotangent,
    check_dtypes,
    convolution_geometry,
    transposed_geometry,
)
from reference.arrays import from_layout, to_layout
from reference.family import Direction, Operator
from reference.geometry import Axis, AxisPadding, Target, convolved_length, transposed_axis
from reference.spelling import axis_paddings

Array: TypeAlias = NDArray[Any]
PerAxis: TypeAlias = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of the call as they were given."""

    strides: PerAxis
    padding: str | tuple[tuple[int, int], ...]
    output_shape: tuple[int, ...] = ()
    data_format: str | None = None
    dilations: PerAxis | None = None
    groups: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class GivenCall:
    """The call as it was given, in its own layouts."""

    operator: Operator
    direction: Direction
    keywords: Keywords
    value: Array
    filter: Array
    bias: Array | None = None
    cotangent: Array | None = None

    @property
    def operands(self) -> dict[str, Array]:
        """The arrays that are given, by name."""
        named = {"value": self.value, "filter": self.filter, "bias": self.bias, "cotangent": self.cotangent}
        return {name: array for name, array in named.items() if array is not None}

    @property
    def last(self) -> bool:
        """Whether value and result have their channels last."""
        return channels_last(self.keywords.data_format, self.operator.rank)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What an engine computes.

    Of every call the short pixels x, the filter w and the long pixels y make one sum of x[j] w[t] y[s j + d t - b]; the
    engine is asked for one of the three, or for the sum of a cotangent. A transposed convolution leads x to y.
    """

    asked: GivenCall
    value: Array
    """(batch, *spatial, channels)"""
    filter: Array
    """(*kernel, out / groups, in): from x's channels `in` to y's channels `out`"""
    cotangent: Array | None
    """as the operator's result, channels last"""
    bias: Array | None
    axes: tuple[Axis, ...]
    """their `input` are x's lengths, their `output` y's"""
    groups: int

    @property
    def direction(self) -> Direction:
        """What is asked for."""
        return self.asked.direction

    @property
    def target(self) -> Target | None:
        """Which of y (`output`), x (`input`) and w (`filter`) is asked for; None for the gradient of a bias."""
        return self.asked.operator.target(self.direction)

    @property
    def transposed(self) -> bool:
        """Whether the operator leads x to y."""
        return self.asked.operator.transposed

    @property
    def depthwise(self) -> bool:
        """Whether each channel has its own group."""
        return self.asked.operator.depthwise

    @property
    def of_pixels(self) -> bool:
        """Whether what is asked for is pixels: a result, or the gradient of a value."""
        return self.target in ("output", "input")

    @property
    def given(self) -> Array:
        """Of x and y the one from which pixels of the other are computed."""
        return self.short if self.target == "output" else self.long

    @property
    def short(self) -> Array:
        """x, where it is given."""
        return self.value if self.transposed else self._given_cotangent()

    @property
    def long(self) -> Array:
        """y, where it is given."""
        return self._given_cotangent() if self.transposed else self.value

    @property
    def rules(self) -> tuple[AxisPadding, ...]:
        """The padding of every spatial axis."""
        keywords = self.asked.keywords
        return tuple(axis_paddings(keywords.padding, keywords.data_format, len(self.axes)))

    def _given_cotangent(self) -> Array:
        assert self.cotangent is not None
        return self.cotangent


def read(asked: GivenCall) -> Problem:
    """The problem that a legal call poses; raises reference.errors.ArgumentError for any other call."""
    keywords, operator = asked.keywords, asked.operator
    read_shapes = transposed_geometry if operator.transposed else convolution_geometry
    named: dict[str, Any] = {"output_shape": keywords.output_shape} if operator.transposed else {}
    geometry = read_shapes(
        operator,
        asked.value.shape,
        asked.filter.shape,
        **named,
        strides=keywords.strides,
        padding=keywords.padding,
        data_format=keywords.data_format,
        dilations=keywords.dilations,
        groups=keywords.groups,
    )
    channels = geometry.channels_out if operator.transposed else geometry.channels_in
    lengths = [axis.output if operator.transposed else axis.input for axis in geometry.axes]
    result = [geometry.batch, *lengths, channels] if asked.last else [geometry.batch, channels, *lengths]
    if asked.bias is not None:
        check_bias(asked.bias.shape, channels)
    if asked.cotangent is not None:
        check_cotangent(asked.cotangent.shape, result)
    check_dtypes({name: operand.dtype.name for name, operand in asked.operands.items()})
    return Problem(
        asked=asked,
        value=from_layout(asked.value, asked.last),
        filter=asked.filter.reshape(geometry.filter_shape),
        cotangent=None if asked.cotangent is None else from_layout(asked.cotangent, asked.last),
        bias=asked.bias,
        axes=geometry.axes,
        groups=geometry.groups,
    )


def read_unchecked(asked: GivenCall) -> Problem:
    """The problem that a call seems to pose to somebody who checks nothing; the result has the lengths asked for."""
    operator, keywords = asked.operator, asked.keywords
    rank = operator.rank
    value = from_layout(asked.value, asked.last)
    kernels, outputs = asked.filter.shape[:rank], spatial(asked, keywords.output_shape or 1)
    axes: list[Axis] = []
    for numbers in zip(
        value.shape[1:-1],
        kernels,
        spatial(asked, keywords.strides),
        spatial(asked, keywords.dilations or 1),
        axis_paddings(keywords.padding, keywords.data_format, rank),
        strict=True,
    ):
        length, kernel, stride, dilation, rule = numbers
        if operator.transposed:
            axes.append(transposed_axis(*numbers, outputs[len(axes)]))
        else:
            result = max(convolved_length(length, kernel, stride, dilation, rule), 0)
            axes.append(transposed_axis(result, kernel, stride, dilation, rule, length))
    filter = asked.filter
    groups = keywords.groups
    if operator.depthwise:
        *_, groups, multiplier = filter.shape
        filter = filter.reshape(*kernels, 1, groups * multiplier)
    cotangent = None if asked.cotangent is None else from_layout(asked.cotangent, asked.last)
    return Problem(asked, value, filter, cotangent, asked.bias, tuple(axes), groups)


def spatial(asked: GivenCall, numbers: PerAxis) -> tuple[int, ...]:
    """Those of the spatial axes, of one number for all, one for each, or all axes in the order of the data_format."""
    rank = asked.operator.rank
    given = (numbers,) if isinstance(numbers, int) else numbers
    if len(given) == 1:
        return given * rank
    if len(given) == rank + 2:
        return given[1:-1] if asked.last else given[2:]
    return given[-rank:]


def write(result: Array, problem: Problem) -> Array:
    """The canonical result in the layout of the call."""
    match problem.target:
        case None:
            return result
        case "filter":
            return result.reshape(problem.asked.filter.shape)
        case _:
            return np.ascontiguousarray(to_layout(result, problem.asked.last))

"""A call on its way through a mutant: TensorFlow's words, then canonical arrays with the integers of each axis.

Knows: the reference's integers (`reference.arguments`, `reference.geometry`), which decide what is legal.
Must not know: the reference's values, what is expected. Next stage: `conformance.mutants.engine`.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.arguments import channels_last, conv2d_transpose_geometry, spatial_pairs
from reference.errors import DtypeError
from reference.geometry import Axis, AxisPadding, transposed_axis

Array: TypeAlias = NDArray[Any]
PerAxis: TypeAlias = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of the call as they were given."""

    output_shape: tuple[int, ...]
    strides: PerAxis
    padding: str | tuple[tuple[int, int], ...]
    data_format: str | None = None
    dilations: PerAxis | None = None

    @property
    def last(self) -> bool:
        """Whether the channels come last."""
        return self.data_format != "NCHW"


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The call as it was given, right or wrong."""

    value: Array
    filter: Array
    keywords: Keywords


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What an engine computes; the lengths of inputs and kernels are those of the arrays."""

    value: Array
    """(batch, height, width, in)"""
    filter: Array
    """(height, width, out, in)"""
    axes: tuple[Axis, ...]
    keywords: Keywords

    @property
    def last(self) -> bool:
        """Whether the call has its channels last."""
        return self.keywords.last

    @property
    def paddings(self) -> tuple[AxisPadding, ...]:
        """The padding of height and width."""
        return axis_paddings(self.keywords)


def read(asked: Asked) -> Problem:
    """The problem that a legal call poses; raises reference.errors.ArgumentError for any other call."""
    keywords = asked.keywords
    if asked.value.dtype != asked.filter.dtype:
        raise DtypeError(f"value is {asked.value.dtype}, filter {asked.filter.dtype}; both must be of one dtype")
    geometry = conv2d_transpose_geometry(
        asked.value.shape,
        asked.filter.shape,
        keywords.output_shape,
        keywords.strides,
        keywords.padding,
        keywords.data_format,
        keywords.dilations,
    )
    last = channels_last(keywords.data_format)
    canonical = asked.value if last else np.moveaxis(asked.value, 1, -1)
    return Problem(canonical, asked.filter, geometry.axes, keywords)


def read_unchecked(asked: Asked) -> Problem:
    """The problem that a call seems to pose to somebody who checks nothing; the output has the lengths asked for."""
    filter, keywords, last = asked.filter, asked.keywords, asked.keywords.last
    canonical = asked.value if last else np.moveaxis(asked.value, 1, -1)
    axes = tuple(
        transposed_axis(*numbers)
        for numbers in zip(
            canonical.shape[1:3],
            filter.shape[:2],
            spatial(keywords.strides, last),
            spatial(keywords.dilations or 1, last),
            axis_paddings(keywords),
            spatial(keywords.output_shape, last),
            strict=True,
        )
    )
    return Problem(canonical, filter, axes, keywords)


def write(result: Array, problem: Problem) -> Array:
    """The result (batch, height, width, out) in the layout of the call."""
    return result if problem.last else np.ascontiguousarray(np.moveaxis(result, -1, 1))


def spatial(numbers: PerAxis, last: bool) -> tuple[int, ...]:
    """Height's and width's of numbers that may be one for both, two, or four in the order of the data_format."""
    given = (numbers,) if isinstance(numbers, int) else numbers
    match len(given):
        case 1:
            return given * 2
        case 4:
            return given[1:3] if last else given[2:]
        case _:
            return given[-2:]


def axis_paddings(keywords: Keywords) -> tuple[AxisPadding, ...]:
    """The padding of height and width, as `reference.geometry` takes it."""
    match keywords.padding:
        case "SAME":
            return ("SAME", "SAME")
        case "VALID":
            return ("VALID", "VALID")
        case str():
            raise ValueError(f"padding {keywords.padding!r}")
        case pairs:
            return tuple(spatial_pairs(pairs, keywords.data_format))

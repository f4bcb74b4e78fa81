"""A rendition: one way to read a call and carry it out, the specification's own or an edited one.

Knows: canonical arrays, geometry, the reference's engine. Must not know: which edits there are, the answer that is to
be explained, frameworks. Next stage: `conformance.judging.diagnosis.agreement`.

The result is rendered in three steps, so that many renditions share the first: the uncropped canvas, the window of
`output` elements from `crop_before` on, and what is done to the result at last.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Call
from conformance.suite.dtypes import FORMATS, FloatFormat
from reference.arguments import channels_last, spatial_pairs
from reference.geometry import Axis, AxisPadding
from reference.transposed import transposed

Array: TypeAlias = NDArray[np.float64]
MOST_PRODUCTS = 2**22
"""before they are summed; of larger calls the taps are taken one by one"""
Engine: TypeAlias = Callable[[Array, Array, tuple[Axis, ...]], Array]
"""value, filter and uncropped axes to the canvas (batch, *full, out)"""
Finish: TypeAlias = Callable[[Array, "Rendition"], Array]
"""what is done to the cropped result (batch, *output, out)"""
Free: TypeAlias = Callable[[Array, "Rendition"], NDArray[np.bool_]]
"""which elements of the result (batch, *output, out) nothing is said about"""


def summed(value: Array, filter: Array, axes: tuple[Axis, ...]) -> Array:
    """The specification's engine: products that meet are added.

    Nothing is cropped yet, so that one matrix product makes all products: many times quicker than the reference for
    the small calls that are diagnosed, which go through here a hundred times each.
    """
    if value.size * filter.size > MOST_PRODUCTS * value.shape[-1] ** 2:
        return transposed(value, filter, axes)
    canvas = np.zeros((len(value), *(axis.output for axis in axes), filter.shape[-2]))
    products = np.tensordot(value, filter, axes=(-1, -1))
    for tap in np.ndindex(filter.shape[:2]):
        canvas[:, *targets(axes, tap)] += products[:, :, :, *tap]
    return canvas


def targets(axes: tuple[Axis, ...], tap: tuple[int, ...]) -> tuple[slice, ...]:
    """Where a tap puts the inputs on an uncropped canvas."""
    return tuple(
        slice(axis.dilation * t, axis.dilation * t + axis.stride * (axis.input - 1) + 1, axis.stride)
        for axis, t in zip(axes, tap, strict=True)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Rendition:
    """One reading of a call; arrays are canonical and in float64."""

    form: FloatFormat
    value: Array
    """(batch, height, width, in)"""
    filter: Array
    """(height, width, out, in)"""
    axes: tuple[Axis, ...]
    """their input and kernel lengths are those of the arrays"""
    rules: tuple[AxisPadding, ...]
    """the padding of each axis as the call says it"""
    last: bool
    """the call has its channels last"""
    engine: Engine = summed
    finish: tuple[Finish, ...] = ()
    accumulator: FloatFormat | None = None
    """the format in which sums are rounded, where it is not the call's own"""
    stored: FloatFormat | None = None
    """the format through which the result passes"""
    free: Free | None = None
    """where the result may hold anything"""
    memory: Callable[[Array], Array] | None = None
    """what is done to the result once it has the layout of the call"""
    vague: bool = False
    """explains too much: worth telling where nothing else explains"""

    @property
    def height(self) -> Axis:
        """The axis of height."""
        return self.axes[0]

    @property
    def width(self) -> Axis:
        """The axis of width."""
        return self.axes[1]

    @property
    def crops(self) -> list[int]:
        """crop_before of height and width."""
        return [axis.crop_before for axis in self.axes]

    @property
    def strides(self) -> list[int]:
        """The strides of height and width."""
        return [axis.stride for axis in self.axes]

    @property
    def dilations(self) -> list[int]:
        """The dilations of height and width."""
        return [axis.dilation for axis in self.axes]

    @property
    def outputs(self) -> list[int]:
        """The output lengths of height and width."""
        return [axis.output for axis in self.axes]

    @property
    def padding(self) -> str:
        """The padding, in words or as pairs."""
        return str(self.rules[0]) if isinstance(self.rules[0], str) else str([list(rule) for rule in self.rules])

    @property
    def layout(self) -> str:
        """The call's data format."""
        return "NHWC" if self.last else "NCHW"

    @property
    def other_layout(self) -> str:
        """The data format that the call does not have."""
        return "NCHW" if self.last else "NHWC"

    def with_axes(self, *axes: Axis) -> "Rendition":
        """The same with other axes."""
        return replace(self, axes=axes)

    def with_filter(self, filter: Array) -> "Rendition":
        """The same with another filter, and the axes' kernel lengths with it."""
        axes = tuple(replace(axis, kernel=kernel) for axis, kernel in zip(self.axes, filter.shape, strict=False))
        return replace(self, filter=filter, axes=axes)

    def with_value(self, value: Array) -> "Rendition":
        """The same with another value, and the axes' input lengths with it."""
        axes = tuple(replace(axis, input=length) for axis, length in zip(self.axes, value.shape[1:], strict=False))
        return replace(self, value=value, axes=axes)

    def rewritten(self, change: Callable[[Array], Array]) -> "Rendition":
        """The same with something more done to the result in the layout of the call."""
        earlier = self.memory
        return replace(self, memory=change if earlier is None else lambda memory: change(earlier(memory)))

    def then(self, finish: Finish) -> "Rendition":
        """The same with something more done to the result."""
        return replace(self, finish=(*self.finish, finish))


def faithful(call: Call, value: NDArray[Any], filter: NDArray[Any]) -> Rendition:
    """The specification's own rendition of a right call."""
    assert call.geometry is not None
    last = channels_last(call.data_format)
    canonical = (value if last else np.moveaxis(value, 1, -1)).astype(np.float64)
    return Rendition(
        FORMATS[call.dtype], canonical, filter.astype(np.float64), call.geometry.axes, padding_rules(call), last
    )


def padding_rules(call: Call) -> tuple[AxisPadding, ...]:
    """The padding of height and width."""
    match call.padding:
        case "SAME":
            return ("SAME", "SAME")
        case "VALID":
            return ("VALID", "VALID")
        case str():
            raise ValueError(f"padding {call.padding!r} of a right call")
        case pairs:
            return tuple(spatial_pairs(pairs, call.data_format))


class Renderer:
    """Renders, and keeps the canvases: most edits leave most of them as they are."""

    def __init__(self) -> None:
        self._canvases: dict[tuple[object, ...], tuple[Array, Array, Array]] = {}

    def values(self, rendition: Rendition) -> Array:
        """The result, in the layout of the call."""
        canvas = self._canvas(rendition.value, rendition.filter, rendition)
        return _finished(canvas, rendition)

    def magnitude(self, rendition: Rendition) -> Array:
        """S, as the values."""
        canvas = rendition.engine(np.abs(rendition.value), np.abs(rendition.filter), _uncropped(rendition))
        return np.abs(_finished(canvas, rendition))

    def free(self, rendition: Rendition) -> NDArray[np.bool_] | bool:
        """The elements about which the rendition says nothing, as the values."""
        if rendition.free is None:
            return False
        canvas = self._canvas(rendition.value, rendition.filter, rendition)
        free = rendition.free(window(canvas, rendition.axes), rendition)
        return _written(free.astype(np.float64), rendition) > 0

    def forget(self) -> None:
        """Let the canvases go."""
        self._canvases.clear()

    def _canvas(self, value: Array, filter: Array, rendition: Rendition) -> Array:
        numbers = tuple((axis.stride, axis.dilation) for axis in rendition.axes)
        key = (id(value), id(filter), rendition.engine, numbers)
        if key not in self._canvases:
            # The operands are kept too: an id is that of one array as long as the array lives.
            self._canvases[key] = (value, filter, rendition.engine(value, filter, _uncropped(rendition)))
        return self._canvases[key][2]


def products(rendition: Rendition) -> tuple[int, int]:
    """T and n: the largest numbers of taps and of products that one element can sum."""
    taps = prod(axis.kernel if axis.dilation > 1 else -(-axis.kernel // axis.stride) for axis in rendition.axes)
    return taps, taps * rendition.value.shape[-1]


def _uncropped(rendition: Rendition) -> tuple[Axis, ...]:
    return tuple(replace(axis, crop_before=0, output=max(axis.full, 0)) for axis in rendition.axes)


def _finished(canvas: Array, rendition: Rendition) -> Array:
    result = window(canvas, rendition.axes)
    for finish in rendition.finish:
        result = finish(result, rendition)
    return _written(result, rendition)


def _written(result: Array, rendition: Rendition) -> Array:
    """The canonical result in the layout of the call, and what is done to it there."""
    result = result if rendition.last else np.moveaxis(result, -1, 1)
    return result if rendition.memory is None else rendition.memory(result)


def window(canvas: Array, axes: tuple[Axis, ...]) -> Array:
    """`output` elements an axis from `crop_before` on, zeros where the canvas (batch, *full, out) does not reach."""
    result = np.zeros((len(canvas), *(axis.output for axis in axes), canvas.shape[-1]))
    sources, targets = [slice(None)], [slice(None)]
    for axis, full in zip(axes, canvas.shape[1:], strict=False):
        start = max(axis.crop_before, 0)
        count = max(min(axis.crop_before + axis.output, full) - start, 0)
        sources.append(slice(start, start + count))
        targets.append(slice(start - axis.crop_before, start - axis.crop_before + count))
    result[tuple(targets)] = canvas[tuple(sources)]
    return result

"""An engine that puts maxima back element by element, right unless something is set.

Knows: calls and their integers. Must not know: the judge that must catch it, the reference's values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.operators.pooling.call import RightPooling, pooling
from reference.arrays import from_layout, to_layout
from reference.family import Direction

Array: TypeAlias = NDArray[Any]
Place: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the value: where it is, its index, and the lengths around it."""

    at: Place
    """image, row, column, channel"""
    index: int
    value: Place
    result: Place
    """shapes, with the channels last"""

    def in_plane(self, index: int, width: int) -> Place:
        """The place of an index in planes of this width, of the element's image and channel."""
        return (self.at[0], index // width, index % width, self.at[3])


@dataclass(frozen=True, slots=True)
class UnpoolEngine:
    """An engine that does as it is asked, but for what is set."""

    place: Callable[[Element], Place] = lambda element: element.in_plane(element.index, element.result[2])
    first_image: bool = False
    """the indices of the first image are those of all"""
    backwards: bool = False
    """the last element is put back first"""


class UnpoolMutant:
    """An engine behind the suite's interface."""

    operators = ("max_unpool2d",)
    features: tuple[str, ...] = ()
    dtypes = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "int8", "uint8")
    directions: tuple[Direction, ...] = ("forward", "value_gradient")

    def __init__(self, engine: UnpoolEngine) -> None:
        self._engine = engine

    def describe(self) -> Description:
        return Description("engine", np.__version__)

    def plan(self, call: Call) -> Plan | Unsupported:
        asked = pooling(call)
        operands = tuple((name, name) for name in asked.operands)
        if not isinstance(asked, RightPooling):
            return Plan((Invoke("unpooling", operands, (("refusal", asked.fault.message),)),))
        keywords: tuple[tuple[str, Argument], ...] = (("shape", asked.geometry.result_shape), ("last", asked.last))
        return Plan((Invoke("unpooling", operands, keywords),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        def invoke(step: Invoke, operands: Operands) -> Array:
            result: Array = calling(self._unpooled, operands, **dict(step.keywords))
            return result

        return perform(plan, arrays, invoke)

    def _unpooled(self, operands: Operands, refusal: str = "", **asked: Any) -> Array:
        if refusal:
            raise ValueError(refusal)
        given = {name: from_layout(array, asked["last"]) for name, array in operands.items()}
        value, shape = given["value"], asked["shape"]
        moved = np.zeros(value.shape if "cotangent" in given else shape, value.dtype)
        elements, moved_size = list(np.ndindex(*value.shape)), int(np.prod(shape))
        for image, y, x, channel in reversed(elements) if self._engine.backwards else elements:
            index = int(given["indices"][0 if self._engine.first_image else image, y, x, channel])
            element = Element((image, y, x, channel), index, value.shape, shape)
            image_at, y_at, x_at, channel_at = self._engine.place(element)
            place = (((image_at * shape[1] + y_at) * shape[2] + x_at) * shape[3] + channel_at) % moved_size
            if "cotangent" in given:
                moved[image, y, x, channel] = np.ascontiguousarray(given["cotangent"]).ravel()[place]
            else:
                moved.reshape(-1)[place] = value[image, y, x, channel]
        return np.ascontiguousarray(to_layout(moved, asked["last"]))


def in_image(element: Element) -> Place:
    """The index is a place in the image, channels and all."""
    _, _, width, channels = element.result
    pixel = element.index // channels
    return (element.at[0], pixel // width, pixel % width, element.index % channels)


def in_all(element: Element) -> Place:
    """The index is a place in the whole result."""
    _, height, _, _ = element.result
    _, y, x, channel = in_image(element)
    return (y // height, y % height, x, channel)


def columns_first(element: Element) -> Place:
    """The index counts columns before rows."""
    height = element.result[1]
    return (element.at[0], element.index % height, element.index // height, element.at[3])


def from_one(element: Element) -> Place:
    """The index of the first place is 1."""
    size, width = element.result[1] * element.result[2], element.result[2]
    image = element.at[0] - (element.index == 0)
    return (image, *element.in_plane((element.index - 1) % size, width)[1:])


def multiples(element: Element) -> Place:
    """The index is a place in a plane as wide as the largest multiple of the value's width."""
    width = element.value[2] * (element.result[2] // element.value[2])
    return element.in_plane(element.index, width)


def beginnings(element: Element) -> Place:
    """The index is ignored."""
    image, y, x, channel = element.at
    rows, columns = element.result[1] // element.value[1], element.result[2] // element.value[2]
    return (image, y * rows, x * columns, channel)

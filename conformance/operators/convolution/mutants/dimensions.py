"""Dimensions: lengths that an implementation cuts into blocks, and where each direction meets them.

Knows: canonical arrays, and the array in which a direction meets a dimension: its result, or an operand that it sums
over. Must not know: what is lost, which faults are made of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from conformance.operators.convolution.mutants.fault import Due
from conformance.operators.convolution.mutants.problem import Array, Problem
from reference.family import Direction, Operator

Shape: TypeAlias = tuple[int, ...]
Name: TypeAlias = Literal["result", "value", "filter", "cotangent"]
Positions: TypeAlias = Callable[[Shape, Problem], Array]
"""The position in a dimension of each element of a canonical array, in a form that broadcasts to its shape."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A length that an implementation cuts into blocks."""

    words: str
    places: Mapping[Direction, tuple[Name, Positions]]
    """the array in which a direction meets it; a direction that is missing has no such length"""
    has: Callable[[Operator, int], bool] = lambda operator, block: True
    """whether an operator reaches blocks of this length in practice"""
    diagnosis: Callable[[int], str] = lambda block: ""
    """the words for what is lost behind the last whole block"""

    def length(self, problem: Problem) -> int:
        """How long it is in this call; 0 where there is no such length."""
        if problem.direction not in self.places:
            return 0
        name, positions = self.places[problem.direction]
        return int(positions(shape_of(problem, name), problem).max(initial=-1)) + 1

    def due(self, block: int) -> Due:
        """Which operators, in which directions, must see what happens behind a block."""
        return lambda operator, direction: direction in self.places and self.has(operator, block)

    def changed(self, change: Callable[[Array, Array, int], Array]) -> dict[str, Any]:
        """The stages of a fault that changes the array in which a direction meets the dimension, by the positions of
        its elements and the dimension's length.
        """

        def spoilt(array: Array, positions: Positions, problem: Problem) -> Array:
            return change(array, positions(array.shape, problem), self.length(problem)).astype(array.dtype)

        def edit(problem: Problem) -> Problem:
            name, positions = self.places[problem.direction]
            if name == "result":
                return problem
            return replaced(problem, name, spoilt(getattr(problem, name), positions, problem))

        def finish(result: Array, problem: Problem) -> Array:
            name, positions = self.places[problem.direction]
            return spoilt(result, positions, problem) if name == "result" else result

        return {"where": lambda problem: self.length(problem) > 1, "edit": edit, "finish": finish}

    def losing(self, lost: Callable[[Array, int], Array]) -> dict[str, Any]:
        """The stages of a fault that leaves out elements at some positions, of a number."""

        def change(array: Array, positions: Array, length: int) -> Array:
            return np.where(lost(positions, length), array.dtype.type(0), array)

        def where(problem: Problem) -> bool:
            length = self.length(problem)
            return length > 0 and bool(lost(np.arange(length), length).any())

        return {**self.changed(change), "where": where}


def replaced(problem: Problem, name: Name, operand: Array) -> Problem:
    """The problem with another operand."""
    changed: dict[str, Any] = {name: operand}
    return replace(problem, **changed)


def shape_of(problem: Problem, name: Name) -> Shape:
    """The shape of an operand, or of what is asked for."""
    if name != "result":
        operand: Array = getattr(problem, name)
        return operand.shape
    batch = len(problem.value)
    match problem.target:
        case "output":
            return (batch, *(axis.output for axis in problem.axes), problem.filter.shape[-2] * problem.groups)
        case "input":
            return (batch, *(axis.input for axis in problem.axes), problem.filter.shape[-1])
        case "filter":
            return problem.filter.shape
        case None:
            assert problem.cotangent is not None
            return problem.cotangent.shape[-1:]


def _images(shape: Shape, _: Problem) -> Array:
    return np.arange(shape[0]).reshape(-1, *[1] * (len(shape) - 1))


def _channels(shape: Shape, _: Problem) -> Array:
    return np.arange(shape[-1])


def _groups(shape: Shape, problem: Problem) -> Array:
    return np.arange(shape[-1]) // (shape[-1] // problem.groups)


def _multipliers(shape: Shape, problem: Problem) -> Array:
    return np.arange(shape[-1]) % (shape[-1] // problem.groups) if problem.depthwise else np.zeros(0, np.int64)


def _taps_and_channels(shape: Shape, problem: Problem) -> Array:
    """What a result or the gradient of a value sums over, the channels of one tap beside one another."""
    *kernel, out, channels = shape
    tap = np.arange(prod(kernel)).reshape(*kernel, 1, 1)
    if problem.target == "output":
        share = channels // problem.groups
        return tap * share + np.arange(channels) % share
    return tap * out + np.arange(out).reshape(-1, 1)


def _of_pixels(positions: Positions) -> Mapping[Direction, tuple[Name, Positions]]:
    """In what comes back where that is pixels, otherwise in the cotangent that is summed."""
    return {
        "forward": ("result", positions), "value_gradient": ("result", positions),
        "filter_gradient": ("cotangent", positions), "bias_gradient": ("cotangent", positions),
    }  # fmt: skip


IMAGES = Dimension("images", _of_pixels(_images), diagnosis=lambda block: "image_tail")
PIXELS = Dimension(
    "pixels",
    _of_pixels(lambda shape, _: np.arange(prod(shape[1:-1])).reshape(1, *shape[1:-1], 1)),
    diagnosis=lambda block: "pixel_tail",
)
DEPTH = Dimension(
    "planes",
    _of_pixels(lambda shape, problem: _images(shape[1:], problem) if len(shape) == 5 else np.zeros(0, np.int64)),
    lambda operator, block: operator.rank == 3,
)
CHANNELS_IN = Dimension(
    "input-channels",
    {"forward": ("value", _channels), "value_gradient": ("result", _channels), "filter_gradient": ("value", _channels)},
    diagnosis=lambda block: f"input_channel_tail_{block}" if block <= 256 else "",
)
CHANNELS_OUT = Dimension(
    "output-channels",
    {
        "forward": ("result", _channels), "value_gradient": ("cotangent", _channels),
        "filter_gradient": ("cotangent", _channels), "bias_gradient": ("cotangent", _channels),
    },
    diagnosis=lambda block: f"output_channel_tail_{block}" if block <= 256 else "",
)  # fmt: skip
GROUPS = Dimension(
    "groups",
    {"forward": ("result", _groups), "value_gradient": ("result", _groups), "filter_gradient": ("cotangent", _groups)},
    lambda operator, block: operator.depthwise or block <= 256,
)
MULTIPLIERS = Dimension(
    "multipliers",
    {
        "forward": ("result", _multipliers), "value_gradient": ("cotangent", _multipliers),
        "filter_gradient": ("cotangent", _multipliers),
    },
    lambda operator, block: operator.depthwise,
)  # fmt: skip
PRODUCTS = Dimension(
    "products",
    {
        "forward": ("filter", _taps_and_channels), "value_gradient": ("filter", _taps_and_channels),
        "filter_gradient": ("cotangent", lambda shape, _: np.arange(prod(shape[:-1])).reshape(*shape[:-1], 1)),
    },
)  # fmt: skip
DIMENSIONS = (IMAGES, PIXELS, DEPTH, CHANNELS_IN, CHANNELS_OUT, GROUPS, MULTIPLIERS, PRODUCTS)

"""Faults that begin at a size: tails behind whole blocks, indices that wrap, other algorithms from a length on.

Knows: canonical arrays, and where each direction meets a dimension: in its result, or in an operand that it sums over.
Each fault is of all operators and directions that have its dimension, and `reach` names those that must catch it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from conformance.mutants.operators.fault import Condition, Due, FamilyFault, Reach
from conformance.mutants.operators.problem import Array, Problem
from reference.family import Direction, Operator
from reference.geometry import Axis

BLOCKS = (4, 8, 16, 32, 64, 128, 256, 1024, 4096)
"""what is computed at once: the lanes of a vector register, rows of a tile, threads of a block, a page of floats"""
UNDIAGNOSED = "no edit of the question speaks of a part of a dimension"
WRAP = 2**16
"""elements that an index of 16 bits tells apart"""

Shape: TypeAlias = tuple[int, ...]
Name: TypeAlias = Literal["result", "value", "filter", "cotangent"]
Positions: TypeAlias = Callable[[Shape, Problem], Array]
"""The position in a dimension of each element of a canonical array, in a form that broadcasts to its shape."""
Cut: TypeAlias = Callable[[int], int]
"""The first position that is lost of so many; all of them where none is."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A length that an implementation cuts into blocks."""

    words: str
    places: Mapping[Direction, tuple[Name, Positions]]
    """the array in which a direction meets it; a direction that is missing has no such length"""
    has: Callable[[Operator, int], bool] = lambda operator, block: True
    """whether an operator reaches blocks of this length in practice"""

    def length(self, problem: Problem) -> int:
        """How long it is in this call; 0 where there is no such length."""
        if problem.direction not in self.places:
            return 0
        name, positions = self.places[problem.direction]
        return int(positions(_shape(problem, name), problem).max(initial=-1)) + 1

    def due(self, block: int) -> Due:
        """Which operators, in which directions, must see what happens behind a block."""
        return lambda operator, direction: direction in self.places and self.has(operator, block)


def _shape(problem: Problem, name: Name) -> Shape:
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


def _pixels(shape: Shape, _: Problem) -> Array:
    return np.arange(prod(shape[1:-1])).reshape(1, *shape[1:-1], 1)


def _depth(shape: Shape, problem: Problem) -> Array:
    return _images(shape[1:], problem) if len(shape) == 5 else np.zeros(0, np.int64)


def _channels(shape: Shape, _: Problem) -> Array:
    return np.arange(shape[-1])


def _groups(shape: Shape, problem: Problem) -> Array:
    return np.arange(shape[-1]) // (shape[-1] // problem.groups)


def _multipliers(shape: Shape, problem: Problem) -> Array:
    return (
        np.arange(shape[-1]) % (shape[-1] // problem.groups) if problem.asked.operator.depthwise else np.zeros(0, int)
    )


def _pixels_of_images(shape: Shape, _: Problem) -> Array:
    """What a filter's gradient sums over."""
    return np.arange(prod(shape[:-1])).reshape(*shape[:-1], 1)


def _taps_and_channels(shape: Shape, problem: Problem) -> Array:
    """What a result or the gradient of a value sums over, the channels of one tap beside one another."""
    *kernel, out, channels = shape
    tap = np.arange(prod(kernel)).reshape(*kernel, 1, 1)
    if problem.target == "output":
        share = channels // problem.groups
        return tap * share + np.arange(channels) % share
    return tap * out + np.arange(out).reshape(-1, 1)


def _elements(shape: Shape, _: Problem) -> Array:
    return np.arange(prod(shape)).reshape(shape)


_IMAGES = Dimension(
    "images",
    {
        "forward": ("result", _images),
        "value_gradient": ("result", _images),
        "filter_gradient": ("cotangent", _images),
        "bias_gradient": ("cotangent", _images),
    },
)
_PIXELS = Dimension(
    "pixels",
    {
        "forward": ("result", _pixels),
        "value_gradient": ("result", _pixels),
        "filter_gradient": ("cotangent", _pixels),
        "bias_gradient": ("cotangent", _pixels),
    },
)
_DEPTH = Dimension(
    "planes",
    {
        "forward": ("result", _depth),
        "value_gradient": ("result", _depth),
        "filter_gradient": ("cotangent", _depth),
        "bias_gradient": ("cotangent", _depth),
    },
    lambda operator, block: operator.rank == 3,
)
_CHANNELS_IN = Dimension(
    "input-channels",
    {
        "forward": ("value", _channels),
        "value_gradient": ("result", _channels),
        "filter_gradient": ("value", _channels),
    },
)
_CHANNELS_OUT = Dimension(
    "output-channels",
    {
        "forward": ("result", _channels),
        "value_gradient": ("cotangent", _channels),
        "filter_gradient": ("cotangent", _channels),
        "bias_gradient": ("cotangent", _channels),
    },
)
_GROUPS = Dimension(
    "groups",
    {
        "forward": ("result", _groups),
        "value_gradient": ("result", _groups),
        "filter_gradient": ("cotangent", _groups),
    },
    lambda operator, block: operator.depthwise or block <= 256,
)
_MULTIPLIERS = Dimension(
    "multipliers",
    {
        "forward": ("result", _multipliers),
        "value_gradient": ("cotangent", _multipliers),
        "filter_gradient": ("cotangent", _multipliers),
    },
    lambda operator, block: operator.depthwise,
)
_PRODUCTS = Dimension(
    "products",
    {
        "forward": ("filter", _taps_and_channels),
        "value_gradient": ("filter", _taps_and_channels),
        "filter_gradient": ("cotangent", _pixels_of_images),
    },
)
_DIMENSIONS = (_IMAGES, _PIXELS, _DEPTH, _CHANNELS_IN, _CHANNELS_OUT, _GROUPS, _MULTIPLIERS, _PRODUCTS)


def _fault(name: str, summary: str, reach: Reach, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "sizes", ("differs",), reach=reach, undiagnosed=UNDIAGNOSED, **stages)


def _replaced(problem: Problem, name: Name, operand: Array) -> Problem:
    changed: dict[str, Any] = {name: operand}
    return replace(problem, **changed)


def _whole_blocks(block: int) -> Cut:
    """What lies behind the last whole block, of more than one."""
    return lambda length: length // block * block if length > block else length


def _but_the_last(length: int) -> int:
    return length - 1


def _losing(dimension: Dimension, cut: Cut, condition: Condition = lambda problem: True) -> dict[str, Any]:
    """The stages of a fault that leaves out what lies behind the cut, and where it applies."""

    def applies(problem: Problem) -> bool:
        length = dimension.length(problem)
        return 0 < length > cut(length) and condition(problem)

    def lost(array: Array, positions: Positions, problem: Problem) -> Array:
        kept = array.copy()
        kept[np.broadcast_to(positions(array.shape, problem) >= cut(dimension.length(problem)), array.shape)] = 0
        return kept

    def edit(problem: Problem) -> Problem:
        name, positions = dimension.places.get(problem.direction, ("result", _elements))
        if name == "result" or not applies(problem):
            return problem
        return _replaced(problem, name, lost(getattr(problem, name), positions, problem))

    def finish(result: Array, problem: Problem) -> Array:
        name, positions = dimension.places.get(problem.direction, ("value", _elements))
        return result if name != "result" or not applies(problem) else lost(result, positions, problem)

    return {"edit": edit, "finish": finish, "applies": applies}


def _tail(dimension: Dimension, block: int) -> FamilyFault:
    stages = _losing(dimension, _whole_blocks(block))
    words = dimension.words.replace("-", " ")
    return _fault(
        f"{dimension.words}-behind-blocks-of-{block}",
        f"Of more than {block:,} {words} those behind the last whole {block:,} are left out.",
        Reach(stages.pop("applies"), dimension.due(block)),
        **stages,
    )


def _odd_batch() -> FamilyFault:
    stages = _losing(_IMAGES, _whole_blocks(2))
    reach = Reach(stages.pop("applies"), _IMAGES.due(2))
    return _fault("odd-batch-loses-an-image", "Of three, five, ... images the last is left out.", reach, **stages)


def _turned(condition: Condition, name: str, where: str) -> FamilyFault:
    """From a length on another algorithm computes, which takes the kernel turned around."""

    def applies(problem: Problem) -> bool:
        taps = prod(problem.filter.shape[:-2])
        return problem.direction != "bias_gradient" and taps > 1 and condition(problem)

    def turned(filter: Array) -> Array:
        return np.flip(filter, tuple(range(filter.ndim - 2))).copy()

    def edit(problem: Problem) -> Problem:
        if problem.target == "filter" or not applies(problem):
            return problem
        return replace(problem, filter=turned(problem.filter))

    def finish(result: Array, problem: Problem) -> Array:
        return turned(result) if problem.target == "filter" and applies(problem) else result

    summary = f"{where} another algorithm computes, which turns the kernel around."
    return _fault(name, summary, Reach(applies, _of_operands), edit=edit, finish=finish)


def _of_operands(_: Operator, direction: Direction) -> bool:
    return direction != "bias_gradient"


def _from(dimension: Dimension, length: int) -> FamilyFault:
    words = dimension.words.replace("-", " ")
    return _turned(
        lambda problem: dimension.length(problem) >= length,
        f"other-algorithm-from-{length}-{dimension.words}",
        f"From {length:,} {words} on",
    )


def _axes(name: str, summary: str, change: Callable[[Axis], Axis]) -> FamilyFault:
    """Every axis with other numbers, in each direction."""

    def applies(problem: Problem) -> bool:
        return problem.direction != "bias_gradient" and any(change(axis) != axis for axis in problem.axes)

    def edit(problem: Problem) -> Problem:
        return replace(problem, axes=tuple(map(change, problem.axes)))

    return _fault(name, summary, Reach(applies, _of_operands), edit=edit)


def _short_kernel(name: str, summary: str, kept: Cut) -> FamilyFault:
    """Of a kernel's taps in an axis those from a number on are left out."""

    def applies(problem: Problem) -> bool:
        return problem.direction != "bias_gradient" and any(kept(axis.kernel) < axis.kernel for axis in problem.axes)

    def shortened(filter: Array) -> Array:
        whole = tuple(slice(0, kept(length)) for length in filter.shape[:-2])
        changed = np.zeros_like(filter)
        changed[whole] = filter[whole]
        return changed

    def edit(problem: Problem) -> Problem:
        return problem if problem.target == "filter" else replace(problem, filter=shortened(problem.filter))

    def finish(result: Array, problem: Problem) -> Array:
        return shortened(result) if problem.target == "filter" else result

    return _fault(name, summary, Reach(applies, _of_operands), edit=edit, finish=finish)


def _wrapped(name: Name, places: Callable[[Direction], bool]) -> FamilyFault:
    """Elements of this array are numbered in 16 bits: those behind the first 65,536 are taken for the first ones."""

    def applies(problem: Problem) -> bool:
        return places(problem.direction) and prod(_shape(problem, name)) > WRAP

    def edit(problem: Problem) -> Problem:
        if name == "result" or not applies(problem):
            return problem
        array: Array = getattr(problem, name)
        return _replaced(problem, name, array.ravel()[np.arange(array.size) % WRAP].reshape(array.shape))

    def finish(result: Array, problem: Problem) -> Array:
        if name != "result" or not applies(problem):
            return result
        written = np.zeros_like(result).ravel()
        for start in range(0, result.size, WRAP):
            block = result.ravel()[start : start + WRAP]
            written[: len(block)] = block
        return written.reshape(result.shape)

    summary = f"Elements of the {name} are numbered in 16 bits, and those beyond 65,535 are taken for the first."
    return _fault(
        f"{name}-index-of-16-bits",
        summary,
        Reach(applies, lambda _, direction: places(direction)),
        edit=edit,
        finish=finish,
    )


_TRAITS: Mapping[str, Condition] = {
    "channels first": lambda problem: not problem.asked.last,
    "a bias": lambda problem: problem.asked.bias is not None,
    "groups": lambda problem: problem.groups > 1,
    "strides": lambda problem: any(axis.stride > 1 for axis in problem.axes),
    "dilations": lambda problem: any(axis.dilation > 1 for axis in problem.axes),
    "explicit pads": lambda problem: any(not isinstance(rule, str) for rule in problem.rules),
}
_THREE = (
    ("channels first", "a bias", "dilations"),
    ("channels first", "a bias", "groups"),
    ("channels first", "groups", "strides"),
    ("channels first", "strides", "dilations"),
    ("groups", "strides", "dilations"),
    ("groups", "a bias", "dilations"),
    ("strides", "dilations", "explicit pads"),
    ("groups", "strides", "explicit pads"),
)


def _together(traits: tuple[str, str, str]) -> FamilyFault:
    """Only where three things come together something is lost."""
    stages = _losing(_CHANNELS_OUT, _but_the_last, lambda problem: all(_TRAITS[trait](problem) for trait in traits))
    reach = Reach(stages.pop("applies"), _of_operands)
    name = "-with-".join(trait.removeprefix("a ").replace(" ", "-") for trait in traits)
    summary = (
        f"Where {traits[0]}, {traits[1]} and {traits[2]} come together, the last channel of the result is left out."
    )
    return _fault(name, summary, reach, **stages)


FAULTS = (
    *(_tail(dimension, block) for dimension in _DIMENSIONS for block in BLOCKS),
    _odd_batch(),
    _from(_IMAGES, 16),
    _from(_CHANNELS_IN, 64),
    _from(_CHANNELS_OUT, 64),
    _from(_PIXELS, 4096),
    _axes(
        "dilations-of-four-as-three",
        "Dilations of 4 and more count as 3.",
        lambda axis: replace(axis, dilation=min(axis.dilation, 3)),
    ),
    _axes(
        "strides-of-six-as-five",
        "Strides of 6 and more count as 5.",
        lambda axis: replace(axis, stride=min(axis.stride, 5)),
    ),
    _short_kernel(
        "kernel-of-seven-loses-a-tap",
        "Kernels of exactly 7 taps lose the last.",
        lambda length: 6 if length == 7 else length,
    ),
    _short_kernel("kernel-of-eight-taps", "Taps behind the eighth are left out.", lambda length: min(length, 8)),
    _short_kernel("kernel-of-fifteen-taps", "Taps behind the fifteenth are left out.", lambda length: min(length, 15)),
    _wrapped("result", lambda direction: direction != "bias_gradient"),
    _wrapped("value", lambda direction: direction in ("forward", "filter_gradient")),
    _wrapped("filter", lambda direction: direction in ("forward", "value_gradient")),
    _wrapped("cotangent", lambda direction: direction != "forward"),
    *map(_together, _THREE),
)

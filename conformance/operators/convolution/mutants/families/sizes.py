"""Faults that begin at a size: tails behind whole blocks, indices that wrap, other algorithms from a length on.

Knows: the dimensions of a call. Each fault is of all operators and directions that have its dimension, and `due` names
those that must catch it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.changes import each_axis, kernel
from conformance.operators.convolution.mutants.dimensions import (
    CHANNELS_IN,
    CHANNELS_OUT,
    DIMENSIONS,
    IMAGES,
    PIXELS,
    Dimension,
    Name,
    replaced,
    shape_of,
)
from conformance.operators.convolution.mutants.families.kernel import first_taps, flipped
from conformance.operators.convolution.mutants.fault import Condition, Due, Fault, both, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem
from reference.family import Direction, Operator
from reference.geometry import Axis

# What is computed at once: the lanes of a vector register, rows of a tile, threads of a block, a page of floats
BLOCKS = (4, 8, 16, 32, 64, 128, 256, 1024, 4096)
# Elements that an index of 16 bits tells apart
WRAP = 2**16
UNDIAGNOSED = "no edit of the question speaks of such a part of a dimension"


def _fault(name: str, summary: str, due: Due, diagnosis: str = "", **parts: Any) -> Fault:
    why = "" if diagnosis else UNDIAGNOSED
    return wrong(name, summary, diagnosis, due=due, chapter="sizes", undiagnosed=why, **parts)


def _of_operands(_: Operator, direction: Direction) -> bool:
    return direction != "bias_gradient"


def _tail(dimension: Dimension, block: int) -> Fault:
    words = dimension.words.replace("-", " ")
    return _fault(
        f"{dimension.words}-behind-blocks-of-{block}",
        f"Of more than {block:,} {words} those behind the last whole {block:,} are left out.",
        dimension.due(block),
        dimension.diagnosis(block),
        **dimension.losing(lambda positions, length: (positions >= length // block * block) & (length > block)),
    )


def _turned(condition: Condition, name: str, where: str, diagnosis: str = "flip_all flip_width") -> Fault:
    """From a length on another algorithm computes, which takes the kernel turned around."""

    def applies(problem: Problem) -> bool:
        return problem.direction != "bias_gradient" and prod(problem.filter.shape[:-2]) > 1 and condition(problem)

    summary = f"{where} another algorithm computes, which turns the kernel around."
    return _fault(name, summary, _of_operands, diagnosis, where=applies, **kernel(flipped))


def _from(dimension: Dimension, length: int) -> Fault:
    words = dimension.words.replace("-", " ")
    return _turned(
        lambda problem: dimension.length(problem) >= length,
        f"other-algorithm-from-{length}-{dimension.words}",
        f"From {length:,} {words} on",
    )


def _axes(name: str, summary: str, change: Callable[[Axis], Axis]) -> Fault:
    """Every axis with other numbers, in each direction."""

    def applies(problem: Problem) -> bool:
        return problem.direction != "bias_gradient" and any(change(axis) != axis for axis in problem.axes)

    return _fault(name, summary, _of_operands, where=applies, edit=each_axis(change))


def _short_kernel(name: str, summary: str, kept: Callable[[int], int]) -> Fault:
    """Of a kernel's taps in an axis those from a number on are left out."""

    def applies(problem: Problem) -> bool:
        return problem.direction != "bias_gradient" and any(kept(axis.kernel) < axis.kernel for axis in problem.axes)

    return _fault(name, summary, _of_operands, where=applies, **kernel(first_taps(kept)))


def _wrapped(name: Name, *directions: Direction) -> Fault:
    """Elements of this array are numbered in 16 bits: those behind the first 65,536 are taken for the first ones."""

    def applies(problem: Problem) -> bool:
        return problem.direction in directions and prod(shape_of(problem, name)) > WRAP

    def edit(problem: Problem) -> Problem:
        if name == "result":
            return problem
        array: Array = getattr(problem, name)
        return replaced(problem, name, array.ravel()[np.arange(array.size) % WRAP].reshape(array.shape))

    def finish(result: Array, _: Problem) -> Array:
        if name != "result":
            return result
        written = np.zeros_like(result).ravel()
        for start in range(0, result.size, WRAP):
            block = result.ravel()[start : start + WRAP]
            written[: len(block)] = block
        return written.reshape(result.shape)

    return _fault(
        f"{name}-index-of-16-bits",
        f"Elements of the {name} are numbered in 16 bits, and those beyond 65,535 are taken for the first.",
        lambda _, direction: direction in directions,
        where=applies,
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


def _together(traits: tuple[str, str, str]) -> Fault:
    """Only where three things come together something is lost."""
    stages = CHANNELS_OUT.losing(lambda positions, length: positions == length - 1)
    together: Condition = lambda problem: all(_TRAITS[trait](problem) for trait in traits)  # noqa: E731
    return _fault(
        "-with-".join(trait.removeprefix("a ").replace(" ", "-") for trait in traits),
        f"Where {traits[0]}, {traits[1]} and {traits[2]} come together, the last channel of the result is left out.",
        _of_operands,
        "last_output_channel_missing",
        **{**stages, "where": both(stages["where"], together)},
    )


FAULTS = (
    *(_tail(dimension, block) for dimension in DIMENSIONS for block in BLOCKS),
    _fault("odd-batch-loses-an-image", "Of three, five, ... images the last is left out.", IMAGES.due(2),
           "image_tail last_image_missing",
           **IMAGES.losing(lambda positions, length: (positions >= length // 2 * 2) & (length > 2))),
    _from(IMAGES, 16),
    _from(CHANNELS_IN, 64),
    _from(CHANNELS_OUT, 64),
    _from(PIXELS, 4096),
    _axes("dilations-of-four-as-three", "Dilations of 4 and more count as 3.",
          lambda axis: replace(axis, dilation=min(axis.dilation, 3))),
    _axes("strides-of-six-as-five", "Strides of 6 and more count as 5.",
          lambda axis: replace(axis, stride=min(axis.stride, 5))),
    _short_kernel("kernel-of-seven-loses-a-tap", "Kernels of exactly 7 taps lose the last.",
                  lambda length: 6 if length == 7 else length),
    _short_kernel("kernel-of-eight-taps", "Taps behind the eighth are left out.", lambda length: min(length, 8)),
    _short_kernel("kernel-of-fifteen-taps", "Taps behind the fifteenth are left out.", lambda length: min(length, 15)),
    _wrapped("result", "forward", "value_gradient", "filter_gradient"),
    _wrapped("value", "forward", "filter_gradient"),
    _wrapped("filter", "forward", "value_gradient"),
    _wrapped("cotangent", "value_gradient", "filter_gradient", "bias_gradient"),
    *map(_together, _THREE),
)  # fmt: skip

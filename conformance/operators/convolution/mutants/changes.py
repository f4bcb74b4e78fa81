"""Changes from which faults are made: of axes, of the kernel, of an operand, of the result.

Knows: canonical arrays and axes. Must not know: which fault is made of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from conformance.operators.convolution.mutants.fault import Edit, Finish, forward_convolution
from conformance.operators.convolution.mutants.problem import Array, Problem
from reference.geometry import Axis, AxisPadding, convolved_length, transposed_axis

Change: TypeAlias = Callable[[Array], Array]


def each_axis(change: Callable[[Axis], Axis]) -> Edit:
    """Every axis, changed."""
    return lambda problem: replace(problem, axes=tuple(map(change, problem.axes)))


def ruled_axes(change: Callable[[Axis, AxisPadding], Axis]) -> Edit:
    """Every axis with the rule of its padding, changed."""
    return lambda problem: replace(problem, axes=tuple(map(change, problem.axes, problem.rules)))


def reread(problem: Problem, axis: Axis, rule: AxisPadding, dilation: int) -> Axis:
    """The axis under another rule or dilation, with the crop, and of a convolution the length, that they mean."""
    kernel = (axis.kernel, axis.stride, dilation, rule)
    length = max(convolved_length(axis.output, *kernel), 0) if forward_convolution(problem) else axis.input
    return transposed_axis(length, *kernel, axis.output)


def numbers(field: str, change: Callable[[list[int]], Sequence[int]]) -> Edit:
    """The strides, dilations or crops of all axes, read in another way."""

    def edit(problem: Problem) -> Problem:
        changed = change([getattr(axis, field) for axis in problem.axes])
        made: list[dict[str, Any]] = [{field: number} for number in changed]
        return replace(
            problem, axes=tuple(replace(axis, **each) for axis, each in zip(problem.axes, made, strict=True))
        )

    return edit


def operand(name: str, change: Change) -> Edit:
    """An operand, where it is given."""

    def edit(problem: Problem) -> Problem:
        array: Array | None = getattr(problem, name)
        changed: dict[str, Any] = {} if array is None else {name: change(array)}
        return replace(problem, **changed)

    return edit


def operands(change: Change) -> Edit:
    """All operands that are given."""
    return lambda problem: reduce(
        lambda found, name: operand(name, change)(found), ("value", "filter", "cotangent", "bias"), problem
    )


def kernel(change: Change) -> dict[str, Any]:
    """The kernel (*kernel, out / groups, in) by a change that is its own adjoint: of the filter where it is given, of
    its gradient where that is asked for.
    """
    return {
        "edit": operand("filter", change),
        "finish": lambda result, problem: change(result) if problem.target == "filter" else result,
    }


def result(change: Change) -> Finish:
    """What comes back, whatever was asked for, in its dtype."""
    return lambda result, problem: change(result).astype(result.dtype)


def pixels_of(change: Change) -> Finish:
    """What comes back, where that is pixels."""
    return lambda result, problem: change(result).astype(result.dtype) if problem.of_pixels else result


def zeroed(array: Array, place: Any) -> Array:
    """A copy with zeros in a place."""
    changed = array.copy()
    changed[place] = 0
    return changed


def overlap(problem: Problem) -> Array:
    """How many pairs of pixels meet at each position of what is asked for, (*spatial) or (*kernel)."""
    assert problem.target is not None
    return np.asarray(reduce(np.multiply.outer, [np.array(axis.terms(problem.target)) for axis in problem.axes]))

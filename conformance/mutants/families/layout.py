"""Layout: which axis is which, of the value, the result, and of numbers that follow data_format.

Knows: the arrays as they were given, and their keywords. Nothing here changes a channels-last call, but where the
summary says so.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Fault, Outcome
from conformance.mutants.problem import Array, Asked, Problem, read, read_unchecked, write


def _fault(
    name: str, summary: str, diagnosis: str, outcomes: tuple[Outcome, ...] = ("differs",), **stages: Any
) -> Fault:
    return Fault(name, summary, "layout", outcomes, tuple(diagnosis.split()), **stages)


def _value_by_reshape(problem: Problem) -> Problem:
    if problem.last:
        return problem
    memory = np.ascontiguousarray(np.moveaxis(problem.value, -1, 1))
    return replace(problem, value=memory.reshape(problem.value.shape))


def _filter_by_reshape(problem: Problem) -> Problem:
    height, width, out, into = problem.filter.shape
    if problem.last:
        return problem
    return replace(problem, filter=problem.filter.reshape(into, out, height, width).transpose(2, 3, 1, 0))


def _unmoved(result: Array, _: Problem) -> Array:
    return result


def _moved_by_reshape(result: Array, problem: Problem) -> Array:
    return result if problem.last else result.reshape(np.moveaxis(result, -1, 1).shape)


def _squeezed(result: Array, problem: Problem) -> Array:
    return write(result, problem).squeeze()


def _exchanged_by_reshape(problem: Problem) -> Problem:
    batch, height, width, channels = problem.value.shape
    value = np.ascontiguousarray(problem.value).reshape(batch, width, height, channels).swapaxes(1, 2)
    return replace(problem, value=value)


def _column_major(problem: Problem) -> Problem:
    value = np.ascontiguousarray(problem.value).ravel().reshape(problem.value.shape, order="F")
    return replace(problem, value=value)


def _strides_of_nhwc(asked: Asked) -> Problem:
    """strides[1:3], whatever the data_format; what the others say is not looked at."""
    strides = asked.keywords.strides
    if asked.keywords.last or isinstance(strides, int) or len(strides) != 4 or min(strides) < 1:
        return read(asked)
    return read_unchecked(replace(asked, keywords=replace(asked.keywords, strides=strides[1:3])))


def _pads_of_nhwc(asked: Asked) -> Problem:
    """padding[1:3], whatever the data_format."""
    problem, padding = read(asked), asked.keywords.padding
    if problem.last or isinstance(padding, str):
        return problem
    befores = [before for before, _ in padding[1:3]]
    axes = tuple(replace(axis, crop_before=before) for axis, before in zip(problem.axes, befores, strict=True))
    return replace(problem, axes=axes)


FAULTS = (
    _fault(
        "nchw-value-reshaped", "The memory of NCHW is read as NHWC.", "value_in_other_layout", edit=_value_by_reshape
    ),
    _fault(
        "nchw-filter-reshaped",
        "With NCHW the filter's memory is read as [in, out, height, width].",
        "filter_as_iohw",
        edit=_filter_by_reshape,
    ),
    _fault(
        "nchw-result-unmoved",
        "The result of NCHW stays NHWC.",
        "result_in_other_layout",
        ("wrong_shape", "differs"),
        write=_unmoved,
    ),
    _fault(
        "nchw-result-reshaped",
        "The result's memory is NHWC under a shape of NCHW.",
        "result_in_other_layout",
        write=_moved_by_reshape,
    ),
    _fault(
        "strides-of-nhwc",
        "Four strides are read in the order of NHWC.",
        "strides_of_other_layout",
        ("differs", "accepted"),
        read=_strides_of_nhwc,
    ),
    _fault("pads-of-nhwc", "Explicit pads are read in the order of NHWC.", "pads_of_other_layout", read=_pads_of_nhwc),
    _fault(
        "exchanged-lengths",
        "The value is read as [batch, width, height, in], in both data formats.",
        "transpose_value",
        edit=_exchanged_by_reshape,
    ),
    _fault(
        "column-major",
        "The value is read in column-major order, in both formats.",
        "value_column_major",
        edit=_column_major,
    ),
    _fault("squeezes", "Axes of length 1 are dropped, in both formats.", "squeeze", ("wrong_shape",), write=_squeezed),
)

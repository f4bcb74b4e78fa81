"""The questions of `conformance smoke`, about any subject: operator, direction, dtype and layout.

Knows: small right and wrong calls, and numbers of which every maximum, average and sum is held by every dtype. Must not
know: the order of steps (`conformance.smoke.steps`).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.operators.kind import Operands
from conformance.operators.pooling import subject as subjects_of_poolings
from conformance.operators.pooling.call import RightPooling, WrongPooling
from conformance.operators.pooling.subject import ALL, DIRECTIONS, PoolingSubject, is_defined
from conformance.operators.subject import said_beside
from conformance.smoke.questions import SmallCall, SmallWrongCall
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import Declared
from reference.arrays import to_layout
from reference.pooling.geometry import WindowAxis
from reference.pooling.operators import Pooled

__all__ = ["again", "beside", "empty", "first", "large", "ordered", "other_meaning", "subjects", "whole", "wrong"]

# Windows of two places of which the last reads a pad: counts are powers of two
LENGTH, WINDOW, STRIDE = 7, 2, 2
# 6 to 4: windows of two elements, some of which overlap; maxima are put back the other way
ADAPTIVE_LENGTH, ADAPTIVE_OUTPUT = 6, 4
# Bytes
LARGE = 2**20


def subjects(declared: Declared) -> Iterator[PoolingSubject]:
    """All that may be asked, the simplest first."""
    return subjects_of_poolings.subjects(declared, operators=ALL)


def beside(declared: Declared, first: PoolingSubject) -> Iterator[tuple[str, PoolingSubject]]:
    """What is declared, said without the operator and direction that the first subject has; no average of integers."""
    found = said_beside(ALL, declared, first, DIRECTIONS)
    return ((words, subject) for words, subject in found if is_defined(subject))


def first(subject: PoolingSubject) -> SmallCall:
    """A window of one element."""
    return _one(subject, 15)


def again(subject: PoolingSubject) -> tuple[SmallCall, ...]:
    """The same, twice."""
    return _one(subject, 6), _one(subject, 77)


def ordered(subject: PoolingSubject) -> SmallCall:
    """Windows of one element each, along axes of different lengths."""
    return _counted(subject, 1, tuple(range(2, 2 + subject.operator.rank)), 2)


def whole(subject: PoolingSubject) -> tuple[str, SmallCall]:
    """7 to 4 along every axis, of negative numbers, so that a pad of 0 is seen; adaptive ones 6 to 4.

    No two of a window are equal, and all are multiples of 8: sums, and averages of 1, 2, 4 or 8 of them, are exact in
    every dtype.
    """
    return "pools", _pooled(subject, batch=1)


def empty(subject: PoolingSubject) -> SmallCall:
    """The same with no image."""
    return _pooled(subject, batch=0)


def large(subject: PoolingSubject) -> SmallCall:
    """A tensor of 1 MiB, windows of one element."""
    elements = LARGE / FORMATS[subject.dtype].numpy.itemsize
    side = round(elements ** (1 / subject.operator.rank))
    return _counted(subject, 1, (side,) * subject.operator.rank, 1, 251)


def wrong(subject: PoolingSubject) -> SmallWrongCall:
    """A call that the definition refuses: strides of 0, or an output_size of 0."""
    value = subject.value_shape(1, (4,) * subject.operator.rank)
    call = subject.any_call(
        value,
        ksize=2,
        strides=0,
        output_size=0,
        **({} if subject.direction == "forward" else {"cotangent_given": value}),
    )
    assert isinstance(call, WrongPooling)
    ones = {name: np.ones(shape, FORMATS[subject.dtype].numpy) for name, shape in call.operands.items()}
    return SmallWrongCall(call, ones)


def other_meaning(asked: SmallCall, result: NDArray[Any]) -> tuple[str, str] | None:
    """The pads, or the divisor, under which the answer is right."""
    call = asked.call
    assert isinstance(call, RightPooling)
    axes = [axis for axis in call.geometry.axes if isinstance(axis, WindowAxis)]
    if not axes or not any(axis.pad_before or axis.pad_after for axis in axes):
        return None
    for pads in product(*[range(axis.pad_before + axis.pad_after + 1) for axis in axes]):
        moved = tuple(
            replace(axis, pad_before=pad, pad_after=axis.pad_before + axis.pad_after - pad)
            for axis, pad in zip(axes, pads, strict=True)
        )
        for counting in dict.fromkeys((call.count_include_pad, call.averages)):
            other = replace(call.geometry, axes=moved, count_include_pad=counting)
            if not np.array_equal(_expected(replace(call, geometry=other), asked.operands), result):
                continue
            if counting != call.count_include_pad:
                return "averages divided by pads, too, instead of by elements", "count_include_pad"
            meant = [axis.pad_before for axis in axes]
            return f"pads of {list(pads)} before it instead of {meant}", f"padding {call.padding}"
    return None


def _one(subject: PoolingSubject, number: int) -> SmallCall:
    call = subject.call(subject.value_shape(1, (1,) * subject.operator.rank), ksize=1)
    ones = {name: np.full(shape, number) for name, shape in call.operands.items()}
    unpooled = subject.operator.reduction == "unpooled"
    return _asked(call, ones, f"{number} put back at its place" if unpooled else f"a window of {number} alone")


def _counted(
    subject: PoolingSubject, batch: int, lengths: tuple[int, ...], channels: int, period: int = 2**16
) -> SmallCall:
    """1, 2, 3, ... in the order of memory, counted anew after a period."""
    call = subject.call(subject.value_shape(batch, lengths, channels), ksize=1, output_size=lengths)
    return _asked(
        call,
        {name: (1 + np.arange(np.prod(shape)) % period).reshape(shape) for name, shape in call.operands.items()},
    )


def _pooled(subject: PoolingSubject, batch: int) -> SmallCall:
    length, output = (ADAPTIVE_LENGTH, ADAPTIVE_OUTPUT) if subject.operator.adaptive else (LENGTH, -(-LENGTH // STRIDE))
    if subject.operator.reduction == "unpooled":
        length, output = output, length
    shape = subject.value_shape(batch, (length,) * subject.operator.rank)
    call = subject.call(shape, ksize=WINDOW, strides=STRIDE, padding="SAME", output_size=output)
    # 7 and 15 have no common factor: neighbours along every axis, and those of a corner, have 8 different numbers.
    numbers = {
        name: (-8 * (1 + 7 * np.arange(np.prod(shape)) % 15)).reshape(shape) for name, shape in call.operands.items()
    }
    windows = f"window {WINDOW}, stride {STRIDE}, SAME"
    outputs = f"{length} to {output} along every axis"
    return _asked(call, numbers, outputs if subject.operator.adaptive else f"{outputs}, {windows}")


def _asked(call: RightPooling, numbers: Operands, words: str = "") -> SmallCall:
    operands = {name: array.astype(FORMATS[call.dtype_of(name)].numpy) for name, array in numbers.items()}
    if "indices" in operands:
        # The places of each plane of the result from its last one on.
        geometry = call.geometry
        batch, height, width, channels = geometry.value_shape
        last = int(np.prod(geometry.result_shape[1:-1])) - 1
        plane = (last - np.arange(height * width)).reshape(1, height, width, 1)
        places = np.broadcast_to(plane, (batch, height, width, channels))
        operands["indices"] = np.ascontiguousarray(to_layout(places, call.last))
    return SmallCall(call, operands, _expected(call, operands), words)


def _expected(call: RightPooling, operands: Operands) -> NDArray[Any]:
    wide = {name: array.astype(np.float64) for name, array in operands.items() if name != "indices"}
    pooled = Pooled(call.definition.reduction, call.geometry, call.last, operands.get("indices"))
    with np.errstate(invalid="ignore"):
        result = pooled.result(wide["value"]) if call.direction == "forward" else pooled.gradient(**wide)
    returned = "int64" if call.definition.reduction == "index" else call.dtype
    return np.ascontiguousarray(result).astype(FORMATS[returned].numpy)

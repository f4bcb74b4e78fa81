"""What an implementation's answers to one-hot inputs and coded kernels show: which product reached which output.

Knows: the questions and what their answers mean, by integers alone. Must not know: who is asked, what the reference
would answer. Next stage: `conformance.judging.affine` fits stride, dilation, flip and crop to the products seen.

The filter counts 1, 2, 3, ..., and one input is 1: every output then names the weight that reached it. A last
question, with all inputs 1, shows what becomes of taps that meet.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Call
from conformance.suite.dtypes import FORMATS
from reference.arguments import channels_last
from reference.geometry import TransposedConvolution

Array: TypeAlias = NDArray[Any]
Ask: TypeAlias = Callable[[Array, Array], Array]
"""value and filter to the answer, all in the layouts of one call"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One product: a one at `input` reached the output at `output` by the weight number `code`."""

    input: tuple[int, int]
    channel_in: int
    output: tuple[int, int]
    channel_out: int
    code: int
    """position in the filter's memory"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """All that one-hot inputs showed."""

    seen: tuple[Seen, ...]
    strangers: int
    """outputs that hold no code: no single weight explains them"""
    meeting: str
    """what becomes of taps that meet: added, overwritten, other, or none where none meet"""
    wrong_shapes: tuple[tuple[int, ...], ...] = field(default=())
    """shapes of answers, other than the one asked for"""


def read_footprint(call: Call, ask: Ask) -> Footprint:
    """Ask with one-hot inputs: every position of channel 0, then every other channel at one position, then all ones.

    Raises ValueError for a filter with more elements than the dtype can count.
    """
    count = int(np.prod(call.filter_shape))
    if count > 2 ** FORMATS[call.dtype].significand:
        raise ValueError(f"a filter of {count} elements has more codes than {call.dtype} can tell apart")
    codes = np.arange(1.0, count + 1).reshape(call.filter_shape).astype(FORMATS[call.dtype].numpy)
    seen: list[Seen] = []
    shapes: list[tuple[int, ...]] = []
    strangers = 0
    answers: list[Array] = []
    assert call.geometry is not None
    for place, channel in one_hot_places(call.geometry):
        answer = ask(_one_hot(call, place, channel), codes)
        if tuple(answer.shape) != call.output_shape:
            shapes.append(tuple(answer.shape))
            continue
        canonical = _canonical(call, answer)
        if channel == 0:
            answers.append(canonical)
        products, others = _products(place, channel, canonical, count)
        seen += products
        strangers += others
    meeting = "none" if shapes else _meeting(call, ask, answers)
    return Footprint(tuple(seen), strangers, meeting, tuple(dict.fromkeys(shapes)))


def one_hot_places(asked: TransposedConvolution) -> Iterator[tuple[tuple[int, int], int]]:
    """(height, width) and channel of every one-hot input."""
    height, width = asked.axes
    for row in range(height.input):
        for column in range(width.input):
            yield (row, column), 0
    middle = (height.input // 2, width.input // 2)
    for channel in range(1, asked.channels_in):
        yield middle, channel


def _one_hot(call: Call, place: tuple[int, int], channel: int) -> Array:
    """The same in every image: a mixed-up batch is not for this probe to find."""
    value = np.zeros(call.value_shape, dtype=FORMATS[call.dtype].numpy)
    _canonical(call, value)[:, *place, channel] = 1
    return value


def _canonical(call: Call, array: Array) -> Array:
    return array if channels_last(call.data_format) else np.moveaxis(array, 1, -1)


def _products(place: tuple[int, int], channel: int, canonical: Array, count: int) -> tuple[list[Seen], int]:
    """The codes in the first image's answer, and how many of its elements are neither a code nor zero."""
    numbers = canonical[0].astype(np.float64)
    coded = (np.rint(numbers) == numbers) & (numbers >= 1) & (numbers <= count)
    seen = [
        Seen(place, channel, (int(row), int(column)), int(out), int(numbers[row, column, out]) - 1)
        for row, column, out in np.argwhere(coded)
    ]
    return seen, int(((numbers != 0) & ~coded).sum())


def _meeting(call: Call, ask: Ask, answers: Sequence[Array]) -> str:
    """Two questions more: how many products meet in an output, with channel 0 all ones and all weights one."""
    assert call.geometry is not None
    counts = np.sum([answer[0] != 0 for answer in answers], axis=0)
    value = np.zeros(call.value_shape, dtype=FORMATS[call.dtype].numpy)
    _canonical(call, value)[0, ..., 0] = 1
    answer = ask(value, np.ones(call.filter_shape, dtype=FORMATS[call.dtype].numpy))
    observed = _canonical(call, answer)[0].astype(np.float64)
    if max(max(axis.taps(), default=0) for axis in call.geometry.axes) < 2:
        return "none"
    if np.array_equal(observed, counts) and counts.max() > 1:
        return "added"
    return "overwritten" if observed.max(initial=0) <= 1 else "other"

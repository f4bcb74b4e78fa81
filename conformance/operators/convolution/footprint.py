"""What an implementation's answers to one-hot inputs and coded kernels show: which product reached which output.

Knows: the questions and what their answers mean, by integers alone. Must not know: who is asked, what the reference
would answer. Next stage: `affine` fits stride, dilation, flip and crop to the products seen.

The filter counts 1, 2, 3, ..., and one pixel of the value is 1 (of the cotangent, where the value's gradient is asked
for): every pixel of the result then names the weight that reached it. A last question, with all pixels 1, shows what
becomes of taps that meet.

Products are told in the words of the geometry, whatever the operator: a forward convolution leads `output` to `input`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.inputs import Operands, factor_names, with_zeros
from conformance.operators.convolution.subject import ConvolutionSubject
from conformance.suite.dtypes import FORMATS
from reference.arrays import from_layout

Array: TypeAlias = NDArray[Any]
Ask: TypeAlias = Callable[[Operands], Array]
"""the operands of one call to the answer, in its layouts"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One product of a geometry's input and output, that met by the weight number `code`."""

    input: tuple[int, ...]
    channel_in: int
    output: tuple[int, ...]
    channel_out: int
    code: int
    """position in the filter's memory"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """All that one-hot values showed."""

    seen: tuple[Seen, ...]
    strangers: int
    """pixels of results that hold no code: no single weight explains them"""
    meeting: str
    """what becomes of taps that meet: added, overwritten, other, or none where none meet"""
    wrong_shapes: tuple[tuple[int, ...], ...] = field(default=())
    """shapes of answers, other than the one asked for"""


def read_footprint(call: RightConvolution, ask: Ask) -> Footprint:
    """Ask with one-hot pixels: every position of channel 0, then every other channel at one position, then all ones.

    The call is for the result, or for the gradient of the value. Raises ValueError for a filter with more elements than
    the dtype can count.
    """
    count = int(np.prod(call.filter_shape))
    if count > 2 ** FORMATS[call.dtype].significand:
        raise ValueError(f"a filter of {count} elements has more codes than {call.dtype} can tell apart")
    codes = np.arange(1.0, count + 1).reshape(call.filter_shape)
    seen: list[Seen] = []
    shapes: list[tuple[int, ...]] = []
    strangers = 0
    answers: list[Array] = []
    for place, channel in one_hot_places(call):
        # The same in every image: a mixed-up batch is not for this probe to find.
        pixels = np.zeros(call.operands[factor_names(call)[0]])
        at: tuple[slice | int, ...] = (slice(None), *place, channel)
        from_layout(pixels, call.last)[at] = 1
        answer = ask(_operands(call, pixels, codes))
        if tuple(answer.shape) != call.result_shape:
            shapes.append(tuple(answer.shape))
            continue
        canonical = from_layout(answer, call.last)
        if channel == 0:
            answers.append(canonical)
        products, others = _products(call, place, channel, canonical, count)
        seen += products
        strangers += others
    meeting = "none" if shapes else _meeting(call, ask, answers)
    return Footprint(tuple(seen), strangers, meeting, tuple(dict.fromkeys(shapes)))


def one_hot_places(call: RightConvolution) -> Iterator[tuple[tuple[int, ...], int]]:
    """Spatial position and channel of every one-hot pixel."""
    _, *lengths, channels = (
        call.geometry.value_shape if ConvolutionSubject.of(call).scatters else call.geometry.output_shape
    )
    for place in product(*map(range, lengths)):
        yield place, 0
    middle = tuple(length // 2 for length in lengths)
    for channel in range(1, channels):
        yield middle, channel


def _operands(call: RightConvolution, pixels: Array, filter: Array) -> Operands:
    first, second = factor_names(call)
    return with_zeros(call, {first: pixels, second: filter})


def _products(
    call: RightConvolution, place: tuple[int, ...], channel: int, canonical: Array, count: int
) -> tuple[list[Seen], int]:
    """The codes in the first image's answer, and how many of its elements are neither a code nor zero."""
    numbers = canonical[0].real.astype(np.float64)
    coded = (np.rint(numbers) == numbers) & (numbers >= 1) & (numbers <= count)
    seen: list[Seen] = []
    for index, number in zip(np.argwhere(coded).tolist(), numbers[coded].tolist(), strict=True):
        *spatial, other = index
        ends = ((place, channel), (tuple(spatial), other))
        (input, channel_in), (output, channel_out) = ends if ConvolutionSubject.of(call).scatters else ends[::-1]
        seen.append(Seen(input, channel_in, output, channel_out, int(number) - 1))
    return seen, int(((canonical[0] != 0) & ~coded).sum())


def _meeting(call: RightConvolution, ask: Ask, answers: Sequence[Array]) -> str:
    """One question more: how many products meet in a pixel, with channel 0 all ones and all weights one."""
    target = call.definition.target(call.direction)
    assert target is not None
    counts = np.sum([answer[0] != 0 for answer in answers], axis=0)
    pixels = np.zeros(call.operands[factor_names(call)[0]])
    from_layout(pixels, call.last)[0, ..., 0] = 1
    answer = ask(_operands(call, pixels, np.ones(call.filter_shape)))
    observed = from_layout(answer, call.last)[0].real.astype(np.float64)
    if max(max(axis.terms(target), default=0) for axis in call.geometry.axes) < 2:
        return "none"
    if np.array_equal(observed, counts) and counts.max() > 1:
        return "added"
    return "overwritten" if observed.max(initial=0) <= 1 else "other"

"""Probes: questions whose answers tell how a lane adds up, and what they tell.

Knows: generators, the oracle, arithmetic. Must not know: workers (`conformance.running.probing` asks).

A probe has the shapes of the trial that it is for, because libraries choose their kernels, and with them their
accumulators, by shape and argument. Where exact data beyond the storage's significand come out right, bit for bit, the
sums were kept wider; where they do so for a filter of a single tap only, the taps were summed in the storage's dtype.
"""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation
from conformance.judging.oracle import expect_call
from conformance.judging.question import Question
from conformance.suite.case import Call
from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import Words, accumulator_bits
from conformance.suite.inputs import Operands, factor_names, request_of
from reference.arguments import conv2d_transpose_geometry

MOST_BITS_LOST = 2
"""operands of fewer bits cannot tell"""


def wide_questions(call: Call) -> list[Question]:
    """Data whose sums a float32 accumulator keeps and a 16-bit one does not.

    Numbers of one sign grow beyond the storage's significand on the way; taps of both signs cancel what was rounded.
    Empty where the shapes cannot tell: too many products for the operands to have any bits left.
    """
    products = request_of(call).products
    return [*_drawn(call, products, signed=False), *_drawn(call, max(products // 2, 1), signed=True)]


def single_tap_questions(call: Call) -> list[Question]:
    """The same with all taps zero but the middle one: only channels are left to be summed.

    Empty for the gradients of filter and bias, which have no taps to leave out.
    """
    if factor_names(call)[1] != "filter":
        return []
    target = call.definition.target(call.direction)
    assert call.geometry is not None
    assert target is not None
    middle = tuple(length // 2 for length in call.filter_shape[:-2])
    return _drawn(call, call.geometry.terms_per_pair(target), signed=False, only=middle)


def _drawn(call: Call, products: int, *, signed: bool, only: tuple[int, ...] | None = None) -> list[Question]:
    """Two draws of whole numbers in the upper half of the bits that `products` of them may have."""
    form = FORMATS[call.dtype]
    bits = accumulator_bits(form, products)
    if bits < MOST_BITS_LOST:
        return []
    request, names = request_of(call), factor_names(call)
    # The gradient of a bias sums the cotangent alone: its numbers are no products, and take all the bits.
    value_bits = min(bits if names[1] == "bias" else bits // 2, form.significand)
    filter_bits = max(min(bits - value_bits, form.significand), 1)
    questions = []
    for draw in range(2):
        words = Words(f"probe/{call.dtype}/{signed}/{draw}")
        value = _upper_half(words, value_bits, request.value_shape)
        filter = _upper_half(words, filter_bits, request.filter_shape)
        if signed and names[1] == "filter":
            kernel = request.filter_shape[:-2]
            filter *= words.signs(prod(kernel)).reshape(*kernel, 1, 1)
        if only is not None:
            kept = filter[only].copy()
            filter[:] = 0.0
            filter[only] = kept
        zeros = {name: np.zeros(shape) for name, shape in call.operands.items()}
        operands = {**zeros, **dict(zip(names, (value, filter), strict=True))}
        questions.append(_question(call, {name: array.astype(form.numpy) for name, array in operands.items()}))
    return questions


def _upper_half(words: Words, bits: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Whole numbers of exactly `bits` bits, odd and even: sums of odd ones alone would have a bit in common."""
    lowest = 2 ** (bits - 1)
    numbers: NDArray[np.float64] = (lowest + words.below(lowest, prod(shape))).astype(np.float64)
    return numbers.reshape(shape)


def _question(call: Call, operands: Operands) -> Question:
    return Question(operands, expect_call(call, operands))


def accumulation(kept: bool, kept_by_channels: bool) -> Accumulation:
    """What the answers to both kinds of questions tell."""
    if kept:
        return Accumulation.WIDE
    return Accumulation.TAP if kept_by_channels else Accumulation.NATIVE


def is_exact(question: Question, answer: NDArray[Any]) -> bool:
    """Whether the answer is R rounded once, bit for bit."""
    assert question.expected is not None
    rounded = question.expected.rounded
    return answer.dtype == rounded.dtype and np.array_equal(answer, rounded)


def subnormal_question(dtype: str) -> Question:
    """One product of a subnormal number and one, in a call that every implementation can be asked."""
    call = one_pixel_call(dtype)
    ones = {name: np.ones(shape) for name, shape in call.operands.items()}
    expected = expect_call(call, ones)
    smallest = expected.format.smallest_subnormal
    numpy = expected.format.numpy
    operands = {**ones, "value": ones["value"] * 3 * smallest}
    return Question({name: array.astype(numpy) for name, array in operands.items()}, expected)


def one_pixel_call(dtype: str) -> Call:
    """The smallest right call: one pixel, one tap, one channel."""
    shape = (1, 1, 1, 1)
    geometry = conv2d_transpose_geometry(shape, shape, shape, 1)
    return Call("conv2d_transpose", shape, shape, shape, 1, "SAME", None, None, dtype, geometry, None)

"""Probes: questions whose answers tell how a lane adds up, and what they tell.

Knows: generators, the oracle, arithmetic. Must not know: workers (`conformance.running.probing` asks).

A probe has the shapes of the trial that it is for, because libraries choose their kernels, and with them their
accumulators, by shape and argument. Where exact data beyond the storage's significand come out right, bit for bit, the
sums were kept wider; where they do so for a filter of a single tap only, the taps were summed in the storage's dtype.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation
from conformance.judging.oracle import expect_call
from conformance.judging.question import Question
from conformance.suite.case import Call
from conformance.suite.generators import GENERATORS, Filled, Unfit
from conformance.suite.inputs import fill
from reference.arguments import conv2d_transpose_geometry


def wide_questions(call: Call) -> list[Question]:
    """Data whose sums a float32 accumulator keeps and a 16-bit one does not.

    Numbers of one sign grow beyond the storage's significand on the way; numbers of both show what cancels. Empty where
    the shapes cannot tell: too many products for the operands to have any bits left.
    """
    return [_question(call, *operands) for operands in _drawn(call, None)]


def single_tap_questions(call: Call) -> list[Question]:
    """The same with all taps zero but the middle one: only channels are left to be summed."""
    kernel = call.filter_shape[:-2]
    middle = tuple(length // 2 for length in kernel)
    questions = []
    for value, filter in _drawn(call, call.filter_shape[-1]):
        single = np.zeros_like(filter)
        single[middle] = filter[middle]
        questions.append(_question(call, value, single))
    return questions


def _drawn(call: Call, products: int | None) -> Iterator[Filled]:
    for seed in ("probe/1", "probe/2"):
        try:
            value, filter = fill(GENERATORS["acc24"], call, seed, products)
        except Unfit:
            return
        yield np.abs(value), np.abs(filter)
        yield value, filter


def _question(call: Call, value: NDArray[Any], filter: NDArray[Any]) -> Question:
    return Question(value, filter, expect_call(call, value, filter))


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
    value, filter = np.ones(call.value_shape), np.ones(call.filter_shape)
    expected = expect_call(call, value, filter)
    smallest = expected.format.smallest_subnormal
    numpy = expected.format.numpy
    return Question((value * 3 * smallest).astype(numpy), filter.astype(numpy), expected)


def one_pixel_call(dtype: str) -> Call:
    """The smallest right call: one pixel, one tap, one channel."""
    shape = (1, 1, 1, 1)
    geometry = conv2d_transpose_geometry(shape, shape, shape, 1)
    return Call("conv2d_transpose", shape, shape, shape, 1, "SAME", None, None, dtype, geometry, None)

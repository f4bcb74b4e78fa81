"""The masking probe: how many significand bits an accumulator has, along channels and along taps.

Knows: the arrays to ask with, and what the answers tell. Must not know: who is asked. A run's grades and
`conformance diagnose` ask.

The products summed into one output are a large term 2^e, its negative, and ones. In floating-point arithmetic of p
bits 2^e + 1 is exact up to e = p - 1, and at e = p the one is lost in the large term. Whatever the order of summation
is, in some placement of the two large terms a single one is added to one of them: so every placement is asked, and p
is the largest e for which all are exact, plus one. Source: FPRev (arXiv 2411.00442), which masks likewise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.inputs import Operands, factor_names, with_zeros
from conformance.operators.convolution.subject import ConvolutionSubject
from conformance.suite.dtypes import FORMATS
from reference.arrays import from_layout, to_layout

# Of one sum: channels, or taps
TERMS = 16
# Of the taps, for each number of spatial axes
SIDES = {1: (16,), 2: (4, 4), 3: (4, 2, 2)}
RESULT_CHANNELS = 3
# float16 has no 2^16: there every term is split, 2^e = 2^(e - 12) 2^12 and 1 = 2^-12 2^12
HALF_SHIFT = 12
# The e that may be asked; an accumulator for which the last is exact has more bits than can be seen
EXPONENTS = {
    "float64": range(4, 60),
    "float32": range(4, 56),
    "float16": range(4, 27),
    "bfloat16": range(4, 56),
}

Along = Literal["channels", "taps"]


@dataclass(frozen=True, slots=True, eq=False)
class MaskingQuestion:
    """One call with every placement of 2^e and -2^e as an image of its batch."""

    call: RightConvolution
    operands: Operands
    position: tuple[int, ...]
    """the pixel of the result in which all terms meet"""

    def exact(self, answer: NDArray[Any]) -> bool:
        """Whether no placement lost a one; an answer of another shape did."""
        if tuple(answer.shape) != self.call.result_shape:
            return False
        canonical = from_layout(answer, self.call.last)
        at: tuple[slice | int, ...] = (slice(None), *self.position)
        sums = canonical[at].astype(np.float64)
        return bool(np.all(sums == TERMS - 2))


@dataclass(frozen=True, slots=True)
class SignificandBits:
    """The accumulator's significand, the hidden bit included: 0 where not even the smallest e was exact, None where
    nothing is summed, or a question went unanswered.
    """

    channels: int | None
    taps: int | None


Ask = Callable[[MaskingQuestion], NDArray[Any] | None]
"""the answer; None where there is none"""


def measure_bits(subject: ConvolutionSubject, form: str, ask: Ask) -> SignificandBits:
    """What the answers tell of calls of the subject, whose dtype is one of EXPONENTS, with a form of padding: SAME,
    VALID, or `explicit` for SAME's pads as a list. Libraries choose their kernels, and so their accumulators, by it.

    A depthwise convolution sums no channels, and is asked along taps alone. The largest number that can be seen is that
    of the last exponent, plus one.
    """
    channels = None if subject.operator.depthwise else _bits(subject, form, "channels", ask)
    return SignificandBits(channels, _bits(subject, form, "taps", ask))


def masking_question(subject: ConvolutionSubject, form: str, along: Along, exponent: int) -> MaskingQuestion:
    """What to ask in the subject's words: the result, or the gradient of the value."""
    made = _along_channels if along == "channels" else _along_taps
    return made(_Form(subject, form), exponent)


def _bits(subject: ConvolutionSubject, form: str, along: Along, ask: Ask) -> int | None:
    """By bisection: what loses a one in 2^e loses it in every larger number."""
    exponents = EXPONENTS[subject.dtype]
    exact, lost = -1, len(exponents)
    while lost - exact > 1:
        middle = (exact + lost) // 2
        question = masking_question(subject, form, along, exponents[middle])
        answer = ask(question)
        if answer is None:
            return None
        if question.exact(answer):
            exact = middle
        else:
            lost = middle
    return exponents[exact] + 1 if exact >= 0 else 0


def _placements(exponent: int) -> NDArray[np.float64]:
    """(placements, TERMS): ones, but for one 2^e and one -2^e."""
    places = list(permutations(range(TERMS), 2))
    terms = np.ones((len(places), TERMS))
    rows = np.arange(len(places))
    first, second = np.array(places).T
    terms[rows, first], terms[rows, second] = 2.0**exponent, -(2.0**exponent)
    return terms


@dataclass(frozen=True, slots=True)
class _Form:
    """What all questions of one kind have in common."""

    subject: ConvolutionSubject
    padding: str

    def question(
        self, given: NDArray[np.float64], kernel: tuple[int, ...], result: tuple[int, ...], stride: int,
        before: tuple[int, ...], position: tuple[int, ...],
    ) -> MaskingQuestion:  # fmt: skip
        """given: (placements, *spatial, channels), the value, or the cotangent where the value's gradient is asked for;
        before: the crop, or pad, in front of each axis.
        """
        pads = tuple((cut, length - 1 - cut if stride == 1 else 0) for cut, length in zip(before, kernel, strict=True))
        ends = (given.shape[1:-1], given.shape[-1]), (result, RESULT_CHANNELS)
        if self.subject.direction == "value_gradient":
            ends = ends[::-1]
        (size, channels_in), (output, channels_out) = ends
        if self.subject.operator.depthwise:
            channels_in = channels_out  # each channel has a sum of its own, with one filter
        call = self.subject.call(
            batch=given.shape[0],
            size=size,
            channels=(channels_in, channels_out),
            kernel=kernel,
            output=output,
            strides=stride,
            padding=pads if self.padding == "explicit" else self.padding,
        )
        numpy = FORMATS[call.dtype].numpy
        shift = HALF_SHIFT if call.dtype == "float16" else 0
        first, second = factor_names(call)
        laid_out = to_layout(given, call.last)
        factors = {
            first: np.broadcast_to(laid_out * 2.0**-shift, call.operands[first]).astype(numpy),
            second: np.full(call.operands[second], 2.0**shift).astype(numpy),
        }
        return MaskingQuestion(call, with_zeros(call, factors), position)


def _along_channels(form: _Form, exponent: int) -> MaskingQuestion:
    """One pixel of 16 channels, and 2 taps along every axis, of which each makes a result of its own; the other way
    round one result of as many pixels, of which all but the first are zero.
    """
    terms = _placements(exponent)
    rank, scatters = form.subject.operator.rank, form.subject.scatters
    one, two, first = (1,) * rank, (2,) * rank, (0,) * rank
    given = np.zeros((len(terms), *(one if scatters else two), TERMS))
    at: tuple[slice | int, ...] = (slice(None), *first)
    given[at] = terms
    return form.question(given, two, two if scatters else one, 2, first, first)


def _along_taps(form: _Form, exponent: int) -> MaskingQuestion:
    """As many pixels of one channel as taps, 4 x 4: there is a pixel of the result in which every one meets another."""
    terms = _placements(exponent)
    sides = SIDES[form.subject.operator.rank]
    scatters, valid = form.subject.scatters, form.padding == "VALID"
    before = tuple(0 if valid else (side - 1) // 2 for side in sides)
    spread = tuple(2 * side - 1 for side in sides) if scatters else (1,) * len(sides)
    given = terms.reshape(len(terms), *sides, 1)
    position = tuple(side - 1 - cut if scatters else cut for side, cut in zip(sides, before, strict=True))
    return form.question(given, sides, spread if valid else sides, 1, before, position)

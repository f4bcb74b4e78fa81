"""The masking probe: how many significand bits an accumulator has, along channels and along taps.

Knows: the arrays to ask with, and what the answers tell. Must not know: who is asked. The runner and
`conformance diagnose` ask.

The products summed into one output are a large term 2^e, its negative, and ones. In floating-point arithmetic of p
bits 2^e + 1 is exact up to e = p - 1, and at e = p the one is lost in the large term. Whatever the order of summation
is, in some placement of the two large terms a single one is added to one of them: so every placement is asked, and p
is the largest e for which all are exact, plus one. Source: FPRev (arXiv 2411.00442), which masks likewise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from conformance.suite.calls import right_call
from conformance.suite.case import Call
from conformance.suite.dtypes import FORMATS

MASKED = "conv2d_transpose"
"""the operator of all questions"""
TERMS_A_SIDE = 4
TERMS = TERMS_A_SIDE**2
"""of one sum: 16 channels, or 4 x 4 taps"""
OUTPUT_CHANNELS = 3
HALF_SHIFT = 12
"""float16 has no 2^16: there every term is split, 2^e = 2^(e - 12) 2^12 and 1 = 2^-12 2^12"""
EXPONENTS = {
    "float64": range(4, 60),
    "float32": range(4, 56),
    "float16": range(4, 27),
    "bfloat16": range(4, 56),
}
"""the e that are asked; an accumulator for which the last is exact has more bits than can be seen"""

Along = Literal["channels", "taps"]


@dataclass(frozen=True, slots=True, eq=False)
class MaskingQuestion:
    """One call with every placement of 2^e and -2^e as an image of its batch."""

    along: Along
    exponent: int
    call: Call
    value: NDArray[Any]
    filter: NDArray[Any]
    position: tuple[int, int]
    """the output position at which all terms meet"""

    def exact(self, answer: NDArray[Any] | None) -> bool:
        """Whether no placement lost a one; an answer of another shape did."""
        if answer is None or tuple(answer.shape) != self.call.output_shape:
            return False
        sums = answer[:, self.position[0], self.position[1], :].astype(np.float64)
        return bool(np.all(sums == TERMS - 2))


@dataclass(frozen=True, slots=True)
class SignificandBits:
    """The accumulator's significand, the hidden bit included; None where not even the smallest e was exact."""

    channels: int | None
    taps: int | None


def masking_questions(dtype: str, padding: str = "SAME") -> tuple[MaskingQuestion, ...]:
    """What to ask an implementation in this dtype; padding is SAME, VALID, or `explicit` for SAME's pads as a list.

    Libraries choose their kernels, and with them their accumulators, by the form of the padding.
    """
    return tuple(
        question
        for exponent in EXPONENTS[dtype]
        for question in (_along_channels(dtype, padding, exponent), _along_taps(dtype, padding, exponent))
    )


def significand_bits(questions: Sequence[MaskingQuestion], answers: Sequence[NDArray[Any] | None]) -> SignificandBits:
    """What the answers tell; None stands for a question that got no answer.

    The largest number that can be seen is that of the last exponent, plus one.
    """
    exact = {
        (question.along, question.exponent): question.exact(answer)
        for question, answer in zip(questions, answers, strict=True)
    }
    return SignificandBits(_bits("channels", exact), _bits("taps", exact))


def _bits(along: Along, exact: dict[tuple[Along, int], bool]) -> int | None:
    bits = None
    for exponent in sorted(each for direction, each in exact if direction == along):
        if not exact[along, exponent]:
            break
        bits = exponent + 1
    return bits


def _placements(exponent: int) -> NDArray[np.float64]:
    """(placements, TERMS): ones, but for one 2^e and one -2^e."""
    places = list(permutations(range(TERMS), 2))
    terms = np.ones((len(places), TERMS))
    rows = np.arange(len(places))
    first, second = np.array(places).T
    terms[rows, first], terms[rows, second] = 2.0**exponent, -(2.0**exponent)
    return terms


def _along_channels(dtype: str, padding: str, exponent: int) -> MaskingQuestion:
    """One pixel of 16 channels, 2 x 2 taps of which each makes an output of its own."""
    terms = _placements(exponent)
    value_shape = (len(terms), 1, 1, TERMS)
    call = right_call(
        value_shape, (2, 2, OUTPUT_CHANNELS, TERMS), (len(terms), 2, 2, OUTPUT_CHANNELS), 2,
        _padding(padding, 0, 0), dtype=dtype,
    )  # fmt: skip
    return _question("channels", exponent, call, terms.reshape(value_shape), (0, 0))


def _along_taps(dtype: str, padding: str, exponent: int) -> MaskingQuestion:
    """4 x 4 pixels of one channel, and 4 x 4 taps: at position 3 of the full result every pixel meets another tap."""
    terms = _placements(exponent)
    side = TERMS_A_SIDE
    value_shape = (len(terms), side, side, 1)
    output, crop = (2 * side - 1, 0) if padding == "VALID" else (side, (side - 1) // 2)
    call = right_call(
        value_shape, (side, side, OUTPUT_CHANNELS, 1), (len(terms), output, output, OUTPUT_CHANNELS), 1,
        _padding(padding, crop, side - 1 - crop), dtype=dtype,
    )  # fmt: skip
    return _question("taps", exponent, call, terms.reshape(value_shape), (side - 1 - crop,) * 2)


def _question(
    along: Along, exponent: int, call: Call, terms: NDArray[np.float64], position: tuple[int, int]
) -> MaskingQuestion:
    numpy = FORMATS[call.dtype].numpy
    shift = HALF_SHIFT if call.dtype == "float16" else 0
    value = (terms * 2.0**-shift).astype(numpy)
    filter = np.full(call.filter_shape, 2.0**shift).astype(numpy)
    return MaskingQuestion(along, exponent, call, value, filter, position)


def _padding(form: str, before: int, after: int) -> str | tuple[tuple[int, int], ...]:
    return form if form != "explicit" else ((0, 0), (before, after), (before, after), (0, 0))

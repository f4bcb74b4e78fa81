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
from conformance.suite.parametric import ParametricForm
from reference.family import OPERATORS, Operator

TERMS = 16
"""of one sum: channels, or taps"""
SIDES = {1: (16,), 2: (4, 4), 3: (4, 2, 2)}
"""of the taps, for each number of spatial axes"""
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
    position: tuple[int, ...]
    """the pixel of the result in which all terms meet"""

    def exact(self, answer: NDArray[Any] | None) -> bool:
        """Whether no placement lost a one; an answer of another shape did."""
        if answer is None or tuple(answer.shape) != self.call.output_shape:
            return False
        canonical = answer if self.call.last else np.moveaxis(answer, 1, -1)
        at: tuple[slice | int, ...] = (slice(None), *self.position)
        sums = canonical[at].astype(np.float64)
        return bool(np.all(sums == TERMS - 2))


@dataclass(frozen=True, slots=True)
class SignificandBits:
    """The accumulator's significand, the hidden bit included; None where not even the smallest e was exact."""

    channels: int | None
    taps: int | None


def masking_questions(
    dtype: str, padding: str = "SAME", operator: str = "conv2d_transpose", data_format: str | None = None
) -> tuple[MaskingQuestion, ...]:
    """What to ask an implementation in this dtype; padding is SAME, VALID, or `explicit` for SAME's pads as a list.

    Libraries choose their kernels, and with them their accumulators, by the form of the padding. A depthwise
    convolution sums no channels, and is asked along taps alone.
    """
    definition = OPERATORS[operator]
    made = [_along_taps] if definition.depthwise else [_along_channels, _along_taps]
    form = _Form(definition, dtype, padding, data_format)
    return tuple(make(form, exponent) for exponent in EXPONENTS[dtype] for make in made)


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


@dataclass(frozen=True, slots=True)
class _Form:
    """What all questions of one kind have in common."""

    operator: Operator
    dtype: str
    padding: str
    data_format: str | None

    def question(
        self, along: Along, exponent: int, value: NDArray[np.float64], kernel: tuple[int, ...], output: tuple[int, ...],
        stride: int, before: tuple[int, ...], position: tuple[int, ...],
    ) -> MaskingQuestion:  # fmt: skip
        """value: (placements, *spatial, channels); before: the crop, or pad, in front of each axis."""
        pads = tuple((cut, length - 1 - cut if stride == 1 else 0) for cut, length in zip(before, kernel, strict=True))
        given = {
            "batch": len(value), "size": value.shape[1:-1], "channels": (value.shape[-1], OUTPUT_CHANNELS),
            "kernel": kernel, "strides": stride, "output": output, "data_format": self.data_format,
            "padding": pads if self.padding == "explicit" else self.padding,
        }  # fmt: skip
        form = ParametricForm.read(self.operator, given)
        call = right_call(
            *form.shapes(form.outputs()[0]), stride, form.padding, self.data_format, None, self.dtype,
            self.operator.name,
        )  # fmt: skip
        numpy = FORMATS[self.dtype].numpy
        shift = HALF_SHIFT if self.dtype == "float16" else 0
        laid_out = value if form.last else np.moveaxis(value, -1, 1)
        filter = np.full(call.filter_shape, 2.0**shift).astype(numpy)
        return MaskingQuestion(along, exponent, call, (laid_out * 2.0**-shift).astype(numpy), filter, position)


def _along_channels(form: _Form, exponent: int) -> MaskingQuestion:
    """One pixel of 16 channels, and 2 taps along every axis, of which each makes an output of its own; the other way
    round one output of as many pixels, of which all but the first are zero.
    """
    terms = _placements(exponent)
    rank, transposed = form.operator.rank, form.operator.transposed
    one, two, first = (1,) * rank, (2,) * rank, (0,) * rank
    value = np.zeros((len(terms), *(one if transposed else two), TERMS))
    at: tuple[slice | int, ...] = (slice(None), *first)
    value[at] = terms
    return form.question("channels", exponent, value, two, two if transposed else one, 2, first, first)


def _along_taps(form: _Form, exponent: int) -> MaskingQuestion:
    """As many pixels of one channel as taps, 4 x 4: there is a pixel of the result in which every one meets another."""
    terms = _placements(exponent)
    sides = SIDES[form.operator.rank]
    valid = form.padding == "VALID"
    before = tuple(0 if valid else (side - 1) // 2 for side in sides)
    output = tuple(2 * side - 1 for side in sides) if valid else sides
    value = terms.reshape(len(terms), *sides, 1)
    position = tuple(
        side - 1 - cut if form.operator.transposed else cut for side, cut in zip(sides, before, strict=True)
    )
    return form.question("taps", exponent, value, sides, output, 1, before, position)

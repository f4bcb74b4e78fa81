"""Probes: questions whose answers tell how a lane adds up, and what they tell.

Knows: generators, the oracle, arithmetic. Must not know: workers (`conformance.running.probing` asks).

A probe has the shapes of the trial that it is for, because libraries choose their kernels, and with them their
accumulators, by shape and argument. A profile is granted where every answer is one that the profile explains: sums in
float32 give whole numbers beyond the storage's significand bit for bit; sums of taps in the storage do so for a filter
of a single tap, and stay within the bound for others; sums in the storage stay within its bound. Where an operand is
mostly zeros, an element sums few numbers, whatever its shape: a product with zero, and a sum with it, is exact.
"""

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.question import Question
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.generators import GENERATORS, accumulator_bits
from conformance.operators.convolution.inputs import Operands, factor_names, request_of, with_zeros
from conformance.operators.convolution.oracle import counts, expect_call
from conformance.suite.case import Generated, Inputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Words
from reference.operators import Linear

# Operands of fewer bits cannot tell
MOST_BITS_LOST = 2
# Products of an element that a thinned probe aims at: n u is far below 1/2 in every dtype, and elements of one or two
# tell a rounding of the operands from one of the sums
FEW = 6


def wide_questions(call: RightConvolution) -> list[Question]:
    """Data whose sums a float32 accumulator keeps and a 16-bit one does not.

    Numbers of one sign grow beyond the storage's significand on the way; taps of both signs cancel what was rounded.
    Empty where the shapes cannot tell: too many products for the operands to have any bits left.
    """
    products = request_of(call).products
    return [*_drawn(call, products, signed=False), *_drawn(call, max(products // 2, 1), signed=True)]


def single_tap_questions(call: RightConvolution) -> list[Question]:
    """The same with all taps zero but the middle one: only channels are left to be summed.

    Empty for the gradients of filter and bias, which have no taps to leave out.
    """
    if factor_names(call)[1] != "filter":
        return []
    target = call.definition.target(call.direction)
    assert target is not None
    middle = tuple(length // 2 for length in call.filter_shape[:-2])
    return _drawn(call, call.geometry.terms_per_pair(target), signed=False, only=middle)


def thinned_questions(call: RightConvolution) -> list[Question]:
    """Two draws in which few products of an element are not zero, the places of the operands taking turns.

    One operand at a time takes all the bits of its dtype, so that one that is rounded shows.
    """
    form, request, names = FORMATS[call.dtype], request_of(call), factor_names(call)
    both = names[1] != "bias"
    share = min(1.0, (FEW / max(request.products, 1)) ** (0.5 if both else 1.0))
    questions = []
    for draw in range(2):
        words = Words(f"probe/{call.dtype}/thinned/{draw}")
        kept = [
            (words.uniform(prod(shape)) < share).astype(np.float64).reshape(shape)
            for shape in (request.value_shape, request.filter_shape)
        ]
        terms = _terms(call, dict(zip(names, kept, strict=True)))
        bits = accumulator_bits(form, int(terms.max(initial=1)))
        if bits < MOST_BITS_LOST:
            continue
        full = min(form.significand, bits - 1 if both else bits)
        rest = max(min(bits - full, form.significand), 1)
        drawn = [
            _upper_half(words, full if draw == place or not both else rest, shape) * place_kept
            for place, (shape, place_kept) in enumerate(
                zip((request.value_shape, request.filter_shape), kept, strict=True)
            )
        ]
        questions.append(_made(call, dict(zip(names, drawn, strict=True))))
    return questions


def _drawn(
    call: RightConvolution, products: int, *, signed: bool, only: tuple[int, ...] | None = None
) -> list[Question]:
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
        questions.append(_made(call, dict(zip(names, (value, filter), strict=True)), single=only is not None))
    return questions


def _upper_half(words: Words, bits: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Whole numbers of exactly `bits` bits, odd and even: sums of odd ones alone would have a bit in common."""
    lowest = 2 ** (bits - 1)
    numbers: NDArray[np.float64] = (lowest + words.below(lowest, prod(shape))).astype(np.float64)
    return numbers.reshape(shape)


def _made(call: RightConvolution, factors: Operands, *, single: bool = False) -> Question:
    """The question with zeros for every other operand; its elements count the products that are not zero."""
    operands = with_zeros(call, factors)
    expected = expect_call(call, operands)
    taps = np.minimum(expected.taps, 1) if single else expected.taps
    dense = all(array.all() for array in factors.values())
    products = counts(call)[1] if dense else _terms(call, operands)
    return Question(operands, replace(expected, taps=taps, products=products, added=None))


def _terms(call: RightConvolution, operands: Operands) -> NDArray[np.int64]:
    """How many products of each element are not zero."""
    there = {name: (array != 0).astype(np.float64) for name, array in operands.items()}
    counts = Linear(call.definition, call.geometry, call.last).compute(call.direction, there)
    return np.rint(counts).astype(np.int64)


def subnormal_questions(call: RightConvolution) -> list[Question]:
    """A subnormal number in one place, times ones; then two numbers of normal size there, near both ends of the range.

    The latter have all the bits of their dtype: whoever computes in a narrower one gets them wrong. Empty where no
    element is reached, and for integers.
    """
    form = FORMATS[call.dtype]
    place = None if form.kind == "integer" else _reaching_place(call)
    if place is None:
        return []
    longest = 2.0 - 2.0 ** (1 - form.significand)
    numbers = (
        3 * form.smallest_subnormal,
        2 * longest * form.smallest_normal,
        longest * 2.0 ** (int(np.frexp(form.largest)[1]) - 2),
    )
    return [_one_hot(call, place, number) for number in numbers]


def _reaching_place(call: RightConvolution) -> int | None:
    """A place of the first factor, near its middle, whose number reaches an element."""
    size = prod(call.operands[factor_names(call)[0]])
    for step in range(size):
        place = (size // 2 + step) % size
        if np.asarray(expect_call(call, _one_hot_operands(call, place, 1.0)).values).any():
            return place
    return None


def _one_hot_operands(call: RightConvolution, place: int, number: float) -> Operands:
    first, second = factor_names(call)
    one_hot = np.zeros(call.operands[first])
    one_hot.reshape(-1)[place] = number
    return with_zeros(call, {first: one_hot, second: np.ones(call.operands[second])})


def _one_hot(call: RightConvolution, place: int, number: float) -> Question:
    operands = _one_hot_operands(call, place, number)
    expected = expect_call(call, operands)
    return Question(operands, replace(expected, products=_terms(call, operands), added=None))


def depends_on_subnormals(call: RightConvolution, operands: Operands) -> bool:
    """Whether an operand is subnormal, or a product of two numbers may be."""
    form = FORMATS[call.dtype]
    if form.kind == "integer":
        return False
    smallest = {name: _smallest(array) for name, array in operands.items()}
    first, second = (smallest.get(name, 1.0) for name in factor_names(call))
    return min(first, second, first * second, *smallest.values()) < form.smallest_normal


def _smallest(array: NDArray[Any]) -> float:
    """The smallest size of a finite number other than zero, of complex ones of their parts; 1 where there is none."""
    parts = (array.real, array.imag) if array.dtype.kind == "c" else (array,)
    sizes = (np.abs(part.astype(np.float64)) for part in parts)
    return min(float(size.min(initial=1.0, where=(size > 0) & np.isfinite(size))) for size in sizes)


def asks_required(inputs: Inputs) -> bool:
    """Whether these inputs are judged under the required arithmetic, whatever was measured."""
    return isinstance(inputs, Generated) and GENERATORS[inputs.generator].judged == "profile"

"""The masking probe asks every operator, the gradient of its value and each layout, and tells what sums products."""

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.operators.convolution.inputs import factor_names
from conformance.operators.convolution.masking import (
    EXPONENTS,
    Along,
    MaskingQuestion,
    SignificandBits,
    masking_question,
    measure_bits,
)
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.convolution.subject import ConvolutionSubject
from reference.family import OPERATORS, Direction, Operator

every_operator = pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)
every_direction = pytest.mark.parametrize("direction", ["forward", "value_gradient"])


def _summed(question: MaskingQuestion, significand: int) -> NDArray[np.float64]:
    """The products of each image one after the other, each sum cut to so many bits, in all pixels of the result: only
    that in which they meet is looked at. A channel of a depthwise convolution is summed by itself.
    """
    first = question.operands[factor_names(question.call)[0]].astype(np.float64)
    products = first.reshape(len(first), -1)
    if question.call.definition.depthwise:
        products = np.moveaxis(first, -1 if question.call.last else 1, 0)[0].reshape(len(first), -1)
    total = np.zeros(len(products))
    for each in products.T:
        mantissa, exponent = np.frexp(total + each)
        total = np.ldexp(np.rint(mantissa * 2.0**significand) / 2.0**significand, exponent)
    shape = question.call.result_shape
    return np.broadcast_to(total.reshape(-1, *(1,) * (len(shape) - 1)), shape)


@every_operator
@every_direction
@pytest.mark.parametrize("padding", ["SAME", "VALID", "explicit"])
def test_all_terms_meet_in_the_pixel_that_is_looked_at(operator: Operator, direction: Direction, padding: str) -> None:
    for data_format in operator.data_formats:
        subject = ConvolutionSubject(operator, "float64", data_format, direction)
        alongs: tuple[Along, ...] = ("taps",) if operator.depthwise else ("channels", "taps")
        for along in alongs:
            question = masking_question(subject, padding, along, 4)
            assert question.exact(expect_call(question.call, question.operands).rounded)


@every_operator
@every_direction
@pytest.mark.parametrize("significand", [8, 24])
def test_the_bits_of_an_accumulator_are_told(operator: Operator, direction: Direction, significand: int) -> None:
    bits = measure_bits(
        ConvolutionSubject(operator, "float64", None, direction), "SAME", lambda each: _summed(each, significand)
    )
    assert bits == SignificandBits(None if operator.depthwise else significand, significand)


def test_an_accumulator_that_loses_every_one_has_no_bits_and_one_that_loses_none_the_most_that_can_be_seen() -> None:
    subject = ConvolutionSubject(OPERATORS["conv1d"], "float32")
    assert measure_bits(subject, "SAME", lambda each: np.zeros(each.call.result_shape)) == SignificandBits(0, 0)
    most = EXPONENTS["float32"][-1] + 1
    exact = np.float64(14)
    assert measure_bits(subject, "SAME", lambda each: np.full(each.call.result_shape, exact)) == SignificandBits(
        most, most
    )


def test_a_question_that_is_not_answered_tells_nothing_of_the_accumulator() -> None:
    """It loses every one, but what was not answered is not a loss."""

    def once(question: MaskingQuestion) -> NDArray[np.float64] | None:
        asked.append(question)
        return _summed(question, 8) if len(asked) == 1 else None

    asked: list[MaskingQuestion] = []
    assert measure_bits(ConvolutionSubject(OPERATORS["conv1d"], "float32"), "SAME", once) == SignificandBits(None, None)

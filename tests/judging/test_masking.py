"""The masking probe asks every operator and layout, and tells the width of whatever sums the products."""

import numpy as np
import pytest

from conformance.judging.masking import MaskingQuestion, SignificandBits, masking_questions, significand_bits
from conformance.judging.oracle import expect_call
from reference.family import OPERATORS, Operator

every_operator = pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)


def _summed_in_float32(question: MaskingQuestion) -> np.ndarray:
    """The products of each image, one after the other, in all pixels: only that in which they meet is looked at."""
    products = question.value.reshape(len(question.value), -1).astype(np.float32)
    total = np.zeros(len(products), np.float32)
    for each in products.T:
        total = total + each
    shape = question.call.output_shape
    return np.broadcast_to(total.reshape(-1, *(1,) * (len(shape) - 1)), shape)


@every_operator
@pytest.mark.parametrize("padding", ["SAME", "VALID", "explicit"])
def test_all_terms_meet_in_the_pixel_that_is_looked_at(operator: Operator, padding: str) -> None:
    for data_format in operator.data_formats:
        for question in masking_questions("float64", padding, operator.name, data_format)[:2]:
            answer = expect_call(question.call, {"value": question.value, "filter": question.filter}).rounded
            assert question.exact(answer)


@every_operator
def test_an_accumulator_of_float32_has_24_bits(operator: Operator) -> None:
    questions = masking_questions("float64", "SAME", operator.name)
    answers = [_summed_in_float32(question) for question in questions]
    assert significand_bits(questions, answers) == SignificandBits(None if operator.depthwise else 24, 24)

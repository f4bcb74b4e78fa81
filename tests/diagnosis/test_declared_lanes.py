"""A wrong answer of a lane that declares an algorithm or operands is diagnosed as any other."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.judging.question import make_question
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.diagnosis import diagnose
from conformance.operators.convolution.oracle import expect_call
from reference.family import DIRECTIONS, OPERATORS

DECLARED = [
    Arithmetic(Accumulation.CLASSICAL, fast=True),
    Arithmetic(Accumulation.CLASSICAL, operand_roundoff=2.0**-11),
    Arithmetic(Accumulation.CLASSICAL, flushes=True, operand_roundoff=2.0**-8, fast=True),
]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("inputs", ["mix", "normal_big"])
def test_any_declaration_is_diagnosed_in_every_direction(
    family: Callable[..., ConvolutionTrial], operator: str, inputs: str
) -> None:
    for direction, arithmetic in product(DIRECTIONS, DECLARED):
        bias = direction == "bias_gradient"
        trial = family(operator, direction=direction, inputs=inputs, **({"bias": True} if bias else {}))
        question = make_question(trial)
        assert question.expected is not None
        answer = np.flip(question.expected.rounded)
        diagnose(trial.call, question.operands, answer, arithmetic)


def test_a_flipped_kernel_is_named_under_a_declared_algorithm(family: Callable[..., ConvolutionTrial]) -> None:
    trial = family("conv2d_transpose", dtype="float32", inputs="normal64")
    question = make_question(trial)
    flipped = {**question.operands, "filter": np.ascontiguousarray(question.filter[::-1, ::-1])}
    answer = expect_call(trial.call, flipped).rounded
    found = diagnose(trial.call, question.operands, answer, Arithmetic(Accumulation.CLASSICAL, fast=True))
    assert any("flip" in name for each in found.explanations for name in each.edits)

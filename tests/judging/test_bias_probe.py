"""The probe of a bias's gradient: a sum of one array, which must leave the storage's significand on the way."""

from pathlib import Path

import numpy as np
import pytest

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.judging.question import Question, agrees
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.probes import wide_questions
from conformance.suite.loading import load

WIDE = Arithmetic(Accumulation.WIDE)
CASE = "batch: 2, size: 5, channels: [3, 2], kernel: 3, output: largest, bias: true, direction: bias_gradient"


def _questions(dtype: str, path: Path) -> list[Question]:
    text = f"operator: conv1d_transpose\ncases:\n  - {{name: case, why: because, {CASE}, dtype: {dtype}}}\n"
    path.write_text(text, encoding="utf-8")
    (trial,) = load([path])
    assert isinstance(trial, ConvolutionTrial)
    return wide_questions(trial.call)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_sums_in_the_storage_are_told_from_wide_ones(dtype: str, tmp_path: Path) -> None:
    questions = _questions(dtype, tmp_path / "made.yaml")
    narrow = []
    for question in questions:
        cotangent = question.operands["cotangent"].reshape(-1, 2)
        total = np.zeros(2, cotangent.dtype)
        for row in cotangent:
            total = (total + row).astype(cotangent.dtype)
        narrow.append(agrees(question, total, WIDE))
        wide = cotangent.astype(np.float32).sum(axis=0).astype(cotangent.dtype)
        assert agrees(question, wide, WIDE)
    assert not all(narrow)

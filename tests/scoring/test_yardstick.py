"""ONNX's published cases as a yardstick: what they say, and what passes them."""

from collections import Counter

import numpy as np
import pytest

from conformance.adapters.reply import Answer, Refused
from conformance.mutants import mutants
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.oracle import expect_call
from conformance.scoring.score import score
from conformance.scoring.table import markdown
from conformance.scoring.yardstick import Yardstick, onnx_yardstick


@pytest.fixture(scope="module")
def yardstick() -> Yardstick:
    return onnx_yardstick()


def test_every_published_case_is_said(yardstick: Yardstick) -> None:
    assert yardstick.left_out == ()
    operators = Counter(case.call.operator for case in yardstick.cases)
    assert operators == {"conv1d_transpose": 1, "conv2d_transpose": 9, "conv3d_transpose": 1, "conv2d": 6}
    assert sum(isinstance(case.call, RightConvolution) and case.call.groups > 1 for case in yardstick.cases) == 2


def test_the_reference_gives_what_onnx_published(yardstick: Yardstick) -> None:
    for case in yardstick.cases:
        assert isinstance(case.call, RightConvolution)
        result = expect_call(case.call, case.question.operands).rounded
        assert np.array_equal(result, case.expected), case.name


def test_the_published_criterion_tells_shapes_values_and_refusals(yardstick: Yardstick) -> None:
    case = yardstick.cases[0]

    assert not yardstick.catches(case, Answer(case.expected, 0.0))
    assert yardstick.catches(case, Answer(case.expected + 1, 0.0))
    assert yardstick.catches(case, Answer(case.expected[..., :-1], 0.0))
    assert yardstick.catches(case, Refused("ValueError", "no"))


def test_a_flipped_kernel_passes_all_published_cases_but_one(yardstick: Yardstick) -> None:
    """The kernels of the forward ones are ones, and no flip shows."""
    result = score([], [mutants()["flipped-kernel"]], yardstick, diagnosed=0)

    assert (result.faults[0].yardstick, result.yardstick_cases) == (1, 17)


def test_a_fault_is_asked_every_published_case(yardstick: Yardstick) -> None:
    """Two of them have groups."""
    result = score([], [mutants()["groups-ignored"]], yardstick, diagnosed=0)

    (row,) = [line for line in markdown(result).splitlines() if line.startswith("| groups-ignored")]
    assert row.endswith("| 2 of 17 |")

"""ONNX's published cases as a yardstick: what they say, and what passes them."""

from collections import Counter

import numpy as np
import pytest

from conformance.adapters.reply import Answer, Refused
from conformance.judging.oracle import expect_call
from conformance.mutants import FAMILY_FAULTS, FAULTS
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
    assert sum(case.call.groups > 1 for case in yardstick.cases) == 2


def test_cases_that_somebody_cannot_be_asked_are_left_out_by_name(yardstick: Yardstick) -> None:
    plain = yardstick.of(lambda call: call.operator == "conv2d_transpose" and call.groups == 1)
    assert len(plain.cases) == 7
    assert {name for name in plain.left_out if name.startswith("test_convtranspose")} == {
        "test_convtranspose_1d",
        "test_convtranspose_3d",
        "test_convtranspose_group_2",
        "test_convtranspose_group_2_image_3",
    }


def test_the_reference_gives_what_onnx_published(yardstick: Yardstick) -> None:
    for case in yardstick.cases:
        result = expect_call(case.call, case.question.operands).rounded
        assert np.array_equal(result, case.expected), case.name


def test_the_published_criterion_tells_shapes_values_and_refusals(yardstick: Yardstick) -> None:
    case = yardstick.cases[0]

    assert not yardstick.catches(case, Answer(case.expected, 0.0))
    assert yardstick.catches(case, Answer(case.expected + 1, 0.0))
    assert yardstick.catches(case, Answer(case.expected[..., :-1], 0.0))
    assert yardstick.catches(case, Refused("ValueError", "no"))


def test_a_flipped_kernel_passes_all_published_cases_but_one(yardstick: Yardstick) -> None:
    result = score([], [FAULTS["flipped-kernel"]], yardstick, diagnosed=0)

    assert (result.faults[0].yardstick, result.yardstick_cases, result.family_yardstick_cases) == (1, 7, 17)


def test_faults_of_all_operators_are_asked_every_published_case(yardstick: Yardstick) -> None:
    """Two of them have groups; the kernels of the forward ones are ones, and no flip shows."""
    faults = [FAMILY_FAULTS[name] for name in ("groups-ignored", "kernel-flipped")]
    result = score([], [], yardstick, diagnosed=0, family_faults=faults)

    assert [fault.yardstick for fault in result.family_faults] == [2, 0]
    rows = [line for line in markdown(result).splitlines() if line.startswith(("| groups-ign", "| kernel-fl"))]
    assert [row.split(" | ")[-1] for row in rows] == ["2 of 17 |", "0 of 17 |"]

"""ONNX's published cases as a yardstick: what they say, and what passes them."""

import numpy as np
import pytest

from conformance.adapters.reply import Answer, Refused
from conformance.miniatures import FAULTS
from conformance.scoring.score import score
from conformance.scoring.yardstick import Yardstick, onnx_yardstick
from reference import conv2d_transpose


@pytest.fixture(scope="module")
def yardstick() -> Yardstick:
    return onnx_yardstick()


def test_every_published_case_is_said_or_left_out_by_name(yardstick: Yardstick) -> None:
    assert len(yardstick.cases) + len(yardstick.left_out) == 11
    assert yardstick.left_out == (
        "test_convtranspose_1d",
        "test_convtranspose_3d",
        "test_convtranspose_group_2",
        "test_convtranspose_group_2_image_3",
    )


def test_the_reference_gives_what_onnx_published(yardstick: Yardstick) -> None:
    for case in yardstick.cases:
        call = case.call
        result = conv2d_transpose(
            case.question.value, case.question.filter, call.output_shape, call.strides, call.padding, "NCHW",
            dilations=call.dilations,
        )  # fmt: skip
        assert np.array_equal(result, case.expected), case.name


def test_the_published_criterion_tells_shapes_values_and_refusals(yardstick: Yardstick) -> None:
    case = yardstick.cases[0]

    assert not yardstick.catches(case, Answer(case.expected, 0.0))
    assert yardstick.catches(case, Answer(case.expected + 1, 0.0))
    assert yardstick.catches(case, Answer(case.expected[..., :-1], 0.0))
    assert yardstick.catches(case, Refused("ValueError", "no"))


def test_a_flipped_kernel_passes_all_published_cases_but_one(yardstick: Yardstick) -> None:
    result = score([], [FAULTS["flipped-kernel"]], yardstick, diagnosed=0)

    assert result.faults[0].yardstick == 1

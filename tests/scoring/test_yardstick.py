"""ONNX's published cases as a yardstick: what they say, and what passes them."""

from collections import Counter

import pytest

from conformance.adapters.reference import Reference
from conformance.adapters.reply import Answer, Refused
from conformance.mutants import mutants
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.registry import kind_of
from conformance.scoring.score import score
from conformance.scoring.table import markdown
from conformance.scoring.yardstick import Yardstick, onnx_yardstick
from conformance.workers.here import ask_here


@pytest.fixture(scope="module")
def yardstick() -> Yardstick:
    return onnx_yardstick()


def test_every_published_case_is_said_but_those_of_words_that_are_not_ours(yardstick: Yardstick) -> None:
    assert all(name.startswith("test_resize") for name in yardstick.left_out), yardstick.left_out
    assert len(yardstick.left_out) == 12
    operators = Counter(kind_of(case.call.operator).rpartition(".")[2] for case in yardstick.cases)
    assert operators == {"convolution": 17, "pooling": 47, "index_map": 12, "resize": 27}
    assert sum(isinstance(case.call, RightConvolution) and case.call.groups > 1 for case in yardstick.cases) == 2


def test_the_reference_gives_what_onnx_published(yardstick: Yardstick) -> None:
    for case in yardstick.cases:
        reply = ask_here(Reference(), case.call, case.question.operands)
        assert not yardstick.catches(case, reply), case.name


def test_the_published_criterion_tells_shapes_values_and_refusals(yardstick: Yardstick) -> None:
    case = next(case for case in yardstick.cases if case.call.operator == "conv2d")
    assert not yardstick.catches(case, Answer(case.expected, 0.0))
    assert yardstick.catches(case, Answer(case.expected + 1, 0.0))
    assert yardstick.catches(case, Answer(case.expected[..., :-1], 0.0))
    assert yardstick.catches(case, Refused("ValueError", "no"))


def test_a_flipped_kernel_passes_all_published_cases_but_one(yardstick: Yardstick) -> None:
    """The kernels of the forward ones are ones, and no flip shows."""
    result = score([], [mutants()["flipped-kernel"]], yardstick, diagnosed=0)

    assert (result.faults[0].yardstick, result.faults[0].yardstick_asked) == (1, 17)


def test_a_fault_is_asked_every_published_case(yardstick: Yardstick) -> None:
    """Two of them have groups."""
    result = score([], [mutants()["groups-ignored"]], yardstick, diagnosed=0)

    (row,) = [line for line in markdown(result).splitlines() if line.startswith("| groups-ignored")]
    assert row.endswith("| 2 of 17 |")

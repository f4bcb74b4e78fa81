"""Operands that a lane declares to round first: the bound widens by what that explains, and by no more."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation, Arithmetic, declared_fast, declared_roundoff, declared_values
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome
from conformance.operators.convolution.call import convolution
from conformance.suite.corpus import select
from reference import conv2d_transpose

TRIALS = ["conv2d_transpose/precision/real[kernel=3,strides=1,padding=SAME,dtype=float32]",
          "conv2d_transpose/tutorial/example-2-corrected[inputs=wide_w,dtype=float32]"]  # fmt: skip


def to_tf32(array: NDArray[Any]) -> NDArray[Any]:
    """Ten bits behind the point, rounded to nearest."""
    bits = array.view(np.uint32)
    return ((bits + np.uint32(0x1000)) & np.uint32(0xFFFFE000)).view(np.float32)


def to_bfloat16(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(ml_dtypes.bfloat16).astype(np.float32)


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize(
    ("rounded", "declared", "outcome"),
    [
        (to_tf32, "tf32", Outcome.AGREES),
        (to_tf32, None, Outcome.DIFFERS),
        (to_bfloat16, "bfloat16x1", Outcome.AGREES),
        (to_bfloat16, "tf32", Outcome.DIFFERS),
    ],
)
def test_a_declaration_explains_its_own_rounding_and_no_coarser_one(
    trial: str, rounded: Any, declared: str | None, outcome: Outcome
) -> None:
    (asked,) = select([trial])
    question = make_question(asked)
    assert question.expected is not None
    call = asked.call
    answer = conv2d_transpose(
        rounded(question.value),
        rounded(question.filter),
        convolution(call).output_shape,
        convolution(call).strides,
        convolution(call).padding,
    )

    verdict = compare(answer, question.expected, Arithmetic(Accumulation.CLASSICAL, False, declared_roundoff(declared)))

    assert verdict.outcome is outcome, verdict.detail


def test_truncation_doubles_the_roundoff() -> None:
    assert declared_roundoff("tf32") == 2.0**-11
    assert declared_roundoff("tf32 truncated") == 2.0**-10
    assert declared_roundoff("") == declared_roundoff(None) == 0.0


@pytest.mark.parametrize("declaration", ["fp8", "tf32 rounded", "tf32 truncated twice"])
def test_a_declaration_that_does_not_exist_is_refused(declaration: str) -> None:
    with pytest.raises(ValueError, match="it must be one of tf32, bfloat16x1"):
        declared_roundoff(declaration)


def question_of(trial: str) -> tuple[Expected, NDArray[np.float64]]:
    (asked,) = select([trial])
    expected = make_question(asked).expected
    assert expected is not None
    return expected, expected.values


def test_a_fast_algorithm_may_err_as_the_largest_pixel_allows() -> None:
    expected, right = question_of("conv2d_transpose/precision/graded[kernel=3,strides=1,padding=SAME,dtype=float32]")
    largest = float(np.abs(right).max())
    mixed = (right + largest * 2.0**-22).astype(np.float32)

    assert compare(mixed, expected, Arithmetic(Accumulation.CLASSICAL)).outcome is Outcome.DIFFERS
    assert compare(mixed, expected, Arithmetic(Accumulation.CLASSICAL, fast=True)).outcome is Outcome.AGREES


def test_small_integers_are_hit_once_a_declared_engine_s_answer_is_rounded() -> None:
    expected, right = question_of("conv2d_transpose/precision/small-integers[kernel=2,strides=1,dtype=float32]")
    declared = Arithmetic(Accumulation.CLASSICAL, fast=True)

    assert compare((right + 0.25).astype(np.float32), expected, declared).outcome is Outcome.AGREES
    assert compare((right + 1.0).astype(np.float32), expected, declared).outcome is Outcome.DIFFERS


@pytest.mark.parametrize(("declaration", "fast"), [(None, False), ("", False), ("winograd", True), ("fft", True)])
def test_fast_algorithms_are_declared_by_name(declaration: str | None, fast: bool) -> None:
    assert declared_fast(declaration) is fast


def test_an_algorithm_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="it must be one of winograd, fft"):
        declared_fast("strassen")


@pytest.mark.parametrize(("declaration", "values"), [(None, True), ("none", False)])
def test_a_lane_may_declare_that_it_computes_no_values(declaration: str | None, values: bool) -> None:
    assert declared_values(declaration) is values


def test_another_word_for_values_than_none_is_refused() -> None:
    with pytest.raises(ValueError, match="flag values: 'some'; it must be none, for a lane that knows shapes alone"):
        declared_values("some")

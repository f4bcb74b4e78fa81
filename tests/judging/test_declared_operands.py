"""Operands that a lane declares to round first: the bound widens by what that explains, and by no more."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation, Arithmetic, declared_roundoff
from conformance.judging.comparison import compare
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome
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
        rounded(question.value), rounded(question.filter), call.output_shape, call.strides, call.padding
    )

    verdict = compare(answer, question.expected, Arithmetic(Accumulation.CLASSICAL, False, declared_roundoff(declared)))

    assert verdict.outcome is outcome, verdict.detail


def test_truncation_doubles_the_roundoff() -> None:
    assert declared_roundoff("tf32") == 2.0**-11
    assert declared_roundoff("tf32 truncated") == 2.0**-10
    assert declared_roundoff("") == declared_roundoff(None) == 0.0


@pytest.mark.parametrize("declaration", ["fp8", "tf32 rounded", "tf32 truncated twice"])
def test_a_declaration_that_does_not_exist_is_refused(declaration: str) -> None:
    with pytest.raises(ValueError, match="accepted: tf32, bfloat16x1"):
        declared_roundoff(declaration)


def test_other_dtypes_are_judged_as_ever() -> None:
    (asked,) = select(["conv2d_transpose/tutorial/example-2-corrected[inputs=mix,dtype=float64]"])
    expected = make_question(asked).expected
    assert expected is not None
    off_by_one_bit = np.nextafter(expected.values, np.inf)

    verdict = compare(off_by_one_bit, expected, Arithmetic(Accumulation.CLASSICAL, False, 2.0**-8))

    assert verdict.outcome is Outcome.DIFFERS

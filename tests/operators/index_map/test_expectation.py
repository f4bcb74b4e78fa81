"""What is right about an index map: copies with every bit, sums exact or bounded."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.comparison import compare
from conformance.judging.verdict import Outcome
from conformance.operators.index_map.expectation import diagnose, expect
from conformance.operators.index_map.inputs import generate
from conformance.suite.case import Generated
from tests.operators.index_map.calls import WORDS, index_call


def _judged(operator: str, inputs: str, change: Any = lambda right: right, **words: Any) -> tuple[Outcome, Any]:
    call = index_call(operator, **words)
    operands = generate("id", call, Generated(inputs))
    expected = expect(call, Generated(inputs), operands)
    answer: NDArray[Any] = change(expected.rounded.copy())
    verdict = compare(answer, expected, CLASSICAL)
    return verdict.outcome, [each.sentence for each in diagnose(call, operands, answer)]


@pytest.mark.parametrize("operator", WORDS)
@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
def test_the_reference_agrees_and_a_number_more_does_not(operator: str, direction: str) -> None:
    assert _judged(operator, "mix", direction=direction)[0] is Outcome.AGREES

    def one_off(right: NDArray[Any]) -> NDArray[Any]:
        right.flat[3] += 1
        return right

    assert _judged(operator, "mix", one_off, direction=direction)[0] is Outcome.DIFFERS


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_a_copy_keeps_the_sign_of_a_zero_and_a_subnormal_number(dtype: str) -> None:
    assert _judged("pad", "special", dtype=dtype)[0] is Outcome.AGREES
    outcome, named = _judged("pad", "special", lambda right: right + right.dtype.type(0), dtype=dtype)
    assert outcome is Outcome.DIFFERS
    assert named == ["behaves as if the sign of a zero were lost"]


def test_the_sign_of_a_zero_counts_in_each_part_of_a_complex_number() -> None:
    """A pad of zeros: 0 - 0j is another one."""
    changed = lambda right: np.where(right == 0, np.complex64(complex(0, -0.0)), right)  # noqa: E731
    words = {"value": (3,), "paddings": ((1, 1),), "mode": "CONSTANT", "dtype": "complex64"}
    assert _judged("pad", "mix", changed, **words)[0] is Outcome.DIFFERS


def test_a_sum_does_not_say_which_zero_it_is() -> None:
    words = {"value": (4,), "paddings": ((-1, 0),), "mode": "CONSTANT", "direction": "value_gradient"}
    assert (
        _judged("pad", "mix", lambda right: np.where(right == 0, -0.0, right).astype("f4"), **words)[0]
        is Outcome.AGREES
    )


def test_sums_of_real_numbers_may_round() -> None:
    def rounded(right: NDArray[Any]) -> NDArray[Any]:
        """In the middle, which many patches have."""
        right[0, 2, 2] = np.nextafter(right[0, 2, 2], np.float32(np.inf))
        return right

    assert _judged("fold", "normal", rounded)[0] is Outcome.AGREES
    assert _judged("extract_patches", "normal", rounded)[0] is Outcome.DIFFERS


def test_a_pad_of_constants_alone_is_judged() -> None:
    """More is cut off than there is: nothing is a copy, and everything is asked for."""
    words = {"value": (4,), "paddings": ((-5, 3),), "mode": "CONSTANT", "constant_values": 9}
    assert _judged("pad", "mix", **words)[0] is Outcome.AGREES
    assert _judged("pad", "mix", np.zeros_like, **words) == (
        Outcome.DIFFERS, ["behaves as if everything were 0", "behaves as if pads held 0"],
    )  # fmt: skip


def test_a_dtype_that_is_another_is_named() -> None:
    call = index_call("pad")
    operands = generate("id", call, Generated("mix"))
    (found,) = diagnose(call, operands, np.zeros(call.output_shape, np.float64))
    assert found.sentence == "behaves as if the result's dtype were float64 instead of float32"


def test_a_call_that_is_too_large_is_not_diagnosed() -> None:
    call = index_call("pad", value=(500, 500), paddings=((0, 0), (1, 1)))
    operands = generate("id", call, Generated("mix"))
    assert diagnose(call, operands, np.zeros(call.output_shape, np.float32)) == []

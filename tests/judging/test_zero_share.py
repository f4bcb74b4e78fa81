"""The record tells how many of the expected elements are zeros, which decides whether it is mistrusted."""

import pytest

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.question import make_question
from conformance.operators.nominal import nominal_calls
from conformance.suite.corpus import select


@pytest.mark.parametrize(
    ("trial", "zeros", "flags"),
    [
        ("conv2d_transpose/layouts/written-out", 0.0, ()),
        ("conv2d_transpose/special_values/zero-product[dtype=float32]", 1.0, ("mistrusted",)),
    ],
)
def test_the_share_of_zeros_is_recorded_and_flagged(trial: str, zeros: float, flags: tuple[str, ...]) -> None:
    (asked,) = select([trial])
    expected = make_question(asked).expected
    assert expected is not None

    verdict = compare(expected.rounded, expected, required_arithmetic("float32"))

    assert verdict.metrics is not None
    assert (verdict.metrics.zeros, verdict.flags) == (zeros, flags)


def test_the_table_of_conventions_covers_forty_geometries_with_every_word() -> None:
    calls = nominal_calls()
    geometries = {(call.length, call.kernel, call.stride, call.dilation) for call in calls}

    assert len(geometries) >= 40
    assert len(calls) == len(set(calls)) == 3 * len(geometries)

"""`conformance.check`: a function held against the corpus in this process."""

import pytest

import conformance
import reference
from conformance import assert_conforms, check
from conformance.errors import UsageError
from tests.checking import my_kernels


def test_a_pad_on_the_wrong_side_of_a_numpy_function_is_named() -> None:
    found = check(my_kernels.conv2d, like="conv2d")
    assert not found.conforms
    assert found.judged > 10
    assert "as if the two sides of the crop were swapped: the padding before" in found.text
    named = found.causes[0]
    assert named.smallest.record.outcome == "differs"
    assert named.smallest.differences


def test_a_right_function_conforms_and_says_how_near_it_came_to_its_bounds() -> None:
    found = assert_conforms(my_kernels.right_conv2d, like="conv2d", dtypes=["float64", "float32"])
    assert found.conforms
    assert found.worst_error_over_bound is not None
    assert 0 < found.worst_error_over_bound <= 1
    assert "all as expected" in found.text
    assert {record.outcome for record in found.records} == {"agrees"}


def test_a_function_that_always_fails_has_one_cause_for_right_calls() -> None:
    found = check(my_kernels.fails, like="conv2d", quick=True)
    assert [cause.text for cause in found.causes] == ["a valid call was refused: RuntimeError: not written yet"]
    with pytest.raises(AssertionError, match="not written yet"):
        assert_conforms(my_kernels.fails, like="conv2d", quick=True)


def test_a_name_that_no_trial_is_said_by_is_told_with_near_ones() -> None:
    with pytest.raises(UsageError, match=r"no trial is asked by a call of reference\.conv9d .* reference\.conv"):
        check(my_kernels.conv2d, like="conv9d")


def test_a_dtype_in_which_nothing_is_asked_is_told() -> None:
    with pytest.raises(UsageError, match=r"no trial of reference\.avg_pool1d in the standard tier has dtype complex64"):
        check(lambda value, ksize, strides, padding: value, like="avg_pool1d", dtypes=["complex64"])


def test_the_package_itself_offers_nothing_else() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'cheque'"):
        _ = conformance.cheque


@pytest.mark.parametrize(("written", "conforms"), [(slice(None), True), (slice(0, -1), False)])
def test_a_function_that_writes_into_out_gets_memory_that_is_filled(written: slice, conforms: bool) -> None:
    def conv2d(value, filter, strides, padding, out):  # type: ignore[no-untyped-def]
        out.reshape(-1)[written] = reference.conv2d(value, filter, strides=strides, padding=padding).reshape(-1)[
            written
        ]

    found = check(conv2d, like="conv2d", quick=True, dtypes=["float32"])
    assert found.judged
    assert found.conforms is conforms
    assert conforms or {"unwritten"} <= {flag for record in found.records for flag in record.flags}

"""An explanation fits the answer's own digits: no narrow sums where the digits are finer, or the errors far larger."""

import numpy as np
import pytest

from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from tests.diagnosis.configuration import ONE, SAME, Array, Configuration, configure
from tests.diagnosis.wrong_results import PRECISION, scattered


def _of(c: Configuration, y: Array) -> Diagnosis:
    return diagnose(c.call, {"value": c.value, "filter": c.filter}, c.written(y))


def _normal(dtype: str, channels: tuple[int, int] = (5, 3)) -> Configuration:
    return configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5), dtype=dtype, generator="normal64", channels=channels)


NARROW_SUMS = {"accumulate_float16", "accumulate_bfloat16", "computed_in_float16", "computed_in_bfloat16"}


def test_float32s_digits_in_float64_are_not_called_narrower_ones() -> None:
    c = _normal("float64")
    y = scattered(c, x=c.x.astype(np.float32).astype(np.float64), w=c.w.astype(np.float32).astype(np.float64))

    found = _of(c, y.astype(np.float32).astype(np.float64))

    assert found.explanations[0].edits == ("computed_in_float32",)
    assert not found.names & NARROW_SUMS


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_one_channel_with_wrong_weights_is_not_called_narrow_sums(dtype: str) -> None:
    c = _normal(dtype)
    w = c.w.copy()
    w[:, :, 1] *= -3.0

    assert not _of(c, scattered(c, w=w)).names & NARROW_SUMS


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_one_channel_with_wrong_weights_of_large_integers_is_not_called_narrow_sums(dtype: str) -> None:
    c = configure((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5), dtype=dtype)
    w = c.w.copy()
    w[:, :, 1] = w[::-1, :, 2] - 7

    assert not _of(c, scattered(c, w=w)).names & NARROW_SUMS


@pytest.mark.parametrize("size", [1e-1, 1e-2, 1e-3])
def test_what_is_roughly_right_is_not_called_narrow_sums(size: float) -> None:
    c = _normal("float32")
    y = scattered(c) * (1 + size * np.random.default_rng(3).normal(size=scattered(c).shape))

    assert _of(c, y) == Diagnosis(())


@pytest.mark.parametrize("form", ["float16", "bfloat16"])
def test_narrow_sums_are_named_before_what_is_less_close(form: str) -> None:
    c = _normal("float32")
    y = PRECISION[f"accumulate_{form}"](c)
    assert y is not None

    found = diagnose(c.call, {"value": c.value, "filter": c.filter}, y)

    assert {name for each in found.closest for name in each.edits} & {f"accumulate_{form}", f"computed_in_{form}"}


def test_what_is_far_off_beside_a_rounding_is_no_unwritten_element() -> None:
    c = _normal("float64")
    y = scattered(c)
    y[-1, -1, -1, -1] *= 1 + 1e-9

    assert "last_element_uninitialised" not in _of(c, y).names


def test_the_closest_explanation_comes_first() -> None:
    c = _normal("float32")
    y = scattered(c)
    y[-1, -1, -1, -1] = 0

    found = _of(c, y)

    assert found.explanations[0].edits == ("last_element_zero",)
    assert found.explanations[-1].edits == ("last_element_uninitialised",)
    assert [each.closeness.rank for each in found.explanations] == sorted(
        each.closeness.rank for each in found.explanations
    )


def test_a_pad_beyond_the_kernel_that_was_clamped_is_named_as_such() -> None:
    c = configure((5, 6), (1, 3), ONE, ONE, ((0, 0), (3, 1)), (5, 4), channels=(3, 2), batch=1)
    clamped = scattered(c, b=(0, 2), o=(5, 5))

    found = _of(c, clamped)

    assert "crop_at_most_kernel" in found.names
    assert not found.names & {"smallest_output", "largest_output", "uncropped_output"}


def test_a_shape_whose_pads_lie_beyond_the_kernel_is_not_explained_by_shape_alone() -> None:
    c = configure((5, 12), (1, 3), ONE, ONE, ((0, 0), (7, 1)), (5, 6), channels=(3, 2), batch=1)

    assert _of(c, np.full((1, 5, 7, 2), 12345.5)) == Diagnosis(())

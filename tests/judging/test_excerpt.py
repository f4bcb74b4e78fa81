"""The window that a value nonconformance keeps for a report's heat maps."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.comparison import compare
from conformance.judging.excerpt import LONGEST_SIDE, Errors, Excerpt, excerpt
from conformance.judging.expected import Expected

Made = Callable[..., Expected]
Right = Callable[[Expected], NDArray[Any]]
UPSAMPLE: dict[str, Any] = {"batch": 1, "size": 4, "channels": 1, "kernel": 3, "strides": 2, "output": 8}


def kept(answer: NDArray[Any], wanted: Expected) -> Excerpt:
    metrics = compare(answer, wanted, CLASSICAL).metrics
    assert metrics is not None
    assert metrics.excerpt is not None
    return metrics.excerpt


def cut(answer: NDArray[np.float64], values: NDArray[np.float64], spatial: tuple[int, ...] = (1, 2)) -> Excerpt:
    wrong = ~((answer == values) | (np.isnan(answer) & np.isnan(values)))
    found = excerpt(answer, values, Errors(np.abs(answer - values), "bound", wrong), spatial)
    assert found is not None
    return found


def test_an_answer_that_agrees_keeps_no_window(expected: Made, right: Right) -> None:
    wanted = expected(**UPSAMPLE)
    metrics = compare(right(wanted), wanted, CLASSICAL).metrics
    assert metrics is not None
    assert metrics.excerpt is None


def test_a_small_image_is_kept_whole(expected: Made, right: Right) -> None:
    wanted = expected(**{**UPSAMPLE, "inputs": "ones"})
    answer = right(wanted)
    answer[0, 2, 5, 0] = 9
    found = kept(answer, wanted)
    assert (found.axes, found.start, found.shape) == ((1, 2), (0, 0, 0, 0), (8, 8))
    assert found.observed[2].split()[5] == "9"
    assert found.expected[0] == "1 1 2 1 2 1 2 1"
    assert found.wrong[2] == ".....x.."
    assert found.wrong.count("........") == 7


def test_errors_are_in_units_of_the_spacing_where_the_comparison_is_bitwise(expected: Made, right: Right) -> None:
    wanted = expected(**{**UPSAMPLE, "inputs": "ones"})
    answer = right(wanted)
    answer[0, 0, 0, 0] = np.nextafter(np.float32(1), np.float32(2))
    found = kept(answer, wanted)
    assert found.unit == "spacing"
    assert found.error[0] == "1 0 0 0 0 0 0 0"


def test_errors_are_in_units_of_the_bound_where_there_is_one(expected: Made, right: Right) -> None:
    wanted = expected(**{**UPSAMPLE, "inputs": "normal64"})
    answer = right(wanted)
    answer[0, 0, 0, 0] += 1
    found = kept(answer, wanted)
    assert found.unit == "bound"
    assert float(found.error[0].split()[0]) > 1


def test_the_window_of_a_large_image_lies_around_the_worst_element() -> None:
    values = np.zeros((1, 100, 50, 3))
    answer = values.copy()
    answer[0, 60, 49, 2] = 5
    answer[0, 1, 1, 0] = 1
    found = cut(answer, values)
    assert found.shape == (LONGEST_SIDE, LONGEST_SIDE)
    assert found.start == (0, 60 - LONGEST_SIDE // 2, 50 - LONGEST_SIDE, 2)
    assert found.wrong[LONGEST_SIDE // 2].endswith("x")


def test_channels_first_images_are_cut_along_their_own_axes() -> None:
    values = np.zeros((2, 3, 4, 5))
    answer = values.copy()
    answer[1, 2, 3, 4] = 1
    found = cut(answer, values, (2, 3))
    assert (found.axes, found.start, found.shape) == ((2, 3), (1, 2, 0, 0), (4, 5))


def test_one_spatial_axis_is_shown_beside_the_channels() -> None:
    values = np.zeros((1, 5, 2))
    answer = values.copy()
    answer[0, 4, 1] = 1
    assert cut(answer, values).axes == (1, 2)


def test_of_three_spatial_axes_the_last_two_are_shown() -> None:
    values = np.zeros((1, 2, 3, 4, 1))
    answer = values.copy()
    answer[0, 1, 0, 0, 0] = 1
    found = cut(answer, values, (1, 2, 3))
    assert (found.axes, found.start) == ((2, 3), (0, 1, 0, 0, 0))


def test_what_is_not_a_number_is_the_worst_and_stays_text() -> None:
    values = np.zeros((1, 2, 2, 2))
    answer = values.copy()
    answer[0, 0, 0, 0], answer[0, 1, 1, 1] = 7, np.nan
    found = cut(answer, values)
    assert found.start[3] == 1
    assert found.observed == ("0 0", "0 nan")


def test_of_a_result_that_is_chosen_the_largest_neighbours_are_cut() -> None:
    values = np.arange(24.0).reshape(1, 4, 3, 2)
    found = cut(values + 1, values, (0, 1, 2, 3))
    assert (found.axes, found.shape) == ((1, 2), (4, 3))
    assert cut(values.reshape(4, 6) + 1, values.reshape(4, 6), (0, 1)).axes == (0, 1)

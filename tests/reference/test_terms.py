"""How many products meet where: the counts that error bounds of results and gradients are made of."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest

from reference.geometry import (
    Axis,
    AxisPadding,
    Target,
    TransposedConvolution,
    convolved_length,
    legal_output_lengths,
)
from reference.maps import evaluate, magnitude_of, taps_of

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]
TARGETS: tuple[Target, ...] = ("output", "input", "filter")
AXIS = Axis(input=4, kernel=3, stride=2, dilation=1, crop_before=1, output=7)
"""p = 2 j + t - 1 for 0 <= p < 7: of tap 0 the first input falls off in front, of tap 2 the last one behind"""


def test_the_taps_of_an_output_are_the_pairs_that_reach_it() -> None:
    assert AXIS.terms("output") == AXIS.taps() == [1, 2, 1, 2, 1, 2, 1]


def test_the_reads_of_an_input_are_its_taps_within_the_output() -> None:
    assert AXIS.terms("input") == AXIS.reads() == [2, 3, 3, 2]


def test_the_meetings_of_a_tap_are_the_inputs_that_it_brings_to_the_output() -> None:
    assert AXIS.terms("filter") == AXIS.meetings() == [3, 4, 3]


def test_every_pair_is_counted_once_whatever_it_is_counted_by(random_axes: RandomAxes) -> None:
    for (axis,) in random_axes(1000, 1, 2000):
        assert sum(axis.taps()) == sum(axis.reads()) == sum(axis.meetings())


def test_counts_take_as_long_as_an_axis_and_not_as_its_pairs() -> None:
    """10^12 pairs, which nobody could count one by one in a test."""
    axis = Axis(input=10**6, kernel=10**6, stride=1, dilation=1, crop_before=0, output=10**6)
    assert axis.taps()[-1] == axis.reads()[0] == axis.meetings()[0] == 10**6


def _ones(geometry: TransposedConvolution) -> dict[str, np.ndarray]:
    shapes = {"output": geometry.output_shape, "input": geometry.value_shape, "filter": geometry.filter_shape}
    return {name: np.ones(shape, np.int64) for name, shape in shapes.items()}


FACTORS: dict[Target, tuple[str, str]] = {
    "output": ("input", "filter"),
    "input": ("output", "filter"),
    "filter": ("input", "output"),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("groups", [1, 2])
def test_the_counts_are_what_a_map_makes_of_ones(random_axes: RandomAxes, target: Target, groups: int) -> None:
    for axes in random_axes(1100, 2, 200):
        geometry = TransposedConvolution(3, 4, 6, axes, groups)
        ones = _ones(geometry)
        first, second = (ones[name] for name in FACTORS[target])
        counted = evaluate(target, first, second, geometry)
        terms = taps_of(target, geometry) * geometry.terms_per_pair(target)
        assert np.array_equal(counted, np.broadcast_to(terms, counted.shape)), geometry
        assert geometry.most_terms(target) == counted.max(initial=0)


def test_the_most_products_are_the_most_terms_of_the_output() -> None:
    geometry = TransposedConvolution(2, 3, 5, (AXIS, Axis(2, 3, 1, 1, 0, 4)))
    assert geometry.most_products == geometry.most_terms("output") == 3 * 2 * 2


def test_the_magnitude_of_complex_numbers_adds_the_sizes_of_their_parts() -> None:
    value = np.array([3 - 4j]).reshape(1, 1, 1)
    weight = np.array([-1 + 2j]).reshape(1, 1, 1)
    geometry = TransposedConvolution(1, 1, 1, (Axis(1, 1, 1, 1, 0, 1),))
    assert magnitude_of("output", value, weight, geometry).item() == (3 + 4) * (1 + 2)


@pytest.mark.parametrize(
    "padding", ["SAME", "VALID", (0, 0), (1, 1), (0, 2), (3, 0), (5, 4)], ids=lambda padding: str(padding)
)
def test_the_convolved_length_leads_back_from_the_legal_lengths_and_from_no_other(padding: AxisPadding) -> None:
    for kernel, stride, dilation in product(range(1, 6), range(1, 6), range(1, 4)):
        legal = {length: legal_output_lengths(length, kernel, stride, dilation, padding) for length in range(7)}
        for output in range(40):
            length = convolved_length(output, kernel, stride, dilation, padding)
            found = [candidate for candidate, lengths in legal.items() if output in lengths]
            assert found == ([length] if 0 <= length < 7 else []), (output, kernel, stride, dilation)


def test_the_convolved_length_is_negative_where_the_kernel_reaches_beyond_all_there_is() -> None:
    assert convolved_length(1, 5, 1, 1, "VALID") == -3
    assert convolved_length(1, 5, 1, 1, (1, 0)) == -2

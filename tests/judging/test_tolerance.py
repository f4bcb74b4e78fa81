"""Error bounds against numbers worked by hand."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.expected import Expected
from conformance.judging.tolerance import error_bound, gamma

Products = Callable[..., Expected]


@pytest.mark.parametrize(
    ("products", "unit_roundoff", "worked"),
    [
        (0, Fraction(1, 4), Fraction(0)),
        (1, Fraction(1, 4), Fraction(1, 3)),
        (2, Fraction(1, 4), Fraction(1)),
        (3, Fraction(1, 4), Fraction(3)),
        (1, Fraction(1, 2**24), Fraction(1, 2**24 - 1)),
        (64, Fraction(1, 2**24), Fraction(1, 2**18 - 1)),
        (64, Fraction(1, 2**53), Fraction(1, 2**47 - 1)),
    ],
)
def test_gamma_is_n_u_over_one_less_n_u(products: int, unit_roundoff: Fraction, worked: Fraction) -> None:
    assert gamma(np.array([products]), float(unit_roundoff)).tolist() == [float(worked)]


@pytest.mark.parametrize("products", [4, 5, 2**40])
def test_gamma_is_infinite_where_n_u_reaches_one(products: int) -> None:
    assert gamma(np.array([products]), 0.25).tolist() == [np.inf]


def test_the_bound_of_an_exact_float32_product_is_gamma_one_of_its_magnitude(product: Products) -> None:
    wanted = product(3, -5)
    assert wanted.exact_in(wanted.format)
    assert error_bound(wanted, CLASSICAL).item() == float(Fraction(15, 2**24 - 1) + Fraction(1, 2**149))


def test_the_bound_of_an_exact_float64_product_has_the_unit_roundoff_of_float64(product: Products) -> None:
    assert error_bound(product(2, -8, dtype="float64"), CLASSICAL).item() == float(Fraction(16, 2**53 - 1))


def test_the_bound_adds_the_rounding_of_the_reference_where_its_values_are_not_exact(product: Products) -> None:
    wanted = product(0.5, 0.5)
    assert not wanted.exact_in(wanted.format)
    quarter = Fraction(1, 4)
    worked = quarter / (2**24 - 1) + Fraction(1, 2**149) + quarter / (2**53 - 1)
    assert error_bound(wanted, CLASSICAL).item() == float(worked)


def test_the_bound_never_falls_below_the_smallest_subnormal_number_for_each_product(product: Products) -> None:
    assert error_bound(product(0, 0), CLASSICAL).item() == 2.0**-149


def test_the_bound_grows_with_the_taps_that_reach_an_element(expected: Callable[..., Expected]) -> None:
    wanted = expected(batch=1, size=2, channels=1, kernel=2, output=3, padding="VALID", inputs="ones")
    found = error_bound(wanted, CLASSICAL)[0, :, :, 0]
    corner, edge, centre = (Fraction(n * n, 2**24 - n) + n * Fraction(1, 2**149) for n in (1, 2, 4))
    worked = [[corner, edge, corner], [edge, centre, edge], [corner, edge, corner]]
    assert found.tolist() == [[float(bound) for bound in row] for row in worked]


def test_the_bound_counts_the_products_of_every_channel(expected: Callable[..., Expected]) -> None:
    wanted = expected(batch=1, size=1, channels=[8, 1], kernel=1, output=1, inputs="ones")
    assert error_bound(wanted, CLASSICAL).item() == float(Fraction(64, 2**24 - 8) + 8 * Fraction(1, 2**149))


def test_an_element_that_no_tap_reaches_has_no_room_for_error(expected: Callable[..., Expected]) -> None:
    wanted = expected(batch=1, size=1, channels=1, kernel=1, strides=2, output=2, inputs="normal64")
    bounds = error_bound(wanted, CLASSICAL)[0, :, :, 0]
    assert bounds[0, 0] > 0
    assert [bounds[0, 1], bounds[1, 0], bounds[1, 1]] == [0.0, 0.0, 0.0]

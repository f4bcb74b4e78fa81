"""What is wrong with a call of a resize, and how its lengths and scales may be given."""

from fractions import Fraction
from typing import Any

import pytest

from reference.errors import ArgumentError
from reference.resize.arguments import resize_geometry
from reference.resize.family import OPERATORS
from reference.resize.geometry import Resize


def _geometry(value: Any = (1, 4, 4, 2), **words: Any) -> Resize:
    return resize_geometry(OPERATORS["resize2d"], value, **words)


@pytest.mark.parametrize(
    ("words", "lengths"),
    [
        ({"output_size": 3}, [3, 3]),
        ({"output_size": (3,)}, [3, 3]),
        ({"output_size": (3, 5)}, [3, 5]),
        ({"scales": 1.7}, [6, 6]),
        ({"scales": (1.7, 0.5)}, [6, 2]),
        ({"scales": 2}, [8, 8]),
    ],
)
def test_lengths_are_given_or_follow_from_scales(words: dict[str, Any], lengths: list[int]) -> None:
    assert [axis.output for axis in _geometry(**words).axes] == lengths


@pytest.mark.parametrize(
    ("words", "scale"),
    [
        ({"output_size": 6}, Fraction(3, 2)),
        ({"scales": 1.7}, Fraction(17, 10)),
        ({"scales": 1.7, "recompute_scale_factor": True}, Fraction(3, 2)),
    ],
)
def test_coordinates_are_scaled_by_what_is_given_unless_it_is_recomputed(
    words: dict[str, Any], scale: Fraction
) -> None:
    assert {axis.scale for axis in _geometry(**words).axes} == {scale}


@pytest.mark.parametrize(
    ("words", "reason", "message"),
    [
        ({}, "output_size", "neither output_size nor scales are given; give one"),
        ({"output_size": 3, "scales": 2}, "output_size", "both output_size and scales are given; give one"),
        ({"output_size": 0}, "output_size", r"output_size is \[0\]; each must be at least 1"),
        ({"output_size": (1, 2, 3)}, "output_size", r"output_size is \[1, 2, 3\]; it must be 1 or 2 integers"),
        ({"output_size": 1.5}, "output_size", "output_size is 1.5; it must be 1 or 2 integers"),
        ({"scales": 0}, "scales", r"scales are \[0\]; each must be a number above 0"),
        ({"scales": float("nan")}, "scales", r"scales are \[nan\]; each must be a number above 0"),
        ({"scales": (1, 2, 3)}, "scales", r"scales are \[1, 2, 3\]; they must be 1 or 2 numbers"),
        ({"scales": 0.2}, "scales", r"scales are 0.2: the result would have the lengths \[0, 0\]"),
        ({"output_size": 3, "recompute_scale_factor": True}, "scales", "recompute_scale_factor needs scales"),
        ({"output_size": 3, "method": "area"}, "method", "method is 'area'; it must be one of nearest, linear, cubic"),
        (
            {"output_size": 3, "nearest_mode": "floor"},
            "method",
            "nearest_mode is not an argument of the method linear",
        ),
        ({"output_size": 3, "cubic_coeff_a": -0.5}, "method", "cubic_coeff_a is not an argument of the method linear"),
        (
            {"output_size": 3, "method": "nearest", "exclude_outside": False},
            "method",
            "exclude_outside is not an argument of the method nearest",
        ),
        (
            {"output_size": 3, "method": "nearest", "antialias": True},
            "method",
            "antialias is not an argument of the method nearest",
        ),
        (
            {"output_size": 3, "method": "cubic", "cubic_coeff_a": 0.5},
            "method",
            "cubic_coeff_a is 0.5; it must be a number above -2 and at most 0",
        ),
        (
            {"output_size": 3, "coordinate_transformation_mode": "tf_crop_and_resize"},
            "coordinates",
            "coordinate_transformation_mode is 'tf_crop_and_resize'; it must be one of half_pixel, ",
        ),
        (
            {"output_size": 3, "method": "nearest", "nearest_mode": "round"},
            "coordinates",
            "nearest_mode is 'round'; it must be one of round_prefer_ceil, ",
        ),
        ({"value": (1, 0, 4, 2), "output_size": 3}, "size", "spatial lengths and channels at least 1"),
        ({"value": (1, 4, 2), "output_size": 3}, "rank", "3 numbers; it must be 4"),
        ({"output_size": 3, "data_format": "NWC"}, "data_format", "data_format is 'NWC'"),
    ],
)
def test_a_wrong_call_is_told_what_is_accepted(words: dict[str, Any], reason: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message) as error:
        _geometry(**words)
    assert error.value.reason == reason

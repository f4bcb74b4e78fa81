"""Inputs of index maps: no two elements alike, none a zero, sums exact; and scripts that make the same ones."""

from typing import Any

import numpy as np
import pytest

from conformance.operators.index_map.generators import GENERATORS
from conformance.operators.index_map.inputs import generate, list_inputs
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from tests.operators.index_map.calls import WORDS, index_call


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("operator", ["pad", "depth_to_space", "space_to_depth", "extract_patches"])
def test_no_two_elements_that_are_copied_are_alike_and_none_is_zero(operator: str, dtype: str) -> None:
    value = generate("id", index_call(operator, dtype=dtype), Generated("mix"))["value"]
    assert value.dtype == FORMATS[dtype].numpy
    assert len(np.unique(value)) == value.size
    assert not (value == 0).any()
    assert (value.real < 0).any() is np.bool_(dtype != "uint8")
    assert (value.real > 0).any()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_sums_of_cotangents_are_exact(dtype: str) -> None:
    """A pad of many copies: whatever the order of its terms, a sum stays within the significand."""
    call = index_call("pad", value=(3,), paddings=((90, 80),), mode="EDGE", direction="value_gradient", dtype=dtype)
    cotangent = generate("id", call, Generated("mix"))["cotangent"].astype(np.float64)
    assert np.abs(cotangent).sum() <= 2.0 ** FORMATS[dtype].significand
    assert (np.rint(cotangent) == cotangent).all()


def test_special_numbers_are_all_there_with_their_signs() -> None:
    value = generate("id", index_call("pad"), Generated("special"))["value"]
    assert np.isnan(value).sum() == 1
    assert (value == np.inf).sum() == (value == -np.inf).sum() == 1
    assert (np.signbit(value) & (value == 0)).sum() == 1
    assert (np.abs(value) == FORMATS["float32"].smallest_subnormal).sum() == 2


@pytest.mark.parametrize("operator", WORDS)
@pytest.mark.parametrize("generator", GENERATORS)
def test_the_lines_of_a_script_make_the_same_operands(operator: str, generator: str) -> None:
    directions = ["forward", "value_gradient"] if generator != "special" else ["forward"] * (operator != "fold")
    for direction in directions:
        call = index_call(operator, direction=direction)
        listing = list_inputs("id", call, Generated(generator))
        names: dict[str, Any] = {}
        exec(
            "\n".join(("from __future__ import annotations", *listing.imports, *listing.definitions, *listing.lines)),
            names,
        )
        for name, array in generate("id", call, Generated(generator)).items():
            assert names[name].tobytes() == array.tobytes()

"""What fills a pooling's operands, and the lines that fill them again."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.generators import GENERATORS, distinct
from conformance.operators.pooling.inputs import generate, list_inputs
from conformance.suite.case import Generated, Literal
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit, Words
from reference.pooling import engine
from reference.pooling.family import OPERATORS
from tests.operators.pooling.calls import pooling_call


def _value(call: RightPooling, name: str = "mix") -> NDArray[Any]:
    return generate("a/b/c", call, Generated(name))["value"].astype(np.float64)


@pytest.mark.parametrize("channel_axis", [1, 3])
def test_each_plane_holds_other_numbers_three_quarters_of_them_negative(channel_axis: int) -> None:
    planes = np.moveaxis(distinct(Words("x"), (2, 4, 4, 4), channel_axis), channel_axis, 1).reshape(8, 16)
    assert [sorted(plane) for plane in planes.tolist()] == [list(range(-12, 4))] * 8
    assert len({tuple(plane) for plane in planes.tolist()}) == 8


@pytest.mark.parametrize("words", [{}, {"data_format": "NCHW", "value": (2, 3, 6, 7)}])
def test_maxima_are_put_back_at_places_no_two_of_which_are_alike(words: dict[str, Any]) -> None:
    call = pooling_call("max_unpool2d", dtype="bfloat16", **words)
    indices = generate("a/b/c", call, Generated("mix"))["indices"]
    assert (indices.dtype.name, indices.shape) == ("int64", call.value_shape)
    planes = np.moveaxis(indices, -1 if call.last else 1, 1).reshape(6, -1)
    assert all(len(set(plane)) == 42 and set(plane) <= set(range(81)) for plane in planes.tolist())
    assert len({tuple(plane) for plane in planes.tolist()}) == 6


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("words", [{}, {"ksize": 2}, {"ksize": 4, "strides": 4}, {"count_include_pad": True}])
def test_sums_of_an_average_are_exact_in_its_dtype(dtype: str, words: dict[str, Any]) -> None:
    call = pooling_call("avg_pool2d", dtype=dtype, **words)
    sums = engine.avg_pool(np.abs(_value(call)), call.geometry) * engine.divisors_of(call.geometry)
    assert sums.max() <= 2.0 ** FORMATS[dtype].significand


def test_a_plane_with_more_numbers_than_the_dtype_tells_apart_is_refused() -> None:
    with pytest.raises(Unfit, match="a plane of 400 elements; bfloat16 has 256 distinct negative whole numbers"):
        generate("a", pooling_call(value=(1, 20, 20, 1), dtype="bfloat16"), Generated("mix"))


def test_a_plane_with_more_numbers_than_8_bits_have_is_refused() -> None:
    with pytest.raises(Unfit, match="a plane of 272 elements; int8 has 256 whole numbers"):
        generate("a", pooling_call(value=(1, 16, 17, 1), dtype="int8"), Generated("mix"))


def test_an_average_of_more_numbers_than_the_dtype_sums_exactly_is_refused() -> None:
    call = pooling_call("avg_pool2d", value=(1, 40, 40, 1), ksize=40, strides=1, padding="VALID", dtype="bfloat16")
    with pytest.raises(Unfit, match="sums of 1600 numbers do not fit into 8 bits exactly"):
        generate("a", call, Generated("mix"))


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("normal", {"direction": "value_gradient"}, "normal numbers may be equal once they are rounded"),
        ("special", {"direction": "value_gradient"}, "special numbers go with the direction forward alone"),
        ("normal", {"dtype": "int32"}, "normal numbers do not fill int32"),
        ("special", {"dtype": "int64"}, "special numbers do not fill int64"),
    ],
)
def test_a_generator_that_does_not_fit_says_why(name: str, words: dict[str, Any], message: str) -> None:
    with pytest.raises(Unfit, match=message):
        generate("a", pooling_call(**words), Generated(name))


def test_special_numbers_are_there_once_each() -> None:
    value = _value(pooling_call(), "special")
    assert [int(count) for count in (np.isnan(value).sum(), np.isposinf(value).sum(), np.isneginf(value).sum())] == [
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_the_listed_lines_leave_the_same_bytes(operator: str, name: str, dtype: str) -> None:
    directions = ["forward"] if name in ("special", "normal") else ["forward", "value_gradient"]
    for direction in directions:
        call = pooling_call(operator, dtype=dtype, direction=direction)
        _assert_listed(call, Generated(name))


def test_literal_numbers_are_listed_as_they_are_written() -> None:
    call = pooling_call("max_pool1d", value=(1, 3, 1), ksize=2, strides=1, direction="value_gradient")
    _assert_listed(call, Literal(value=(((1.0,), (2.0,), (3.0,)),), cotangent=(((1.0,), (0.0,), (2.0,)),)))


def _assert_listed(call: RightPooling, inputs: Generated | Literal) -> None:
    listing = list_inputs("a/b/c", call, inputs)
    names: dict[str, Any] = {}
    exec(
        "\n".join(["from __future__ import annotations", *listing.imports, *listing.definitions, *listing.lines]), names
    )
    for operand, array in generate("a/b/c", call, inputs).items():
        assert (names[operand].dtype, names[operand].tobytes()) == (array.dtype, array.tobytes())
        assert names[operand].flags.c_contiguous

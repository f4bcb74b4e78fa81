"""Inputs as lines of Python: the same bytes as the suite's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.listing import list_inputs
from conformance.operators.registry import signature
from conformance.suite.case import Trial
from conformance.suite.dtypes import FORMATS
from conformance.suite.source import InputsListing, literal_listing
from reference.family import DIRECTIONS, OPERATORS

Make = Callable[..., ConvolutionTrial]
SIXTEEN_BIT_ONLY = ("acc24", "masking")
WRITTEN = {"value": [1, 2, 2, 1], "filter": [1, 1, 1, 1], "output_shape": [1, 2, 2, 1], "strides": 1, "padding": "SAME"}


def performed(listing: InputsListing) -> dict[str, Any]:
    """The names that the lines leave."""
    names: dict[str, Any] = {}
    lines = ["from __future__ import annotations", *listing.imports, "from hashlib import sha256"]
    exec("\n".join([*lines, *listing.definitions, *listing.lines]), names)
    return names


def assert_same_bytes(trial: Trial) -> None:
    kind = signature(trial.call.operator)
    names = performed(kind.list_inputs(trial.id, trial.call, trial.inputs))
    for name, array in kind.generate(trial.id, trial.call, trial.inputs).items():
        assert names[name].dtype == array.dtype
        assert names[name].shape == array.shape
        assert names[name].flags.c_contiguous
        assert names[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_s_lines_make_its_bytes(trial: Make, name: str, data_format: str) -> None:
    wide = ["float64", "float32"] if name not in SIXTEEN_BIT_ONLY else []
    for dtype in [*wide, "float16", *(["bfloat16"] if name != "mix" else [])]:
        assert_same_bytes(trial(inputs=name, dtype=dtype, data_format=data_format, bias=GENERATORS[name].needs_bias))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_operands_of_every_direction_are_listed_with_their_bytes(
    family: Make, operator: str, direction: str
) -> None:
    for bias in (False, True):
        if bias or direction != "bias_gradient":
            assert_same_bytes(family(operator, direction=direction, bias=bias))
            keys = {"direction": direction, "bias": bias, "batch": 1}
            assert_same_bytes(family(operator, **keys, inputs="wide_w", dtype="bfloat16"))


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_s_lines_make_its_bytes_of_every_kind_of_number_and_with_a_bias(family: Make, name: str) -> None:
    generator = GENERATORS[name]
    dtypes: dict[str, list[str]] = {"real": [], "integer": ["int32", "int64"], "complex": ["complex64", "complex128"]}
    for dtype in [dtype for kind in generator.kinds for dtype in dtypes[kind]]:
        assert_same_bytes(family("conv2d", inputs=name, dtype=dtype, bias=generator.needs_bias))
    if generator.bias is not None:
        for dtype in ["float32", *(["int64"] if "integer" in generator.kinds else [])]:
            assert_same_bytes(family("conv1d", inputs=name, dtype=dtype, bias=True))
        if not generator.needs_bias:
            assert_same_bytes(family("conv1d", inputs=name, dtype="float32", bias=True, direction="filter_gradient"))


def test_literal_bias_and_cotangent_are_written_out(family: Make) -> None:
    shapes = {"value": [1, 2, 1], "filter": [1, 1, 2], "batch": None, "size": None, "channels": None, "kernel": None}
    written = {"value": [[[1], [2]]], "filter": [[[3, 4]]], "bias": [5, 6], "cotangent": [[[1, 0.5], [0, 1]]]}
    for direction in ("value_gradient", "bias_gradient"):
        assert_same_bytes(family("conv1d", **shapes, strides=1, bias=True, direction=direction, inputs=written))


def test_literal_complex_and_integer_numbers_are_written_out(family: Make) -> None:
    shapes = {"value": [1, 2, 1], "filter": [1, 1, 2], "batch": None, "size": None, "channels": None, "kernel": None}
    for dtype in ("complex64", "int64"):
        written = {"value": [[[1], [-2]]], "filter": [[[3, 2**40]]]}
        assert_same_bytes(family("conv1d", **shapes, strides=1, dtype=dtype, inputs=written))


def test_every_shipped_trial_is_listed_with_its_bytes(shipped: dict[str, Trial]) -> None:
    for each in list(shipped.values())[::7]:
        assert_same_bytes(each)


def test_only_what_the_generator_needs_is_listed(trial: Make) -> None:
    asked = trial(inputs="normal64", dtype="float32")
    listing = list_inputs(asked.id, asked.call, asked.inputs)
    assert [text.split("\n")[0] for text in listing.definitions] == [
        "class Words:",
        "def _normal(words: Words, request: Request) -> Filled:",
    ]


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_literal_numbers_are_written_out(trial: Make, dtype: str) -> None:
    numbers = [[[[0.1 if dtype == "float64" else 0.5], [-0.0]], [[3], [4]]]]
    asked = trial(**WRITTEN, dtype=dtype, inputs={"value": numbers, "filter": [[[[2]]]]})
    assert_same_bytes(asked)
    assert any("-0.0" in line for line in list_inputs(asked.id, asked.call, asked.inputs).lines)


def test_literal_numbers_may_be_none_of_the_finite_ones(trial: Make) -> None:
    numbers = [[[[float("nan")], [float("inf")]], [[float("-inf")], [1.0]]]]
    asked = trial(**WRITTEN, dtype="float32", inputs={"value": numbers, "filter": [[[[2]]]]})
    assert_same_bytes(asked)


def test_a_wrong_call_gets_ones(shipped: dict[str, Trial]) -> None:
    asked = shipped["conv2d_transpose/tutorial/example-2-as-printed"]
    listing = list_inputs(asked.id, convolution(asked.call), asked.inputs)
    assert not listing.definitions
    assert np.all(performed(listing)["value"] == 1)
    assert_same_bytes(asked)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_numbers_that_are_written_out_keep_their_bits(dtype: str) -> None:
    numbers = np.array([[0.1, -0.0, 0.0, np.inf], [-np.inf, np.nan, 3.0, 1e-7]])
    arrays = {"value": numbers.astype(FORMATS[dtype].numpy), "flat": np.arange(40, dtype=np.int64), "none": numbers[:0]}
    names = performed(literal_listing(arrays, dtype))
    for name, array in arrays.items():
        assert (names[name].dtype, names[name].shape) == (array.dtype, array.shape)
        assert names[name].tobytes() == array.tobytes()


def test_operands_of_another_dtype_than_the_call_s_import_what_they_need() -> None:
    arrays = {"value": np.ones(2, np.float32), "indices": np.ones(2, FORMATS["bfloat16"].numpy)}
    assert performed(literal_listing(arrays, "float32"))["indices"].dtype == FORMATS["bfloat16"].numpy

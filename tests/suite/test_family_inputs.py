"""What generators promise of every operator, direction and kind of numbers: sums that fit, in all orders."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.judging.expected import Expected
from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.operators.convolution.expectation import expect
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.inputs import fill, generate, request_of
from conformance.suite.case import Generated, Literal, WrongTrial
from conformance.suite.dtypes import FORMATS, SUMMED
from conformance.suite.generating import Unfit
from reference.family import DIRECTIONS, OPERATORS

Family = Callable[..., ConvolutionTrial]
EXACT = ("mix", "wide_x", "wide_w", "small_int", "ones")
PROMISED = EXACT[:-1]
"""ones are as many as there are: where they do not fit, they are judged under the bound"""
KINDS = {"real": "float32", "integer": "int32", "complex": "complex64"}


def expected_of(trial: ConvolutionTrial) -> Expected:
    return expect(trial.call, trial.inputs, generate(trial.id, trial.call, trial.inputs))


@settings(max_examples=400, deadline=None)
@given(
    operator=st.sampled_from(list(OPERATORS)),
    direction=st.sampled_from(DIRECTIONS),
    dtype=st.sampled_from(SUMMED),
    inputs=st.sampled_from(PROMISED),
    numbers=st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)),
    padding=st.sampled_from(["SAME", "VALID"]),
    bias=st.booleans(),
)
def test_every_sum_of_exact_inputs_fits_the_significand_in_every_direction(
    family: Family, operator: str, direction: str, dtype: str, inputs: str, numbers: Any, padding: str, bias: bool
) -> None:
    batch, size, strides, groups = numbers
    if FORMATS[dtype].kind != "real":
        direction = "forward"
    rank = OPERATORS[operator].rank
    keys = {
        "batch": batch, "size": [size + 2] * rank, "kernel": [2, 3, 1][:rank], "channels": [4, 8], "strides": strides,
        "padding": padding, "groups": None if OPERATORS[operator].depthwise else groups,
        "bias": bias or direction == "bias_gradient", "direction": direction, "dtype": dtype,
    }  # fmt: skip
    trial = family(operator, **keys, inputs="ones")
    try:
        operands = fill(GENERATORS[inputs], trial.call, "any seed")
    except Unfit:
        assert request_of(trial.call).products * (9 if inputs == "small_int" else 1) > 2 ** (
            FORMATS[dtype].significand - 3
        )
        return
    expected = expect(trial.call, trial.inputs, operands)
    assert expected.exact_in(expected.format)
    assert [name for name, array in operands.items() if array.dtype != FORMATS[dtype].numpy] == []


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_most_terms_of_a_request_are_those_of_the_oracle(family: Family, operator: str, direction: str) -> None:
    trial = family(operator, bias=True, direction=direction)
    assert request_of(trial.call).products == expected_of(trial).products.max()


@pytest.mark.parametrize("generator", EXACT)
@pytest.mark.parametrize("kind", KINDS)
def test_exact_inputs_of_every_kind_are_whole_and_odd(family: Family, kind: str, generator: str) -> None:
    trial = family("conv2d", dtype=KINDS[kind], bias=True, inputs=generator)
    operands = generate(trial.id, trial.call, trial.inputs)
    assert list(operands) == ["value", "filter", "bias"]
    for array in operands.values():
        parts = (array.real, array.imag) if kind == "complex" else (array,)
        assert all(np.all(np.abs(part.astype(np.int64)) % 2 == 1) for part in parts)


@pytest.mark.parametrize("generator", ["mix", "normal64"])
def test_imaginary_parts_come_from_words_of_their_own(family: Family, generator: str) -> None:
    trial = family("conv2d", dtype="complex64", inputs=generator)
    for array in generate(trial.id, trial.call, trial.inputs).values():
        assert not np.array_equal(array.real, array.imag)


def test_mix_gives_a_complex_part_three_bits_less(family: Family) -> None:
    sizes = {}
    for dtype in ("float32", "complex64"):
        trial = family("conv1d", size=64, kernel=1, strides=1, channels=[1, 64], dtype=dtype)
        value, filter = (np.abs(array.real).max() for array in generate(trial.id, trial.call, trial.inputs).values())
        sizes[dtype] = int(value).bit_length() + int(filter).bit_length()
    assert sizes == {"float32": 24, "complex64": 21}


@pytest.mark.parametrize(
    ("direction", "products"),
    [("forward", 3 * 4 + 1), ("value_gradient", 3 * 6), ("filter_gradient", 2 * 8), ("bias_gradient", 2 * 8)],
)
def test_the_terms_of_a_direction_are_what_it_sums(family: Family, direction: str, products: int) -> None:
    # kernel 3, stride 1, SAME: an output sums 3 taps of 4 channels and a bias, an input 3 taps of 6; a tap 8 places
    # of 2 images (the middle one), a bias 8 places of 2 images
    trial = family("conv1d", size=8, strides=1, channels=[4, 6], bias=True, direction=direction)
    assert request_of(trial.call).products == products


def test_operands_on_which_a_gradient_does_not_depend_are_signs(family: Family) -> None:
    idle = {"value_gradient": ["value", "bias"], "filter_gradient": ["filter", "bias"]}
    idle["bias_gradient"] = ["value", "filter", "bias"]
    for direction, names in idle.items():
        trial = family("conv2d", bias=True, direction=direction)
        operands = generate(trial.id, trial.call, trial.inputs)
        assert [name for name in operands if np.all(np.abs(operands[name]) == 1)] == names


@pytest.mark.parametrize("direction", ["value_gradient", "filter_gradient", "bias_gradient"])
def test_wide_inputs_of_a_gradient_give_the_bits_to_one_of_its_factors(family: Family, direction: str) -> None:
    first = {"filter_gradient": "value"}.get(direction, "cotangent")
    trial = family("conv2d", bias=True, direction=direction, inputs="wide_x")
    operands = generate(trial.id, trial.call, trial.inputs)
    assert np.abs(operands[first]).max() > 2**15
    assert all(np.all(np.abs(array) == 1) for name, array in operands.items() if name != first)


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_generator_fills_the_kinds_that_it_says_and_no_others(family: Family, generator: str) -> None:
    for kind, dtype in KINDS.items():
        dtype = "float16" if kind == "real" and generator in ("acc24", "masking") else dtype
        call = family("conv1d", dtype=dtype, kernel=3, inputs="ones", bias=GENERATORS[generator].needs_bias).call
        if kind in GENERATORS[generator].kinds:
            assert fill(GENERATORS[generator], call, "seed")["value"].dtype == FORMATS[dtype].numpy
        else:
            with pytest.raises(Unfit, match=f"this generator does not fill {dtype}; those of {kind} numbers are "):
                fill(GENERATORS[generator], call, "seed")


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_generator_fills_a_bias_or_says_that_it_has_no_room(family: Family, generator: str) -> None:
    dtype = "float16" if generator in ("acc24", "masking") else "float32"
    call = family("conv1d", dtype=dtype, kernel=3, inputs="ones", bias=True).call
    if GENERATORS[generator].bias is not None:
        assert fill(GENERATORS[generator], call, "seed")["bias"].shape == (4,)
    else:
        with pytest.raises(Unfit, match="this generator leaves no room for a bias"):
            fill(GENERATORS[generator], call, "seed")


LITERAL: dict[str, Any] = {
    "batch": None, "size": None, "channels": None, "kernel": None, "value": [1, 2, 1], "filter": [1, 1, 2],
    "strides": 1,
}  # fmt: skip
WRITTEN: dict[str, Any] = {"value": [[[1], [2]]], "filter": [[[3, 4]]]}


def test_literal_inputs_may_have_a_bias_and_a_cotangent(family: Family) -> None:
    written = {**WRITTEN, "bias": [5, 6], "cotangent": [[[1, 0], [0, 1]]]}
    trial = family("conv1d", **LITERAL, bias=True, direction="value_gradient", inputs=written)
    assert isinstance(trial.inputs, Literal)
    operands = generate(trial.id, trial.call, trial.inputs)
    assert {name: array.tolist() for name, array in operands.items()} == written
    assert expected_of(trial).values.tolist() == [[[3], [4]]]


@pytest.mark.parametrize(
    ("keys", "written", "message"),
    [
        ({"bias": True}, WRITTEN, "literal inputs give value, filter; the call takes value, filter, bias"),
        ({}, {**WRITTEN, "bias": [5, 6]}, "literal inputs give value, filter, bias; the call takes value, filter"),
        (
            {"direction": "value_gradient"}, WRITTEN,
            "literal inputs give value, filter; the call takes value, filter, cotangent",
        ),
        ({"bias": True}, {**WRITTEN, "bias": [5]}, "literal numbers have shape [1]; the call has [2]"),
        ({"dtype": "int32"}, {**WRITTEN, "filter": [[[0.5, 1]]]}, "literal numbers are not exact in int32"),
        ({"dtype": "int32"}, {**WRITTEN, "filter": [[[2**31, 1]]]}, "literal numbers are not exact in int32"),
    ],
)  # fmt: skip
def test_literal_inputs_that_are_not_those_of_the_call_are_told(
    family: Family, keys: dict[str, Any], written: dict[str, Any], message: str
) -> None:
    trial = family("conv1d", **{**LITERAL, **keys}, inputs="ones")
    literal = Literal(**{name: _nested(numbers) for name, numbers in written.items()})
    with pytest.raises(Unfit) as refusal:
        generate(trial.id, trial.call, literal)
    assert str(refusal.value) == message


def _nested(numbers: Any) -> Any:
    return tuple(_nested(each) for each in numbers) if isinstance(numbers, list) else numbers


def test_a_wrong_call_of_the_family_gets_ones(wrong_family: Callable[..., WrongTrial]) -> None:
    keys = {**LITERAL, "filter": [1, 5, 2], "dtype": "complex64", "expect": {"refusal": "filter_channels"}}
    trial = wrong_family("conv1d", **keys)
    operands = generate(trial.id, convolution(trial.call), Generated("mix"))
    assert {name: (array.shape, array.dtype.name) for name, array in operands.items()} == {
        "value": ((1, 2, 1), "complex64"),
        "filter": ((1, 5, 2), "complex64"),
    }
    assert all(np.all(array == 1) for array in operands.values())

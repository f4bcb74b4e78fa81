"""What the oracle says of the whole family: values, S, T and n of every operator, direction and layout."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import reference
from conformance.judging.expected import Expected
from conformance.operators.convolution.call import ConvolutionTrial, RightConvolution
from conformance.operators.convolution.expectation import expect
from conformance.operators.convolution.inputs import generate
from conformance.operators.convolution.oracle import expect_call
from reference.family import DIRECTIONS, OPERATORS

Family = Callable[..., ConvolutionTrial]
LAYOUTS = ["last", "first"]


def asked(
    family: Family, operator: str, layout: str, **keys: Any
) -> tuple[ConvolutionTrial, Mapping[str, NDArray[Any]]]:
    data_format = OPERATORS[operator].data_formats[LAYOUTS.index(layout)]
    trial = family(operator, data_format=data_format, dtype="float64", **keys)
    return trial, generate(trial.id, trial.call, trial.inputs)


def expected_of(trial: ConvolutionTrial, operands: Mapping[str, NDArray[Any]]) -> Expected:
    return expect(trial.call, trial.inputs, operands)


def by_the_reference(call: RightConvolution, operands: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    keywords: dict[str, Any] = {
        "strides": call.strides, "padding": call.padding, "data_format": call.data_format,
        **({"output_shape": call.output_shape} if call.definition.transposed else {}),
    }  # fmt: skip
    value, filter = operands["value"], operands["filter"]
    if call.direction != "forward":
        return reference.vector_jacobian_product(
            call.direction, call.operator, value, filter, operands["cotangent"], **keywords
        )
    result = getattr(reference, call.operator)(value, filter, **keywords)
    return reference.bias_add(result, operands["bias"], call.data_format) if call.bias else result


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_values_and_magnitudes_are_the_reference_s(family: Family, operator: str, direction: str, layout: str) -> None:
    trial, operands = asked(family, operator, layout, direction=direction, bias=True)
    expected = expect(trial.call, trial.inputs, operands)
    assert expected.values.shape == trial.call.result_shape
    assert np.array_equal(expected.values, by_the_reference(trial.call, operands))
    sizes = {name: np.abs(array) for name, array in operands.items()}
    assert np.array_equal(expected.magnitude, by_the_reference(trial.call, sizes))
    assert expected.magnitude.max() <= expected.most


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_terms_of_every_element_are_what_ones_add_up_to(
    family: Family, operator: str, direction: str, layout: str
) -> None:
    trial, operands = asked(family, operator, layout, direction=direction, bias=True)
    expected = expect(trial.call, trial.inputs, operands)
    summed = by_the_reference(trial.call, {name: np.ones_like(array) for name, array in operands.items()})
    assert np.array_equal(np.broadcast_to(expected.products, summed.shape), summed)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_a_bias_is_one_term_more_of_every_element(family: Family, operator: str, layout: str) -> None:
    trial, operands = asked(family, operator, layout, bias=True)
    plain, _ = asked(family, operator, layout)
    biased, bare = expect(trial.call, trial.inputs, operands), expect_call(plain.call, operands)
    assert biased.added is not None
    assert bare.added is None
    assert np.array_equal(biased.taps, bare.taps + 1)
    assert np.array_equal(biased.products, bare.products + 1)
    assert np.array_equal(biased.magnitude, bare.magnitude + biased.added)


@pytest.mark.parametrize(
    ("direction", "spatial", "strides"),
    [
        ("forward", {"last": (1, 2), "first": (2, 3)}, (2, 2)),
        ("value_gradient", {"last": (1, 2), "first": (2, 3)}, (1, 1)),
        ("filter_gradient", {"last": (0, 1), "first": (0, 1)}, (1, 1)),
        ("bias_gradient", {"last": (), "first": ()}, ()),
    ],
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_spatial_axes_and_phases_of_a_transposed_convolution_s_result(
    family: Family, layout: str, direction: str, spatial: dict[str, tuple[int, ...]], strides: tuple[int, ...]
) -> None:
    expected = expected_of(*asked(family, "conv2d_transpose", layout, direction=direction, bias=True))
    assert (expected.spatial, expected.strides) == (spatial[layout], strides)


@pytest.mark.parametrize(("direction", "strides"), [("forward", (1, 1)), ("value_gradient", (2, 2))])
def test_the_phases_of_a_convolution_are_those_of_its_value_s_gradient(
    family: Family, direction: str, strides: tuple[int, ...]
) -> None:
    assert expected_of(*asked(family, "conv2d", "last", direction=direction)).strides == strides


def of(family: Family, dtype: str, value: Any, weight: Any) -> Expected:
    """One product."""
    call = family("conv1d", batch=1, size=1, kernel=1, channels=1, strides=1, dtype=dtype).call
    arrays = {"value": np.array(value, dtype), "filter": np.array(weight, dtype)}
    return expect_call(call, {name: array.reshape(1, 1, 1) for name, array in arrays.items()})


def test_the_magnitude_of_a_complex_product_has_sums_of_absolute_parts_as_factors(family: Family) -> None:
    expected = of(family, "complex64", 3 - 4j, -1 + 2j)
    assert (expected.values.item(), expected.magnitude.item()) == (5 + 10j, 21.0)


@pytest.mark.parametrize(("value", "exact"), [(2**12 + 1j, True), (2**12 + 0.5j, False), (2**23 + 2**23 * 1j, False)])
def test_a_complex_result_is_exact_while_both_parts_are_whole_and_fit(family: Family, value: Any, exact: bool) -> None:
    expected = of(family, "complex64", value, 1 + 1j)
    assert expected.exact_in(expected.format) is exact


def test_integers_keep_all_their_digits_and_wrap_around_where_their_dtype_ends(family: Family) -> None:
    assert of(family, "int64", 2**53 + 1, 1).rounded.item() == 2**53 + 1
    assert of(family, "int32", 2**30, 3).values.item() == 3 * 2**30
    assert of(family, "int32", 2**30, 3).rounded.item() == -(2**30)

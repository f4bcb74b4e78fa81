"""Numbers written in a case."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from conformance.operators.convolution.call import convolution
from conformance.operators.convolution.inputs import generate
from conformance.suite.case import Literal, Trial
from conformance.suite.generating import Unfit
from conformance.suite.literal import literal_array

FLOAT32, FLOAT64 = np.dtype("float32"), np.dtype("float64")


def test_nested_numbers_become_an_array_of_the_dtype() -> None:
    array = literal_array(((1, 2.5), (-3, 4)), (2, 2), FLOAT32)
    assert (array.tolist(), array.dtype) == ([[1.0, 2.5], [-3.0, 4.0]], FLOAT32)


def test_a_number_that_is_not_a_number_is_kept() -> None:
    assert np.isnan(literal_array((float("nan"),), (1,), FLOAT32)).all()


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_an_empty_axis_leaves_the_other_lengths_to_the_call(shape: tuple[int, ...]) -> None:
    assert literal_array((), shape, FLOAT32).shape == shape


def test_a_wrong_shape_is_refused_with_both() -> None:
    with pytest.raises(Unfit, match=r"literal numbers have shape \[3\]; the call has \[2\]"):
        literal_array((1, 2, 3), (2,), FLOAT32)


def test_ragged_numbers_are_refused() -> None:
    with pytest.raises(Unfit, match=r"literal numbers are not nested as \[2, 2\]"):
        literal_array(((1, 2), (3,)), (2, 2), FLOAT32)


@pytest.mark.parametrize(("number", "dtype"), [(0.1, FLOAT32), (2**24 + 1, FLOAT32), (2**53 + 1, FLOAT64)])
def test_a_number_that_loses_digits_in_the_dtype_is_refused(number: float, dtype: np.dtype[Any]) -> None:
    with pytest.raises(Unfit, match=f"literal numbers are not exact in {dtype.name}"):
        literal_array((number,), (1,), dtype)


@pytest.mark.parametrize("written", [None, "2", True, {"a": 1}])
def test_what_numpy_would_read_as_a_number_though_it_is_none_is_refused(written: Any) -> None:
    with pytest.raises(Unfit, match="which is not a number"):
        literal_array((written,), (1,), FLOAT32)


CASE = """\
  - name: a
    why: w
    value: [1, 1, 2, 1]
    filter: [1, 2, 1, 1]
    output_shape: [1, 1, 4, 1]
    strides: 2
    padding: VALID
    inputs: {value: [[[[1], [3]]]], filter: %s}
"""


def test_a_case_with_literal_inputs_gets_them(trials_of: Callable[[str], list[Trial]]) -> None:
    (trial,) = trials_of(CASE % "[[[[1]], [[10]]]]")
    assert isinstance(trial.inputs, Literal)
    value, filter = generate(trial.id, convolution(trial.call), trial.inputs).values()
    assert (value.tolist(), filter.tolist()) == ([[[[1], [3]]]], [[[[1]], [[10]]]])


def test_literal_inputs_of_another_shape_are_refused_while_loading(problems_of: Callable[[str], list[str]]) -> None:
    problems = problems_of("operator: conv2d_transpose\ncases:\n" + CASE % "[[[[1]]]]")
    assert problems == [
        "example.yaml:3: conv2d_transpose/example/a: literal numbers have shape [1, 1, 1, 1]; the call has [1, 2, 1, 1]"
    ]

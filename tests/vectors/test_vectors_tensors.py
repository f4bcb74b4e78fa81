"""Arrays as safetensors, there and back, and bytes that are none."""

from contextlib import suppress

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from conformance.vectors.tensors import TensorError, as_dtype, read_tensors, write_tensors

DTYPES = ["float64", "float32", "float16", "int64", "int32", "uint8", "bool"]
SHAPES = arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=3)


@given(st.sampled_from(DTYPES).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)))
def test_an_array_comes_back_with_its_bits(array: NDArray[np.generic]) -> None:
    found = read_tensors(write_tensors({"result": array}))["result"]
    assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())


def test_bfloat16_has_a_name() -> None:
    array = np.array([1.5, np.nan, -np.inf], ml_dtypes.bfloat16)
    content = write_tensors({"result": array})
    assert b'"BF16"' in content
    assert read_tensors(content)["result"].tobytes() == array.tobytes()


@pytest.mark.parametrize(("dtype", "parts"), [("complex64", "F32"), ("complex128", "F64")])
def test_complex_numbers_are_pairs_and_come_back(dtype: str, parts: str) -> None:
    array = np.array([[1 + 2j, -3j], [0, np.inf]], dtype)
    content = write_tensors({"result": array})
    assert f'"{parts}","shape":[2,2,2]'.encode() in content
    found = as_dtype(read_tensors(content)["result"], dtype)
    assert (found.dtype.name, found.tobytes()) == (dtype, array.tobytes())


def test_a_real_array_with_a_last_axis_of_two_stays_real() -> None:
    array = np.ones((3, 2), np.float32)
    assert as_dtype(array, "float32") is array


def test_pairs_of_another_dtype_stay_what_they_are() -> None:
    array = np.ones((3, 2), np.float64)
    assert as_dtype(array, "complex64") is array


def test_an_array_that_lies_otherwise_in_memory_is_written_row_by_row() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert write_tensors({"result": array.T}) == write_tensors({"result": np.ascontiguousarray(array.T)})


@given(st.integers(min_value=0))
def test_a_file_that_is_cut_off_is_refused(kept: int) -> None:
    content = write_tensors({"result": np.ones((2, 2), np.float32)})
    with pytest.raises(TensorError, match="is not a safetensors file that can be read"):
        read_tensors(content[: kept % len(content)])


@given(st.binary())
def test_bytes_of_any_kind_are_an_array_or_an_error(content: bytes) -> None:
    with suppress(TensorError):
        assert isinstance(read_tensors(content), dict)


def test_a_dtype_that_the_layout_does_not_have_is_refused() -> None:
    header = b'{"result":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[0,1]}}'
    with pytest.raises(TensorError, match="holds 'result' as F8_E5M2; it must be one of F64, F32, "):
        read_tensors(len(header).to_bytes(8, "little") + header + b"\0")


def test_a_shape_beyond_all_memory_is_refused() -> None:
    header = b'{"result":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}'
    with pytest.raises(TensorError, match="is not a safetensors file that can be read"):
        read_tensors(len(header).to_bytes(8, "little") + header)

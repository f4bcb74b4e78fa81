"""What each generator promises, over many geometries and dtypes."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import product

import numpy as np
import pytest

from conformance.operators.convolution.call import RightConvolution, WrongConvolution
from conformance.operators.convolution.calls import make_call, right_call
from conformance.operators.convolution.generators import Array
from conformance.operators.convolution.inputs import generate
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit, Words
from reference.geometry import legal_output_lengths
from reference.magnitude import magnitude

EXACT = ["mix", "wide_x", "wide_w"]
NAMED = [*EXACT, "codes", "ones", "normal64"]
REAL = [name for name, form in FORMATS.items() if form.kind == "real"]


def _call(size: int, channels: int, kernel: int, stride: int, dtype: str, batch: int = 2) -> RightConvolution:
    output = legal_output_lengths(size, kernel, stride, 1, "SAME")[-1]
    value, filter, output_shape = (
        (batch, size, size, channels),
        (kernel, kernel, 3, channels),
        (batch, output, output, 3),
    )
    return right_call("conv2d_transpose", (value, filter, output_shape), strides=stride, dtype=dtype)


def _calls() -> Iterator[RightConvolution]:
    """Geometries whose sums have 1 to 1600 products."""
    for size, channels, kernel, stride in product([1, 3, 6], [1, 3, 16, 64], [1, 2, 5], [1, 2, 3]):
        for dtype in REAL:
            yield _call(size, channels, kernel, stride, dtype)


def _generated(call: RightConvolution, generator: str) -> tuple[Array, Array]:
    """value and filter in float64, once the dtype has had its chance to round them"""
    value, filter = generate("an/id", call, Generated(generator)).values()
    assert (value.dtype, filter.dtype) == (FORMATS[call.dtype].numpy, FORMATS[call.dtype].numpy)
    return value.astype(np.float64), filter.astype(np.float64)


def _fits(call: RightConvolution) -> bool:
    return call.geometry.most_products <= 1 << FORMATS[call.dtype].significand


@pytest.mark.parametrize("generator", EXACT)
def test_exact_inputs_are_odd_and_so_never_zero(generator: str) -> None:
    calls = [call for call in _calls() if _fits(call)]
    odd = [all(np.all(np.abs(array) % 2 == 1) for array in _generated(call, generator)) for call in calls]
    assert len(odd) > 300
    assert all(odd)


@pytest.mark.parametrize("generator", EXACT)
def test_every_sum_of_exact_inputs_stays_within_the_significand(generator: str) -> None:
    for call in _calls():
        if not _fits(call):
            continue
        sums = magnitude(*_generated(call, generator), call.geometry.axes)
        assert sums.max() <= 2.0 ** FORMATS[call.dtype].significand, call


@pytest.mark.parametrize("generator", EXACT)
def test_exact_inputs_are_refused_where_even_ones_would_leave_the_significand(generator: str) -> None:
    refused = [call for call in _calls() if not _fits(call)]
    assert refused != []
    for call in refused:
        with pytest.raises(Unfit, match="products per output do not fit"):
            generate("an/id", call, Generated(generator))


def _bits(array: Array) -> int:
    return int(np.abs(array).max()).bit_length()


def test_mix_gives_the_exact_bits_to_both_operands() -> None:
    value, filter = _generated(_call(8, 16, 1, 1, "float32"), "mix")  # 16 products: 24 - 4 = 20 bits
    assert (_bits(value), _bits(filter)) == (10, 10)


def test_wide_x_gives_the_exact_bits_to_the_value() -> None:
    value, filter = _generated(_call(8, 16, 1, 1, "float32"), "wide_x")
    assert (_bits(value), _bits(filter)) == (20, 1)


def test_wide_w_gives_the_exact_bits_to_the_filter() -> None:
    value, filter = _generated(_call(8, 16, 8, 8, "float32"), "wide_w")
    assert (_bits(value), _bits(filter)) == (1, 20)


def test_a_single_product_leaves_all_bits_to_wide_inputs() -> None:
    value, _ = _generated(_call(16, 1, 1, 1, "float16"), "wide_x")
    assert _bits(value) == 11


@pytest.mark.parametrize("generator", [*EXACT, "normal64"])
def test_signs_come_in_both_kinds(generator: str) -> None:
    for array in _generated(_call(6, 4, 3, 2, "float32"), generator):
        assert 0.3 < np.mean(array > 0) < 0.7


def test_codes_put_one_impulse_before_counted_weights() -> None:
    value, filter = _generated(_call(4, 3, 2, 2, "float32"), "codes")
    assert sorted(value.ravel())[-2:] == [0, 1]
    assert filter.ravel().tolist() == list(range(1, 37))


def test_ones_are_ones() -> None:
    value, filter = _generated(_call(4, 3, 2, 2, "float32"), "ones")
    assert np.all(value == 1)
    assert np.all(filter == 1)


def test_normal64_has_mean_zero_and_variance_one() -> None:
    normal = Words("a seed").normal(40_000)
    deviations = 40_000**0.5  # the standard error of the mean is 1 / 200, of the variance below 2 / 200
    assert abs(normal.mean()) * deviations < 5
    assert abs(normal.var() - 1) * deviations < 10


def test_normal64_takes_64_products_an_output() -> None:
    value, _ = _generated(_call(6, 64, 1, 1, "float32"), "normal64")
    assert value.shape == (2, 6, 6, 64)


def test_normal64_refuses_65_products_an_output() -> None:
    with pytest.raises(Unfit, match="65 products per output; this generator takes at most 64"):
        generate("an/id", _call(6, 65, 1, 1, "float32"), Generated("normal64"))


@pytest.mark.parametrize("generator", NAMED)
def test_an_empty_batch_gets_empty_inputs(generator: str) -> None:
    value, filter = generate("an/id", _call(4, 2, 3, 2, "float32", batch=0), Generated(generator)).values()
    assert (value.shape, filter.shape) == ((0, 4, 4, 2), (3, 3, 3, 2))


@pytest.mark.parametrize("generator", [*EXACT, "normal64"])
def test_another_id_gets_other_numbers(generator: str) -> None:
    call = _call(4, 2, 3, 2, "float32")
    one, other = (generate(f"an/id[{n}]", call, Generated(generator))["value"] for n in (1, 2))
    assert not np.array_equal(one, other)


def test_a_seed_gives_the_same_words_again() -> None:
    assert np.array_equal(Words("a seed").signs(64), Words("a seed").signs(64))


def test_value_and_filter_of_one_trial_come_from_different_words() -> None:
    value, filter = _generated(_call(4, 4, 3, 2, "float32"), "mix")
    assert not np.array_equal(np.sign(value.ravel()[:64]), np.sign(filter.ravel()[:64]))


@pytest.mark.parametrize("generator", NAMED)
def test_the_layout_of_the_call_is_the_shape_of_its_inputs(generator: str) -> None:
    call = right_call("conv2d_transpose", ((2, 3, 4, 5), (3, 2, 6, 3), (2, 6, 8, 10)), strides=2, data_format="NCHW")
    value, filter = generate("an/id", call, Generated(generator)).values()
    assert (value.shape, filter.shape) == ((2, 3, 4, 5), (3, 2, 6, 3))


def test_a_call_that_is_wrong_on_purpose_gets_ones() -> None:
    wrong = make_call("conv2d_transpose", ((1, 2, 2, 1), (1, 1, 1, 1), (1, 9, 9, 1)))
    assert isinstance(wrong, WrongConvolution)
    value, filter = generate("an/id", wrong, Generated("mix")).values()
    assert value.ravel().tolist() == [1, 1, 1, 1]
    assert filter.ravel().tolist() == [1]


PINNED = {
    ("mix", "float32"): "8f15a1678130bc5d",
    ("mix", "bfloat16"): "9a76f599d3e443b5",
    ("wide_x", "float64"): "5f7487da6f8680fd",
    ("wide_w", "float16"): "810bc7272e1c90ab",
    ("normal64", "float32"): "e29080b778ca89d5",
    ("normal64", "float64"): "a18a30e55bf5af4f",
    ("codes", "float32"): "e2dbe2069e687528",
}


@pytest.mark.parametrize(("generator", "dtype"), PINNED)
def test_the_bytes_of_an_id_are_those_of_every_machine(generator: str, dtype: str) -> None:
    operands = generate("conv2d_transpose/pinned/bytes", _call(5, 3, 3, 2, dtype), Generated(generator))
    little = [array.astype(array.dtype.newbyteorder("<")).tobytes() for array in operands.values()]
    assert sha256(b"".join(little)).hexdigest()[:16] == PINNED[generator, dtype]

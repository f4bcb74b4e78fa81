"""Pooling: the engine against the definition, by hand, and gradients against finite differences."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference import pooling
from reference.errors import DtypeError, IndicesError, SizeError
from reference.pooling import definition, engine
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import AdaptiveAxis, Axis, Pooling, UnpooledAxis, WindowAxis, pooling_axis

MAXIMA = ("max_pool1d", "max_pool2d", "max_pool3d")
AVERAGES = tuple(name for name in OPERATORS if name.startswith("avg"))
WITH_VALUES = tuple(name for name in OPERATORS if name not in ("max_pool_with_argmax", "max_unpool2d"))
NORMS = tuple(name for name in OPERATORS if name.startswith("lp"))


@st.composite
def geometries(draw: st.DrawFn) -> Pooling:
    """Windows beyond the value, within pads, hanging over; empty axes; adaptive ones."""
    rank = draw(st.integers(1, 3))
    longest = {1: 7, 2: 5, 3: 3}[rank]
    pads = st.tuples(st.integers(0, 3), st.integers(0, 3))
    ceil_mode, axes = draw(st.booleans()), list[Axis]()
    adaptive = draw(st.integers(0, 3)) == 0
    for _ in range(rank):
        if adaptive:
            axes.append(AdaptiveAxis(draw(st.integers(1, 2 * longest)), draw(st.integers(1, 2 * longest))))
            continue
        length, kernel = draw(st.integers(0, longest)), draw(st.integers(1, longest))
        stride, dilation = draw(st.integers(1, longest)), draw(st.integers(1, 3))
        padding: Any = draw(st.one_of(st.just("SAME"), st.just("VALID"), pads))
        axis = pooling_axis(length, kernel, stride, dilation, padding, ceil_mode=ceil_mode)
        axes.append(axis if axis.output >= 0 else pooling_axis(length, kernel, stride, dilation, "SAME"))
    override = draw(st.one_of(st.none(), st.integers(1, 9)))
    batch, channels = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    return Pooling(batch, channels, tuple(axes), draw(st.booleans()), override, draw(st.integers(1, 4)))


@st.composite
def _values(draw: st.DrawFn, shape: tuple[int, ...], *, finite: bool = False) -> NDArray[np.float64]:
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    if finite or draw(st.booleans()):
        return random.integers(-99, 100, shape).astype(np.float64)
    return random.choice([-2.0, -1.0, 0.0, 1.0, np.nan, np.inf, -np.inf], shape)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_maximum_is_that_of_the_definition(data: st.DataObject) -> None:
    geometry = data.draw(geometries())
    value = data.draw(_values(geometry.value_shape))
    right = definition.max_pool_by_definition(value, geometry, -np.inf)
    assert np.array_equal(engine.max_pool(value, geometry, -np.inf), right, equal_nan=True)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_gradient_of_a_maximum_is_that_of_the_definition(data: st.DataObject) -> None:
    geometry = data.draw(geometries())
    value = data.draw(_values(geometry.value_shape))
    cotangent = data.draw(_values(geometry.result_shape, finite=True))
    right = definition.max_pool_gradient_by_definition(value, cotangent, geometry)
    assert np.array_equal(engine.max_pool_gradient(value, cotangent, geometry), right)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_an_average_is_that_of_the_definition(data: st.DataObject) -> None:
    geometry = data.draw(geometries())
    value = data.draw(_values(geometry.value_shape))
    with np.errstate(invalid="ignore"):  # infinities of both signs
        right = definition.avg_pool_by_definition(value, geometry)
    assert np.array_equal(engine.avg_pool(value, geometry), right, equal_nan=True)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_gradient_of_an_average_is_that_of_the_definition(data: st.DataObject) -> None:
    geometry = data.draw(geometries())
    cotangent = data.draw(_values(geometry.result_shape, finite=True))
    right = definition.avg_pool_gradient_by_definition(cotangent, geometry)
    assert np.allclose(engine.avg_pool_gradient(cotangent, geometry), right, rtol=1e-13, atol=1e-10)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_norm_is_that_of_the_definition(data: st.DataObject) -> None:
    geometry = data.draw(geometries())
    value = data.draw(_values(geometry.value_shape))
    right = definition.lp_pool_by_definition(value, geometry)
    assert np.allclose(engine.lp_pool(value, geometry), right, rtol=1e-13, atol=0, equal_nan=True)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_gradient_of_a_norm_is_that_of_the_definition(data: st.DataObject) -> None:
    geometry = data.draw(geometries())
    value = data.draw(_values(geometry.value_shape, finite=True))
    cotangent = data.draw(_values(geometry.result_shape, finite=True))
    right = definition.lp_pool_gradient_by_definition(value, cotangent, geometry)
    assert np.allclose(engine.lp_pool_gradient(value, cotangent, geometry), right, rtol=1e-12, atol=1e-9)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.booleans(), st.booleans())
def test_indices_are_those_of_the_definition(data: st.DataObject, last: bool, include_batch: bool) -> None:
    geometry = replace(data.draw(geometries()), include_batch=include_batch)
    value = data.draw(_values(geometry.value_shape))
    right = definition.max_pool_indices_by_definition(value, geometry, last=last)
    assert np.array_equal(engine.max_pool_indices(value, geometry, last=last), right)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_maxima_are_put_back_as_the_definition_says(data: st.DataObject) -> None:
    lengths = [data.draw(st.integers(1, 4)) for _ in range(2)]
    outputs = [length + data.draw(st.integers(0, 5)) for length in lengths]
    axes = tuple(map(UnpooledAxis, lengths, outputs))
    geometry = Pooling(data.draw(st.integers(0, 2)), data.draw(st.integers(1, 2)), axes)
    value = data.draw(_values(geometry.value_shape))
    images, height, width, channels = geometry.value_shape
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    planes = [random.permutation(outputs[0] * outputs[1])[: height * width] for _ in range(images * channels)]
    indices = np.array(planes, np.int64).reshape(images, channels, height, width).transpose(0, 2, 3, 1)
    right = definition.max_unpool_by_definition(value, indices, geometry)
    assert np.array_equal(engine.max_unpool(value, indices, geometry), right, equal_nan=True)
    # What is put back and taken again is what it was.
    assert np.array_equal(engine.max_unpool_gradient(right, indices), value, equal_nan=True)


def test_windows_of_pads_alone_send_nothing_whatever_signs_their_cotangents_have() -> None:
    overlapping = WindowAxis(input=2, kernel=2, stride=1, dilation=1, pad_before=1, pad_after=1, output=3)
    first_of_pads = WindowAxis(input=1, kernel=1, stride=1, dilation=1, pad_before=1, pad_after=0, output=2)
    geometry = Pooling(1, 1, (overlapping, first_of_pads))
    cotangent = np.array([[1.0, 2.0], [-1.0, 4.0], [1.0, 8.0]]).reshape(geometry.result_shape)
    gradient = engine.avg_pool_gradient(cotangent, geometry)
    assert gradient.ravel().tolist() == [2.0 + 4.0 / 2, 4.0 / 2 + 8.0]


def _value(operator: str) -> NDArray[Any]:
    shape = {1: (2, 9, 3), 2: (2, 6, 5, 3), 3: (1, 4, 3, 5, 2)}[OPERATORS[operator].rank]
    count = int(np.prod(shape))
    value: NDArray[Any] = np.random.default_rng(1).permutation(count).reshape(shape) * 4.0 - 2 * count
    return value


def _words(operator: str) -> dict[str, Any]:
    if OPERATORS[operator].adaptive:
        return {"output_size": 4}
    norm = {"norm_type": 3} if operator in NORMS else {}
    return {"ksize": 2, "strides": 1, "padding": "SAME", **norm}


def _first(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(np.moveaxis(array, -1, 1))


@pytest.mark.parametrize("operator", WITH_VALUES)
def test_channels_first_is_the_same_with_its_axes_moved(operator: str) -> None:
    value, function = _value(operator), getattr(pooling, operator)
    data_format, words = OPERATORS[operator].data_formats[1], _words(operator)
    last, first = function(value, **words), function(_first(value), data_format=data_format, **words)
    assert np.array_equal(first, _first(last))


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
@pytest.mark.parametrize("operator", WITH_VALUES)
def test_the_gradient_is_what_a_small_step_in_the_value_changes(operator: str, first: bool) -> None:
    """A step below the distance of any two numbers: within it a maximum is linear, as an average is everywhere, and
    a norm nearly.
    """
    keywords = _words(operator)
    value, function = _value(operator), getattr(pooling, operator)
    if first:
        value, keywords["data_format"] = _first(value), OPERATORS[operator].data_formats[1]
    shape, step = function(value, **keywords).shape, 2.0**-6
    cotangent = np.random.default_rng(2).integers(-9, 10, shape).astype(np.float64)
    found = pooling.vector_jacobian_product(operator, value, cotangent, **keywords)
    stepped = np.zeros(value.shape)
    for place in np.ndindex(*value.shape):
        more, less = value.copy(), value.copy()
        more[place] += step
        less[place] -= step
        change = (function(more, **keywords) - function(less, **keywords)) / (2 * step)
        stepped[place] = np.sum(change * cotangent)
    assert found.any()
    relative, absolute = (1e-4, 1e-3) if operator in NORMS else (1e-9, 1e-9)
    assert np.allclose(found, stepped, rtol=relative, atol=absolute)


def _line(*elements: float, dtype: Any = np.float32) -> NDArray[Any]:
    return np.array(elements, dtype).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        pytest.param({"ksize": 2, "strides": 2, "padding": "VALID"}, [-3, -1], id="valid"),
        pytest.param({"ksize": 2, "strides": 2, "padding": "SAME"}, [-3, -1, -5], id="same"),
        pytest.param({"ksize": 2, "strides": 2, "padding": "VALID", "ceil_mode": True}, [-3, -1, -5], id="ceil_mode"),
        pytest.param({"ksize": 2, "strides": 1, "padding": "VALID", "dilations": 2}, [-2, -1, -2], id="dilated"),
        pytest.param({"ksize": 2, "strides": 2, "padding": ((0, 0), (1, 0), (0, 0))}, [-4, -2, -1], id="pad-before"),
        pytest.param({"ksize": 1, "strides": 3, "padding": ((0, 0), (1, 0), (0, 0))}, [-np.inf, -2], id="no-element"),
    ],
)
def test_a_maximum_by_hand_in_which_a_zero_would_show(arguments: dict[str, Any], result: list[float]) -> None:
    line = _line(-4, -3, -2, -1, -5)
    assert pooling.max_pool1d(line, **arguments).ravel().tolist() == result


@pytest.mark.parametrize(
    ("elements", "strides", "arguments", "result"),
    [
        pytest.param([9, 15, 18], 1, {"padding": "SAME"}, [12, 14, 16.5], id="elements"),
        pytest.param([9, 15, 18], 1, {"padding": "SAME", "count_include_pad": True}, [8, 14, 11], id="places"),
        pytest.param([9, 15, 18], 1, {"padding": "SAME", "divisor_override": 6}, [4, 7, 5.5], id="override"),
        pytest.param([9, 15, 18, 14], 2, {"padding": "VALID", "ceil_mode": True}, [14, 16], id="overhang"),
        pytest.param(
            [9, 15, 18, 14], 2, {"padding": "VALID", "ceil_mode": True, "count_include_pad": True}, [14, 16],
            id="what-hangs-over-is-no-pad",
        ),
    ],
)  # fmt: skip
def test_an_average_by_hand_by_each_divisor(
    elements: list[float], strides: int, arguments: dict[str, Any], result: list[float]
) -> None:
    assert pooling.avg_pool1d(_line(*elements), 3, strides, **arguments).ravel().tolist() == result


def test_same_with_kernel_3_averages_10_and_20_to_15() -> None:
    """What an engine that pads with copies of the border makes 16.67 of."""
    assert pooling.avg_pool1d(_line(10, 20), 3, 2, "SAME").ravel().tolist() == [15.0]


@pytest.mark.parametrize(
    ("elements", "arguments", "result"),
    [
        pytest.param([3, -4, 6, 8], {"norm_type": 2}, [5, 10], id="the-root-of-squares"),
        pytest.param([3, -4, -6, -8], {"norm_type": 1}, [7, 14], id="sizes-and-no-signs"),
        pytest.param([-1, 0, 2, -2, 3], {"norm_type": 4, "ceil_mode": True}, [1, 2 * 2**0.25, 3], id="partial-window"),
        pytest.param([1, 1, 1], {"norm_type": 1, "ceil_mode": True}, [2, 1], id="what-hangs-over-adds-nothing"),
        pytest.param([3, 5], {"norm_type": 2, "padding": ((0, 0), (2, 0), (0, 0))}, [0, 34**0.5], id="no-element"),
    ],
)
def test_a_norm_by_hand(elements: list[float], arguments: dict[str, Any], result: list[float]) -> None:
    found = pooling.lp_pool1d(_line(*elements), 2, 2, **{"padding": "VALID", **arguments})
    assert found.ravel().tolist() == np.array(result, np.float32).tolist()


def test_the_gradient_of_a_norm_by_hand() -> None:
    """x / norm, and of the first norm the sign alone."""
    value, cotangent = _line(3, -4, 0, 0), _line(10, 7)
    words: dict[str, Any] = {"ksize": 2, "strides": 2, "padding": "VALID"}
    second = pooling.vector_jacobian_product("lp_pool1d", value, cotangent, norm_type=2, **words)
    first = pooling.vector_jacobian_product("lp_pool1d", value, cotangent, norm_type=1, **words)
    assert (second.ravel().tolist(), first.ravel().tolist()) == ([6, -8, 0, 0], [10, -10, 0, 0])


@pytest.mark.parametrize(
    ("elements", "windows", "maxima", "averages"),
    [
        pytest.param([6, 2, 4, 8, 0], 3, [6, 8, 8], [4, 14 / 3, 4], id="windows-overlap"),
        pytest.param([6, 2, 4, 8, 0, 2, 4], 4, [6, 8, 8, 4], [4, 14 / 3, 10 / 3, 3], id="windows-of-two-lengths"),
        pytest.param([6, 2, 4], 5, [6, 6, 2, 4, 4], [6, 4, 2, 3, 4], id="more-windows-than-elements"),
        pytest.param([6, 2, 4, 8], 2, [6, 8], [4, 6], id="a-multiple"),
        pytest.param([6, 2, 4], 1, [6], [4], id="everything"),
    ],
)
def test_adaptive_windows_by_hand(
    elements: list[float], windows: int, maxima: list[float], averages: list[float]
) -> None:
    line = _line(*elements, dtype=np.float64)
    assert pooling.adaptive_max_pool1d(line, windows).ravel().tolist() == maxima
    assert pooling.adaptive_avg_pool1d(line, windows).ravel().tolist() == averages


def test_the_gradient_of_adaptive_windows_adds_up_where_they_overlap() -> None:
    line, cotangent = _line(6, 2, 4, 8, 0, dtype=np.float64), _line(2, 6, 4, dtype=np.float64)
    averaged = pooling.vector_jacobian_product("adaptive_avg_pool1d", line, cotangent, output_size=3)
    chosen = pooling.vector_jacobian_product("adaptive_max_pool1d", line, cotangent, output_size=3)
    assert (averaged.ravel().tolist(), chosen.ravel().tolist()) == ([1, 3, 2, 4, 2], [2, 0, 0, 10, 0])


@pytest.mark.parametrize(
    ("data_format", "include_batch", "indices"),
    [
        ("NHWC", False, [[2, 1], [10, 3]]),
        ("NHWC", True, [[2, 1], [22, 15]]),
        ("NCHW", False, [[1, 6], [5, 7]]),
        ("NCHW", True, [[1, 6], [17, 19]]),
    ],
)
def test_indices_by_hand_are_places_in_memory(data_format: str, include_batch: bool, indices: list[Any]) -> None:
    """Of [y, x, c] in NHWC (y * 3 + x) * 2 + c, in NCHW (c * 2 + y) * 3 + x; the second image is 12 farther on."""
    planes = [[[0, 9, 2], [1, 3, 4]], [[8, 1, 3], [2, 4, 5]]], [[[1, 2, 3], [4, 5, 6]], [[0, 7, 1], [2, 3, 4]]]
    value = np.array(planes, np.float32)
    words: dict[str, Any] = {"data_format": data_format, "include_batch_in_index": include_batch}
    laid_out = value if data_format == "NCHW" else np.ascontiguousarray(np.moveaxis(value, 1, -1))
    found = pooling.max_pool_with_argmax(laid_out, (2, 3), 1, "VALID", **words)
    assert found.dtype == np.int64
    assert found.reshape(2, 2).tolist() == indices


def test_the_index_of_the_first_of_equal_maxima_of_the_first_nan_and_of_nothing() -> None:
    line = np.array([5, 5, np.nan, np.nan], np.float32).reshape(1, 1, 4, 1)
    found = pooling.max_pool_with_argmax(line, (1, 2), (1, 2), "VALID").ravel()
    nothing = pooling.max_pool_with_argmax(line, 1, (1, 4), ((0, 0), (1, 0), (0, 0), (0, 0))).ravel()
    assert (found.tolist(), nothing.tolist()) == ([0, 2], [-1, 0])


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
def test_maxima_put_back_by_hand(first: bool) -> None:
    value, indices = np.array([[[[5.0, 7.0]]]]), np.array([[[[1, 5]]]])
    back = np.array([[[[0.0, 5, 0], [0, 0, 7]]]])
    words: dict[str, Any] = {"output_size": (2, 3), "data_format": "NCHW" if first else None}
    moved = (value, indices, back) if first else tuple(np.moveaxis(each, 1, -1) for each in (value, indices, back))
    assert np.array_equal(pooling.max_unpool2d(moved[0], moved[1], **words), moved[2])
    cotangent = np.arange(6.0).reshape(moved[2].shape)
    found = pooling.vector_jacobian_product("max_unpool2d", moved[0], cotangent, indices=moved[1], **words)
    assert found.ravel().tolist() == [1, 5]


def test_maxima_and_their_indices_are_put_back_where_they_were() -> None:
    value = _value("max_pool2d")
    words: dict[str, Any] = {"ksize": 2, "strides": 2, "padding": "VALID"}
    planes = _first(value)  # of one channel, whose indices are those of the plane
    one = np.ascontiguousarray(planes.reshape(6, 1, 6, 5))
    maxima = pooling.max_pool2d(one, **words, data_format="NCHW")
    indices = pooling.max_pool_with_argmax(one, **words, data_format="NCHW")
    back = pooling.max_unpool2d(maxima, indices, (6, 5), "NCHW")
    assert np.array_equal(back[back != 0], one[back != 0])
    assert np.count_nonzero(back) == np.count_nonzero(maxima)


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        (np.zeros((1, 1, 1, 1), np.int64), r"indices are int64 \[1, 1, 1, 1\]; they must be integers \[1, 1, 2, 1\]"),
        (np.zeros((1, 1, 2, 1)), r"indices are float64 \[1, 1, 2, 1\]; they must be integers \[1, 1, 2, 1\]"),
        (np.array([0, 6]).reshape(1, 1, 2, 1), "indices are 0 to 6; the places of a plane are 0 to 5"),
        (np.array([-1, 5]).reshape(1, 1, 2, 1), "indices are -1 to 5; the places of a plane are 0 to 5"),
    ],
)
def test_indices_that_are_no_places_of_the_result_are_refused(indices: NDArray[Any], message: str) -> None:
    with pytest.raises(IndicesError, match=message):
        pooling.max_unpool2d(np.ones((1, 1, 2, 1)), indices, (2, 3))


def test_other_poolings_take_no_indices() -> None:
    line = _line(1, 2, 3, 4)
    with pytest.raises(IndicesError, match="max_unpool2d needs indices, and no other pooling takes any"):
        pooling.vector_jacobian_product(
            "max_pool1d", line, _line(1, 2), indices=line, ksize=2, strides=2, padding="VALID"
        )


def test_indices_have_no_derivative() -> None:
    value, cotangent = np.ones((1, 2, 2, 1)), np.ones((1, 1, 1, 1))
    with pytest.raises(DtypeError, match="indices are whole numbers, which have no derivative"):
        pooling.vector_jacobian_product("max_pool_with_argmax", value, cotangent, ksize=2, strides=2, padding="VALID")


def test_nan_is_the_maximum_of_its_windows_and_of_no_others() -> None:
    found = pooling.max_pool1d(_line(1, np.nan, 3, 4), 2, 1, "VALID").ravel()
    assert np.array_equal(found, [np.nan, np.nan, 4], equal_nan=True)


def test_infinities_of_both_signs_average_to_nan() -> None:
    found = pooling.avg_pool1d(_line(np.inf, 1, -np.inf, np.inf), 2, 1, "VALID").ravel()
    assert np.array_equal(found, [np.inf, -np.inf, np.nan], equal_nan=True)


def test_an_average_of_no_elements_is_nan_unless_it_is_divided_by_places() -> None:
    arguments: dict[str, Any] = {"ksize": 1, "strides": 2, "padding": ((0, 0), (1, 0), (0, 0))}
    assert np.isnan(pooling.avg_pool1d(_line(3, 5), **arguments).ravel()[0])
    assert pooling.avg_pool1d(_line(3, 5), **arguments, count_include_pad=True).ravel().tolist() == [0, 5]


def test_the_first_of_equal_maxima_in_row_major_order_takes_the_cotangent() -> None:
    value = np.array([[1, 5, 2], [5, 5, 0]], np.float64).reshape(1, 2, 3, 1)
    cotangent = np.array([10.0, 7.0]).reshape(1, 1, 2, 1)
    found = pooling.vector_jacobian_product("max_pool2d", value, cotangent, ksize=2, strides=1, padding="VALID")
    assert found.reshape(2, 3).tolist() == [[0, 17, 0], [0, 0, 0]]


def test_overlapping_averages_add_up_in_the_gradient() -> None:
    cotangent = np.array([6.0, 4.0, 8.0]).reshape(1, 3, 1)
    keywords: dict[str, Any] = {"ksize": 2, "strides": 1, "padding": "SAME"}
    found = pooling.vector_jacobian_product("avg_pool1d", np.zeros((1, 3, 1)), cotangent, **keywords)
    assert found.ravel().tolist() == [3, 5, 10]


@pytest.mark.parametrize("operator", MAXIMA)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", ml_dtypes.bfloat16])
def test_a_maximum_has_the_dtype_of_the_value(operator: str, dtype: Any) -> None:
    value = (_value(operator) // 8).astype(dtype)
    result = getattr(pooling, operator)(value, 2, 2, "SAME")
    assert result.dtype == value.dtype
    assert set(result.ravel().tolist()) <= set(value.ravel().tolist())


def test_the_maximum_of_no_integers_is_the_lowest() -> None:
    arguments: dict[str, Any] = {"ksize": 1, "strides": 2, "padding": ((0, 0), (1, 0), (0, 0))}
    assert pooling.max_pool1d(_line(3, 5, dtype=np.int32), **arguments).ravel().tolist() == [-(2**31), 5]


def test_an_average_is_rounded_once() -> None:
    """2049 / 3 in float16: a sum rounded to 2048 first would give 682.5."""
    assert pooling.avg_pool1d(_line(2048, 1, 0, dtype=np.float16), 3, 1, "VALID").item() == 683.0


@pytest.mark.parametrize("operator", [*AVERAGES, *NORMS])
def test_integers_have_no_average_and_no_norm(operator: str) -> None:
    with pytest.raises(DtypeError, match="value is int32; it must have a real dtype"):
        getattr(pooling, operator)(_value(operator).astype(np.int32), **_words(operator))


@pytest.mark.parametrize("operator", MAXIMA)
def test_complex_numbers_have_no_maximum(operator: str) -> None:
    with pytest.raises(DtypeError, match="value is complex64; it must have a real or integer dtype"):
        getattr(pooling, operator)(_value(operator).astype(np.complex64), 2, 2, "SAME")


def test_a_cotangent_of_another_shape_than_the_result_is_refused() -> None:
    with pytest.raises(SizeError, match=r"the cotangent has shape \[1, 3, 1\]; the result has \[1, 2, 1\]"):
        pooling.vector_jacobian_product(
            "max_pool1d", _line(1, 2, 3), _line(1, 2, 3), ksize=2, strides=1, padding="VALID"
        )


def test_a_gradient_has_the_dtype_of_the_value() -> None:
    value, cotangent = np.ones((1, 4, 1), np.float16), np.ones((1, 2, 1), np.float16)
    found = pooling.vector_jacobian_product("max_pool1d", value, cotangent, ksize=2, strides=2, padding="VALID")
    assert (found.dtype.name, found.ravel().tolist()) == ("float16", [1, 0, 1, 0])


def test_memory_is_contiguous_in_both_layouts() -> None:
    value = _value("max_pool2d")
    results = [pooling.max_pool2d(value, 2, 1, "VALID"), pooling.max_pool2d(_first(value), 2, 1, "VALID", "NCHW")]
    assert all(result.flags.c_contiguous for result in results)
    assert all(before >= after for before, after in pairwise(results[0].strides))

"""Resize: the engine against the definition, weights by hand and by other formulas, gradients by finite differences."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference import resize
from reference.errors import DtypeError, SizeError
from reference.resize import definition, engine
from reference.resize.arguments import resize_rule
from reference.resize.family import COORDINATES, NEAREST_MODES, OPERATORS
from reference.resize.geometry import Resize, ResizeAxis, ResizeRule, coordinate_bits, is_near_tie, rows_of, weight_bits

F = Fraction


@st.composite
def rules(draw: st.DrawFn) -> ResizeRule:
    """Every word of every method."""
    method, word = draw(st.sampled_from(("nearest", "linear", "cubic"))), draw(st.sampled_from(COORDINATES))
    if method == "nearest":
        return resize_rule(method, word, draw(st.sampled_from(NEAREST_MODES)))
    a = draw(st.sampled_from((-0.5, -0.75, -1.0))) if method == "cubic" else None
    # What lies beyond all elements has no weight to divide by, which asymmetric and symmetric coordinates reach.
    return resize_rule(method, word, None, a, draw(st.booleans()), draw(st.booleans()))


@st.composite
def geometries(draw: st.DrawFn) -> Resize:
    """Longer and shorter, by lengths and by scales that leave something over."""
    rank = draw(st.integers(1, 3))
    longest = {1: 9, 2: 5, 3: 3}[rank]
    axes = []
    for _ in range(rank):
        length, output = draw(st.integers(1, longest)), draw(st.integers(1, longest + 2))
        left_over = draw(st.sampled_from((F(0), F(1, 3), F(1, 2))))
        axes.append(ResizeAxis(length, output, (output + left_over) / length))
    return Resize(draw(st.integers(0, 2)), draw(st.integers(1, 2)), tuple(axes), draw(rules()))


def _numbers(shape: tuple[int, ...], seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).integers(-99, 100, shape).astype(np.float64)


@settings(max_examples=200, deadline=None)
@given(geometries(), st.integers(0, 2**32))
def test_a_result_is_that_of_the_definition(geometry: Resize, seed: int) -> None:
    value = _numbers(geometry.value_shape, seed)
    right = definition.resize_by_definition(value, geometry).astype(np.float64)
    computed = engine.nearest if geometry.rule.method == "nearest" else engine.resized
    assert np.allclose(computed(value, geometry), right, rtol=1e-12, atol=1e-10)


@settings(max_examples=200, deadline=None)
@given(geometries(), st.integers(0, 2**32))
def test_a_gradient_is_that_of_the_definition(geometry: Resize, seed: int) -> None:
    cotangent = _numbers(geometry.result_shape, seed)
    right = definition.resize_gradient_by_definition(cotangent, geometry).astype(np.float64)
    assert np.allclose(engine.gradient(cotangent, geometry), right, rtol=1e-12, atol=1e-10)


@settings(max_examples=200, deadline=None)
@given(geometries())
def test_weights_sum_to_one(geometry: Resize) -> None:
    for rows in geometry.rows():
        assert all(sum(weight for _, weight in row) == 1 for row in rows)


@settings(max_examples=50, deadline=None)
@given(geometries(), st.integers(0, 2**32))
def test_infinities_and_nan_come_out_where_they_are_read(geometry: Resize, seed: int) -> None:
    value = np.random.default_rng(seed).choice([1.0, np.nan, np.inf], geometry.value_shape)
    with np.errstate(invalid="ignore"):
        found = engine.resized(value, geometry)
    rows = [np.zeros((axis.output, axis.input)) for axis in geometry.axes]
    for matrix, of_axis in zip(rows, geometry.rows(), strict=True):
        for output, row in enumerate(of_axis):
            for element, _ in row:
                matrix[output, element] = 1
    reached = (~np.isfinite(value)).astype(np.float64)
    for number, matrix in enumerate(rows, start=1):
        reached = np.moveaxis(np.tensordot(matrix, reached, axes=(1, number)), 0, number)
    assert np.array_equal(~np.isfinite(found), reached > 0)


def _axis(length: int, output: int, scale: Fraction | None = None) -> ResizeAxis:
    return ResizeAxis(length, output, F(output, length) if scale is None else scale)


@pytest.mark.parametrize(
    ("word", "coordinates"),
    [
        ("half_pixel", [F(-1, 7), F(4, 7), F(9, 7), F(2), F(19, 7), F(24, 7), F(29, 7)]),
        ("pytorch_half_pixel", [F(-1, 7), F(4, 7), F(9, 7), F(2), F(19, 7), F(24, 7), F(29, 7)]),
        ("half_pixel_symmetric", [F(-1, 7), F(4, 7), F(9, 7), F(2), F(19, 7), F(24, 7), F(29, 7)]),
        ("align_corners", [F(0), F(2, 3), F(4, 3), F(2), F(8, 3), F(10, 3), F(4)]),
        ("asymmetric", [F(0), F(5, 7), F(10, 7), F(15, 7), F(20, 7), F(25, 7), F(30, 7)]),
    ],
)
def test_coordinates_of_five_elements_and_seven_outputs_by_hand(word: str, coordinates: list[Fraction]) -> None:
    rule, axis = resize_rule("linear", word), _axis(5, 7)
    assert [axis.coordinate(output, rule) for output in range(7)] == coordinates


def test_a_scale_that_leaves_something_over_moves_all_but_symmetric_coordinates_to_the_left() -> None:
    """5 * 1.5 is 7.5: the half that is left out is on the right, or by a quarter on either side."""
    axis = _axis(5, 7, F(3, 2))
    first, last = (
        [axis.coordinate(output, resize_rule("linear", word)) for word in ("half_pixel", "half_pixel_symmetric")]
        for output in (0, 6)
    )
    assert first == [F(-1, 6), F(0)]
    assert last == [F(23, 6), F(4)]
    assert first[1] + last[1] == 5 - 1


@pytest.mark.parametrize(("word", "coordinate"), [("half_pixel", F(3, 2)), ("pytorch_half_pixel", F(0))])
def test_the_only_output_lies_in_the_middle_but_for_pytorch_half_pixel(word: str, coordinate: Fraction) -> None:
    assert _axis(4, 1).coordinate(0, resize_rule("linear", word)) == coordinate


@pytest.mark.parametrize("output", [1, 3])
def test_align_corners_takes_the_first_element_for_one_output(output: int) -> None:
    axis = _axis(4, output)
    assert axis.coordinate(0, resize_rule("linear", "align_corners")) == 0
    assert axis.coordinate(output - 1, resize_rule("linear", "align_corners")) == (3 if output > 1 else 0)


@pytest.mark.parametrize(
    ("mode", "elements"),
    [
        ("round_prefer_ceil", [1, 3, 5]),
        ("round_prefer_floor", [0, 2, 4]),
        ("floor", [0, 2, 4]),
        ("ceil", [1, 3, 5]),
    ],
)
def test_halves_go_where_the_mode_says(mode: str, elements: list[int]) -> None:
    """At 6 -> 3 the coordinates are 1/2, 5/2 and 9/2."""
    rows = rows_of(_axis(6, 3), resize_rule("nearest", "half_pixel", mode))
    assert [row[0][0] for row in rows] == elements


def test_coordinates_beyond_the_border_take_its_element() -> None:
    rows = rows_of(_axis(4, 8), resize_rule("nearest", "half_pixel", "floor"))
    assert [row[0][0] for row in rows] == [0, 0, 0, 1, 1, 2, 2, 3]


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 9), st.integers(1, 20), st.sampled_from(COORDINATES))
def test_linear_weights_are_those_of_numpy_interp(length: int, output: int, word: str) -> None:
    rule, axis = resize_rule("linear", word), _axis(length, output)
    value = _numbers((length,), length * output)
    coordinates = [float(axis.coordinate(at, rule)) for at in range(output)]
    interpolated = np.interp(coordinates, np.arange(length), value)
    found = engine.resized(value.reshape(1, -1, 1), Resize(1, 1, (axis,), rule)).ravel()
    assert np.allclose(found, interpolated, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("a", "numerators"), [(-0.5, (-9, 111, 29, -3)), (-0.75, (-13.5, 112.5, 33.5, -4.5)), (0.0, (0, 108, 20, 0))]
)
def test_cubic_weights_a_quarter_on_the_way_by_hand(a: float, numerators: tuple[float, ...]) -> None:
    """In 128ths, of the elements before and after; Catmull and Rom's where the coefficient is -1/2."""
    rule = resize_rule("cubic", "half_pixel", None, a, False)
    row = dict(rows_of(_axis(8, 16), rule)[5])  # its coordinate is 9/4
    wanted = {1 + number: F(each) / 128 for number, each in enumerate(numerators) if each}
    assert row == wanted


def test_cubic_weights_of_half_are_those_of_a_line_through_the_tangents() -> None:
    """Keys with -1/2 is exact for polynomials of the second degree wherever all four elements are there."""
    rule, axis = resize_rule("cubic"), _axis(9, 13)
    value = np.arange(9.0) ** 2
    for output, row in enumerate(rows_of(axis, rule)):
        coordinate = axis.coordinate(output, rule)
        if 1 <= coordinate <= 7:
            assert sum(weight * int(value[element]) for element, weight in row) == coordinate**2


def test_the_border_has_the_weights_beyond_it_or_nobody_has() -> None:
    axis = _axis(4, 8)  # the first coordinate is -1/4: weights -3, 29, 111, -9 in 128ths at -2, -1, 0, 1
    repeated = rows_of(axis, resize_rule("cubic", exclude_outside=False))[0]
    excluded = rows_of(axis, resize_rule("cubic", exclude_outside=True))[0]
    assert repeated == ((0, F(-3 + 29 + 111, 128)), (1, F(-9, 128)))
    assert excluded == ((0, F(111, 102)), (1, F(-9, 102)))


def test_a_stretched_triangle_of_a_half_by_hand() -> None:
    rows = rows_of(_axis(8, 4), resize_rule("linear", antialias=True))
    assert rows[1] == ((1, F(1, 8)), (2, F(3, 8)), (3, F(3, 8)), (4, F(1, 8)))
    assert rows[0] == ((0, F(3, 7)), (1, F(3, 7)), (2, F(1, 7)))
    assert rows_of(_axis(8, 4), resize_rule("linear", exclude_outside=False, antialias=True))[0] == (
        (0, F(1, 2)), (1, F(3, 8)), (2, F(1, 8)),
    )  # fmt: skip


def test_nothing_is_stretched_where_the_value_becomes_longer() -> None:
    axis = _axis(4, 7)
    assert rows_of(axis, resize_rule("cubic", antialias=True)) == rows_of(axis, resize_rule("cubic"))


@pytest.mark.parametrize(
    ("lengths", "mode", "near"),
    [
        ((20, 6), "round_prefer_ceil", True),  # 14 1/2
        ((26, 11), "round_prefer_ceil", True),
        ((6, 3), "round_prefer_ceil", False),  # 1/2, which anyone finds: the ratio is a power of two
        ((5, 7), "round_prefer_ceil", False),
        ((5, 7), "floor", True),  # the coordinate 2
    ],
)
def test_a_tie_that_32_bits_may_miss_is_near(lengths: tuple[int, int], mode: str, near: bool) -> None:
    assert is_near_tie(_axis(*lengths), resize_rule("nearest", "half_pixel", mode)) is near


def test_weights_have_few_digits_where_lengths_are_powers_of_two() -> None:
    linear = resize_rule("linear")
    assert weight_bits(Resize(1, 1, (_axis(5, 8),), linear)) == 4
    assert weight_bits(Resize(1, 1, (_axis(5, 8), _axis(4, 8)), linear)) == 6
    assert weight_bits(Resize(1, 1, (_axis(5, 7),), linear)) is None
    # All weight is the border's, and yet it is computed from thirds.
    assert weight_bits(Resize(1, 1, (_axis(1, 3),), linear)) is None
    # Found by a search: both outputs' weights are 5/8 and 3/8, of a kernel's 5/6 and 1/2.
    assert weight_bits(Resize(1, 1, (_axis(3, 2),), replace(linear, antialias=True))) is None
    assert coordinate_bits(_axis(5, 8), linear) == 4


def _value(operator: str) -> NDArray[Any]:
    shape = {1: (2, 9, 3), 2: (2, 6, 5, 3), 3: (1, 4, 3, 5, 2)}[OPERATORS[operator].rank]
    return _numbers(shape, 1)


def _first(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(np.moveaxis(array, -1, 1))


@pytest.mark.parametrize("method", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_channels_first_is_the_same_with_its_axes_moved(operator: str, method: str) -> None:
    value, function = _value(operator), getattr(resize, operator)
    data_format = OPERATORS[operator].data_formats[1]
    last, first = function(value, 7, method), function(_first(value), 7, method, data_format)
    assert np.array_equal(first, _first(last))


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
@pytest.mark.parametrize("method", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_gradient_is_what_a_step_in_the_value_changes(operator: str, method: str, first: bool) -> None:
    """A resize is linear: a step of any size will do."""
    keywords: dict[str, Any] = {"output_size": 7, "method": method}
    value, function = _value(operator), getattr(resize, operator)
    if first:
        value, keywords["data_format"] = _first(value), OPERATORS[operator].data_formats[1]
    result = function(value, **keywords)
    cotangent = _numbers(result.shape, 2)
    found = resize.vector_jacobian_product(operator, value, cotangent, **keywords)
    stepped = np.zeros(value.shape)
    for place in np.ndindex(*value.shape):
        changed = value.copy()
        changed[place] += 1
        stepped[place] = np.sum((function(changed, **keywords) - result) * cotangent)
    assert found.any()
    assert np.allclose(found, stepped, rtol=1e-9, atol=1e-9)


def _line(*elements: float, dtype: Any = np.float32) -> NDArray[Any]:
    return np.array(elements, dtype).reshape(1, -1, 1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, ml_dtypes.bfloat16, np.int32, np.int64])
def test_nearest_elements_keep_their_dtype(dtype: Any) -> None:
    found = resize.resize1d(_line(1, 2, dtype=dtype), 4, "nearest")
    assert found.dtype == dtype
    assert found.ravel().tolist() == [1, 1, 2, 2]


def test_the_largest_integers_are_copied_exactly() -> None:
    largest = np.iinfo(np.int64).max
    assert resize.resize1d(_line(largest, dtype=np.int64), 2, "nearest").ravel().tolist() == [largest, largest]


def test_a_scale_is_what_is_written_in_decimals() -> None:
    """As binary numbers 10 * 0.7 and 5 * 1.4 are a little more, or less, than 7."""
    assert resize.resize1d(_line(*range(10)), scales=0.7).shape == (1, 7, 1)
    assert resize.resize1d(_line(*range(5)), scales=1.4).shape == (1, 7, 1)
    assert resize.resize1d(_line(*range(100)), scales=0.29).shape == (1, 29, 1)


def test_a_scale_that_is_recomputed_is_that_of_the_lengths() -> None:
    value = _line(0, 1, 2, 3, 4)
    given, recomputed = (resize.resize1d(value, scales=1.5, recompute_scale_factor=each) for each in (False, True))
    assert np.array_equal(recomputed, resize.resize1d(value, 7))
    assert given.ravel()[1] == 0.5
    assert recomputed.ravel()[1] == np.float32(4 / 7)


@pytest.mark.parametrize(
    ("dtype", "method", "message"),
    [
        (np.int32, "linear", "value is int32; it must have a real dtype"),
        (np.complex64, "nearest", "value is complex64; it must have a real or integer dtype"),
    ],
)
def test_dtypes_that_have_no_such_result_are_refused(dtype: Any, method: str, message: str) -> None:
    with pytest.raises(DtypeError, match=message):
        resize.resize1d(_line(1, 2, dtype=dtype), 3, method)


def test_a_cotangent_of_another_shape_is_refused() -> None:
    with pytest.raises(SizeError, match="cotangent"):
        resize.vector_jacobian_product("resize1d", _line(1, 2), _line(1, 2), output_size=3)

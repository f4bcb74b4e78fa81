"""The forms of the engine: each against the definition, and how one of them is chosen."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.definition import transposed_by_definition
from reference.forms import planes, runs, windows
from reference.forms.planes import by_planes
from reference.forms.runs import by_runs
from reference.forms.sums import OFTEN, by_sums
from reference.forms.windows import by_windows
from reference.geometry import Axis
from reference.transposed import FEW_CHANNELS, Form, form_for, transposed

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]
FORMS: list[Form] = [by_sums, by_windows, by_planes, by_runs]
every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
every_rank = pytest.mark.parametrize(
    ("rank", "count", "channels"), [(1, 1500, (2, 3)), (2, 500, (2, 3)), (3, 120, (1, 2))]
)


def _operands(
    axes: tuple[Axis, ...], seed: int, channels: tuple[int, int] = (2, 3), batch: int = 2
) -> tuple[NDArray[Any], NDArray[Any]]:
    """value, filter"""
    random = np.random.default_rng(seed)
    value_shape = (batch, *(axis.input for axis in axes), channels[0])
    filter_shape = (*(axis.kernel for axis in axes), channels[1], channels[0])
    return random.integers(-99, 100, value_shape), random.integers(-99, 100, filter_shape)


@every_form
@every_rank
def test_each_form_equals_the_definition_over_random_geometries(
    random_axes: RandomAxes, form: Form, rank: int, count: int, channels: tuple[int, int]
) -> None:
    different = []
    for number, axes in enumerate(random_axes(400 + rank, rank, count)):
        value, filter = _operands(axes, number, channels, batch=number % 3)
        expected = transposed_by_definition(value, filter, axes)
        for dtype in (np.int64, np.float64, np.float32, np.complex128):
            result = form(value.astype(dtype), filter.astype(dtype), axes)
            if result.dtype != dtype or not np.array_equal(result, expected):
                different.append((axes, dtype))
    assert different == []


@every_form
@pytest.mark.parametrize("before", [1, 4, 30])
def test_each_form_takes_an_output_that_begins_before_what_any_tap_reaches(form: Form, before: int) -> None:
    axes = (Axis(5, 2, 1, 2, -before, before + 4), Axis(4, 4, 2, 3, 5, 3))
    value, filter = _operands(axes, 0)
    expected = transposed_by_definition(value, filter, axes)
    for _ in range(OFTEN + 1):
        assert np.array_equal(form(value, filter, axes), expected)


@every_form
def test_each_form_takes_a_value_whose_channels_come_first_in_memory(form: Form) -> None:
    axes = (Axis(4, 3, 2, 1, 1, 8), Axis(5, 4, 2, 1, 1, 10))
    value, filter = _operands(axes, 0)
    channels_first = np.moveaxis(np.ascontiguousarray(np.moveaxis(value, -1, 1)), 1, -1)
    assert np.array_equal(form(channels_first, filter, axes), form(value, filter, axes))


@pytest.mark.parametrize("block_bytes", [1, 300, 1000, 5000])
def test_the_size_of_a_block_of_windows_changes_nothing(
    random_axes: RandomAxes, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(windows, "BLOCK_BYTES", block_bytes)
    assert _differing(random_axes, by_windows) == []


@pytest.mark.parametrize("rows", [1, 20, 60])
def test_how_many_images_are_multiplied_at_once_changes_nothing(
    random_axes: RandomAxes, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(runs, "ROWS", rows)
    monkeypatch.setattr(planes, "PIXELS", rows)
    assert _differing(random_axes, by_runs) + _differing(random_axes, by_planes) == []


def test_one_product_for_all_runs_of_an_axis_changes_nothing(
    random_axes: RandomAxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "DEEP", 1)
    assert _differing(random_axes, by_runs) == []


def _differing(random_axes: RandomAxes, form: Form) -> list[tuple[Axis, ...]]:
    """Geometries in which a form differs from plain sums, with a batch that no block divides."""
    different = []
    for number, axes in enumerate(random_axes(500, 2, 100)):
        value, filter = _operands(axes, number, batch=3)
        if not np.array_equal(form(value, filter, axes), by_sums(value, filter, axes)):
            different.append(axes)
    return different


def _footprints(axes: tuple[Axis, ...], value: NDArray[Any], filter: NDArray[Any]) -> NDArray[np.bool_]:
    """Which outputs some product with a number that is not finite reaches."""
    outside = ~np.isfinite(value), ~np.isfinite(filter)
    ones = np.ones_like(value, dtype=np.int64), np.ones_like(filter, dtype=np.int64)
    from_value = transposed_by_definition(outside[0].astype(np.int64), ones[1], axes)
    from_filter = transposed_by_definition(ones[0], outside[1].astype(np.int64), axes)
    reached: NDArray[np.bool_] = (from_value + from_filter) > 0
    return reached


@pytest.mark.parametrize("engine", [transposed, by_sums, by_planes, by_runs], ids=lambda engine: engine.__name__)
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("operand", [0, 1], ids=["value", "filter"])
def test_a_number_that_is_not_finite_reaches_only_what_its_products_reach(
    random_axes: RandomAxes, engine: Form, special: float, operand: int
) -> None:
    different = []
    for number, axes in enumerate(random_axes(600, 2, 150)):
        value, filter = (array.astype(np.float64) for array in _operands(axes, number))
        changed = (value, filter)[operand]
        changed.flat[number % max(1, changed.size) : number % max(1, changed.size) + 1] = special
        with np.errstate(invalid="ignore"):
            reached = ~np.isfinite(engine(value, filter, axes))
        if not np.array_equal(reached, _footprints(axes, value, filter)):
            different.append(axes)
    assert different == []


def _axes(length: int, kernel: int, stride: int) -> tuple[Axis, ...]:
    crop = max(0, kernel - stride + 1) // 2
    return (Axis(length, kernel, stride, 1, crop, length * stride),) * 2


@pytest.mark.parametrize(
    ("axes", "batch", "channels", "form"),
    [
        pytest.param(_axes(4, 5, 2), 16, (1024, 512), by_runs, id="many-channels"),
        pytest.param(_axes(32, 5, 2), 16, (128, 3), by_planes, id="colours"),
        pytest.param(_axes(28, 2, 2), 1, (1024, 512), by_windows, id="kernel-is-stride"),
        pytest.param(_axes(64, 16, 8), 1, (21, 21), by_windows, id="kernel-is-two-strides"),
        pytest.param(_axes(8, 3, 2), 2, (8, 8), by_windows, id="tiny"),
        pytest.param(_axes(9, 3, 2), 2, (8, FEW_CHANNELS), by_windows, id="tiny-with-few-channels"),
        pytest.param(_axes(3, 3, 2), 1, (2, 2), by_sums, id="tiniest"),
    ],
)
def test_the_table_gives_each_regime_its_form(
    axes: tuple[Axis, ...], batch: int, channels: tuple[int, int], form: Form
) -> None:
    value, filter = (array.astype(np.float64) for array in _operands(axes, 0, channels, batch))
    assert form_for(value, filter, axes) is form


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_what_was_asked_before_changes_no_bit(random_axes: RandomAxes, rank: int) -> None:
    random, different = np.random.default_rng(rank), []
    for axes in random_axes(800 + rank, rank, 100):
        value = random.standard_normal((2, *(axis.input for axis in axes), 5))
        filter = random.standard_normal((*(axis.kernel for axis in axes), 3, 5))
        results = [by_sums(value, filter, axes) for _ in range(OFTEN + 2)]
        if not all(np.array_equal(result, results[0]) for result in results):
            different.append(axes)
    assert different == []


@every_rank
def test_the_index_of_a_geometry_that_came_back_equals_the_definition(
    random_axes: RandomAxes, rank: int, count: int, channels: tuple[int, int]
) -> None:
    different = []
    for number, axes in enumerate(random_axes(850 + rank, rank, count // 5)):
        value, filter = _operands(axes, number, channels, batch=number % 3)
        result = [by_sums(value, filter, axes) for _ in range(OFTEN + 1)][-1]
        if not np.array_equal(result, transposed_by_definition(value, filter, axes)):
            different.append(axes)
    assert different == []


@every_rank
def test_some_form_is_chosen_for_every_geometry(
    random_axes: RandomAxes, rank: int, count: int, channels: tuple[int, int]
) -> None:
    for number, axes in enumerate(random_axes(700 + rank, rank, count)):
        value, filter = _operands(axes, number, channels, batch=number % 3)
        assert form_for(value, filter, axes) in FORMS


@pytest.mark.parametrize("operand", [0, 1], ids=["value", "filter"])
@pytest.mark.parametrize("special", [np.nan, np.inf, 1e200])
def test_what_may_not_be_multiplied_by_zero_is_summed_by_runs(operand: int, special: float) -> None:
    value, filter = (array.astype(np.float64) for array in _operands(_axes(9, 3, 2), 0))
    (value, filter)[operand].flat[5] = special
    assert form_for(value, filter, _axes(9, 3, 2)) is by_runs

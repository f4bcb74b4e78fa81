"""The lattice counts what is asked, and a hole is a cell that could be asked and is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.operators.registry import operators
from conformance.suite.case import Trial
from conformance.suite.lattice import COLUMNS, Column, Coverage, LatticeRow, coverage
from conformance.suite.loading import load

PARAMETERS = "batch: 2, size: [4, 5], channels: [2, 3], kernel: [3, 2], strides: 2, padding: SAME, output: largest"
FORWARD: Column = ("forward", "float32")


def _covered(trials: list[Trial], operator: str = "conv2d_transpose") -> Coverage:
    (found,) = (each for each in coverage(trials) if each.operator == operator)
    return found


def _row(covered: Coverage, label: str) -> LatticeRow:
    (found,) = (row for row in covered.rows if f"{row.parameter} {row.value}" == label)
    return found


@pytest.fixture
def written(write: Callable[[str], Path]) -> Callable[..., list[Trial]]:
    """The trials of one case of an operator."""

    def loaded(parameters: str, operator: str = "conv2d_transpose") -> list[Trial]:
        return load([write(f"operator: {operator}\ncases:\n  - {{name: case, why: because, {parameters}}}\n")])

    return loaded


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ("", "padding SAME"),
        ("padding: VALID", "padding VALID"),
        ("padding: [[1, 0], [0, 1]]", "padding explicit"),
        ("strides: 1", "stride 1"),
        ("strides: 4", "stride 3+"),
        ("strides: [1, 2]", "stride unequal"),
        ("dilations: [1, 2]", "dilation 2+"),
        ("kernel: 1", "kernel 1"),
        ("kernel: 3", "kernel odd"),
        ("kernel: 4", "kernel even"),
        ("", "kernel oblong"),
        ("kernel: 5", "kernel beyond the value"),
        ("kernel: 1", "kernel below the stride"),
        ("data_format: NCHW", "data_format NCHW"),
        ("", "data_format NHWC"),
        ("channels: [4, 6], groups: 2", "groups 2+"),
        ("bias: true", "bias with"),
        ("", "bias without"),
        ("batch: 0", "batch 0"),
        ("batch: 1", "batch 1"),
        ("", "batch 2+"),
        ("channels: [1, 2]", "channels 1"),
        ("", "channels odd"),
        ("channels: [2, 16]", "channels 16+"),
        ("channels: [64, 2]", "channels 64+"),
        ("strides: 1", "output only"),
        ("output: smallest", "output smallest"),
        ("", "output largest"),
        ("output: [7, 10]", "output between"),
        ("padding: VALID", "output beyond the full"),
        ("", "numbers whole"),
        ("inputs: normal64", "numbers real"),
        ("inputs: special", "numbers special"),
    ],
)
def test_a_trial_counts_where_its_parameters_put_it(
    written: Callable[..., list[Trial]], changed: str, label: str
) -> None:
    parameters = {part.split(":")[0]: part for text in (PARAMETERS, changed) for part in _parts(text)}
    covered = _covered(written(", ".join(parameters.values())))
    assert _row(covered, label).counts[FORWARD] == 1


def _parts(parameters: str) -> list[str]:
    """`name: value` apart, whatever commas the values have."""
    parts: list[str] = []
    for piece in parameters.split(", "):
        if ":" in piece:
            parts.append(piece)
        elif parts:
            parts[-1] += f", {piece}"
    return parts


def test_a_depthwise_convolution_has_multipliers_for_groups(written: Callable[..., list[Trial]]) -> None:
    trials = written("batch: 1, size: 4, channels: [2, 6], kernel: 3", "depthwise_conv2d")
    assert _row(_covered(trials, "depthwise_conv2d"), "groups multiplier 2+").counts[FORWARD] == 1


def test_a_forward_kernel_is_beyond_the_value_not_the_result(written: Callable[..., list[Trial]]) -> None:
    trials = written("batch: 1, size: 4, channels: [2, 3], kernel: 3, strides: 2", "conv1d")
    assert _row(_covered(trials, "conv1d"), "kernel beyond the value").counts[FORWARD] == 0


def test_one_spatial_axis_cannot_be_unequal_or_oblong() -> None:
    rows = {(row.parameter, row.value) for row in _covered([], "conv1d").rows}
    assert not {("stride", "unequal"), ("kernel", "oblong")} & rows


def test_directions_and_dtypes_have_columns_of_their_own(written: Callable[..., list[Trial]]) -> None:
    swept = "sweep: {direction: [forward, value_gradient], dtype: [float32, float64]}"
    counts = _row(_covered(written(f"{PARAMETERS}, {swept}")), "padding SAME").counts
    assert {column for column, count in counts.items() if count} == {
        (direction, dtype) for direction in ("forward", "value_gradient") for dtype in ("float32", "float64")
    }


def test_integers_and_complex_numbers_have_no_gradients() -> None:
    assert {dtype for direction, dtype in COLUMNS if direction != "forward"} == {
        "float64", "float32", "float16", "bfloat16"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("bias without", ("bias_gradient", "float32")),
        ("numbers real", ("forward", "int32")),
        ("numbers special", ("forward", "complex64")),
    ],
)
def test_what_cannot_be_asked_is_no_hole(label: str, column: Column) -> None:
    assert column not in _row(_covered([]), label).counts


def test_without_trials_everything_is_a_hole() -> None:
    covered = coverage([])
    assert [each.operator for each in covered] == list(operators())
    assert all(each.empty == each.cells > 0 for each in covered)


def test_wrong_calls_are_counted_and_fill_no_cell(written: Callable[..., list[Trial]]) -> None:
    wrong = "value: [1, 2, 2, 1], filter: [1, 1, 1, 1], output_shape: [1, 9, 9, 1], strides: 1"
    covered = _covered(written(f"{wrong}, expect: {{refusal: output_shape}}"))
    assert (covered.trials, covered.refusals, covered.empty) == (1, 1, covered.cells)

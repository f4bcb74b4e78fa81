"""`conformance diagnose --lane` of every operator: one map, read in the direction that the operator goes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.cli.diagnose import command
from conformance.errors import IncompleteError
from reference.family import OPERATORS, Operator

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]
every_operator = pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)
STRIDES, CROPS, PADS = (2, 1, 3), (0, 1, 0), (0, 1, 0)
"""by hand: transposed 4, 5, 3 to the largest 8, 5, 9 with kernels 3, 4, 2 crop max(9 - 8, 0) // 2, (8 - 5) // 2 and
max(8 - 9, 0) // 2; forward 8, 5, 7 to 4, 5, 3 pads (9 - 8) // 2, (8 - 5) // 2 and (8 - 7) // 2"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda *words: CliRunner().invoke(command, words, standalone_mode=False)


def _shown(run: Run, *words: str) -> dict[str, Any]:
    result = run("--format", "json", *words)
    assert result.exception is None, result.exception
    shown: dict[str, Any] = json.loads(result.output)
    return shown


def _wrong(name: str) -> str:
    return f"tests.diagnosis.wrong_adapter:{name}"


@every_operator
def test_the_reference_has_the_geometry_that_was_asked_for(run: Run, operator: Operator) -> None:
    shown = _shown(run, "--lane", "reference", "--operator", operator.name)
    fits = [shown["map"][name] for name in operator.spatial_names]
    found = [(fit["stride"], fit["dilation"], fit["crop_before"]) for fit in fits]
    expected = list(zip(STRIDES, (1, 1, 1), CROPS if operator.transposed else PADS, strict=True))
    assert found == expected[: operator.rank]
    assert ", ".join(shown["map"]["filter_layout"]) == operator.filter_layout
    assert (shown["operator"], shown["departures"], shown["outcome"]) == (operator.name, [], "agrees")
    assert shown["taps_that_meet"] == "added"


@every_operator
def test_the_gradient_of_the_value_has_the_geometry_that_was_asked_for(run: Run, operator: Operator) -> None:
    """The same integers, whichever way they are read."""
    words = ("--lane", "reference", "--operator", operator.name, "--direction", "value_gradient", "--padding", "VALID")
    shown = _shown(run, *words)
    fits = [shown["map"][name] for name in operator.spatial_names]
    assert [(fit["stride"], fit["crop_before"]) for fit in fits] == [(s, 0) for s in STRIDES[: operator.rank]]
    assert ", ".join(shown["map"]["filter_layout"]) == operator.filter_layout
    assert (shown["direction"], shown["departures"], shown["outcome"]) == ("value_gradient", [], "agrees")
    assert shown["significand_bits"] == {"channels": None if operator.depthwise else 53, "taps": 53}


@pytest.mark.parametrize("name", ["conv1d", "conv2d_transpose"])
def test_a_kernel_that_is_flipped_in_the_gradient_of_the_value_is_seen(run: Run, name: str) -> None:
    result = run("--lane", _wrong("FlippedAny"), "--operator", name, "--direction", "value_gradient")
    assert result.return_value == 1, result.exception
    assert f", {name} float32 {OPERATORS[name].data_formats[0]}, value_gradient\n" in result.output
    assert ", cotangent [2, " in result.output
    assert f"wrong: the kernel is flipped along {OPERATORS[name].spatial_names[0]}\n" in result.output


def test_groups_are_read_too(run: Run) -> None:
    shown = _shown(run, "--lane", "reference", "--operator", "conv1d", "--channels", "4x6", "--groups", "2")
    assert (shown["asked"]["filter"], shown["departures"], shown["outcome"]) == ([3, 2, 6], [], "agrees")


@every_operator
def test_a_flipped_kernel_is_seen_in_every_operator(run: Run, operator: Operator) -> None:
    result = run("--lane", _wrong("FlippedAny"), "--operator", operator.name)
    assert result.return_value == 1, result.exception
    assert f"wrong: the kernel is flipped along {operator.spatial_names[0]}\n" in result.output


@every_operator
def test_a_result_that_is_a_pixel_late_is_seen_in_every_operator(run: Run, operator: Operator) -> None:
    """A pixel of a forward result is `stride` pixels of its value."""
    shown = _shown(run, "--lane", _wrong("OffByOneAny"), "--operator", operator.name)
    last = operator.rank - 1
    right, by = (CROPS[last], 1) if operator.transposed else (PADS[last], STRIDES[last])
    moved = right - by if operator.transposed else right + by
    assert shown["map"][operator.spatial_names[-1]]["crop_before"] == moved
    word = "crop_before" if operator.transposed else "pad_before"
    assert f"{word} on {operator.spatial_names[-1]} is {moved} instead of {right}" in shown["departures"]


@pytest.mark.parametrize("name", ["conv1d", "conv1d_transpose", "conv2d", "conv2d_transpose", "conv3d"])
def test_a_filter_that_is_read_otherwise_is_seen(run: Run, name: str) -> None:
    *spatial, first, second = OPERATORS[name].filter_layout.split(", ")
    shown = _shown(run, "--lane", _wrong("MisreadingAny"), "--operator", name)
    assert shown["map"]["filter_layout"] == [first, second, *spatial]


@every_operator
def test_a_tap_that_is_left_out_is_seen_in_every_operator(run: Run, operator: Operator) -> None:
    shown = _shown(run, "--lane", _wrong("MissingAny"), "--operator", operator.name)
    assert shown["map"]["missing"] == [[1] * operator.rank]
    assert any("products are missing" in departure for departure in shown["departures"])


def test_depthwise_multipliers_are_read_too(run: Run) -> None:
    shown = _shown(run, "--lane", "reference", "--operator", "depthwise_conv2d", "--channels", "2x4")
    assert (shown["departures"], shown["outcome"]) == ([], "agrees")


def test_a_lane_is_asked_in_what_it_takes_and_says_so(run: Run) -> None:
    result = run("--lane", _wrong("Limited"))
    assert result.return_value == 0, result.exception
    assert "not answered: conv1d float16 NWC: unsupported: channels come first\n" in result.output
    assert "reference 2" in result.output
    assert ", conv1d float16 NCW\n" in result.output
    assert result.output.endswith("agrees with the definition\n")


def test_what_an_option_names_is_asked_and_nothing_else(run: Run) -> None:
    result = run("--lane", _wrong("Limited"), "--operator", "conv2d")
    assert isinstance(result.exception, IncompleteError)
    assert "conv2d float16 NHWC: unsupported: conv2d is not among the operators: conv1d, conv3d" in str(
        result.exception
    )


def test_a_lane_without_words_is_incomplete_with_its_reason(run: Run) -> None:
    result = run("--lane", _wrong("Wordless"), "--operator", "conv1d", "--dtype", "float32")
    assert isinstance(result.exception, IncompleteError)
    assert str(result.exception).endswith(
        "did not answer: conv1d float32 NWC: unsupported: this lane is a fish; and 3 more"
    )


@every_operator
def test_the_accumulator_is_measured_in_every_operator_and_layout(run: Run, operator: Operator) -> None:
    """The reference sums in float64, which has 53 bits; a depthwise convolution sums no channels."""
    for padding in ("SAME", "VALID"):
        words = ("--operator", operator.name, "--data-format", operator.data_formats[1], "--padding", padding)
        bits = _shown(run, "--lane", "reference", *words)["significand_bits"]
        assert bits == {"channels": None if operator.depthwise else 53, "taps": 53}


def test_depthwise_accumulators_are_told_along_taps_alone(run: Run) -> None:
    output = run("--lane", "reference", "--operator", "depthwise_conv2d").output
    assert "accumulator: 53 bits along taps\n" in output

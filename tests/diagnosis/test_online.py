"""`conformance diagnose --lane`: what questions alone show of an implementation."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.cli.diagnose import command
from conformance.errors import IncompleteError, UsageError

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


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


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], [(2, 1, 0), (1, 1, 1)]),
        (["--size", "4x5", "--kernel", "3x2", "--strides", "2x3", "--padding", "VALID"], [(2, 1, 0), (3, 1, 0)]),
        (["--dilations", "2x3", "--padding", "[[1,0],[0,2]]", "--data-format", "NCHW"], [(2, 2, 1), (1, 3, 0)]),
        (["--size", "5", "--kernel", "4", "--strides", "1", "--output", "5"], [(1, 1, 1), (1, 1, 1)]),
    ],
)
def test_the_reference_has_the_geometry_that_was_asked_for(run: Run, words: list[str], numbers: list[Any]) -> None:
    shown = _shown(run, "--lane", "reference", *words)
    fits = [shown["map"]["height"], shown["map"]["width"]]
    assert [(fit["stride"], fit["dilation"], fit["crop_before"]) for fit in fits] == numbers
    assert not any(fit["flipped"] for fit in fits)
    assert shown["map"]["filter_layout"] == ["height", "width", "out", "in"]
    assert (shown["map"]["missing"], shown["map"]["extra_products"], shown["departures"]) == ([], 0, [])
    assert shown["taps_that_meet"] == "added"
    assert shown["significand_bits"] == {"channels": 53, "taps": 53}
    assert shown["outcome"] == "agrees"


def test_integers_are_asked_too_and_have_no_accumulator_to_measure(run: Run) -> None:
    shown = _shown(run, "--lane", "reference", "--dtype", "int32")
    assert (shown["map"]["height"]["stride"], shown["departures"], shown["outcome"]) == (2, [], "agrees")
    assert shown["significand_bits"] is None
    text = run("--lane", "reference", "--dtype", "int32").output
    assert "accumulator: not measured: int32 has no masking questions\n" in text


def test_complex_numbers_are_asked_too(run: Run) -> None:
    shown = _shown(run, "--lane", "reference", "--dtype", "complex64")
    assert (shown["map"]["height"]["stride"], shown["departures"], shown["outcome"]) == (2, [], "agrees")


def test_a_lane_that_keeps_to_gradients_of_the_filter_has_no_map_from_pixels_to_pixels() -> None:
    result = CliRunner().invoke(
        command, ["--lane", "reference", "--direction", "filter_gradient"], standalone_mode=False
    )
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == (
        "--direction filter_gradient: with --lane it must be one of forward, value_gradient"
    )


def test_what_the_questions_do_not_determine_is_not_guessed(run: Run) -> None:
    result = run("--lane", "reference", "--size", "1x3", "--kernel", "2x1", "--strides", "2", "--output", "2x6")
    assert result.return_value == 0
    assert "height: stride undetermined, dilation 1, crop_before undetermined" in result.output
    assert "width: stride 2, dilation undetermined, crop_before 0" in result.output


@pytest.mark.parametrize(
    ("name", "departure", "edit"),
    [
        ("Flipped", "the kernel is flipped along height", "flip_height"),
        ("OffByOne", "crop_before on width is 2 instead of 1", None),
        ("Overwriting", "taps that meet are overwritten", "last_tap_wins"),
        ("Misreading", "the filter is read as [in, out, height, width] instead of", "filter_as_iohw"),
        ("Missing", "of the taps [[1, 2]]", "drop_centre_tap"),
        ("Short", "the result's shape is [2, 7, 5, 3] instead of [2, 8, 5, 3]", "smallest_output"),
    ],
)  # fmt: skip
def test_a_wrong_adapter_is_seen_through(run: Run, name: str, departure: str, edit: str | None) -> None:
    result = run("--lane", _wrong(name))
    assert result.return_value == 1, result.exception
    assert departure in result.output
    assert edit is None or f"[{edit}]" in result.output


def test_the_accumulators_width_is_measured_along_channels_and_taps(run: Run) -> None:
    result = run("--lane", _wrong("Narrow"), "--dtype", "bfloat16")
    assert "accumulator: 24 bits along channels, 8 bits along taps" in result.output


def test_a_port_is_asked_like_any_lane(run: Run) -> None:
    shown = _shown(run, "--lane", f"exec:{sys.executable} {ROOT / 'tests' / 'diagnosis' / 'port.py'}")
    assert (shown["framework"], shown["outcome"], shown["departures"]) == ("port", "agrees", [])
    assert shown["map"]["width"]["crop_before"] == 1


def test_a_lane_that_does_not_answer_is_incomplete(run: Run) -> None:
    result = run("--lane", _wrong("Refusing"))
    assert isinstance(result.exception, IncompleteError)
    assert "did not answer: errored: ValueError: not today" in str(result.exception)


def test_a_lane_that_does_not_start_is_incomplete(run: Run) -> None:
    result = run("--lane", "exec:/nonexistent/port")
    assert isinstance(result.exception, IncompleteError)
    assert "did not start" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--kernel", "0"], "kernel"),
        (["--padding", "[[9,9],[9,9]]"], "no output length is legal"),
        (["--kernel", "9", "--dtype", "bfloat16"], "more codes than bfloat16 can tell apart"),
        (
            ["--size", "100000x100000"],
            "the arrays would take 1,280,000,000,576 bytes; at most 1,073,741,824 are accepted",
        ),
        (["--size", "100x100", "--channels", "300"], "2.2e+10 multiply-adds; at most 1e+09 are diagnosed; a smaller"),
        (["--size", "65x64", "--channels", "1"], "at most 4,096 are asked: give a smaller --size"),
        (["--size", "20000000x1", "--kernel", "1", "--channels", "1"], "40,000,000; at most 10,000,000 are accepted"),
        (["--kernel", "100x100"], "10,000 taps; at most 4,096 are diagnosed"),
        (["--size", "0x0"], "no product reaches the result of this call"),
        (["--dilations", "99999999999"], "no product reaches the result of this call"),
        (["--operator", "conv2d", "--size", "0x5"], "no product reaches the result of this call"),
        (["--input", "x.npy"], "--input means nothing with --lane"),
        (["--pairs"], "--pairs means nothing with --lane"),
    ],
)
def test_wrong_usage_is_told(run: Run, words: list[str], message: str) -> None:
    result = run("--lane", "reference", *words)
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)


@pytest.mark.parametrize(
    "words",
    [
        ["--size", "four"],
        ["--size", "9" * 5000],
        ["--size", "²"],
        ["--padding", "SOME"],
        ["--padding", "[[1,1e400],[0,0]]"],
        ["--padding", "[[1,1.5],[0,0]]"],
        ["--padding", "[" * 100_000],
        ["--output", "middle"],
    ],
)
def test_unreadable_options_are_told(run: Run, words: list[str]) -> None:
    result = run("--lane", "reference", *words)
    assert "expected" in str(result.exception)

"""`conformance adapters`: what is installed, and what to do about the rest."""

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint

import numpy as np
import pytest

from conformance.adapters import lane as lanes
from conformance.operators.registry import operators
from reference.family import DIRECTIONS

Inside = Callable[..., int]
BUILT_IN = [
    "reference", "tensorflow", "torch", "jax", "keras", "flax", "haiku", "equinox", "paddle", "litert", "openvino",
    "onnx", "onnxruntime", "tinygrad", "mlx",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if only NumPy were installed; starting the frameworks is for the tests that need them."""
    monkeypatch.setattr(lanes, "find_spec", lambda name: None)


def listed(inside: Inside, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    assert inside("adapters", "--format", "json") == 0
    return {row.pop("adapter"): row for row in json.loads(capsys.readouterr().out)}


def test_every_built_in_adapter_is_listed_with_its_modes(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed(inside, capsys)
    assert list(rows)[: len(BUILT_IN)] == BUILT_IN
    assert {name: rows[name]["modes"] for name in BUILT_IN} == {
        "reference": [],
        "tensorflow": ["function", "session", "xla", "eigen", "tf32"],
        "torch": ["nomkldnn", "channels_last", "strided", "compile", "export", "onnx", "meta", "tf32"],
        "jax": ["jit", "tf32"],
        "keras": ["tensorflow", "torch", "jax"],
        "flax": [],
        "haiku": [],
        "equinox": [],
        "paddle": [],
        "litert": ["noxnnpack", "reference"],
        "openvino": ["onnx", "auto_pad", "output_shape"],
        "onnx": ["auto_pad", "output_shape"],
        "onnxruntime": ["auto_pad", "output_shape", "unoptimised"],
        "tinygrad": [],
        "mlx": [],
    }


def test_an_installed_adapter_tells_its_versions(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    row = listed(inside, capsys)["reference"]
    assert (row["version"], row["versions"], row["hint"]) == (np.__version__, {"numpy": np.__version__}, "")


def test_a_missing_framework_comes_with_what_to_do(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    row = listed(inside, capsys)["jax"]
    assert row["hint"] == "jax is not installed; pip install 'nn-conformance[jax]' installs it"
    assert (row["version"], row["versions"]) == ("", {})


def test_the_table_says_the_same(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("adapters") == 0
    table = capsys.readouterr().out
    assert all(name in table for name in BUILT_IN)
    assert "nn-conformance[torch]" in table
    assert np.__version__ in table


def test_an_adapter_of_a_third_party_is_listed_beside_the_built_in_ones(
    inside: Inside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    point = EntryPoint("mine", "tests.running.stand_ins:Sound", lanes.ENTRY_POINTS)
    monkeypatch.setattr(lanes, "entry_points", lambda group: [point])
    assert "mine" in listed(inside, capsys)


def test_what_an_adapter_supports_is_listed_whether_it_is_installed_or_not(
    inside: Inside, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of operators those that it says: ONNX has no patches, and nobody's derivatives."""
    rows = listed(inside, capsys)
    assert rows["reference"]["operators"] == list(operators())
    assert set(operators()) - set(rows["onnx"]["operators"]) == {"extract_patches"}  # type: ignore[call-overload]
    assert (rows["onnx"]["directions"], rows["jax"]["directions"]) == (["forward"], list(DIRECTIONS))
    assert rows["mlx"]["dtypes"]

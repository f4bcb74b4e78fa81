"""The witness lint on other ranks, forward convolutions, groups and gradients."""

from pathlib import Path

import pytest

from conformance.operators.convolution.witness import blind_cases
from conformance.suite.loading import load

FLIP, SWAP, SIDES = "a flipped kernel", "swapped filter channels", "a crop on the wrong side"
PAIR = "height and width exchanged"


def _unseen(path: Path, operator: str, parameters: str) -> tuple[str, ...]:
    path.write_text(f"operator: {operator}\ncases:\n  - {{name: case, why: because, {parameters}}}\n", encoding="utf-8")
    blind = blind_cases(load([path]))
    return blind[0].mistakes if blind else ()


@pytest.mark.parametrize(
    ("operator", "parameters", "unseen"),
    [
        ("conv1d_transpose", "size: 4, channels: [2, 3], kernel: 3, strides: 2, output: largest", ()),
        ("conv1d_transpose", "size: 4, channels: [2, 3], kernel: 3, output: largest", (SIDES,)),
        ("conv1d", "size: 8, channels: [2, 3], kernel: 3, strides: 2", ()),
        ("conv1d", "size: 9, channels: [2, 3], kernel: 3, strides: 2", (SIDES,)),
        ("conv1d", "size: 8, channels: [2, 3], kernel: 1, strides: 2", (FLIP, SIDES)),
        ("conv2d", "size: [6, 7], channels: [2, 3], kernel: [3, 2], strides: 2", ()),
        ("conv2d", "size: 6, channels: [2, 3], kernel: 1", (FLIP, PAIR, SIDES)),
        ("conv3d", "size: [2, 3, 4], channels: [2, 3], kernel: [3, 2, 1], strides: 2", ()),
        ("conv3d", "size: 3, channels: [2, 3], kernel: 1", (FLIP, "two axes exchanged", SIDES)),
        ("conv3d", "size: 4, channels: 1, kernel: 3, strides: 2, inputs: ones", (FLIP, SWAP, "two axes exchanged")),
        ("conv2d", "size: [6, 7], channels: [4, 6], groups: 2, kernel: [3, 2], strides: 2", ()),
        ("depthwise_conv2d", "size: [6, 7], channels: [3, 6], kernel: [3, 2], strides: 2", ()),
        ("depthwise_conv2d", "size: [6, 7], channels: [3, 3], kernel: [3, 2], strides: 2", (SWAP,)),
    ],
)
def test_the_lint_knows_every_operator(operator: str, parameters: str, unseen: tuple[str, ...], tmp_path: Path) -> None:
    assert _unseen(tmp_path / "lint.yaml", operator, f"batch: 1, {parameters}") == unseen


@pytest.mark.parametrize("direction", ["value_gradient", "filter_gradient"])
@pytest.mark.parametrize(("kernel", "unseen"), [("[3, 2]", ()), ("1", (FLIP, SIDES))])
def test_a_gradient_sees_what_its_own_numbers_tell(
    direction: str, kernel: str, unseen: tuple[str, ...], tmp_path: Path
) -> None:
    parameters = f"batch: 2, size: [6, 7], channels: [2, 3], kernel: {kernel}, strides: [2, 1], padding: SAME"
    found = _unseen(tmp_path / "lint.yaml", "conv2d", f"{parameters}, direction: {direction}")
    assert found == unseen


def test_the_gradient_of_a_bias_has_nothing_to_be_mistaken_about(tmp_path: Path) -> None:
    parameters = "batch: 1, size: 4, channels: [2, 3], kernel: 1, bias: true, direction: bias_gradient"
    assert _unseen(tmp_path / "lint.yaml", "conv1d", parameters) == ()

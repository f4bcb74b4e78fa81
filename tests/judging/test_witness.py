"""The witness lint tells what a case cannot see, and nothing else."""

from pathlib import Path

import pytest

from conformance.operators.convolution.witness import blind_cases
from conformance.suite.loading import load

HEAD = "operator: conv2d_transpose\ncases:\n  - {name: case, why: because, "


@pytest.mark.parametrize(
    ("parameters", "unseen"),
    [
        ("batch: 1, size: [3, 4], channels: [2, 3], kernel: [3, 2], strides: 2, padding: SAME, output: largest", ()),
        (
            "batch: 1, size: 4, channels: 1, kernel: 3, strides: 2, padding: SAME, output: largest, inputs: ones",
            ("a flipped kernel", "swapped filter channels", "height and width exchanged"),
        ),
        (
            "batch: 1, size: 4, channels: [2, 3], kernel: 1, strides: 1, padding: VALID, output: largest",
            ("a flipped kernel", "height and width exchanged", "a crop on the wrong side"),
        ),
        (
            "batch: 1, size: 4, channels: [2, 3], kernel: 3, strides: 1, padding: SAME, output: largest",
            ("a crop on the wrong side",),
        ),
    ],
)
def test_a_case_is_noted_for_the_mistakes_that_leave_its_result_as_it_is(
    parameters: str, unseen: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "lint.yaml"
    path.write_text(HEAD + parameters + "}\n", encoding="utf-8")

    blind = blind_cases(load([path]))

    assert [each.mistakes for each in blind] == ([unseen] if unseen else [])


def test_a_sweep_is_blind_only_to_what_none_of_its_trials_sees(tmp_path: Path) -> None:
    path = tmp_path / "lint.yaml"
    parameters = (
        "batch: 1, size: 4, channels: [2, 3], strides: 1, padding: SAME, output: largest, sweep: {kernel: [1, 2]}"
    )
    path.write_text(HEAD + parameters + "}\n", encoding="utf-8")

    assert blind_cases(load([path])) == []


def test_wrong_calls_have_no_result_to_see_anything_by(tmp_path: Path) -> None:
    path = tmp_path / "lint.yaml"
    wrong = "value: [1, 2, 2, 1], filter: [1, 1, 1, 1], output_shape: [1, 9, 9, 1], strides: 1"
    path.write_text(HEAD + wrong + ", expect: {refusal: output_shape}}\n", encoding="utf-8")

    assert blind_cases(load([path])) == []


def test_a_note_names_the_place_and_the_case(tmp_path: Path) -> None:
    path = tmp_path / "lint.yaml"
    path.write_text(HEAD + "batch: 1, size: 2, channels: [1, 2], kernel: 1, strides: 1, output: largest}\n")

    (note,) = map(str, blind_cases(load([path])))

    assert note.startswith(f"{path}:3: conv2d_transpose/lint/case cannot see a flipped kernel, ")

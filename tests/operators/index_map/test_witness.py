"""Which mistakes a case of index maps cannot see."""

from pathlib import Path

import pytest

from conformance.operators.index_map.witness import blind_cases
from conformance.suite.loading import load

CASES = Path(__file__).parents[3] / "cases"


def _mistakes(tmp_path: Path, parameters: str, operator: str = "pad") -> list[tuple[str, ...]]:
    path = tmp_path / "example.yaml"
    path.write_text(f"operator: {operator}\ncases:\n  - {{name: case, why: because, {parameters}}}\n", encoding="utf-8")
    return [blindness.mistakes for blindness in blind_cases(load([path]))]


@pytest.mark.parametrize(
    ("operator", "parameters", "mistakes"),
    [
        ("pad", "value: [2, 2], paddings: [[1, 2], [0, 1]]", []),
        (
            "pad",
            "value: [2], paddings: [[1, 2]], inputs: {value: [0, 0]}",
            [("pads on the wrong side", "a value that begins one element later")],
        ),
        (
            "extract_patches",
            "value: [1, 2, 2, 1], ksize: 2, strides: 1, padding: VALID, inputs: {value: [[[[1], [2]], [[2], [1]]]]}",
            [("rows and columns of a window exchanged",)],
        ),
    ],
)
def test_a_mistake_that_changes_nothing_on_the_data_is_noted(
    tmp_path: Path, operator: str, parameters: str, mistakes: list[tuple[str, ...]]
) -> None:
    assert _mistakes(tmp_path, parameters, operator) == mistakes


def test_an_empty_call_has_nothing_to_see(tmp_path: Path) -> None:
    assert _mistakes(tmp_path, "value: [0], paddings: [[1, 2]]") == []


def test_no_shipped_case_is_blind() -> None:
    trials = load(sorted([*CASES.glob("pad/*.yaml"), *CASES.glob("index_map/*.yaml")]))
    assert [str(each) for each in blind_cases(trials)] == []

"""docs/cases.md: its example is a case file, and its table says what a list becomes."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conformance.operators.convolution.call import convolution
from conformance.operators.registry import operators
from conformance.suite.corpus import files_in, shipped_cases
from conformance.suite.document import parse_document, read_document
from conformance.suite.loading import load
from conformance.suite.per_operator import documents

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "cases.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
ROWS = re.findall(r"^\| `(\[.*?\])` \| [^|]* \| `(\[.*?\])` \| `(\[.*?\])` \| `(\[.*?\])` \|$", PAGE, re.M)


def test_the_example_gives_each_operator_the_trials_that_its_cases_say(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    trials = load([path])
    assert Counter(trial.call.operator for trial in trials) == {
        "conv1d": 7, "conv2d": 7, "conv3d": 7, "depthwise_conv2d": 6,
    }  # fmt: skip
    filters = {trial.id: convolution(trial.call).filter_shape for trial in trials}
    assert filters["conv3d/mine/channels-first[kernel=3x1x2,padding=1:0x1:0x1:0]"] == (3, 1, 2, 3, 2)
    assert filters["depthwise_conv2d/mine/channels-first[kernel=2,padding=SAME]"] == (2, 2, 3, 2)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_a_list_of_the_table_becomes_what_the_table_says(row: tuple[str, str, str, str]) -> None:
    written, *per_rank = row
    text = f"operators: [conv1d, conv2d, conv3d]\ncases:\n  - {{name: a, why: w, value: {written}}}\n"
    found, problems = documents(parse_document(text, Path("example.yaml")))
    contents: list[Any] = [document.content for document in found]
    expected = [parse_document(each, Path("example.yaml")).content for each in per_rank]
    assert problems == []
    assert [content["cases"][0]["value"] for content in contents] == expected


def test_the_table_has_the_lists_of_numbers() -> None:
    assert len(ROWS) == 3


def test_the_shared_folders_hold_files_of_several_operators_and_the_others_of_one() -> None:
    for file in files_in(shipped_cases()):
        content: Any = read_document(file).content
        if file.parent.name in operators():
            assert content["operator"] == file.parent.name, file
        else:
            assert content["operators"], file

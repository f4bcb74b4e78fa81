"""`conformance cases complete`, and the covering array in `cases list --coverage`."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from conformance.cli.main import program
from conformance.operators.convolution.covering.array import Array
from conformance.operators.convolution.covering.chapter import CHAPTER
from conformance.suite.corpus import shipped_cases
from reference.family import OPERATORS


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["cases", *arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cases whose chapter of conv1d is complete."""
    folder = tmp_path_factory.mktemp("cases")
    (folder / "conv1d").mkdir()
    (folder / "forward").mkdir()
    for chapter in ("padding.yaml", "dtypes.yaml"):
        text = (shipped_cases() / "forward" / chapter).read_text(encoding="utf-8")
        (folder / "forward" / chapter).write_text(text, encoding="utf-8")
    result = _run("complete", "conv1d", "--cases", str(folder))
    assert result.exit_code == 0, result.output
    return folder


def test_completing_leaves_no_hole(folder: Path) -> None:
    (entry,) = (
        each
        for each in json.loads(_run("list", str(folder), "--coverage", "--format", "json").stdout)
        if each["operator"] == "conv1d"
    )
    assert entry["array"]["missing"] == []
    assert entry["array"]["pairs"]["witnessed"] == entry["array"]["pairs"]["legal"] > 2000
    assert entry["array"]["triples"]["witnessed"] == entry["array"]["triples"]["legal"] > 2000


def test_completing_again_changes_nothing(folder: Path) -> None:
    text = (folder / "conv1d" / CHAPTER).read_text(encoding="utf-8")
    assert _run("complete", "conv1d", "--cases", str(folder), "--check").exit_code == 0
    assert _run("complete", "conv1d", "--cases", str(folder)).exit_code == 0
    assert (folder / "conv1d" / CHAPTER).read_text(encoding="utf-8") == text


def test_the_file_says_which_command_wrote_it(folder: Path) -> None:
    assert "# Written by: conformance cases complete\n" in (folder / "conv1d" / CHAPTER).read_text(encoding="utf-8")


def test_a_chapter_that_somebody_edited_is_stale(folder: Path, tmp_path: Path) -> None:
    copytree(folder, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "conv1d" / CHAPTER
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    result = _run("complete", "conv1d", "--cases", str(tmp_path), "--check")
    assert result.exit_code == 1
    assert f"{path}: `conformance cases complete conv1d` would change it" in result.output
    assert path.read_text(encoding="utf-8").endswith("# mine\n")


def test_what_no_call_is_found_for_fails_the_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = (("stride", "1"), ("kernel against stride", "k < s"))
    monkeypatch.setattr(Array, "missing", property(lambda array: iter([missing])))
    result = _run("complete", "conv1d", "--cases", str(folder))
    assert result.exit_code == 1
    assert "conv1d: no call found: stride 1 with kernel against stride k < s" in result.output


def test_coverage_tells_classes_reasons_and_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "operator: conv1d\ncases:\n  - {name: one, why: because, batch: 1, size: 8, channels: 2, kernel: 3}\n",
        encoding="utf-8",
    )
    output = _run("list", str(path), "--coverage").stdout
    assert "  stride (in triples): 1 1, 2 0, 3+ 0\n" in output
    assert "    VALID pads nothing: padding VALID with pad before < ke-1 or = ke-1 or > ke-1 (3 pairs, " in output
    assert "  missing: conv1d padding VALID with stride 2\n" in output
    assert "conv1d: 0 of " not in output
    assert all(f"Classes of {name}, and how many axes" in output for name in OPERATORS)

"""`conformance cases list --coverage`: the lattice for a reader and for a program."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from conformance.cli.main import program
from reference.family import OPERATORS

CASE = """\
operator: conv1d
cases:
  - name: every
    why: because
    batch: 2
    size: 8
    channels: [2, 3]
    kernel: 3
    sweep: {strides: [1, 2], dtype: [float32, int32]}
"""


def _listed(tmp_path: Path, *options: str) -> Result:
    path = tmp_path / "mine.yaml"
    path.write_text(CASE, encoding="utf-8")
    result = CliRunner().invoke(program, ["cases", "list", str(path), "--coverage", *options])
    assert result.exit_code == 0, result.output
    return result


def _block(output: str, operator: str) -> list[str]:
    (block,) = (block.splitlines() for block in output.split("\n\n") if block.startswith(f"{operator}:"))
    return block


def test_each_operator_has_a_block_with_its_trials(tmp_path: Path) -> None:
    output = _listed(tmp_path).stdout
    assert _block(output, "conv1d")[0] == "conv1d: 4 trials, 0 of them wrong calls"
    assert all(_block(output, operator) for operator in OPERATORS)


def test_a_row_counts_by_direction_and_dtype_and_marks_its_holes(tmp_path: Path) -> None:
    *_, names = _block(_listed(tmp_path).stdout, "conv1d")[:3]
    (row,) = (line for line in _block(_listed(tmp_path).stdout, "conv1d") if line.startswith("stride 2 "))
    assert names.split("|")[0].split() == ["f64", "f32", "f16", "bf16", "i32", "i64", "c64", "c128"]
    assert row.split("|")[0].split()[2:] == [".", "1", ".", ".", "1", ".", ".", "."]


def test_a_block_has_no_directions_and_dtypes_in_which_its_operator_is_not_asked(tmp_path: Path) -> None:
    directions, names = _block(_listed(tmp_path).stdout, "resize1d")[1:3]
    assert directions.split() == ["forward", "|", "value_gradient"]
    assert names.split("|")[0].split() == ["f64", "f32", "f16", "bf16", "i32", "i64", "i8", "u8"]


def test_no_line_is_wider_than_a_wide_terminal(tmp_path: Path) -> None:
    blocks = _listed(tmp_path).stdout.partition("holes")[0]
    assert max(map(len, blocks.splitlines())) <= 140


def test_the_holes_follow_by_name(tmp_path: Path) -> None:
    holes = _listed(tmp_path).stdout.partition("holes")[2].splitlines()
    (of_stride,) = (line.strip() for line in holes if line.startswith("  conv1d stride 2:"))
    assert of_stride.startswith("conv1d stride 2: forward float64, float16, bfloat16, int64, complex64, complex128; ")


def test_the_count_of_holes_is_that_of_the_empty_cells(tmp_path: Path) -> None:
    (told,) = (line for line in _listed(tmp_path).stdout.splitlines() if line.startswith("holes"))
    entries = json.loads(_listed(tmp_path, "--format", "json").stdout)
    assert told == f"holes (.): {sum(e['holes'] for e in entries)} of {sum(e['cells'] for e in entries)} cells"


def test_as_json_every_cell_has_its_number(tmp_path: Path) -> None:
    entries = json.loads(_listed(tmp_path, "--format", "json").stdout)
    (entry,) = (each for each in entries if each["operator"] == "conv1d")
    (row,) = (row for row in entry["rows"] if (row["parameter"], row["value"]) == ("stride", "2"))
    assert (entry["trials"], entry["refusals"]) == (4, 0)
    assert row["trials"]["forward"]["float32"] == 1
    assert ["forward", "float64"] in row["holes"]

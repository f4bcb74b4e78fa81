"""`conformance score` as a user calls it."""

import json
from pathlib import Path

from click.testing import CliRunner

from conformance.cli.main import program


def test_the_sample_is_the_same_every_time_and_passes(tmp_path: Path) -> None:
    chapters = ("conv2d_transpose/*", "*/sizes/*", "*/state/*", "tests/miniatures/cases")
    cases = [word for chapter in chapters for word in ("--cases", chapter)]
    arguments = ["score", "--sample", "6", "--diagnosed", "3", *cases, "--output", str(tmp_path)]

    first = CliRunner().invoke(program, arguments, standalone_mode=False)

    assert first.return_value == 0, first.output
    names = [fault["name"] for fault in json.loads((tmp_path / "score.json").read_text())["faults"]]
    assert len(names) == 6
    assert (tmp_path / "score.md").read_text().startswith("# What the cases catch")
    second = CliRunner().invoke(program, [*arguments, "--no-yardstick"], standalone_mode=False)
    assert second.return_value == 0, second.output
    assert [fault["name"] for fault in json.loads((tmp_path / "score.json").read_text())["faults"]] == names


def test_faults_of_all_operators_are_scored_on_the_cases_given(tmp_path: Path) -> None:
    cases = ["--cases", "tests/miniatures/cases/conv1d.yaml", "--enough", "2"]

    result = CliRunner().invoke(program, ["score", "bias-*", *cases, "--output", str(tmp_path)], standalone_mode=False)

    assert "bias-ignored: caught by 2 of" in result.output
    assert "bias-within-full-extent: SURVIVES" in result.output
    assert "faults of all operators caught on" in result.output
    assert "not as it must be: bias-within-full-extent: The bias is added before the crop" in result.output
    assert result.return_value == 1
    assert json.loads((tmp_path / "score.json").read_text())["faults"] == []


def test_a_name_that_no_fault_has_is_refused() -> None:
    result = CliRunner().invoke(program, ["score", "no-such-fault"], standalone_mode=False)

    assert "no fault is called that" in str(result.exception)

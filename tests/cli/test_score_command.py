"""`conformance score` as a user calls it."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from conformance.cli.main import program

FEW = ["--cases", "conv2d_transpose/tutorial/example-1*", "--cases", "tests/mutants/cases/conv1d.yaml"]


def score(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(program, ["score", *words, "--output", str(folder)], standalone_mode=False)


def test_a_score_passes_where_every_fault_is_caught(tmp_path: Path) -> None:
    result = score(tmp_path, "flipped-kernel", "bias-ignored", "--diagnosed", "3", "--enough", "2", *FEW)

    assert result.return_value == 0, result.output
    faults = json.loads((tmp_path / "score.json").read_text())["faults"]
    assert [(fault["name"], fault["caught"]) for fault in faults] == [("flipped-kernel", 2), ("bias-ignored", 2)]
    assert (tmp_path / "score.md").read_text().startswith("# What the cases catch")


def test_the_sample_is_the_same_every_time(tmp_path: Path) -> None:
    def sampled() -> list[str]:
        score(tmp_path, "--sample", "6", "--diagnosed", "0", "--no-yardstick", "--enough", "1", *FEW)
        return [fault["name"] for fault in json.loads((tmp_path / "score.json").read_text())["faults"]]

    assert len(sampled()) == 6
    assert sampled() == sampled()


def test_faults_are_scored_on_the_cases_given(tmp_path: Path) -> None:
    cases = ["--cases", "tests/mutants/cases/conv1d.yaml", "--enough", "2"]

    result = CliRunner().invoke(program, ["score", "bias-*", *cases, "--output", str(tmp_path)], standalone_mode=False)

    assert "bias-ignored: caught by 2 of" in result.output
    assert "bias-within-full-extent: SURVIVES" in result.output
    assert "faults caught on" in result.output
    assert "not as it must be: bias-within-full-extent: The bias is added before the crop" in result.output
    assert result.return_value == 1


def test_a_fault_may_be_named_as_it_was(tmp_path: Path) -> None:
    result = score(tmp_path, "kernel-flipped", "--diagnosed", "0", "--enough", "1", "--no-yardstick", *FEW)

    assert result.return_value == 0, result.output
    assert "flipped-kernel: caught by 1 of" in result.output


def test_a_name_that_no_fault_has_is_refused() -> None:
    result = CliRunner().invoke(program, ["score", "no-such-fault"], standalone_mode=False)

    assert "no fault is called that" in str(result.exception)

"""`conformance score` as a user calls it."""

import json
from pathlib import Path

from click.testing import CliRunner

from conformance.cli.main import program


def test_the_sample_is_the_same_every_time_and_passes(tmp_path: Path) -> None:
    arguments = ["score", "--sample", "6", "--diagnosed", "3", "--output", str(tmp_path)]

    first = CliRunner().invoke(program, arguments, standalone_mode=False)

    assert first.return_value == 0, first.output
    names = [fault["name"] for fault in json.loads((tmp_path / "score.json").read_text())["faults"]]
    assert len(names) == 6
    assert (tmp_path / "score.md").read_text().startswith("# What the cases catch")
    second = CliRunner().invoke(program, [*arguments, "--no-yardstick"], standalone_mode=False)
    assert second.return_value == 0, second.output
    assert [fault["name"] for fault in json.loads((tmp_path / "score.json").read_text())["faults"]] == names


def test_a_name_that_no_fault_has_is_refused() -> None:
    result = CliRunner().invoke(program, ["score", "no-such-fault"], standalone_mode=False)

    assert "no fault is called that" in str(result.exception)

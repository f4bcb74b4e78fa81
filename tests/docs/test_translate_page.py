"""docs/translate.md: its commands are taken."""

import shlex
from pathlib import Path

from click.testing import CliRunner

from conformance.cli.translate import command

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "translate.md").read_text()


def test_its_commands_are_taken() -> None:
    lines = [line.strip() for line in PAGE.splitlines() if line.startswith("    conformance translate")]
    assert len(lines) > 3
    for line in lines:
        _, _, *words = shlex.split(line, comments=True)
        outcome = CliRunner().invoke(command, [*words, "--no-run"], standalone_mode=False)
        assert outcome.return_value == 0, (line, outcome.output, outcome.exception)

"""docs/translate.md: its commands are taken, and it names all that is read."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from conformance.cli.translate import command
from tests.translation.reading import READERS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "translate.md").read_text()


def test_its_commands_are_taken() -> None:
    lines = [line.strip() for line in PAGE.splitlines() if line.startswith("    conformance translate")]
    assert len(lines) > 3
    for line in lines:
        _, _, *words = shlex.split(line, comments=True)
        outcome = CliRunner().invoke(command, [*words, "--no-run"], standalone_mode=False)
        assert outcome.return_value == 0, (line, outcome.output, outcome.exception)


def test_it_names_every_function_and_layer_that_is_read() -> None:
    named = set(re.findall(r"`(?:[a-z.]+\.)?(\w+)`", PAGE))
    read = {function.name.rpartition(".")[2] for function, _ in READERS.values()}
    assert read <= named

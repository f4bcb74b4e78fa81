"""The commands that README.md prints, taken out of it, so that a test follows what somebody reads there."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
_BLOCK = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.MULTILINE)


def block_after(words: str) -> list[str]:
    """The lines of the first indented block after these words, without their indent and without empty ones."""
    text = README.read_text(encoding="utf-8")
    found = _BLOCK.search(text, text.index(words))
    assert found is not None, words
    return [line.removeprefix("    ") for line in found[0].splitlines() if line.strip()]


def command(words: str, beginning: str) -> str:
    """The one command of the block after these words that begins so, with its comment."""
    (found,) = [line for line in block_after(words) if line.startswith(beginning)]
    return found

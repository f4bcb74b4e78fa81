"""The page on cheats names mutants that there are, and the protocol that it speaks of."""

import re
from pathlib import Path

from conformance.mutants import CHEATS, mutants

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "judging.md").read_text("utf-8")


def test_every_mutant_that_the_page_names_exists_and_is_wrong() -> None:
    cells = [line.rsplit("|", 2)[1] for line in PAGE.splitlines() if line.startswith("| ")]
    named = [name for cell in cells for name in re.findall(r"`([a-z0-9-]+)`", cell)]
    assert len(named) > 40
    wrong = {name for name, mutant in mutants().items() if mutant.outcomes}
    wrong |= {name for name, cheat in CHEATS.items() if cheat.wrong}
    assert set(named) <= wrong


def test_every_cheat_is_on_the_page() -> None:
    assert [name for name, cheat in CHEATS.items() if cheat.wrong and f"`{name}`" not in PAGE] == []

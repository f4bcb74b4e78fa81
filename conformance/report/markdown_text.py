"""Foreign text made harmless in GitHub's Markdown, and clipped.

Knows: what Markdown gives a meaning to. Must not know: reports.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from conformance.report import wording

# No text of a lane or a case may crowd out the others: sections lose whole blocks, and a block is never cut.
LONGEST_NAME = 200
LONGEST_TEXT = 600
LONGEST_LINE = 400
MOST_LINES = 60


def prose(text: str | None) -> str:
    """One line of text in which nothing is markup."""
    line = wording.clipped(wording.one_line(wording.printable(text or "")), LONGEST_TEXT)
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", line)


def cell(text: str) -> str:
    """Text for a table's cell, which is never empty."""
    return prose(text) or " "


def code(text: str) -> str:
    """One line as a code span that no backtick in it can end, and no bar in it can end a table's cell."""
    line = wording.clipped(wording.one_line(wording.printable(text)), LONGEST_NAME).replace("|", "\\|")
    fence = "`" * (_longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def fenced(lines: Iterable[str], language: str = "text", most: int = MOST_LINES) -> str:
    """A block of code that no line in it can end, of at most so many lines."""
    flat = [line for text in lines for line in wording.printable(text).split("\n")]
    shown = [wording.clipped(line, LONGEST_LINE) for line in flat[:most]]
    if len(flat) > most:
        shown.append(f"and {len(flat) - most:,} more lines")
    fence = "`" * max(3, max(map(_longest_run, shown), default=0) + 1)
    return "\n".join([f"{fence}{language}", *shown, fence])


def folded(title: str, body: str) -> str:
    """A body that shows when its title is clicked; GitHub takes HTML for it, so the title is escaped as such."""
    line = wording.clipped(wording.one_line(wording.printable(title)), LONGEST_TEXT)
    return f"<details><summary>{escape(line)}</summary>\n\n{body}\n\n</details>"


def link(address: str) -> str:
    """An address as a link if it is one, as code otherwise."""
    return f"<{address}>" if wording.web_address(address) and len(address) < LONGEST_TEXT else code(address)


def row(cells: Iterable[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def table_head(names: Sequence[str]) -> str:
    """The two lines that begin a table."""
    return f"{row(names)}\n{row(['---'] * len(names))}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)

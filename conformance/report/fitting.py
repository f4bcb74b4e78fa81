"""Sections of a Markdown report that together stay within a number of characters.

Knows: lengths. Must not know: what the sections say. A section that is too long loses blocks from its end, and
says how many and where they are; short sections are never cut to make room for long ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Of the room for blocks; the other sections are to show something, too.
URGENT_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and lead that always stay, and blocks that may be left out from the end."""

    lead: str
    blocks: tuple[str, ...] = ()
    noun: str = "entries"
    """what the blocks are, in the plural"""
    separator: str = "\n\n"
    """between blocks: one newline for the rows of a table"""
    urgent: bool = False
    """what the reader came for: it is given room before the others"""

    @property
    def length(self) -> int:
        """Characters of all blocks."""
        return sum(self.cost(block) for block in self.blocks)

    def cost(self, block: str) -> int:
        """Characters that a block adds."""
        return len(block) + len(self.separator)


def fit(sections: Sequence[Section], limit: int, elsewhere: str) -> str:
    """The sections as one text of at most `limit` characters, as long as their leads are shorter than that.

    `elsewhere` says where the rest is, as in "in report.html".
    """
    reserved = sum(len(section.lead) + len(_rest(section, len(section.blocks), elsewhere)) + 6 for section in sections)
    needs, total = [section.length for section in sections], limit - reserved
    urgent = [need if section.urgent else 0 for section, need in zip(sections, needs, strict=True)]
    first = _shared(urgent, int(URGENT_SHARE * total))
    rest = [0 if section.urgent else need for section, need in zip(sections, needs, strict=True)]
    allowances = [a + b for a, b in zip(first, _shared(rest, total - sum(first)), strict=True)]
    parts = [_cut(section, allowance, elsewhere) for section, allowance in zip(sections, allowances, strict=True)]
    return "\n\n".join(parts) + "\n"


def _shared(needs: Sequence[int], total: int) -> list[int]:
    """Max-min fair: who needs less than an equal share gets all of it, the others share what is left equally."""
    allowances = [0] * len(needs)
    left = max(total, 0)
    for position, index in enumerate(sorted(range(len(needs)), key=lambda index: needs[index])):
        allowances[index] = min(needs[index], left // (len(needs) - position))
        left -= allowances[index]
    return allowances


def _cut(section: Section, allowance: int, elsewhere: str) -> str:
    shown: list[str] = []
    for block in section.blocks:
        allowance -= section.cost(block)
        if allowance < 0:
            break
        shown.append(block)
    text = section.separator.join([section.lead, *shown])
    left_out = len(section.blocks) - len(shown)
    return f"{text}\n\n{_rest(section, left_out, elsewhere)}" if left_out else text


def _rest(section: Section, left_out: int, elsewhere: str) -> str:
    return f"*{left_out:,} more {section.noun} are {elsewhere}.*" if section.blocks else ""

"""Texts that differ in their integers alone, kept once: phrase books for thousands of plans and sentences.

Knows: text. Must not know: what it says, JSON. `templates/scripts/journal.js` puts the texts together again.
A text is a template (the pieces between its integers) and the integers. Digits that would not come back the same way
(leading zeros, more than 15 of them) stay in the pieces.
"""

import re
from typing import TypeAlias

from conformance.report import wording

Templates: TypeAlias = dict[tuple[str, ...], int]
"""the pieces of each template, with its number"""
# At most 15 digits, as many as a number of JavaScript holds.
_INTEGER = re.compile(r"(?<![0-9.])(0|[1-9][0-9]{0,14})(?![0-9])")


class PhraseBook:
    """Numbers texts in the order in which they come, by templates that several books may share."""

    def __init__(self, templates: Templates) -> None:
        self._texts: dict[str, int] = {}
        self._templates = templates
        self._written: list[list[int]] = []

    def number(self, text: str) -> int:
        """The text's number; control characters are spelled out."""
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = len(self._written)
            pieces, integers = taken_apart(wording.printable(text))
            template = self._templates.setdefault(pieces, len(self._templates))
            self._written.append([template, *integers])
        return known

    @property
    def texts(self) -> list[list[int]]:
        """Per text its template and its integers."""
        return self._written


def taken_apart(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The pieces between the integers, one more than there are integers, and the integers."""
    parts = _INTEGER.split(text)
    return tuple(parts[::2]), tuple(int(digits) for digits in parts[1::2])

"""Figures, shapes and foreign text in the words of a report, the same in every format.

Knows: how a number or a call is written. Must not know: formats (escaping is theirs), journals as a whole.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

# Stands where there is no figure; ASCII, for terminals that know nothing else.
ABSENT = "-"

# Forbidden in XML.
_NONCHARACTERS = "\ufffe\uffff"
# Unicode's categories of controls, of what reorders or hides, of lone surrogates, of line and paragraph ends.
_TAKES_EFFECT = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """The text with control characters, lone surrogates and the like spelled out, so that none takes effect.

    What is left is legal in XML 1.0, harmless on a terminal, and still tells the reader what was there.
    """
    if text.isascii() and text.isprintable():
        return text
    spelled = []
    for character in text:
        code = ord(character)
        if character in "\n\t" or (
            character not in _NONCHARACTERS and unicodedata.category(character) not in _TAKES_EFFECT
        ):
            spelled.append(character)
        else:
            spelled.append(f"\\U{code:08x}" if code > 0xFFFF else f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
    return "".join(spelled)


def clipped(text: str, length: int) -> str:
    """At most `length` characters, the last of them an ellipsis when something was left out."""
    return text if len(text) <= length else text[: length - 1] + "…"


def of_operator(words: str, operator: str) -> str:
    """Words of an operator, which is named unless it is the one that conventions are about."""
    return words if operator == "conv2d_transpose" else f"{words} of {operator}"


def one_line(text: str) -> str:
    """The text with its line breaks as spaces."""
    return " ".join(text.split())


def percentage(ratio: float | None) -> str:
    """One decimal; 100.0 % and 0.0 % are kept for ratios that are exactly that."""
    if ratio is None:
        return ABSENT
    text = f"{100 * ratio:.1f} %"
    if text == "100.0 %" and ratio < 1:
        return "> 99.9 %"
    if text == "0.0 %" and ratio > 0:
        return "< 0.1 %"
    return text


def figure(value: float | None) -> str:
    """Three significant digits."""
    return ABSENT if value is None else f"{value:.3g}"


def in_bounds(value: float | None) -> str:
    """An error in units of its bound; what is above the bound never reads as 1."""
    text = figure(value)
    return "> 1" if text == "1" and value is not None and value > 1 else text


def count(number: int, noun: str, plural: str | None = None) -> str:
    """The number with its noun, in the singular or plural."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def judged(*, conforming: int, waived: int, nonconforming: int, unsupported: int, undeclared: int) -> str:
    """Counts of what was judged, never of what was listed: `719 judged, all as expected; 4,899 not declared`.

    undeclared: of the unsupported ones
    """
    total = conforming + waived + nonconforming
    kinds = ((conforming, "as expected"), (waived, "waived"), (nonconforming, "nonconforming"))
    results = ", ".join(f"{number:,} {kind}" for number, kind in kinds if number)
    result = f"{total:,} judged, all as expected" if total == conforming else f"{total:,} judged: {results}"
    left = ((undeclared, "not declared"), (unsupported - undeclared, "unsupported"))
    parts = [result if total else "nothing judged", *(f"{number:,} {kind}" for number, kind in left if number)]
    return "; ".join(parts)


def shape(lengths: Iterable[int]) -> str:
    """A shape or an index, as Python writes a list."""
    return "[" + ", ".join(str(length) for length in lengths) + "]"


def call(operator: str, arguments: Mapping[str, Any]) -> str:
    """The call as its author spelled it, as one line of Python."""
    return f"{operator}({', '.join(f'{name}={argument!r}' for name, argument in arguments.items())})"


def pairs(entries: Mapping[str, object]) -> str:
    """Names with what they stand for, on one line."""
    return ", ".join(f"{name} {entry}" for name, entry in entries.items()) or "none"


def web_address(text: str | None) -> bool:
    """Whether the text may become a link: an address on the web, with nothing that could end it early."""
    return (
        text is not None
        and text.startswith(("https://", "http://"))
        and printable(text) == text
        and not any(character.isspace() or character in "<>\"'`|()" for character in text)
    )

"""Geometries on which a formula and a measurement differ, and which of them a reader is shown.

Knows: words of an axis. Must not know: any kind, what was measured.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from conformance.adapters.dialect import AxisWords

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Words on which formula and measurement differ, or that were not answered."""

    words: AxisWords
    text: str
    """both sides, in words"""
    garbled: bool = False
    """an answer that no map explains"""


Described = Callable[[AxisWords], str]
"""the words as a reader wants them"""


def smallest_of(mismatches: Sequence[Mismatch]) -> Mismatch | None:
    """The one with the smallest words."""
    return min(mismatches, key=lambda mismatch: mismatch.words.size, default=None)


def smallest_text(mismatches: Sequence[Mismatch], described: Described) -> str:
    """The smallest with both of its sides; empty where there is none."""
    smallest = smallest_of(mismatches)
    return "" if smallest is None else f"{described(smallest.words)}: {smallest.text}"


def by_text(mismatches: Sequence[Mismatch]) -> list[tuple[str, list[Mismatch]]]:
    """The most frequent kinds; messages that differ only in numbers are one kind."""
    kinds: dict[str, list[Mismatch]] = {}
    for mismatch in mismatches:
        words = "".join("#" if character.isdigit() else character for character in mismatch.text)
        kinds.setdefault(words, []).append(mismatch)
    ranked = sorted(kinds.values(), key=len, reverse=True)[:MOST_SHOWN]
    return [(min(same, key=lambda mismatch: mismatch.words.size).text, same) for same in ranked]


def unanswered_notes(mismatches: Sequence[Mismatch], described: Described) -> Iterator[str]:
    """Each reason with its count and its smallest geometry."""
    for text, same in by_text(mismatches):
        smallest = min(same, key=lambda mismatch: mismatch.words.size)
        yield f"{len(same):,} not answered, the smallest with {described(smallest.words)}: {text}"


def kind_notes(mismatches: Sequence[Mismatch], described: Described) -> Iterator[str]:
    """The kinds of disagreement where there are several, each with its count and its smallest geometry."""
    kinds = by_text(mismatches)
    for text, same in kinds if len(kinds) > 1 else ():
        smallest = min(same, key=lambda mismatch: mismatch.words.size)
        yield f"{len(same):,} times {text}; the smallest: {described(smallest.words)}"

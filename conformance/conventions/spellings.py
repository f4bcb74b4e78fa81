"""Which spellings of one call are understood, and whether they mean the same: lists, words, layouts, dtypes.

Knows: dialects' spellings. Must not know: any kind, what the plain call gives.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from conformance.adapters.dialect import Spelling
from conformance.adapters.reply import Answer, Reply
from conformance.conventions.asking import Array, trouble
from conformance.journal import ConventionFact


@dataclass(frozen=True, slots=True)
class SpellingFound:
    """One spelling and what became of it."""

    spelling: Spelling
    understood: bool
    """answered, with the numbers that the plain call has by definition, in the asked dtype"""
    text: str
    """the label, with what happened where that is not a plain yes or no"""


def spelled(spelling: Spelling, reply: Reply, expected: Array) -> SpellingFound:
    """What became of a spelling; `expected` is what the plain call gives, in the layout of the answer."""
    wrong = _trouble(reply, spelling.dtype, expected)
    return SpellingFound(spelling, not wrong, f"{spelling.label} ({wrong})" if wrong else spelling.label)


def spelling_facts(lane: str, found: Sequence[SpellingFound]) -> Iterator[ConventionFact]:
    """One fact per topic of spellings."""
    for topic in dict.fromkeys(each.spelling.topic for each in found):
        tried = [each for each in found if each.spelling.topic == topic]
        understood = [each.text for each in tried if each.understood]
        others = [each.text for each in tried if not each.understood]
        expected = [each.spelling.label for each in tried if each.spelling.expected]
        unexpected = [each.spelling.label for each in tried if not each.spelling.expected]
        wrong = [each for each in tried if each.understood != each.spelling.expected]
        yield ConventionFact(
            lane, topic, "spellings" if topic not in ("dtypes", "data formats") else topic,
            _accepted(understood, others), _accepted(expected, unexpected), not wrong, len(tried), "spellings",
            len(wrong), smallest=wrong[0].text if wrong else "",
        )  # fmt: skip


def _accepted(labels: Iterable[str], others: Iterable[str]) -> str:
    accepted, refused = ", ".join(labels) or "nothing", ", ".join(others)
    return f"accepted: {accepted}" + (f"; not: {refused}" if refused else "")


def _trouble(reply: Reply, dtype: str, expected: Array) -> str:
    """What is wrong with the answer to a spelling, shortly; empty where it is the plain call's."""
    if not isinstance(reply, Answer):
        found = trouble(reply)
        return found.text.partition(":")[0] if found.kind == "refused" else found.text
    answer = reply.array
    if str(answer.dtype) != dtype:
        return f"answered in {answer.dtype}"
    wide: Any = np.complex128 if answer.dtype.kind == "c" else np.float64
    if np.array_equal(answer.astype(wide), expected):
        return ""
    return "answered with another result"

"""What records of one fault have in common: a sentence of what explains them, without the numbers of one call.

Knows: sentences of a diagnosis, and messages. Must not know: lanes, trials, waivers (`conformance.judging.waiver`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

# Characters of a message that tell two causes apart; what follows are the numbers and traces of one call.
TELLING = 160
# Numbers, lists of numbers, addresses: what differs between two calls that fail for one reason.
_OF_ONE_CALL = re.compile(r"\[[\d\s,.-]*\]|\([\d\s,.-]*\)|0x[0-9a-f]+|\d[\d.,]*(?:e[+-]?\d+)?")

_Entry = TypeVar("_Entry")


class Explained(Protocol):
    """A verdict, or the record of one."""

    @property
    def detail(self) -> str: ...

    @property
    def diagnosis(self) -> Sequence[str]: ...


def generally(text: str) -> str:
    """What a sentence says of any call: without its numbers, each of which is a #, and what follows them."""
    return _OF_ONE_CALL.sub("#", " ".join(text.split()).partition(";")[0])[:TELLING].rstrip()


def explanations(shown: Explained) -> tuple[str, ...]:
    """Of an answer, in general: everything that it behaves like, or, where nothing explains it, what was observed."""
    return tuple(dict.fromkeys(map(generally, shown.diagnosis or (shown.detail,))))


def by_explanation(
    entries: Iterable[_Entry], explained: Callable[[_Entry], Sequence[str]]
) -> Iterator[tuple[str, list[_Entry]]]:
    """A greedy cover: the explanation that fits the most entries is taken first, then the next of what is left."""
    left = {id(each): (each, tuple(explained(each))) for each in entries}
    while left:
        frequency = Counter(sentence for _, sentences in left.values() for sentence in set(sentences))
        # Of equally frequent ones the first that is said of the first entry.
        most = max(frequency.values())
        first = next(sentences for _, sentences in left.values() if any(frequency[one] == most for one in sentences))
        common = next(sentence for sentence in first if frequency[sentence] == most)
        group = [each for each, sentences in left.values() if common in sentences]
        yield common, group
        for each in group:
            del left[id(each)]

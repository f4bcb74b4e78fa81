"""A formula against measurements: many geometries, two in each call, and the smallest on which they part.

Knows: phrasings, probes. Must not know: workers, journals (`conformance.conventions.facts` writes what is found).

A call that gives no map, or an empty one, blames none of its two axes yet: each is asked again beside the least axis.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.adapters.dialects.dialect import AxisWords, Phrasing
from conformance.conventions.axis_map import AxisMap, predicted_map, shown_map
from conformance.conventions.probe import Ask, Layouts, Observation, Trouble, observe
from reference.geometry import Axis

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Parting:
    """Words on which formula and measurement differ, or that were not answered."""

    words: AxisWords
    text: str
    """both sides, in words"""


@dataclass(slots=True)
class Sweep:
    """What came of one phrasing's sweep."""

    phrasing: Phrasing
    answered: list[tuple[AxisWords, AxisMap]] = field(default_factory=list)
    differing: list[Parting] = field(default_factory=list)
    garbled: int = 0
    """of the differing ones, answers that no map explains; they are not among the answered"""
    unanswered: list[Parting] = field(default_factory=list)
    """the formula gives them a meaning, and the framework refused or aborted"""
    pairs: list[str] = field(default_factory=list)
    """two axes that are answered each for itself, and not together"""

    @property
    def smallest(self) -> Parting | None:
        """Of the differing ones."""
        return min(self.differing, key=lambda parting: parting.words.size, default=None)


def sweep(ask: Ask, layouts: Layouts, phrasing: Phrasing, limit: int | None, advance: Advance) -> Sweep:
    """The phrasing's vocabulary, or the first `limit` of it, held against its formula."""
    found = Sweep(phrasing)
    vocabulary = list(phrasing.vocabulary())[:limit]
    for height, width in _paired(vocabulary, phrasing.partner):
        _take(found, ask, layouts, height, width)
        advance(2)
    return found


def boundary(ask: Ask, layouts: Layouts, phrasing: Phrasing, limit: int | None, advance: Advance) -> Sweep:
    """Which words are answered, against which the formula gives a meaning; one geometry a call."""
    found = Sweep(phrasing)
    for words in list(phrasing.boundary())[:limit]:
        advance(1)
        seen = _alone(ask, layouts, phrasing, words)
        axis = phrasing.meaning(words)
        if isinstance(seen, AxisMap):
            found.answered.append((words, seen))
        if _goes_beyond(seen, axis):
            legal = "not legal" if axis is None else f"legal, output length {axis.output}"
            shown = _length_given(words, phrasing, seen) if isinstance(seen, AxisMap) else seen.text
            found.differing.append(Parting(words, f"formula: {legal}; measured: {shown}"))
        elif axis is None:
            found.unanswered.append(Parting(words, "refused, as the formula says"))
    return found


def told(words: AxisWords, asks: str) -> str:
    """The words as a reader wants them."""
    padding = words.padding if isinstance(words.padding, str) else list(words.padding)
    asked = "" if words.asked is None else f", {asks} {words.asked}"
    return (
        f"input {words.length}, kernel {words.kernel}, stride {words.stride}, dilation {words.dilation}, "
        f"padding {padding}{asked}"
    )


def _goes_beyond(seen: Observation, axis: Axis | None) -> bool:
    """Whether words without a meaning are answered, or words with one are not answered with its length."""
    if isinstance(seen, Trouble):
        return axis is not None or seen.kind != "refused"
    return axis is None or seen.output != axis.output


def _length_given(words: AxisWords, phrasing: Phrasing, seen: AxisMap) -> str:
    if not seen.output:
        return "answered with an empty result"
    as_asked = phrasing.asks == "output" and seen.output == words.asked
    return "answered with the length asked for" if as_asked else f"answered with output length {seen.output}"


def _paired(vocabulary: Sequence[AxisWords], partner: AxisWords) -> Iterator[tuple[AxisWords, AxisWords]]:
    for place in range(0, len(vocabulary), 2):
        pair = vocabulary[place : place + 2]
        yield pair[0], pair[1] if len(pair) == 2 else partner


def _take(found: Sweep, ask: Ask, layouts: Layouts, height: AxisWords, width: AxisWords) -> None:
    phrasing = found.phrasing
    if width is phrasing.partner:
        _hold(found, height, _alone(ask, layouts, phrasing, height))
        return
    both = observe(ask, layouts, phrasing, height, width)
    if not isinstance(both, Trouble) and both[0].products and both[1].products:
        observations: Iterable[Observation] = both
    else:
        observations = [_alone(ask, layouts, phrasing, words) for words in (height, width)]
        if isinstance(both, Trouble) and not any(isinstance(each, Trouble) for each in observations):
            found.pairs.append(f"{told(height, phrasing.asks)} beside {told(width, phrasing.asks)}: {both.text}")
    for words, seen in zip((height, width), observations, strict=True):
        _hold(found, words, seen)


def _alone(ask: Ask, layouts: Layouts, phrasing: Phrasing, words: AxisWords) -> Observation:
    """The map of the words beside the least axis, whose own map has to come out too where anything does."""
    maps = observe(ask, layouts, phrasing, words, phrasing.partner)
    if isinstance(maps, Trouble):
        return maps
    least = phrasing.meaning(phrasing.partner)
    if maps[0].products and least is not None and maps[1] != predicted_map(least, flipped=phrasing.flipped):
        return Trouble("garbled", f"the other axis, {told(phrasing.partner, phrasing.asks)}, shows "
                       f"{shown_map(maps[1], phrasing.partner)}")  # fmt: skip
    return maps[0]


def _hold(found: Sweep, words: AxisWords, seen: Observation) -> None:
    phrasing = found.phrasing
    if isinstance(seen, Trouble):
        found.garbled += seen.kind == "garbled"
        kept = found.differing if seen.kind == "garbled" else found.unanswered
        kept.append(Parting(words, seen.text))
        return
    found.answered.append((words, seen))
    axis = phrasing.meaning(words)
    predicted = None if axis is None else predicted_map(axis, flipped=phrasing.flipped)
    if seen != predicted:
        formula = "no meaning" if predicted is None else shown_map(predicted, words)
        found.differing.append(Parting(words, f"formula: {formula}; measured: {shown_map(seen, words)}"))

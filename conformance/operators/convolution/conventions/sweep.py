"""A formula against measurements: many geometries, up to two in each call, and the smallest on which they part.

Knows: phrasings, probes. Must not know: workers, journals (`facts.py` writes what is found).

A call that gives no map, or an empty one, blames none of its axes yet: each is asked again beside the least axis.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conformance.adapters.dialect import AxisWords, Phrasing
from conformance.conventions.asking import Ask, Trouble
from conformance.conventions.mismatches import Mismatch, smallest_of
from conformance.operators.convolution.conventions.axis_map import AxisMap, predicted_map, shown_map
from conformance.operators.convolution.conventions.probe import Layouts, Observation, observe

Advance = Callable[[int], None]
# Axes that are asked in one call: a third is the least one, or its arrays would be too large
MOST_TOGETHER = 2


@dataclass(slots=True)
class Sweep:
    """What came of one phrasing's sweep."""

    phrasing: Phrasing
    rank: int = 2
    """number of spatial axes"""
    answered: list[tuple[AxisWords, AxisMap]] = field(default_factory=list)
    differing: list[Mismatch] = field(default_factory=list)
    unanswered: list[Mismatch] = field(default_factory=list)
    """the formula gives them a meaning, and the framework refused or aborted"""
    pairs: list[str] = field(default_factory=list)
    """two axes that are answered each for itself, and not together"""

    @property
    def garbled(self) -> int:
        """How many of the differing ones are answers that no map explains; they are not among the answered."""
        return sum(each.garbled for each in self.differing)

    @property
    def smallest(self) -> Mismatch | None:
        """Of the differing ones."""
        return smallest_of(self.differing)


def sweep(ask: Ask, layouts: Layouts, phrasing: Phrasing, limit: int | None, advance: Advance) -> Sweep:
    """The phrasing's vocabulary, or the first `limit` of it, held against its formula."""
    found = Sweep(phrasing, len(layouts.value_layout) - 2)
    vocabulary = list(phrasing.vocabulary())[:limit]
    # Two axes in a call halve the number of calls, and show what a framework confuses between them.
    together = min(found.rank, MOST_TOGETHER)
    for place in range(0, len(vocabulary), together):
        several = vocabulary[place : place + together]
        _take(found, ask, layouts, several)
        advance(len(several))
    return found


def boundary(ask: Ask, layouts: Layouts, phrasing: Phrasing, limit: int | None, advance: Advance) -> Sweep:
    """Which words are answered, against which the formula gives a meaning; one geometry a call."""
    found = Sweep(phrasing, len(layouts.value_layout) - 2)
    for words in list(phrasing.boundary())[:limit]:
        advance(1)
        seen = _alone(found, ask, layouts, words)
        axis = phrasing.meaning(words)
        if isinstance(seen, AxisMap):
            found.answered.append((words, seen))
        if isinstance(seen, Trouble):
            beyond, shown = axis is not None or seen.kind != "refused", seen.text
        else:
            beyond, shown = axis is None or seen.output != axis.output, f"answered with output length {seen.output}"
            if not seen.output:
                shown = "answered with an empty result"
            elif phrasing.asks == "output" and seen.output == words.asked:
                shown = "answered with the length asked for"
        if beyond:
            legal = "not legal" if axis is None else f"legal, output length {axis.output}"
            found.differing.append(Mismatch(words, f"formula: {legal}; measured: {shown}"))
        elif axis is None:
            found.unanswered.append(Mismatch(words, "refused, as the formula says"))
    return found


def described(words: AxisWords, asks: str) -> str:
    """The words as a reader wants them."""
    padding = words.padding if isinstance(words.padding, str) else list(words.padding)
    asked = "" if words.asked is None else f", {asks} {words.asked}"
    return (
        f"{'result' if asks == 'value' else 'input'} {words.length}, kernel {words.kernel}, stride {words.stride}, "
        f"dilation {words.dilation}, padding {padding}{asked}"
    )


def _take(found: Sweep, ask: Ask, layouts: Layouts, several: Sequence[AxisWords]) -> None:
    phrasing = found.phrasing
    together = _beside_least(found, ask, layouts, *several)
    observations: Sequence[Observation]
    if len(several) == 1:
        observations = [together] if isinstance(together, Trouble) else together
    elif not isinstance(together, Trouble) and all(each.products for each in together):
        observations = together
    else:
        observations = [_alone(found, ask, layouts, words) for words in several]
        if isinstance(together, Trouble) and not any(isinstance(each, Trouble) for each in observations):
            named = " beside ".join(described(words, phrasing.asks) for words in several)
            found.pairs.append(f"{named}: {together.text}")
    for words, seen in zip(several, observations, strict=True):
        _hold(found, words, seen)


def _alone(found: Sweep, ask: Ask, layouts: Layouts, words: AxisWords) -> Observation:
    maps = _beside_least(found, ask, layouts, words)
    return maps if isinstance(maps, Trouble) else maps[0]


def _beside_least(found: Sweep, ask: Ask, layouts: Layouts, *several: AxisWords) -> tuple[AxisMap, ...] | Trouble:
    """The maps of the words, the other axes being the least one, whose own map has to come out too where anything
    does.
    """
    phrasing = found.phrasing
    partner, others = phrasing.partner, found.rank - len(several)
    maps = observe(ask, layouts, phrasing, *several, *(partner,) * others)
    if isinstance(maps, Trouble):
        return maps
    asked, beside = maps[: len(several)], maps[len(several) :]
    least = phrasing.meaning(partner)
    if all(each.products for each in asked) and least is not None:
        expected = predicted_map(least, flipped=phrasing.flipped)
        wrong = next((each for each in beside if each != expected), None)
        if wrong is not None:
            shown = shown_map(wrong, partner, phrasing.asks)
            return Trouble("garbled", f"the other axis, {described(partner, phrasing.asks)}, shows {shown}")
    return asked


def _hold(found: Sweep, words: AxisWords, seen: Observation) -> None:
    phrasing = found.phrasing
    if isinstance(seen, Trouble):
        garbled = seen.kind == "garbled"
        (found.differing if garbled else found.unanswered).append(Mismatch(words, seen.text, garbled))
        return
    found.answered.append((words, seen))
    axis = phrasing.meaning(words)
    predicted = None if axis is None else predicted_map(axis, flipped=phrasing.flipped)
    if seen != predicted:
        formula = "no meaning" if predicted is None else shown_map(predicted, words, phrasing.asks)
        measured = shown_map(seen, words, phrasing.asks)
        found.differing.append(Mismatch(words, f"formula: {formula}; measured: {measured}"))

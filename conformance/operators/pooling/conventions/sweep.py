"""A formula against measurements: many geometries, one axis in each call beside the least ones.

Knows: phrasings, probes. Must not know: workers, journals (`facts.py` writes what is found).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from conformance.adapters.dialect import AxisWords
from conformance.adapters.pooling_dialect import Divisor, PoolingPhrasing
from conformance.conventions.asking import Ask, Trouble
from conformance.conventions.mismatches import Mismatch
from conformance.operators.pooling.conventions.probe import Windows, divisors_of, predicted, probe, read, reads_of
from reference.pooling.family import OPERATORS, averages
from reference.pooling.geometry import WindowAxis

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Observation:
    """What one axis showed."""

    words: AxisWords
    windows: Windows
    """of that axis alone"""

    @property
    def length(self) -> int:
        """How many windows there are."""
        return self.windows.lengths[0]


@dataclass(slots=True)
class PoolingSweep:
    """What came of one phrasing's geometries."""

    phrasing: PoolingPhrasing
    answered: list[Observation] = field(default_factory=list)
    differing: list[Mismatch] = field(default_factory=list)
    unanswered: list[Mismatch] = field(default_factory=list)
    """the formula gives them a meaning, and the framework refused or aborted"""


def sweep(ask: Ask, phrasing: PoolingPhrasing, limit: int | None, advance: Advance) -> PoolingSweep:
    """The phrasing's vocabulary, or the first `limit` of it, beside its formula."""
    found = PoolingSweep(phrasing)
    for number, words in enumerate(list(phrasing.vocabulary())[:limit]):
        advance(1)
        seen, axis = _asked(ask, phrasing, words, number), phrasing.meaning(words)
        if isinstance(seen, Trouble):
            into = found.differing if seen.kind == "garbled" else found.unanswered
            into.append(Mismatch(words, seen.text, seen.kind == "garbled"))
            continue
        found.answered.append(Observation(words, seen))
        if not fits(seen, axis, phrasing.divisor):
            formula = "no meaning" if axis is None else shown(predicted([axis], phrasing.divisor))
            found.differing.append(Mismatch(words, f"formula: {formula}; measured: {shown(seen)}"))
    return found


def boundary(ask: Ask, phrasing: PoolingPhrasing, limit: int | None, advance: Advance) -> PoolingSweep:
    """Which words are answered, beside those to which the formula gives a meaning."""
    found = PoolingSweep(phrasing)
    for number, words in enumerate(list(phrasing.boundary())[:limit]):
        advance(1)
        seen, axis = _asked(ask, phrasing, words, number), phrasing.meaning(words)
        if isinstance(seen, Windows):
            found.answered.append(Observation(words, seen))
            text = f"answered with {shown(seen)}"
            beyond = not fits(seen, axis, phrasing.divisor)
        else:
            text, beyond = seen.text, axis is not None or seen.kind != "refused"
        if beyond:
            legal = "not legal" if axis is None else f"legal, {shown(predicted([axis], phrasing.divisor))}"
            found.differing.append(Mismatch(words, f"formula: {legal}; measured: {text}"))
        elif axis is None:
            found.unanswered.append(Mismatch(words, "refused, as the formula says"))
    return found


def fits(seen: Windows, axis: WindowAxis | None, divisor: Divisor | None) -> bool:
    """Whether an axis that was asked alone does what it is taken to do."""
    if axis is None or seen.lengths != (axis.output,) or seen.reads != (reads_of(axis),):
        return False
    return divisor is None or seen.divisors == divisors_of([axis], divisor)


def described(words: AxisWords) -> str:
    """The words as a reader wants them."""
    padding = words.padding if isinstance(words.padding, str) else list(words.padding)
    return (
        f"input {words.length}, window {words.kernel}, stride {words.stride}, dilation {words.dilation}, "
        f"padding {padding}"
    )


def shown(windows: Windows) -> str:
    """The windows of one axis in a few words, for the reader of a disagreement."""
    firsts = sorted(windows.reads[0], key=lambda pair: (pair[1], pair[0]))
    read_by = {window: [element for element, each in firsts if each == window] for _, window in firsts}
    texts = [f"{window}: {elements}" for window, elements in read_by.items()]
    elements = f", elements by window {', '.join(texts)}" if texts else ", no window has an element"
    if windows.nothing:
        elements += f", others answer {' and '.join(f'{number:g}' for number in windows.nothing)}"
    divided = f", divisors {[int(each) if each == int(each) else each for each in windows.divisors]}"
    return f"result length {windows.lengths[0]}{elements}{divided if windows.divisors else ''}"


def _asked(ask: Ask, phrasing: PoolingPhrasing, words: AxisWords, number: int) -> Windows | Trouble:
    """What the axis shows beside the least ones; axes take turns."""
    rank = OPERATORS[phrasing.operator].rank
    place = number % rank
    # A word is said of all axes at once.
    least = replace(phrasing.least, padding=words.padding) if isinstance(words.padding, str) else phrasing.least
    axes = [words if axis == place else least for axis in range(rank)]
    lengths, divided = [each.length for each in axes], averages(phrasing.operator)
    found = read(ask(phrasing.plan(axes), {"value": probe(lengths, divided)}), lengths, divided)
    if isinstance(found, Trouble):
        return found
    others = [axis for axis in range(rank) if axis != place]
    if any(found.lengths[axis] != 1 or found.reads[axis] - {(0, 0)} for axis in others):
        return Trouble("garbled", f"the axes of length 1 beside it give {list(found.lengths)} windows")
    return Windows((found.reads[place],), (found.lengths[place],), found.divisors, found.nothing)


def windows_of(found: PoolingSweep) -> Iterable[tuple[Observation, WindowAxis]]:
    """Every answered geometry that the formula gives a meaning, with it."""
    meanings = ((seen, found.phrasing.meaning(seen.words)) for seen in found.answered)
    return ((seen, axis) for seen, axis in meanings if axis is not None)

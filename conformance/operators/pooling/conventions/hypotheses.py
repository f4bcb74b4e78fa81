"""What could explain measured windows: named integer functions, of which the first that fits all of them is shown.

Knows: words and what was seen. Must not know: the formula that the suite holds; the measurement speaks for itself here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conformance.adapters.dialect import AxisWords, Side
from conformance.operators.pooling.conventions.probe import divisors_of, reads_of
from conformance.operators.pooling.conventions.sweep import Observation
from reference.pooling.geometry import WindowAxis

UNKNOWN = "fits no formula"


def _room(words: AxisWords) -> int:
    return words.length + words.before + words.after - words.extent


def _with_last_window(words: AxisWords) -> int:
    whole = -(-_room(words) // words.stride)
    return whole + 1 - ((whole * words.stride) >= words.length + words.before)


def _same_total(words: AxisWords, output: int) -> int:
    return max((output - 1) * words.stride + words.extent - words.length, 0)


# The first that fits is shown: simpler formulas stand before those that agree with them on some geometries.
_LENGTHS: Mapping[str, Callable[[AxisWords], int]] = {
    "ceil(i / s)": lambda words: -(-words.length // words.stride),
    "floor((i - d(k-1) - 1) / s) + 1": lambda words: (words.length - words.extent) // words.stride + 1,
    "floor((i + before + after - d(k-1) - 1) / s) + 1": lambda words: _room(words) // words.stride + 1,
    "ceil((i + before + after - d(k-1) - 1) / s) + 1": lambda words: -(-_room(words) // words.stride) + 1,
    "ceil((i + before + after - d(k-1) - 1) / s) + 1, less a last window that begins at i + before or beyond": (
        _with_last_window
    ),
}
_PADS: Mapping[str, Callable[[AxisWords, int], int]] = {
    "0": lambda words, output: 0,
    "max(s(o-1) + d(k-1) + 1 - i, 0) // 2": lambda words, output: _same_total(words, output) // 2,
    "(max(s(o-1) + d(k-1) + 1 - i, 0) + 1) // 2": lambda words, output: (_same_total(words, output) + 1) // 2,
    "before": lambda words, output: words.before,
    "after": lambda words, output: words.after,
}
DIVISORS: Mapping[str, Callable[[WindowAxis], tuple[float, ...]]] = {
    "its elements: pads count in no divisor": lambda axis: divisors_of([axis], "elements"),
    "its places within the padded value: pads count, what hangs over does not": lambda axis: divisors_of(
        [axis], "places"
    ),
    "the whole window: pads count, and so does what hangs over": lambda axis: tuple(
        float(axis.kernel) for count in axis.elements() if count
    ),
    "nothing: sums are answered": lambda axis: divisors_of([axis], "nothing"),
}
EVERY_PLACE = "its places, each of which is an element: no window reads a pad"


def windows_sentence(answered: Sequence[Observation]) -> str:
    """Length and pad before, as they fit all measurements."""
    if not answered:
        return "nothing was answered"
    length = next((name for name, of in _LENGTHS.items()
                   if all(of(seen.words) == seen.length for seen in answered)), UNKNOWN)  # fmt: skip

    def fits(pad: Callable[[AxisWords, int], int]) -> bool:
        return all(reads_of(_axis(seen, pad)) == seen.windows.reads[0] for seen in answered)

    pad = next((name for name, of in _PADS.items() if fits(of)), UNKNOWN)
    return f"result length {_equals(length)}; pad_before {_equals(pad)}"


def divisor_sentence(measured: Sequence[tuple[Observation, WindowAxis]]) -> str:
    """What windows are divided by, as it fits all measurements."""
    whole = all(sum(axis.elements()) == axis.kernel * axis.output for _, axis in measured)
    if whole and all(seen.windows.divisors == divisors_of([axis], "elements") for seen, axis in measured):
        return EVERY_PLACE
    for name, of in DIVISORS.items():
        if all(seen.windows.divisors == of(axis) for seen, axis in measured):
            return name
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class OddPad:
    """Where the odd element of odd total pads went, in how many geometries."""

    after: int
    before: int
    elsewhere: int

    @property
    def cases(self) -> int:
        """All of them."""
        return self.after + self.before + self.elsewhere

    def at(self, side: Side) -> int:
        """On one side."""
        return self.after if side == "after" else self.before

    @property
    def sentence(self) -> str:
        """The counts in words."""
        places = [(self.after, "after"), (self.before, "before"), (self.elsewhere, "elsewhere")]
        named = ", ".join(f"{place} in {number:,} of {self.cases:,}" for number, place in places if number)
        return f"the odd element is padded {named}" if named else "no geometry with an odd total pad was answered"


def odd_pad(answered: Sequence[Observation]) -> OddPad:
    """Where the odd element went."""
    found: Counter[str] = Counter()
    for seen in answered:
        total = _same_total(seen.words, seen.length)
        if total % 2:
            smaller = total // 2
            sides = {"after": smaller, "before": smaller + 1}
            reads = seen.windows.reads[0]
            fitting = [side for side, pad in sides.items() if reads_of(_axis(seen, lambda *_: pad)) == reads]  # noqa: B023
            if len(fitting) < 2:  # both where nothing tells them apart
                found[fitting[0] if fitting else "elsewhere"] += 1
    return OddPad(found["after"], found["before"], found["elsewhere"])


def _axis(seen: Observation, pad: Callable[[AxisWords, int], int]) -> WindowAxis:
    words, output = seen.words, seen.length
    return WindowAxis(*words.numbers, pad(words, output), 0, output)


def _equals(formula: str) -> str:
    return formula if formula == UNKNOWN else f"= {formula}"

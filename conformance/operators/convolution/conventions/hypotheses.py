"""What could explain measured maps: named integer functions, of which the first that predicts every map whole is shown.

Knows: words and maps. Must not know: the formula that the suite holds; the measurement speaks for itself here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from conformance.adapters.dialect import AxisWords, Side
from conformance.operators.convolution.conventions.axis_map import AxisMap, cut_word, predicted_map

Measured: TypeAlias = tuple[AxisWords, AxisMap]

UNKNOWN = "fits no formula"
UNSEEN = "not seen, nothing reaches the results"
_ORIENTATIONS = {
    False: "kernel as the adjoint has it",
    True: "kernel back to front",
    None: "orientation not settled",
}
# Of a forward convolution, whose value has the length o
_RESULTS: Mapping[str, Callable[[AxisWords, int], int]] = {
    "ceil(o / s)": lambda words, value: -(-value // words.stride),
    "ceil((o - d(k-1)) / s)": lambda words, value: -(-(value - words.extent + 1) // words.stride),
    "floor((o + before + after - d(k-1) - 1) / s) + 1": lambda words, value: (
        (value + words.before + words.after - words.extent) // words.stride + 1
    ),
}

# The first that fits is shown: simpler formulas stand before those that agree with them on some geometries.
_OUTPUTS: Mapping[str, Callable[[AxisWords], int | None]] = {
    "as asked": lambda words: words.asked,
    "s i": lambda words: words.stride * words.length,
    "full": lambda words: words.full,
    "max(s i, full)": lambda words: max(words.stride * words.length, words.full),
    "min(s i, full)": lambda words: min(words.stride * words.length, words.full),
    "full + asked": lambda words: words.full + (words.asked or 0),
    "s(i-1) + (d(k-1) + 1) mod 2 + asked": lambda words: (
        words.stride * (words.length - 1) + words.extent % 2 + (words.asked or 0)
    ),
    "full - before - after": lambda words: words.full - words.before - words.after,
    "full - before - after + asked": lambda words: words.full - words.before - words.after + (words.asked or 0),
    "s(i-1) + 1 + before + after - d(k-1)": lambda words: (
        words.stride * (words.length - 1) + 1 + words.before + words.after - words.extent + 1
    ),
}
_CROPS: Mapping[str, Callable[[AxisWords, int], int]] = {
    "0": lambda words, output: 0,
    "max(full - o, 0) // 2": lambda words, output: max(words.full - output, 0) // 2,
    "(max(full - o, 0) + 1) // 2": lambda words, output: (max(words.full - output, 0) + 1) // 2,
    "floor((full - o) / 2)": lambda words, output: (words.full - output) // 2,
    "ceil((full - o) / 2)": lambda words, output: (words.full - output + 1) // 2,
    "trunc((full - o) / 2)": lambda words, output: int((words.full - output) / 2),
    "max(full - o, 0)": lambda words, output: max(words.full - output, 0),
    "before": lambda words, output: words.before,
    "after": lambda words, output: words.after,
    "d(k-1) - before": lambda words, output: words.extent - 1 - words.before,
}


def measured_sentence(measurements: Sequence[Measured], asks: str) -> str:
    """Output length, crop and orientation, as they fit all measurements."""
    if not measurements:
        return "nothing was answered"
    flipped, ignored = orientation(measurements), ""
    dense = [(replace(words, dilation=1), seen) for words, seen in measurements]
    if (
        dense != list(measurements)
        and _measured_crop(measurements, flipped=bool(flipped)) == UNKNOWN
        and _measured_crop(dense, flipped=bool(orientation(dense))) != UNKNOWN
    ):
        flipped, ignored, measurements = orientation(dense), "; dilation ignored", dense
    crop = _worded(_measured_crop(measurements, flipped=bool(flipped)), measurements, asks)
    length = f"{'result' if asks == 'value' else 'output'} length {_equals(measured_length(measurements, asks))}"
    return f"{length}; {cut_word(asks)} {_equals(crop)}; {_ORIENTATIONS[flipped]}{ignored}"


def measured_length(measurements: Sequence[Measured], asks: str) -> str:
    """The first formula of the output length that fits all measurements, of a forward convolution's result."""
    if asks == "value":
        fitting = (name for name, result in _RESULTS.items()
                   if all(result(words, seen.output) == words.length for words, seen in measurements))  # fmt: skip
        return next(fitting, UNKNOWN)
    fitting = (name for name, output in _OUTPUTS.items()
               if all(output(words) == seen.output for words, seen in measurements))  # fmt: skip
    return _worded(next(fitting, UNKNOWN), measurements, asks)


def _measured_crop(measurements: Sequence[Measured], *, flipped: bool) -> str:
    """The first formula of the crop that, with the lengths as they are, predicts every product of every measurement."""
    if not any(seen.products for _, seen in measurements):
        return UNSEEN

    def fits(crop: Callable[[AxisWords, int], int]) -> bool:
        return all(
            predicted_map(words.axis(crop(words, seen.output), seen.output), flipped=flipped) == seen
            for words, seen in measurements
        )

    return next((name for name, crop in _CROPS.items() if fits(crop)), UNKNOWN)


def _equals(formula: str) -> str:
    return formula if formula in (UNKNOWN, UNSEEN) else f"= {formula}"


def orientation(measurements: Iterable[Measured]) -> bool | None:
    """Whether the kernel lies back to front; None where the measurements do not settle it."""
    seen = {observed.flipped(words) for words, observed in measurements} - {None}
    return seen.pop() if len(seen) == 1 else None


@dataclass(frozen=True, slots=True)
class OddElement:
    """Where the odd element of odd total crops went, in how many geometries."""

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

    def sentence(self, done: str) -> str:
        """The counts in words; `done` is what becomes of it: cropped, or padded."""
        places = [(self.after, "after"), (self.before, "before"), (self.elsewhere, "elsewhere")]
        named = ", ".join(f"{place} in {number:,} of {self.cases:,}" for number, place in places if number)
        nothing = f"no geometry with an odd total {'pad' if done == 'padded' else 'crop'} was answered"
        return f"the odd element is {done} {named}" if named else nothing


def odd_element(measurements: Sequence[Measured]) -> OddElement:
    """Where the odd element went; geometries of which nothing can reach the result do not tell."""
    flipped = bool(orientation(measurements))
    beyond: Counter[int | None] = Counter()
    for words, seen in measurements:
        total = words.full - seen.output
        if total > 0 and total % 2 and predicted_map(words.axis(total // 2, seen.output), flipped=flipped).products:
            crop = seen.offset(words, flipped=flipped)
            beyond[None if crop is None else crop - total // 2] += 1
    return OddElement(beyond[0], beyond[1], beyond.total() - beyond[0] - beyond[1])


def added_elements(measurements: Iterable[Measured]) -> str:
    """Whether what output_padding adds at the end is computed."""
    asked = [(words.asked, seen) for words, seen in measurements if words.asked]
    if not asked:
        return "no geometry with an output_padding was answered"
    reached = sum(any(p >= seen.output - added for _, _, p in seen.products) for added, seen in asked)
    return f"products reach the elements that it adds at the end in {reached:,} of {len(asked):,} geometries: " + (
        "computed, not filled with zeros" if reached else "filled with zeros"
    )


def pads_sentence(measured: str) -> str:
    """What explicit pads are, by the crop or pad that they make."""
    if "pad_before = before" in measured:
        return "pads lie around the value"
    if "crop_before = d(k-1) - before" in measured:
        return "pads lie around the zero-dilated input"
    if "crop_before = before" in measured or "crop_before = padding" in measured:
        return "pads are cropped from the full result, as they are put around the forward convolution's input"
    return "pads are none of the known things"


def _worded(name: str, measurements: Sequence[Measured], asks: str) -> str:
    """The formula in the words of who is asked for an output_padding; one padding where it is that of both ends."""
    if asks != "output_padding":
        return name
    name = name.replace("+ asked", f"+ {asks}")
    if all(words.before == words.after for words, _ in measurements):
        name = name.replace("before - after", "2 padding").replace("before", "padding")
    return name

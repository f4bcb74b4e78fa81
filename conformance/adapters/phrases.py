"""What frameworks' words for a convolution mean, each meaning once: a sentence, integers, a sample of geometries.

A dialect is a table of these: the word, how it is said, and which meaning the framework's documents give it.
Knows: words of one axis, the axis that they mean. Must not know: frameworks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, TypeAlias

from conformance.adapters.dialect import AxisWords, Phrasing, Said, Side, Spelling, Topic
from conformance.adapters.function import Role
from conformance.adapters.geometries import PADS, drawn, kernels_and_strides, legal_words, small_kernels_and_strides
from conformance.adapters.plan import Argument, Plan
from reference.geometry import Axis

Numbers: TypeAlias = Mapping[Role, Argument]
Say: TypeAlias = Callable[[Numbers], Plan]
"""from what is said, by role, to the framework's call"""
Most: TypeAlias = Callable[[AxisWords], int]
Length: TypeAlias = Literal["s i", "full", "max(s i, full)", "o as asked"]
_LENGTHS: Mapping[Length, Callable[[AxisWords], int]] = {
    "s i": lambda words: words.stride * words.length,
    "full": lambda words: words.full,
    "max(s i, full)": lambda words: max(words.stride * words.length, words.full),
    "o as asked": lambda words: words.asked or 0,
}
_HALVES: Mapping[Side, str] = {"after": "max(full - o, 0) // 2", "before": "(max(full - o, 0) + 1) // 2"}


def below_stride(words: AxisWords) -> int:
    """What is more than any output_padding that is taken."""
    return words.stride


def below_either(words: AxisWords) -> int:
    """The same of who takes more beside a dilation."""
    return max(words.stride, words.dilation)


@dataclass(frozen=True, slots=True)
class PhrasedOperator:
    """One operator of a framework, whose words are a table."""

    plan: Callable[..., Said]
    """from the words of each axis"""
    operator: str = "conv2d_transpose"
    number: int = 360
    """at most so many geometries of each word"""
    dilations: range = range(1, 4)

    def _drawn(self, every: Callable[[], Iterable[AxisWords]], number: int) -> Callable[[], list[AxisWords]]:
        return drawn(lambda: (words for words in every() if words.dilation in self.dilations), number)

    def word(
        self, name: str, word: str, topic: Topic, *, length: Length = "s i", odd: Side | None = "after"
    ) -> Phrasing:
        """A word for the pads of a transposed convolution, which says how long the result is, or that the caller does.

        odd: on which side one more is cropped than on the other; None where nothing is cropped in front.
        """
        lengths, asks = _LENGTHS[length], length == "o as asked"

        def meaning(words: AxisWords) -> Axis:
            output = lengths(words)
            total = max(words.full - output, 0)
            return words.axis(0 if odd is None else (total + (odd == "before")) // 2, output)

        return Phrasing(
            name, topic, f"output length = {length}; crop_before = {'0' if odd is None else _HALVES[odd]}", meaning,
            self.plan, self._drawn(lambda: _worded(word, asks=asks), self.number),
            AxisWords(2, 1, 1, 1, word, 2 if asks else None), odd=odd or "after", operator=self.operator,
        )  # fmt: skip

    def pads(self, name: str, *, alike: bool, most: Most | None = None, legal: str = "") -> Phrasing:
        """Pads of a transposed convolution, one number for both sides where `alike`, and an output_padding less than
        `most`; None where there is no such argument. `legal` says the limits, which are asked about where it is not
        empty.
        """
        lengthened = most is not None
        below = most or (lambda words: 1)

        def meaning(words: AxisWords) -> Axis | None:
            more = words.asked or 0
            output = words.full - words.before - words.after + more
            if min(words.before, words.after) < 0 or not 0 <= more < below(words) or output < 1:
                return None
            return words.axis(words.before, output)

        def legal_ones() -> Iterator[AxisWords]:
            return (words for words in _padded(kernels_and_strides(), alike, lengthened, 0) if meaning(words))

        def around() -> Iterator[AxisWords]:
            """One step beyond every limit, with results of length 0 and -1."""
            for words in _padded(small_kernels_and_strides(), alike, lengthened, 1):
                if words.full - words.before - words.after + (words.asked or 0) > -2:
                    yield words

        cut = "2 padding" if alike else "before - after"
        return Phrasing(
            name, "output_padding" if lengthened else "explicit pads",
            f"output length = full - {cut}{' + output_padding' * lengthened}; "
            f"crop_before = {'padding' if alike else 'before'}",
            meaning, self.plan, self._drawn(legal_ones, 2 * self.number),
            AxisWords(2, 1, 1, 1, (0, 0), 0 if most else None),
            self._drawn(around, self.number) if legal else tuple, "output_padding" if lengthened else "output", legal,
            operator=self.operator,
        )  # fmt: skip

    def sizes(self, name: str) -> Phrasing:
        """A padding for both sides, and lengths of which the caller may choose among as many as the stride."""

        def meaning(words: AxisWords) -> Axis | None:
            asked, least = words.asked or 0, words.full - 2 * words.before
            legal = asked > 0 and least <= asked < least + words.stride
            return words.axis(words.before, asked) if legal else None

        def around() -> Iterator[AxisWords]:
            for numbers, padding in product(kernels_and_strides(), range(2)):
                bare = AxisWords(*numbers, (padding, padding))
                least = bare.full - 2 * padding
                yield from (replace(bare, asked=length) for length in range(max(least - 2, 1), least + bare.stride + 2))

        def legal_ones() -> Iterator[AxisWords]:
            return (words for words in around() if meaning(words) is not None)

        return Phrasing(
            name, "legal output lengths", "output length = o as asked; crop_before = padding", meaning, self.plan,
            self._drawn(legal_ones, self.number), AxisWords(2, 1, 1, 1, (0, 0), 2), self._drawn(around, self.number),
            legal="a stride's number of lengths, full - 2 padding to full - 2 padding + s - 1", operator=self.operator,
        )  # fmt: skip

    def forward_word(self, name: str, word: str, topic: Topic, odd: Side | None = "after") -> Phrasing:
        """A word for the pads of a forward convolution; `odd` as of `word`."""
        length = "ceil(o / s)" if topic == "SAME" else "ceil((o - d(k-1)) / s)"

        def meaning(words: AxisWords) -> Axis:
            total = max(words.full - (words.asked or 0), 0)
            return words.axis(0 if odd is None else (total + (odd == "before")) // 2, words.asked or 0)

        def sample() -> Iterator[AxisWords]:
            return (
                AxisWords(*words.numbers, word, words.asked)
                for words in legal_words("SAME" if topic == "SAME" else "VALID")
            )

        return Phrasing(
            name, topic, f"result length = {length}; pad_before = {'0' if odd is None else _HALVES[odd]}", meaning,
            self.plan, self._drawn(sample, self.number), AxisWords(2, 1, 1, 1, word, 2), asks="value", gathers=True,
            operator=self.operator, odd=odd or "after",
        )  # fmt: skip

    def forward_pads(self, name: str, *, alike: bool) -> Phrasing:
        """Pads of a forward convolution, one number for both sides where `alike`."""

        def sample() -> Iterator[AxisWords]:
            return (words for words in legal_words("explicit") if not alike or words.before == words.after)

        def meaning(words: AxisWords) -> Axis:
            return words.axis(words.before, words.asked or 0)

        around = "2 padding" if alike else "before + after"
        return Phrasing(
            name, "explicit pads",
            f"result length = floor((o + {around} - d(k-1) - 1) / s) + 1; "
            f"pad_before = {'padding' if alike else 'before'}",
            meaning, self.plan, self._drawn(sample, 2 * self.number), AxisWords(2, 1, 1, 1, (0, 0), 2), asks="value",
            gathers=True, operator=self.operator,
        )  # fmt: skip


def _worded(word: str, *, asks: bool) -> Iterator[AxisWords]:
    """Every geometry, with every length up to the uncropped result's where one is asked for."""
    for numbers in kernels_and_strides():
        if not asks:
            yield AxisWords(*numbers, word)
        else:
            full = AxisWords(*numbers, word).full
            yield from (AxisWords(*numbers, word, output) for output in range(1, full + 1))


def _padded(
    geometries: Iterable[tuple[int, int, int, int]], alike: bool, lengthened: bool, beyond: int
) -> Iterator[AxisWords]:
    pads = range(-beyond, len(PADS) + 1)
    for numbers in geometries:
        more = range(-beyond, max(numbers[2:]) + 2 * beyond) if lengthened else (None,)
        pairs: Iterable[tuple[int, int]] = zip(pads, pads, strict=True) if alike else product(pads, pads)
        yield from (AxisWords(*numbers, pair, asked) for pair, asked in product(pairs, more))


def of_axes(axes: Sequence[AxisWords]) -> dict[Role, Argument]:
    """Strides and dilations of each axis."""
    return {
        "strides": tuple(words.stride for words in axes),
        "dilations": tuple(words.dilation for words in axes),
    }


def counted_spellings(
    topic: str, role: Role, numbers: tuple[int, int], counts: Sequence[int], say: Say, plain: Numbers
) -> Iterator[Spelling]:
    """How many numbers an argument of two spatial axes takes, 0 for one that stands alone."""
    first, second = numbers
    for label, written, count in (
        ("int", first, 0), ("[s]", (first,), 1), ("[s, s]", (first, second), 2), ("[s, s, s]", (first,) * 3, 3),
        ("[1, s, s, 1]", (1, first, second, 1), 4),
    ):  # fmt: skip
        if count > 1 or first == second:
            yield Spelling(topic, label, say({**plain, role: written}), count in counts)

"""What is expected of a framework's words for poolings: phrasings, defaults, spellings, what they are taken to mean.

Knows: words of one axis, the windows that the suite takes them to mean, plans in the framework's own layout. Must not
know: frameworks, arrays, what was measured (the part `conventions` of the kind asks, and compares).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Literal, TypeAlias

from conformance.adapters.dialect import AxisWords, Recipe, Said, Side, Spelling
from conformance.adapters.geometries import drawn, kernels_and_strides
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.nominal import Nominal
from reference.pooling.geometry import WindowAxis, pooling_axis

Divisor: TypeAlias = Literal["elements", "places", "nothing"]
"""of an average; `nothing` of a sum"""
LEAST = AxisWords(1, 1, 1, 1, (0, 0))
"""the least axis, beside which another one shows all that it does"""

SAME = "result length = ceil(i / s); pad_before = max(s(o-1) + d(k-1) + 1 - i, 0) // 2"
LOWER = "result length = ceil(i / s); pad_before = (max(s(o-1) + d(k-1) + 1 - i, 0) + 1) // 2"
VALID = "result length = floor((i - d(k-1) - 1) / s) + 1; pad_before = 0"
EXPLICIT = "result length = floor((i + before + after - d(k-1) - 1) / s) + 1; pad_before = before"
CEIL = (
    "result length = ceil((i + before + after - d(k-1) - 1) / s) + 1, less a last window that begins at i + before or "
    "beyond; pad_before = before"
)
CEIL_WHOLE = "result length = ceil((i + before + after - d(k-1) - 1) / s) + 1; pad_before = before"


@dataclass(frozen=True, slots=True)
class PoolingPhrasing:
    """One way to name the windows of an operator, with the formula that the suite holds for it."""

    operator: str
    name: str
    topic: str
    """SAME, VALID, explicit pads, ceil_mode"""
    formula: str
    """the meaning as a sentence; `meaning` is the same as integers"""
    meaning: Callable[[AxisWords], WindowAxis | None]
    """the axis that the words mean; None for words that the framework must refuse"""
    plan: Callable[[Sequence[AxisWords]], Said]
    """from the words of each spatial axis"""
    vocabulary: Callable[[], Iterable[AxisWords]]
    """words that mean something, in a fixed order"""
    least: AxisWords
    divisor: Divisor | None = None
    """of an average; None of a maximum"""
    boundary: Callable[[], Iterable[AxisWords]] = tuple
    """words on both sides of what is legal"""
    legal: str = ""
    """which pads may be asked for, as a sentence"""
    odd: Side = "after"
    """of SAME, where the odd element of an odd pad goes"""


Readings: TypeAlias = Mapping[str, tuple[WindowAxis, Divisor | None]]


@dataclass(frozen=True, slots=True)
class PoolingDefault:
    """A call that leaves an argument out, and what it may mean then."""

    operator: str
    argument: str
    """in the framework's own words"""
    plan: Plan
    length: int
    """of each spatial axis of the value"""
    readings: Readings
    """what a reader may take the default for, in words, and the axis that it would be"""
    expected: str
    """one of the readings, or REQUIRED_BY_CALLER"""


REQUIRED_BY_CALLER = "none: the caller has to name it"


@dataclass(frozen=True, slots=True)
class PoolingDialect:
    """What the suite expects of one framework's words."""

    last: bool
    """whether its values have their channels last"""
    phrasings: tuple[PoolingPhrasing, ...]
    defaults: tuple[PoolingDefault, ...]
    plain: Plan
    """the call that spellings spell: a maximum of a value (1, 4, 6, 2), window 2 x 3, strides 2, no pads"""
    spellings: tuple[Spelling, ...]
    nominal: Callable[[str, Nominal], Plan | Unsupported]
    """the words handed to the framework's own operator of two axes"""
    ties: Mapping[str, tuple[tuple[str, Plan], ...]] = field(default_factory=dict)
    """of each operator of maxima calls with their names, whose first window has k places along every axis: of one axis
    3, otherwise 2"""
    recipes: tuple[Recipe, ...] = ()
    """of a maximum"""
    absent: Mapping[str, str] = field(default_factory=dict)
    """what the framework has no words for, and what it has instead"""


def worded(word: str, dilations: range = range(1, 4)) -> Callable[[], Iterator[AxisWords]]:
    """Every small geometry under a word that leaves a window."""

    def population() -> Iterator[AxisWords]:
        for numbers in kernels_and_strides():
            if numbers[3] in dilations and word_axis(AxisWords(*numbers, word)) is not None:
                yield AxisWords(*numbers, word)

    return population


def word_axis(words: AxisWords, *, ceil_mode: bool = False) -> WindowAxis | None:
    """The definition's axis, None where no window finds its place."""
    axis = pooling_axis(*words.numbers, words.rule, ceil_mode=ceil_mode)
    return axis if axis.output > 0 else None


@dataclass(frozen=True, slots=True)
class SpokenWindows:
    """One operator of a framework, whose words are a table."""

    operator: str
    plan: Callable[[Sequence[AxisWords]], Said]
    divisor: Divisor | None = None
    number: int = 120
    """at most so many geometries of each word"""
    dilations: range = range(1, 4)

    def word(self, name: str, word: str, topic: str, odd: Side = "after") -> PoolingPhrasing:
        """A word; odd: where SAME has the odd element."""

        def meaning(words: AxisWords) -> WindowAxis | None:
            axis = word_axis(words)
            if axis is None or odd == "after":
                return axis
            return replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before)

        formula = VALID if topic == "VALID" else SAME if odd == "after" else LOWER
        return PoolingPhrasing(
            self.operator, name, topic, formula, meaning, self.plan,
            drawn(worded(word, self.dilations), self.number), replace(LEAST, padding=word), self.divisor, odd=odd,
        )  # fmt: skip

    def pads(
        self,
        name: str,
        *,
        alike: bool = False,
        ceil_mode: bool = False,
        keeps: bool = False,
        takes: Callable[[AxisWords], bool] = lambda words: True,
        legal: str = "",
    ) -> PoolingPhrasing:
        """Pads, one number for both sides where `alike`.

        keeps: whether a last window is kept that begins beyond the value; with ceil_mode
        takes: of words that leave a window those that the framework's documents allow; `legal` says it, and what is
        beyond is asked about where it is not empty
        """

        def meaning(words: AxisWords) -> WindowAxis | None:
            axis = word_axis(words, ceil_mode=ceil_mode and not keeps) if takes(words) else None
            if axis is None or not keeps:
                return axis
            room = words.length + words.before + words.after - words.extent
            return replace(axis, output=-(-room // words.stride) + 1)

        def legal_ones() -> Iterator[AxisWords]:
            return (words for words in every() if meaning(words) is not None)

        def every() -> Iterator[AxisWords]:
            pairs = zip(range(4), range(4), strict=True) if alike else product(range(3), range(3))
            for numbers, pair in product(kernels_and_strides(), pairs):
                if numbers[3] in self.dilations:
                    yield AxisWords(*numbers, pair)

        return PoolingPhrasing(
            self.operator, name, "ceil_mode" if ceil_mode else "explicit pads",
            CEIL_WHOLE if keeps else CEIL if ceil_mode else EXPLICIT,
            meaning, self.plan, drawn(legal_ones, self.number), LEAST, self.divisor,
            boundary=drawn(every, 100) if legal else tuple, legal=legal,
        )  # fmt: skip

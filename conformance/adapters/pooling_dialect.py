"""What is expected of a framework's words for poolings: phrasings, defaults, spellings, what they are taken to mean.

Knows: words of one axis, the windows that the suite takes them to mean, plans in the framework's own layout. Must not
know: frameworks, arrays, what was measured (the part `conventions` of the kind asks, and compares).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.adapters.dialect import AxisWords, Recipe, Said, Spelling
from conformance.adapters.geometries import kernels_and_strides
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.nominal import Nominal
from reference.pooling.geometry import WindowAxis, pooling_axis

Divisor: TypeAlias = Literal["elements", "places", "nothing"]
"""of an average; `nothing` of a sum"""
LEAST: Mapping[str, AxisWords] = {word: AxisWords(1, 1, 1, 1, word) for word in ("SAME", "SAME_LOWER", "VALID")}
"""the least axis by its word, beside which another one shows all that it does"""

SAME = "result length = ceil(i / s); pad_before = max(s(o-1) + d(k-1) + 1 - i, 0) // 2"
VALID = "result length = floor((i - d(k-1) - 1) / s) + 1; pad_before = 0"
EXPLICIT = "result length = floor((i + before + after - d(k-1) - 1) / s) + 1; pad_before = before"
CEIL = (
    "result length = ceil((i + before + after - d(k-1) - 1) / s) + 1, less a last window that begins at i + before or "
    "beyond; pad_before = before"
)


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


@dataclass(frozen=True, slots=True)
class PoolingDefault:
    """A call that leaves an argument out, and what it may mean then."""

    operator: str
    argument: str
    """in the framework's own words"""
    plan: Plan
    length: int
    """of each spatial axis of the value"""
    readings: Mapping[str, tuple[WindowAxis, Divisor | None]]
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
    ties: Mapping[str, tuple[tuple[str, Plan], ...]]
    """of each operator of maxima calls with their names, whose first window has k places along every axis: of one axis
    3, otherwise 2"""
    defaults: tuple[PoolingDefault, ...]
    plain: Plan
    """the call that spellings spell: a maximum of a value (1, 4, 6, 2), window 2 x 3, strides 2, no pads"""
    spellings: tuple[Spelling, ...]
    nominal: Callable[[str, Nominal], Plan | Unsupported]
    """the words handed to the framework's own operator of two axes, with its value and result channels last"""
    recipes: tuple[Recipe, ...] = ()
    """of a maximum"""
    absent: Mapping[str, str] = field(default_factory=dict)
    """what the framework has no words for, and what it has instead"""


def worded(word: str, most_dilation: int = 3) -> Callable[[], Iterator[AxisWords]]:
    """Every small geometry under a word that leaves a window."""

    def population() -> Iterator[AxisWords]:
        for numbers in kernels_and_strides():
            if numbers[3] <= most_dilation and word_axis(AxisWords(*numbers, word)) is not None:
                yield AxisWords(*numbers, word)

    return population


def word_axis(words: AxisWords, *, ceil_mode: bool = False) -> WindowAxis | None:
    """The definition's axis, None where no window finds its place."""
    axis = pooling_axis(*words.numbers, words.rule, ceil_mode=ceil_mode)
    return axis if axis.output > 0 else None

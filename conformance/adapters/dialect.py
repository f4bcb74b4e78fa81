"""What an adapter tells, so that its framework's conventions can be measured: words, and what they are taken to mean.

Knows: words of one axis, the geometry that the suite takes them to mean, plans in the framework's own layout. Must not
know: frameworks, arrays, what was measured (`conformance.conventions` asks, and holds the formulas against it).

Plans here translate nothing: one Invoke with the framework's own keywords, on operands in the framework's own layouts.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.nominal import Nominal
from conformance.suite.case import Call
from reference.geometry import Axis, AxisPadding

Said: TypeAlias = Plan | Call
"""The framework's own call, or the suite's to a lane that has no words of its own."""
Side: TypeAlias = Literal["after", "before"]
Topic: TypeAlias = Literal["SAME", "VALID", "explicit pads", "output_padding", "legal output lengths"]


@dataclass(frozen=True, slots=True)
class AxisWords:
    """One spatial axis in a framework's own words."""

    length: int
    kernel: int
    stride: int
    dilation: int
    padding: str | tuple[int, int]
    """a word, or (before, after); torch's one number is said twice"""
    asked: int | None = None
    """the output length or output_padding that the caller names; None where the framework decides"""

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """What fixes the uncropped result, in the order of `conformance.adapters.axes`."""
        return self.length, self.kernel, self.stride, self.dilation

    @property
    def extent(self) -> int:
        """Length of the dilated kernel."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def full(self) -> int:
        """Length of the uncropped result."""
        return self.stride * (self.length - 1) + self.extent

    @property
    def rule(self) -> AxisPadding:
        """The padding as TensorFlow has it, where no padding at all means SAME."""
        if isinstance(self.padding, str):
            return "VALID" if self.padding.upper() == "VALID" else "SAME"
        return self.padding

    @property
    def before(self) -> int:
        """The pad in front; 0 for a word."""
        return 0 if isinstance(self.padding, str) else self.padding[0]

    @property
    def after(self) -> int:
        """The pad at the end; 0 for a word."""
        return 0 if isinstance(self.padding, str) else self.padding[1]

    @property
    def size(self) -> tuple[int, ...]:
        """What makes one axis smaller than another: the sum of its numbers, then the numbers."""
        numbers = (*self.numbers, abs(self.before), abs(self.after))
        asked = self.asked or 0
        return (sum(numbers) + abs(asked), *numbers, asked)

    def axis(self, crop_before: int, output: int) -> Axis:
        """The axis of this input and kernel with the given crop and output length."""
        return Axis(self.length, self.kernel, self.stride, self.dilation, crop_before, output)


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to name an axis, with the formula that the suite holds for it."""

    name: str
    topic: Topic
    formula: str
    """the meaning as a sentence; `meaning` is the same as integers"""
    meaning: Callable[[AxisWords], Axis | None]
    """the axis that the words mean; None for words that the framework must refuse"""
    plan: Callable[..., Said]
    """from the words of each spatial axis; one channel in and out, and an image for each pixel of the array given"""
    vocabulary: Callable[[], Iterable[AxisWords]]
    """words that mean something, in a fixed order"""
    partner: AxisWords
    """the least axis, beside which another one shows all that it does"""
    boundary: Callable[[], Iterable[AxisWords]] = tuple
    """words on both sides of what is legal"""
    asks: Literal["output", "output_padding", "value"] = "output"
    """what `AxisWords.asked` is. A forward convolution is described by its adjoint's axis: `asked` is the length of its
    value, and `length` that of its result"""
    legal: str = ""
    """which numbers may be asked for, as a sentence"""
    flipped: bool = False
    """the kernel is applied back to front"""
    gathers: bool = False
    """the array given has the axis' output length, and the result its input length: a forward convolution"""
    operator: str = "conv2d_transpose"
    """of two axes"""
    odd: Side = "after"
    """of SAME, where the odd element of an odd crop or pad goes"""


@dataclass(frozen=True, slots=True)
class Layout:
    """A claim about the axes of operands."""

    name: str
    filter: str
    """such as HWOI, in the order of the filter's axes"""
    plan: Callable[[tuple[int, ...], tuple[int, int, int]], Plan]
    """from the value's canonical shape (batch, height, width, in) and the result's (height, width, out): the whole
    scatter of one pixel, stride 1, nothing cropped"""
    flipped: bool = False


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of the dialect's plain call, and whether the suite holds it to be understood."""

    topic: str
    label: str
    plan: Plan
    expected: bool
    value_layout: str = ""
    """where it is not the dialect's own"""
    filter_layout: str = ""
    dtype: str = "float32"


ASKED_DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "complex64")
"""in which the plain call is asked"""


def dtype_spellings(plain: Plan, dtypes: Collection[str]) -> Iterator[Spelling]:
    """The plain call in every dtype, expected to be understood in those of the adapter."""
    return (Spelling("dtypes", name, plain, name in dtypes, dtype=name) for name in ASKED_DTYPES)


@dataclass(frozen=True, slots=True)
class RefusedCall:
    """A call that means nothing, beside those of the corpus; the suite holds that it is refused."""

    label: str
    plan: Plan
    value: tuple[int, ...]
    filter: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Another way in which people say a nominal call: a default of the framework's, or folklore."""

    label: str
    words: tuple[str, ...]
    """the nominal words that it stands for"""
    plan: Callable[[Nominal, int | None], Plan | Unsupported]
    """as `SpeaksNominally.plan_nominal`; the length asked for is None"""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the suite expects of one framework's words."""

    function: str
    value_layout: str
    """such as NHWC"""
    filter_layout: str
    layouts: tuple[Layout, ...]
    phrasings: tuple[Phrasing, ...]
    plain: Plan
    """the call that spellings spell: value (1, 3, 4, 2), kernel 3 x 2, stride 2, three channels out"""
    plain_axes: tuple[Axis, Axis]
    """what the plain call means on height and width"""
    spellings: tuple[Spelling, ...]
    wrong_calls: tuple[RefusedCall, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    """topics for which the framework has no words, and what it has instead"""

"""The suite's own calls, to lanes that have no words of their own: ports, and adapters without a dialect.

Knows: calls of any subject, the reference's words. Must not know: workers, how a lane says a call.

Such a lane is asked in TensorFlow's words, with the geometry beside them, so the formulas that it is held to are the
reference's. A forward convolution is described by its adjoint's axis: what a transposed one is given it yields.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod

from conformance.adapters.dialect import AxisWords, Phrasing
from conformance.adapters.plan import Unsupported
from conformance.adapters.reference import Reference
from conformance.operators.convolution.call import Convolution
from conformance.operators.convolution.calls import make_call
from conformance.operators.convolution.subject import FIRST, PIXELS, ConvolutionSubject, subjects
from conformance.operators.nominal import Nominal
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import Declared, NothingAnswered, first_answered
from reference.family import OPERATORS

# In the order in which they are tried: the first six hold every sum of mixed numbers
DTYPES = ("float32", "float64", "int32", "int64", "complex64", "complex128", "bfloat16", "float16")
NO_DEFAULT = "not asked: a call of the suite always names its padding"
ONLY_RESULTS = "not asked: the length of a gradient is its operand's"
# What words mean of a forward convolution, whose value has the length o
_FORWARD = {
    "SAME": "result length = ceil(o / s); pad_before = max(full - o, 0) // 2",
    "VALID": "result length = ceil((o - d(k-1)) / s); pad_before = 0",
    "explicit pads": "result length = floor((o + before + after - d(k-1) - 1) / s) + 1; pad_before = before",
}


PLAIN = ConvolutionSubject(OPERATORS[FIRST], "float32")


@dataclass(frozen=True, slots=True)
class CallWords:
    """How a lane's calls are made."""

    subject: ConvolutionSubject = PLAIN

    @property
    def value_layout(self) -> str:
        """Such as NHWC."""
        return self.subject.data_format or self.subject.operator.data_formats[0]

    @property
    def filter_layout(self) -> str:
        """One channel in and out: which of the two comes first makes no difference."""
        return f"{self.value_layout.replace('N', '').replace('C', '')}OI"

    @property
    def significand(self) -> int:
        """Bits of the dtype."""
        return FORMATS[self.subject.dtype].significand

    @property
    def phrasings(self) -> tuple[Phrasing, ...]:
        """SAME, VALID and explicit pads with the reference's formulas, said as calls."""
        theirs = (replace(each, plan=self._call, gathers=not self.subject.scatters)
                  for each in Reference().dialect.phrasings)  # fmt: skip
        if self.subject.operator.transposed:
            named = self.subject.direction == "forward"  # whose caller may also name a length that is not legal
            return tuple(each if named else replace(each, boundary=tuple) for each in theirs)
        return tuple(replace(each, formula=_FORWARD[each.topic], asks="value", boundary=tuple) for each in theirs)

    def nominal(self, nominal: Nominal, output: int | None) -> Convolution | Unsupported:
        """The call that a nominal one becomes, of a transposed convolution with an output length."""
        if nominal.word == "default":
            return Unsupported(NO_DEFAULT)
        if self.subject.direction != "forward":
            return Unsupported(ONLY_RESULTS)
        words = AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, nominal.word, output)
        axes = (words,) * self.subject.operator.rank
        return self._made(1, [words.length for words in axes], axes)

    def _call(self, *axes: AxisWords) -> Convolution:
        """With an image for each pixel of the array given."""
        inputs, outputs = [words.length for words in axes], [words.asked or 0 for words in axes]
        batch = prod(inputs if self.subject.scatters else outputs)
        return self._made(batch, inputs if self.subject.operator.transposed else outputs, axes)

    def _made(self, batch: int, lengths: Sequence[int], axes: Sequence[AxisWords]) -> Convolution:
        """The call with a value of these lengths; wrong where the definition refuses it."""
        operator, (dtype, data_format) = self.subject.operator, (self.subject.dtype, self.subject.data_format)
        outputs = [words.asked or 0 for words in axes]
        shapes = (
            self._shape(batch, lengths), (*(words.kernel for words in axes), 1, 1),
            self._shape(batch, outputs) if operator.transposed else (),
        )  # fmt: skip
        padding: str | tuple[tuple[int, int], ...]
        if isinstance(axes[0].padding, str):
            padding = axes[0].padding
        else:
            pads = tuple((words.before, words.after) for words in axes)
            padding = ((0, 0), *pads, (0, 0)) if self.subject.last else ((0, 0), (0, 0), *pads)
        return make_call(
            operator.name,
            shapes,
            strides=tuple(words.stride for words in axes),
            padding=padding,
            data_format=data_format,
            dilations=tuple(words.dilation for words in axes),
            dtype=dtype,
            direction=self.subject.direction,
        )

    def _shape(self, batch: int, lengths: Sequence[int]) -> tuple[int, ...]:
        return (batch, *lengths, 1) if self.subject.last else (batch, 1, *lengths)


def call_words(declared: Declared, answers: Callable[[ConvolutionSubject], object]) -> CallWords:
    """Calls of the first subject for which the lane has words; `answers` asks about one, and raises NoWords where it
    has none. Where it has none at all, those of the first that it declares, so that it shows why.
    """
    try:
        return CallWords(first_answered(subjects(declared, DTYPES, PIXELS), answers).subject)
    except NothingAnswered:
        return CallWords(next(subjects(declared, DTYPES, PIXELS), PLAIN))

"""What is expected of a vocabulary's words for convolutions: its functions' parameters say what there is.

Knows: functions, what their parameters say and default to. Must not know: frameworks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from conformance.adapters.convolution_vocabulary import Vocabulary, last_axis_first
from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, dtype_spellings
from conformance.adapters.function import Function, Role
from conformance.adapters.phrases import Most, PhrasedOperator, below_stride, counted_spellings
from conformance.adapters.plan import Argument, Plan
from reference.geometry import Axis

Words = Mapping[Role, Argument]


def pads_of(axes: Sequence[AxisWords], padding: str) -> Argument:
    """The pads of the spatial axes as a vocabulary's `padding` has them, or the word."""
    if isinstance(axes[0].padding, str):
        return axes[0].padding
    pairs = tuple((words.before, words.after) for words in axes)
    if padding == "numbers":
        return tuple(before for before, _ in pairs)
    return last_axis_first(pairs) if padding == "last axis first" else ((0, 0), (0, 0), *pairs)


def convolution_dialect(
    vocabulary: Vocabulary,
    filter_layout: str,
    dtypes: Iterable[str],
    *,
    most: Most = below_stride,
    legal: str = "",
    absent: Mapping[str, str] | None = None,
    number: int = 360,
) -> Dialect:
    """Of a transposed and a forward convolution of two axes.

    most: what an output_padding has to be less than, and `legal` says all limits where there are documented ones.
    number: at most so many geometries of each word, and twice as many of pads
    """
    function = vocabulary.functions["conv2d_transpose"]
    weight = function.saying("filter").name
    say = partial(_say, vocabulary, "conv2d_transpose")
    plain: Words = {"strides": 2, "padding": 1, "output_padding": 1}
    counts = {role: counts_of_two(function, role) for role in plain}
    if vocabulary.padding != "numbers":  # four numbers are pads of both sides
        counts["padding"] = (0, 2, 4)
    topics: tuple[tuple[str, Role, int], ...] = (
        ("strides", "strides", 2), ("padding", "padding", 1), ("output_padding", "output_padding", 1),
    )  # fmt: skip
    return Dialect(
        function=function.name,
        value_layout="NHWC" if vocabulary.layout == "last" else "NCHW",
        filter_layout=filter_layout,
        layouts=(Layout(weight, filter_layout, lambda value, result: say({})),),
        phrasings=tuple(_phrasings(vocabulary, most, legal, number)),
        plain=say(plain),
        plain_axes=(Axis(3, 3, 2, 1, 1, 6), Axis(4, 2, 2, 1, 1, 7)),
        spellings=(
            *(
                spelling
                for topic, role, value in topics
                for spelling in counted_spellings(topic, role, (value, value), counts[role], say, plain)
            ),
            *dtype_spellings(say(plain), tuple(dtypes)),
        ),
        absent=absent or {},
    )


def _phrasings(vocabulary: Vocabulary, most: Most, legal: str, number: int) -> Iterator[Phrasing]:
    transposed, forward = "conv2d_transpose", "conv2d"
    numbers = vocabulary.padding == "numbers"
    for padding in ("numbers",) if numbers else ("numbers", vocabulary.padding):
        name, alike = "padding" if padding == "numbers" else "padding (before, after)", padding == "numbers"
        spoken = PhrasedOperator(partial(_scattered, vocabulary, padding), transposed, number)
        yield spoken.pads(f"{name}, output_padding", alike=alike, most=most, legal=legal if alike else "")
        yield PhrasedOperator(partial(_gathered, vocabulary, padding), forward, number).forward_pads(name, alike=alike)
    if any(parameter.says == "output_size" for parameter in vocabulary.functions[transposed].parameters):
        yield PhrasedOperator(partial(_sized, vocabulary), transposed, number).sizes("padding, output_size")
    for word in vocabulary.words:
        # What the word means to a transposed convolution is taken to be what it means elsewhere: a result of s i.
        same = word == "SAME"
        yield PhrasedOperator(partial(_scattered, vocabulary, ""), transposed, number).word(
            word, word, "SAME" if same else "VALID", length="s i" if same else "full", odd="after" if same else None
        )
        yield PhrasedOperator(partial(_gathered, vocabulary, ""), forward, number).forward_word(
            word, word, "SAME" if same else "VALID", "after" if same else None
        )


def _scattered(vocabulary: Vocabulary, padding: str, *axes: AxisWords) -> Plan:
    asked = tuple(words.asked for words in axes)
    more: Words = {} if None in asked else {"output_padding": asked}
    return _say(vocabulary, "conv2d_transpose", {**_numbers(axes, padding), **more})


def _sized(vocabulary: Vocabulary, *axes: AxisWords) -> Plan:
    sizes = tuple(words.asked for words in axes)
    return _say(vocabulary, "conv2d_transpose", {**_numbers(axes, "numbers"), "output_size": sizes})


def _gathered(vocabulary: Vocabulary, padding: str, *axes: AxisWords) -> Plan:
    return _say(vocabulary, "conv2d", _numbers(axes, padding))


def _numbers(axes: Sequence[AxisWords], padding: str) -> Words:
    return {
        "strides": tuple(words.stride for words in axes),
        "padding": pads_of(axes, padding),
        "dilations": tuple(words.dilation for words in axes),
    }


def _say(vocabulary: Vocabulary, operator: str, said: Words) -> Plan:
    return Plan((vocabulary.functions[operator].invoke(said),))


def counts_of_two(function: Function, role: Role) -> tuple[int, ...]:
    """How many numbers it takes of two axes, where the same function takes other numbers of axes, too."""
    counts = function.saying(role).counts
    return counts if counts and max(counts) <= 2 else (0, 2)

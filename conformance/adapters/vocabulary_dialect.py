"""What is expected of the words of a framework that has a vocabulary: its functions' parameters say what there is.

Knows: functions, what their parameters say and default to. Must not know: frameworks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Literal

from conformance.adapters.convolution_vocabulary import Vocabulary, last_axis_first
from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, dtype_spellings
from conformance.adapters.function import REQUIRED, Function, Role
from conformance.adapters.index_map import RowWords
from conformance.adapters.index_map_dialect import (
    BlockWords,
    IndexMapDialect,
    Limit,
    Negative,
    PadWords,
    PatchWords,
    Shape,
    channels_first,
)
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.phrases import Most, PhrasedOperator, below_stride, counted_spellings
from conformance.adapters.plan import Argument, Invoke, Plan, Reshape, Unsupported, written
from conformance.adapters.pooling_dialect import (
    REQUIRED_BY_CALLER,
    Divisor,
    PoolingDefault,
    PoolingDialect,
    PoolingPhrasing,
    Readings,
    SpokenWindows,
)
from conformance.adapters.pooling_vocabulary import PoolingVocabulary
from conformance.adapters.resize import ResizeSpelling
from conformance.adapters.resize_vocabulary import ResizeVocabulary, of_lengths
from conformance.operators.nominal import Nominal
from reference.geometry import Axis
from reference.index_map.geometry import PadMode
from reference.pooling.family import averages
from reference.pooling.geometry import pooled_length, pooling_axis

Words = Mapping[Role, Argument]
WINDOWS = ("max_pool2d", "avg_pool2d")


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
    counts = {role: _counts(function, role) for role in plain}
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


def _counts(function: Function, role: Role) -> tuple[int, ...]:
    """How many numbers it takes of two axes, where the same function takes other numbers of axes, too."""
    counts = function.saying(role).counts
    return counts if counts and max(counts) <= 2 else (0, 2)


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


def pooling_dialect(
    vocabulary: PoolingVocabulary,
    dtypes: Iterable[str],
    operators: Sequence[str] = WINDOWS,
    *,
    legal: str = "",
    within: Sequence[str] = (),
    number: int = 120,
) -> PoolingDialect:
    """Of maxima and averages.

    legal: the limits of padding, which are asked about where there are documented ones: at most the vocabulary's
    `most_padding`. within: operators whose window may not be longer than the value without its pads
    """
    spoken = _VocabularyFunctions(vocabulary)
    plain: Words = {"kernel": (2, 3), "strides": 2}
    topics: tuple[tuple[Role, tuple[int, int]], ...] = (("kernel", (2, 3)), ("strides", (2, 2)), ("padding", (0, 0)))
    function = vocabulary.functions["max_pool2d"]
    say = partial(spoken.say, "max_pool2d")
    return PoolingDialect(
        last=vocabulary.last,
        phrasings=tuple(
            row for operator in operators for row in spoken.phrasings(operator, legal, operator in within, number)
        ),
        defaults=tuple(default for operator in operators for default in spoken.defaults(operator)),
        plain=say(plain),
        spellings=(
            *(
                spelling
                for role, numbers in topics
                for spelling in counted_spellings(
                    function.saying(role).name, role, numbers, _counts(function, role), say, plain
                )
            ),
            *dtype_spellings(say(plain), tuple(dtypes)),
        ),
        nominal=spoken.nominal,
    )


class _VocabularyFunctions:
    """The functions of a vocabulary, spoken to."""

    def __init__(self, vocabulary: PoolingVocabulary) -> None:
        self.vocabulary = vocabulary

    def say(self, operator: str, said: Words) -> Plan:
        """The call of what the function takes of it."""
        function = self.vocabulary.functions[operator]
        given = {role: argument for role, argument in said.items() if self.takes(operator, role)}
        if not self.vocabulary.layers:
            return Plan((function.invoke(given, ("value",)),))
        layer = Invoke("layer", (("", "value"),), ())
        return Plan((Invoke(function.name, (), function.keywords(given), (layer,), leaves="layer"),))

    def takes(self, operator: str, role: Role) -> bool:
        """Whether the function has an argument that says this."""
        return any(parameter.says == role for parameter in self.vocabulary.functions[operator].parameters)

    def default(self, operator: str, role: Role) -> Argument:
        """What is said where nothing is."""
        found = self.vocabulary.functions[operator].saying(role).default
        assert found is not REQUIRED
        return found  # type: ignore[return-value]

    def phrasings(self, operator: str, legal: str, within: bool, number: int) -> Iterator[PoolingPhrasing]:
        """A row for each way to say the pads, with each of ceil_mode and of what counts."""
        kinds = dict.fromkeys(("numbers", self.vocabulary.padding)) if self.takes(operator, "padding") else ()
        for ceil_mode, counted in product(
            (False, True) if self.takes(operator, "ceil_mode") else (None,),
            (True, False) if self.takes(operator, "count_include_pad") else (None,),
        ):
            said, suffix = self._said(operator, ceil_mode, counted)
            spoken = SpokenWindows(
                operator, partial(self._planned, operator, said, ""), self._divisor(operator, counted), number,
                range(1, 4) if self.takes(operator, "dilations") else range(1, 2),
            )  # fmt: skip
            for kind in kinds:
                told = SpokenWindows(
                    operator, partial(self._planned, operator, said, kind), spoken.divisor, number, spoken.dilations
                )
                alike = kind == "numbers"
                yield told.pads(
                    f"{'padding' if alike else 'padding (before, after)'}{suffix}", alike=alike,
                    ceil_mode=bool(ceil_mode), takes=partial(self._takes, within),
                    legal="" if ceil_mode or counted is False or not alike or not legal
                    else legal + "; window <= value" * within,
                )  # fmt: skip
            for word in self.vocabulary.words if not ceil_mode else ():
                yield spoken.word(f"{word}{suffix}", word, word)

    def _said(self, operator: str, ceil_mode: bool | None, counted: bool | None) -> tuple[Words, str]:
        """What is said beside the pads, and how rows are called by it."""
        said: dict[Role, Argument] = {}
        suffix = ""
        pairs: tuple[tuple[Role, bool | None], ...] = (("ceil_mode", ceil_mode), ("count_include_pad", counted))
        for role, value in pairs:
            if value is not None:
                counts = role == "count_include_pad"
                given = value != (counts and self.vocabulary.exclusive)
                said[role] = given
                is_default = counts and given == self.default(operator, role)
                name = self.vocabulary.functions[operator].saying(role).name
                suffix += f", {name}={given}{' (default)' * is_default}"
        return said, suffix

    def _divisor(self, operator: str, counted: bool | None) -> Divisor | None:
        if not averages(operator):
            return None
        return "elements" if counted is False else "places"

    def _takes(self, within: bool, words: AxisWords) -> bool:
        most = self.vocabulary.most_padding(words.kernel)
        return max(words.before, words.after) <= most and not (within and words.kernel > words.length)

    def _planned(self, operator: str, said: Words, kind: str, axes: Sequence[AxisWords]) -> Plan:
        numbers: Words = {
            "kernel": tuple(words.kernel for words in axes),
            "strides": tuple(words.stride for words in axes),
            "dilations": tuple(words.dilation for words in axes),
            "padding": pads_of(axes, kind),
        }
        return self.say(operator, {**numbers, **said})

    def defaults(self, operator: str) -> Iterator[PoolingDefault]:
        """What each argument that is left out defaults to, as the function has it."""
        window, one = pooling_axis(6, 3, 3, 1, "VALID"), pooling_axis(6, 3, 1, 1, "VALID")
        counted = self.takes(operator, "count_include_pad") and (
            self.default(operator, "count_include_pad") != self.vocabulary.exclusive
        )
        divisor = self._divisor(operator, bool(counted or not self.takes(operator, "count_include_pad")))
        axis = pooling_axis(6, 3, 2, 1, (1, 1))
        ceiled = pooling_axis(6, 3, 2, 1, "VALID", ceil_mode=True)
        exclusive = self.vocabulary.exclusive
        required = self.vocabulary.functions[operator].saying("kernel").default is REQUIRED
        asked: tuple[tuple[Role, Words, Readings], ...] = (
            ("strides", {"kernel": 3}, {"the window": (window, divisor), "1": (one, divisor)}),
            (
                "padding", {"kernel": 3, "strides": 3},
                {"0": (window, divisor), "half of the window": (pooling_axis(6, 3, 3, 1, (1, 1)), divisor)},
            ),
            (
                "ceil_mode", {"kernel": 3, "strides": 2},
                {"False": (pooling_axis(6, 3, 2, 1, "VALID"), divisor), "True": (ceiled, divisor)},
            ),
            (
                "count_include_pad", {"kernel": 3, "strides": 2, "padding": 1},
                {str(not exclusive): (axis, "places"), str(exclusive): (axis, "elements")},
            ),
            (
                "dilations", {"kernel": 3, "strides": 3},
                {"1": (window, divisor), "2": (pooling_axis(6, 3, 3, 2, "VALID"), divisor)},
            ),
            ("kernel", {"strides": 3}, {} if required else {"(2, 2)": (pooling_axis(6, 2, 3, 1, "VALID"), divisor)}),
        )  # fmt: skip
        function = self.vocabulary.functions[operator]
        for role, said, readings in asked:
            if not self.takes(operator, role) or (role == "count_include_pad" and not averages(operator)):
                continue
            found = function.saying(role)
            expected = REQUIRED_BY_CALLER
            if readings:
                expected = "the window" if found.default is None else written(self.default(operator, role))
            yield PoolingDefault(operator, found.name, self.say(operator, said), 6, readings, expected)

    def nominal(self, operator: str, nominal: Nominal) -> Plan | Unsupported:
        """A nominal call."""
        padding: Words = {}
        if nominal.word in self.vocabulary.words:
            padding = {"padding": nominal.word}
        elif nominal.word != "default":
            return Unsupported(f"{operator}'s padding takes numbers")
        if nominal.dilation > 1 and not self.takes(operator, "dilations"):
            return Unsupported(f"{operator} has no dilation")
        numbers: Words = {"kernel": nominal.kernel, "strides": nominal.stride, "dilations": nominal.dilation}
        return self.say(operator, {**numbers, **padding})


Modes = Mapping[str, tuple[PadMode, Limit, Negative | None]]
"""the framework's words for what a pad holds, and what they mean"""


def index_map_dialect(
    vocabulary: IndexMapVocabulary, modes: Modes, *, pad: str = "pad", rank: int = 2, pairs: bool = False
) -> IndexMapDialect:
    """Of pads, and of blocks and patches where the vocabulary has them: CRD and CHW.

    pad: what the argument for pads is called. rank: how many axes a value has whose last one is padded by a pair alone.
    pairs: whether all axes have their pairs instead
    """
    functions, numbers = vocabulary.functions, (1, 2, 3)

    def say_pad(mode: str, length: int, pads: tuple[int, int]) -> Plan:
        given: Argument = ((0, 0), pads) if pairs else pads
        invoke = Invoke(f"{functions}.pad", (("", "value"),), ((pad, given), ("mode", mode)))
        if rank == 2:
            return Plan((invoke,))
        ones = (1,) * (rank - 1)
        return Plan((Reshape("value", (*ones, length)), invoke, Reshape("result", (1, length + sum(pads)))))

    def say_blocks(name: str, factor: str, _: Shape, block: int) -> Plan:
        keywords = ((f"{factor}scale_factor", block),)
        return channels_first(Invoke(f"{functions}.pixel_{name}", (("", "value"),), keywords))

    def say_patches(rows: RowWords | None, padding: int, shape: Shape, *windows: tuple[int, int]) -> Plan:
        assert rows is not None
        ksize, strides, dilations = windows
        grid = (
            pooled_length(*numbers, (padding, padding))
            for numbers in zip(shape[1:3], ksize, strides, dilations, strict=True)
        )
        flat = Reshape("result", (shape[0], ksize[0] * ksize[1] * shape[3], *grid))
        invoke = Invoke(f"{functions}.unfold", (("", "value"),), rows.windows(ksize, dilations, padding, strides))
        return channels_first(invoke, flat)

    blocks = (("shuffle", "up", "depth_to_space"), ("unshuffle", "down", "space_to_depth")) if vocabulary.blocks else ()
    paddings: tuple[tuple[int, Literal["VALID", "1 on both sides"]], ...] = ((0, "VALID"), (1, "1 on both sides"))
    rows = vocabulary.rows
    return IndexMapDialect(
        tuple(PadWords(f"mode {word}", *held, partial(say_pad, word)) for word, held in modes.items()),
        tuple(
            BlockWords(f"pixel_{name}", operator, "CRD", numbers, partial(say_blocks, name, factor))
            for name, factor, operator in blocks
        ),
        tuple(
            PatchWords(f"unfold, padding {number}", "CHW", meant, partial(say_patches, rows, number))
            for number, meant in (paddings if rows is not None else ())
        ),
    )


def resize_spellings(vocabulary: ResizeVocabulary) -> Iterator[ResizeSpelling]:
    """Lengths with each mode of two axes."""
    for words in vocabulary.words(2):
        yield ResizeSpelling(words.text(), words.rule, partial(of_lengths, words.function, words.keywords))

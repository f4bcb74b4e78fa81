"""What the suite expects of `conv2d_transpose` of TensorFlow and the reference: the caller names the output length.

Knows: the words of its arguments, and what the suite takes them to mean. Must not know: tensorflow.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from conformance.adapters.dialect import (
    AxisWords,
    Dialect,
    Layout,
    Phrasing,
    RefusedCall,
    Spelling,
    Topic,
    dtype_spellings,
)
from conformance.adapters.geometries import asked_words, drawn, legal_words
from conformance.adapters.plan import Argument, Invoke, Plan
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

Keywords = Mapping[str, Argument]
Say = Callable[[tuple[tuple[str, Argument], ...]], Invoke]
"""keywords to the framework's call"""

_PLAIN: Keywords = {"output_shape": (1, 6, 8, 3), "strides": 2, "padding": "SAME"}
_CHANNELS_FIRST: Keywords = {"output_shape": (1, 3, 6, 8), "data_format": "NCHW"}
_SPAN = "a stride's number of lengths"


def tensorflow_dialect(function: str, say: Say, dtypes: Collection[str], *, short_output_shape: bool) -> Dialect:
    """The dialect of `function`, which takes TensorFlow's arguments and the given dtypes.

    short_output_shape: whether an output_shape of height and width alone is expected to be taken
    """

    def plan(keywords: Keywords) -> Plan:
        return Plan((say(tuple(keywords.items())),))

    # SAME and VALID have 900 words each, so that all are asked; of explicit pads there are nine times as many.
    def phrasing(name: str, topic: Topic, padding: AxisPadding, crop: str, legal: str) -> Phrasing:
        word = padding if isinstance(padding, str) else "explicit"
        return Phrasing(
            name, topic, f"output length = o as asked; crop_before = {crop}", _meaning,
            lambda *axes: plan(_keywords(axes)), drawn(partial(legal_words, word), 900),
            AxisWords(2, 1, 1, 1, padding, 2), drawn(partial(_asked, word), 1000), legal=legal,
        )  # fmt: skip

    value, filter = (1, 3, 4, 2), (3, 2, 3, 2)
    return Dialect(
        function=function,
        value_layout="NHWC",
        filter_layout="HWOI",
        layouts=(
            Layout(
                "filter",
                "HWOI",
                lambda value, result: plan({"output_shape": (value[0], *result), "strides": 1, "padding": "VALID"}),
            ),
        ),
        phrasings=(
            phrasing("SAME", "SAME", "SAME", "max(full - o, 0) // 2", f"ceil(o / s) = i: {_SPAN}, s(i-1)+1 to s i"),
            phrasing("VALID", "VALID", "VALID", "0", f"ceil((o - d(k-1)) / s) = i: {_SPAN}, full to full+s-1"),
            phrasing(
                "explicit (before, after)", "explicit pads", (0, 0), "before",
                f"{_SPAN}, full-before-after to full-before-after+s-1 (asked with d = 1)",
            ),
        ),
        plain=plan(_PLAIN),
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=tuple(_spellings(plan, dtypes, short_output_shape)),
        wrong_calls=(
            RefusedCall("output batch 0", plan({**_PLAIN, "output_shape": (0, 6, 8, 3)}), value, filter),
            RefusedCall("output_shape [h]", plan({**_PLAIN, "output_shape": (6,)}), value, filter),
            RefusedCall("output_shape an int", plan({**_PLAIN, "output_shape": 6}), value, filter),
        ),
        absent={"output_padding": "no such argument; output_shape names the length itself"},
    )  # fmt: skip


def _asked(word: str) -> Iterator[AxisWords]:
    """TensorFlow's kernels for the CPU take explicit pads without dilation only, which the sweep shows."""
    return (words for words in asked_words(word) if word != "explicit" or words.dilation == 1)


def _meaning(words: AxisWords) -> Axis | None:
    if words.asked is None or words.asked not in legal_output_lengths(*words.numbers, words.rule):
        return None
    return transposed_axis(*words.numbers, words.rule, words.asked)


def _keywords(axes: tuple[AxisWords, ...]) -> Keywords:
    height, width = axes
    padding: Argument = height.padding
    if not isinstance(height.padding, str):
        padding = ((0, 0), height.padding, width.padding, (0, 0))
    return {
        "output_shape": (height.length * width.length, height.asked, width.asked, 1),
        "strides": (height.stride, width.stride),
        "padding": padding,
        "dilations": (height.dilation, width.dilation),
    }


def _spellings(plan: Callable[[Keywords], Plan], dtypes: Collection[str], short: bool) -> Iterator[Spelling]:
    def spelled(topic: str, label: str, expected: bool, changes: Keywords) -> Spelling:
        layout = "NCHW" if changes.get("data_format") == "NCHW" else ""
        return Spelling(topic, label, plan({**_PLAIN, **changes}), expected, layout)

    def left_out(name: str) -> Plan:
        return plan({each: argument for each, argument in _PLAIN.items() if each != name})

    for label, strides, expected in (
        ("int", 2, True), ("[s]", (2,), True), ("[s, s]", (2, 2), True), ("[s, s, s]", (2, 2, 2), False),
        ("[1, s, s, 1]", (1, 2, 2, 1), True), ("[s, s, s, s]", (2, 2, 2, 2), False),
    ):  # fmt: skip
        yield spelled("strides", label, expected, {"strides": strides})
    yield spelled("strides", "[1, 1, s, s] with NCHW", True, {**_CHANNELS_FIRST, "strides": (1, 1, 2, 2)})
    yield spelled("strides", "[1, s, s, 1] with NCHW", False, {**_CHANNELS_FIRST, "strides": (1, 2, 2, 1)})
    yield spelled("output_shape", "[n, h, w, c]", True, {})
    yield spelled("output_shape", "[h, w]", short, {"output_shape": (6, 8)})
    yield Spelling("output_shape", "left out", left_out("output_shape"), False)
    for label, padding, expected in (("SAME", "SAME", True), ("same", "same", False), ("None", None, False)):
        yield spelled("padding", label, expected, {"padding": padding})
    yield Spelling("padding", "left out (SAME)", left_out("padding"), True)
    for label, data_format, expected in (("NHWC", "NHWC", True), ("nhwc", "nhwc", False), ("NHCW", "NHCW", False)):
        yield spelled("data formats", label, expected, {"data_format": data_format})
    yield spelled("data formats", "NCHW", True, _CHANNELS_FIRST)
    yield spelled("data formats", "None (NHWC)", True, {"data_format": None})
    yield from dtype_spellings(plan(_PLAIN), dtypes)

"""TensorFlow's words, which the reference has too.

Knows: the parameters of `tf.nn.conv*`; the meaning of `conv2d_transpose`'s arguments, as integers. Must not know:
TensorFlow.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, RefusedCall, Spelling, Topic
from conformance.adapters.geometries import asked_words, drawn, legal_words
from conformance.adapters.plan import Argument, Invoke, Plan
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

Say = Callable[[tuple[tuple[str, Argument], ...]], Invoke]
"""keywords to the framework's call"""

DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "complex64")
_PLAIN: dict[str, Argument] = {"output_shape": (1, 6, 8, 3), "strides": 2, "padding": "SAME"}
_CHANNELS_FIRST: dict[str, Argument] = {"output_shape": (1, 3, 6, 8), "data_format": "NCHW"}
_SPAN = "a stride's number of lengths"


def tensorflow_dialect(function: str, say: Say, dtypes: Collection[str], *, short_output_shape: bool) -> Dialect:
    """The dialect of `function`, which takes TensorFlow's arguments and the given dtypes.

    short_output_shape: whether an output_shape of height and width alone is held to be taken
    """
    return Dialect(
        function=function,
        value_layout="NHWC",
        filter_layout="HWOI",
        layouts=(Layout("filter", "HWOI", lambda value, result: _one_pixel(say, value, result)),),
        phrasings=(
            _phrasing(say, "SAME", "SAME", "max(full - o, 0) // 2", f"ceil(o / s) = i: {_SPAN}, s(i-1)+1 to s i", 900),
            _phrasing(say, "VALID", "VALID", "0", f"ceil((o - d(k-1)) / s) = i: {_SPAN}, full to full+s-1", 900),
            _phrasing(
                say,
                "explicit",
                "explicit pads",
                "before",
                f"{_SPAN}, full-before-after to full-before-after+s-1 (asked with d = 1)",
                900,
            ),
        ),
        plain=_spelled(say, {}),
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=tuple(_spellings(say, dtypes, short_output_shape)),
        output_length="none: the caller has to name it",
        wrong_calls=(
            RefusedCall("output batch 0", _spelled(say, {"output_shape": (0, 6, 8, 3)}), (1, 3, 4, 2), (3, 2, 3, 2)),
            RefusedCall("output_shape [h]", _spelled(say, {"output_shape": (6,)}), (1, 3, 4, 2), (3, 2, 3, 2)),
            RefusedCall("output_shape an int", _spelled(say, {"output_shape": 6}), (1, 3, 4, 2), (3, 2, 3, 2)),
        ),
        absent={"output_padding": "no such argument; output_shape names the length itself"},
    )


def _phrasing(say: Say, word: str, topic: Topic, crop: str, legal: str, number: int) -> Phrasing:
    named = word if word != "explicit" else "explicit (before, after)"
    padding: str | tuple[int, int] = (0, 0) if word == "explicit" else word
    return Phrasing(
        name=named,
        topic=topic,
        formula=f"output length = o as asked; crop_before = {crop}",
        meaning=_meaning,
        plan=lambda height, width: Plan((say(_keywords(height, width)),)),
        vocabulary=lambda: drawn(legal_words(word), number),
        partner=AxisWords(2, 1, 1, 1, padding, 2),
        boundary=lambda: drawn(_asked(word), 1000),
        asks="output",
        legal=legal,
    )


def _asked(word: str) -> Iterator[AxisWords]:
    """TensorFlow's kernels for the CPU take explicit pads without dilation only, which the sweep shows."""
    return (words for words in asked_words(word) if word != "explicit" or words.dilation == 1)


def _meaning(words: AxisWords) -> Axis | None:
    padding: AxisPadding
    match words.padding:
        case "SAME":
            padding = "SAME"
        case "VALID":
            padding = "VALID"
        case _:
            padding = (words.before, words.after)
    numbers = (words.length, words.kernel, words.stride, words.dilation, padding)
    if words.asked is None or words.asked not in legal_output_lengths(*numbers):
        return None
    return transposed_axis(*numbers, words.asked)


def _keywords(height: AxisWords, width: AxisWords) -> tuple[tuple[str, Argument], ...]:
    assert height.asked is not None
    assert width.asked is not None
    padding: Argument = height.padding
    if not isinstance(height.padding, str):
        padding = ((0, 0), height.padding, width.padding, (0, 0))
    return (
        ("output_shape", (height.length * width.length, height.asked, width.asked, 1)),
        ("strides", (height.stride, width.stride)),
        ("padding", padding),
        ("dilations", (height.dilation, width.dilation)),
    )


def _one_pixel(say: Say, value: Sequence[int], result: tuple[int, int, int]) -> Plan:
    return Plan((say((("output_shape", (value[0], *result)), ("strides", 1), ("padding", "VALID"))),))


def _spelled(say: Say, changes: dict[str, Argument], without: str = "") -> Plan:
    keywords = {name: argument for name, argument in {**_PLAIN, **changes}.items() if name != without}
    return Plan((say(tuple(keywords.items())),))


def _spellings(say: Say, dtypes: Collection[str], short: bool) -> list[Spelling]:
    def spelled(topic: str, label: str, held: bool, **changes: Argument) -> Spelling:
        layout = "NCHW" if changes.get("data_format") == "NCHW" else ""
        return Spelling(topic, label, _spelled(say, changes), held, layout)

    return [
        *(
            spelled("strides", label, held, strides=strides)
            for label, strides, held in (
                ("int", 2, True), ("[s]", (2,), True), ("[s, s]", (2, 2), True), ("[s, s, s]", (2, 2, 2), False),
                ("[1, s, s, 1]", (1, 2, 2, 1), True), ("[s, s, s, s]", (2, 2, 2, 2), False),
            )
        ),
        spelled("strides", "[1, 1, s, s] with NCHW", True, strides=(1, 1, 2, 2), **_CHANNELS_FIRST),
        spelled("strides", "[1, s, s, 1] with NCHW", False, strides=(1, 2, 2, 1), **_CHANNELS_FIRST),
        spelled("output_shape", "[n, h, w, c]", True),
        spelled("output_shape", "[h, w]", short, output_shape=(6, 8)),
        Spelling("output_shape", "left out", _spelled(say, {}, "output_shape"), False),
        spelled("padding", "SAME", True),
        spelled("padding", "same", False, padding="same"),
        spelled("padding", "None", False, padding=None),
        Spelling("padding", "left out (SAME)", _spelled(say, {}, "padding"), True),
        *(spelled("data formats", label, held, data_format=label) for label, held in
          (("NHWC", True), ("nhwc", False), ("NHCW", False))),
        spelled("data formats", "NCHW", True, **_CHANNELS_FIRST),
        spelled("data formats", "None (NHWC)", True, data_format=None),
        *(Spelling("dtypes", name, _spelled(say, {}), name in dtypes, dtype=name) for name in DTYPES),
    ]  # fmt: skip

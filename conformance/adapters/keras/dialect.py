"""What Keras's documents say of the words of `keras.ops.conv`, whatever computes: padding, output_padding.

How long a result is `keras.ops.conv_transpose` says by code alone (`words.keras_length`); on which side the odd element
is cropped nothing says: it is compared with TensorFlow's. Must not know: keras.
"""

from collections.abc import Iterator
from functools import partial

from conformance.adapters.axes import NoAxis
from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, Spelling, dtype_spellings
from conformance.adapters.function import Function, Role
from conformance.adapters.geometries import drawn, kernels_and_strides
from conformance.adapters.keras.words import CONV, CONV_TRANSPOSE, keras_transposed_axis
from conformance.adapters.phrases import PhrasedOperator, counted_spellings, of_axes
from conformance.adapters.plan import Argument, Plan
from reference.geometry import Axis

# On one backend each call is compiled.
NUMBER = 120
Words = dict[Role, Argument]


def keras_dialect(dtypes: tuple[str, ...]) -> Dialect:
    """Of `conv_transpose` and `conv`."""
    plain: Words = {"strides": 2, "padding": "same"}
    say = partial(say_last, CONV_TRANSPOSE)
    return Dialect(
        function=CONV_TRANSPOSE.name,
        value_layout="NHWC",
        filter_layout="HWOI",
        layouts=(Layout("kernel", "HWOI", lambda value, result: say({"strides": 1, "padding": "valid"})),),
        phrasings=tuple(_phrasings()),
        plain=say(plain),
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=(
            *counted_spellings("strides", "strides", (2, 2), (0, 2), say, plain),
            *(
                Spelling("padding", word, say({**plain, "padding": word}), expected)
                for word, expected in (("same", True), ("SAME", True), ("full", False))
            ),
            *dtype_spellings(say(plain), dtypes),
        ),
    )


def _phrasings() -> Iterator[Phrasing]:
    scattered = PhrasedOperator(partial(_scattered, CONV_TRANSPOSE), number=NUMBER)
    gathered = PhrasedOperator(partial(_scattered, CONV), "conv2d", NUMBER)
    yield scattered.word("same", "same", "SAME")
    yield scattered.word("valid", "valid", "VALID", length="max(s i, full)", odd=None)
    for word, formula in (
        ("same", "s(i-1) + (d(k-1) + 1) mod 2 + output_padding; crop_before = max(full - o, 0) // 2"),
        ("valid", "full + output_padding; crop_before = 0"),
    ):
        yield Phrasing(
            f"{word}, output_padding", "output_padding", f"output length = {formula}", _meaning, scattered.plan,
            drawn(partial(_lengthened, word, 0), NUMBER), AxisWords(2, 1, 1, 1, word, 0),
            drawn(partial(_lengthened, word, 2), NUMBER), "output_padding", "output_padding < s",
        )  # fmt: skip
    yield gathered.forward_word("same", "same", "SAME")
    yield gathered.forward_word("valid", "valid", "VALID", odd=None)


def _meaning(words: AxisWords) -> Axis | None:
    try:
        axis = keras_transposed_axis(words.numbers, words.asked, same=words.padding == "same")
    except NoAxis:
        return None
    return axis if axis.output > 0 else None


def _lengthened(word: str, beyond: int) -> Iterator[AxisWords]:
    for numbers in kernels_and_strides():
        for more in range(numbers[2] + beyond):
            words = AxisWords(*numbers, word, more)
            if beyond or _meaning(words) is not None:
                yield words


def _scattered(function: Function, *axes: AxisWords) -> Plan:
    asked = tuple(words.asked for words in axes)
    more: Words = {} if function is CONV or None in asked else {"output_padding": asked}
    return say_last(function, {**of_axes(axes), "padding": axes[0].padding, **more})


def say_last(function: Function, said: Words, *operands: str) -> Plan:
    """The call, channels last."""
    return Plan((function.invoke({**said, "data_format": "channels_last"}, operands or ("value", "filter")),))

"""What Keras's documents say of `keras.ops`, whatever computes: words for pads, output_padding. Must not know: keras.

How long a result is `keras.ops.conv_transpose` says by code alone (`words.keras_length`); on which side the odd element
is cropped nothing says: it is compared with TensorFlow's. Of pads that reflect no limit is stated: that of TensorFlow.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from conformance.adapters.axes import NoAxis
from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, Spelling, dtype_spellings
from conformance.adapters.function import Function, Role
from conformance.adapters.geometries import drawn, kernels_and_strides
from conformance.adapters.index_map_dialect import BlockWords, IndexMapDialect, Limit, PadWords, PatchWords, Shape
from conformance.adapters.keras.index_map import MODES, MODULE, PATCHES
from conformance.adapters.keras.pooling_words import AVERAGE_POOL, MAX_POOL
from conformance.adapters.keras.words import CONV, CONV_TRANSPOSE, keras_transposed_axis
from conformance.adapters.phrases import PhrasedOperator, counted_spellings, of_axes
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.adapters.pooling_dialect import (
    REQUIRED_BY_CALLER,
    Divisor,
    PoolingDefault,
    PoolingDialect,
    PoolingPhrasing,
    Readings,
    SpokenWindows,
)
from conformance.operators.nominal import Nominal
from reference.geometry import Axis
from reference.index_map.geometry import PadMode
from reference.pooling.family import averages
from reference.pooling.geometry import pooling_axis

POOLS = {"max_pool2d": MAX_POOL, "avg_pool2d": AVERAGE_POOL}
# On one backend each call is compiled.
NUMBER = 120
_LAST: dict[Role, Argument] = {"data_format": "channels_last"}
_LIMITS: dict[PadMode, Limit] = {"REFLECT": "length - 1", "SYMMETRIC": "length"}
Words = dict[Role, Argument]


def keras_dialect(dtypes: tuple[str, ...]) -> Dialect:
    """Of `conv_transpose` and `conv`."""
    plain: Words = {"strides": 2, "padding": "same"}
    say = partial(_say, CONV_TRANSPOSE)
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
    return _say(function, {**of_axes(axes), "padding": axes[0].padding, **more})


def _say(function: Function, said: Words, *operands: str) -> Plan:
    return Plan((function.invoke({**said, **_LAST}, operands or ("value", "filter")),))


def keras_pooling_dialect(dtypes: tuple[str, ...]) -> PoolingDialect:
    """Of `max_pool` and `average_pool`, of two axes."""
    plain: Words = {"kernel": (2, 3), "strides": 2}
    say = partial(_pool, "max_pool2d")
    return PoolingDialect(
        last=True,
        phrasings=tuple(_pool_phrasings()),
        defaults=tuple(_defaults()),
        plain=say(plain),
        spellings=(
            *counted_spellings("strides", "strides", (2, 2), (0, 2), say, plain),
            *counted_spellings("pool_size", "kernel", (2, 3), (0, 2), say, plain),
            *dtype_spellings(say(plain), dtypes),
        ),
        nominal=_nominal,
    )


def _pool_phrasings() -> Iterator[PoolingPhrasing]:
    for operator in POOLS:
        divisor: Divisor | None = "elements" if averages(operator) else None
        spoken = SpokenWindows(operator, partial(_pooled, operator), divisor, dilations=range(1, 2))
        yield spoken.word("same", "same", "SAME")
        yield spoken.word("valid", "valid", "VALID")


def _pooled(operator: str, axes: Sequence[AxisWords]) -> Plan:
    kernel, strides = tuple(words.kernel for words in axes), tuple(words.stride for words in axes)
    return _pool(operator, {"kernel": kernel, "strides": strides, "padding": axes[0].padding})


def _pool(operator: str, said: Words) -> Plan:
    return _say(POOLS[operator], said, "value")


def _defaults() -> Iterator[PoolingDefault]:
    window, one = pooling_axis(5, 3, 3, 1, "VALID"), pooling_axis(5, 3, 1, 1, "VALID")
    for operator in POOLS:
        divisor: Divisor | None = "elements" if averages(operator) else None
        strides: Readings = {"the window": (window, divisor), "1": (one, divisor)}
        yield PoolingDefault(operator, "strides", _pool(operator, {"kernel": 3}), 5, strides, "the window")
        words: Readings = {"valid": (window, divisor), "same": (pooling_axis(5, 3, 3, 1, "SAME"), divisor)}
        yield PoolingDefault(operator, "padding", _pool(operator, {"kernel": 3, "strides": 3}), 5, words, "valid")
        yield PoolingDefault(operator, "pool_size", _pool(operator, {"strides": 3}), 5, {}, REQUIRED_BY_CALLER)


def _nominal(operator: str, nominal: Nominal) -> Plan | Unsupported:
    if nominal.dilation > 1:
        return Unsupported(f"{POOLS[operator].name} has no dilations")
    word: Words = {} if nominal.word == "default" else {"padding": nominal.word.lower()}
    return _pool(operator, {"kernel": nominal.kernel, "strides": nominal.stride, **word})


def keras_index_map_dialect(backend: str) -> IndexMapDialect:
    """Of `pad` in the backend's modes, blocks DCR, patches HWC under two words."""
    modes: list[tuple[PadMode, str]] = [(mode, word) for mode, word in MODES[backend].items()]  # type: ignore[misc]
    return IndexMapDialect(
        tuple(
            PadWords(f"mode {word}", mode, _LIMITS.get(mode, "any length"), None, partial(_pad, word))
            for mode, word in modes
        ),
        tuple(
            BlockWords(f"{MODULE}.{name}", name, "DCR", (2, 3), partial(_blocks, name))
            for name in ("depth_to_space", "space_to_depth")
        ),
        (
            PatchWords(f"{PATCHES}, same", "HWC", "SAME", partial(_patches, "same")),
            PatchWords(f"{PATCHES}, valid", "HWC", "VALID", partial(_patches, "valid")),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return Plan((Invoke(f"{MODULE}.pad", (("", "value"),), (("pad_width", ((0, 0), pads)), ("mode", mode))),))


def _blocks(name: str, _: Shape, block: int) -> Plan:
    keywords = (("block_size", block), ("data_format", "channels_last"))
    return Plan((Invoke(f"{MODULE}.{name}", (("", "value"),), keywords),))


def _patches(padding: str, _: Shape, size: Argument, strides: Argument, rate: Argument) -> Plan:
    keywords = (
        ("size", size), ("strides", strides), ("dilation_rate", rate), ("padding", padding),
        ("data_format", "channels_last"),
    )  # fmt: skip
    return Plan((Invoke(PATCHES, (("", "value"),), keywords),))

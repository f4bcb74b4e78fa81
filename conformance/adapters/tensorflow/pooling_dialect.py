"""What the suite expects of TensorFlow's poolings: words, pairs for maxima of one and two axes, averages of elements.

Knows: the words of their arguments, and what the suite takes them to mean. Must not know: tensorflow.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

from conformance.adapters.dialect import AxisWords, Said, Spelling, dtype_spellings
from conformance.adapters.function import Function, Role
from conformance.adapters.geometries import drawn, kernels_and_strides
from conformance.adapters.plan import Argument, Plan, Unsupported
from conformance.adapters.pooling_dialect import (
    EXPLICIT,
    LEAST,
    REQUIRED_BY_CALLER,
    SAME,
    VALID,
    Divisor,
    PoolingDefault,
    PoolingDialect,
    PoolingPhrasing,
    word_axis,
    worded,
)
from conformance.adapters.tensorflow.pooling_words import FUNCTIONS, PAIRS, POOL
from conformance.operators.nominal import Nominal
from reference.pooling.family import OPERATORS, averages
from reference.pooling.geometry import WindowAxis, pooling_axis

DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64")
"""of max_pool2d with the channels last"""
_LEGAL = "each less than the window"
_WORDS = (("SAME", SAME), ("VALID", VALID))


def tensorflow_pooling_dialect() -> PoolingDialect:
    """The dialect of `tf.nn.max_pool*`, `tf.nn.avg_pool*`, and of `tf.nn.pool` for dilations."""
    return PoolingDialect(
        last=True,
        phrasings=tuple(_phrasings()),
        ties={
            operator: tuple((word, _call(FUNCTIONS[operator], 3 if rank == 1 else 2, 2, word)) for word, _ in _WORDS)
            for rank, operator in ((OPERATORS[each].rank, each) for each in FUNCTIONS if not averages(each))
        },
        defaults=tuple(_defaults()),
        plain=_call(FUNCTIONS["max_pool2d"], (2, 3), 2, "VALID"),
        spellings=tuple(_spellings()),
        nominal=_nominal,
        absent={
            "ceil_mode": "no such argument; SAME has the length ceil(i / s)",
            "count_include_pad": "no such argument; zeros put around the value before an average of VALID count",
        },
    )


def _phrasings() -> Iterator[PoolingPhrasing]:
    for operator, function in FUNCTIONS.items():
        divisor: Divisor | None = "elements" if averages(operator) else None
        for word, formula in _WORDS:
            yield PoolingPhrasing(
                operator, word, word, formula, word_axis, _planner(partial(_call, function)),
                drawn(worded(word, range(1, 2)), 120), replace(LEAST, padding=word), divisor,
            )  # fmt: skip
        if operator in PAIRS:
            yield PoolingPhrasing(
                operator, "explicit (before, after)", "explicit pads", EXPLICIT, _paired,
                _planner(partial(_call, function)), drawn(_pairs, 300), LEAST,
                boundary=drawn(partial(_pairs, legal=False), 100), legal=_LEGAL,
            )  # fmt: skip
        yield PoolingPhrasing(
            operator, "tf.nn.pool, VALID, dilated", "VALID", VALID, _dilated, _planner(_pool(operator)),
            drawn(_dilations, 60), replace(LEAST, padding="VALID"), divisor,
            boundary=drawn(partial(_dilations, legal=False), 60), legal="VALID beside dilations, and strides of 1",
        )  # fmt: skip


def _dilated(words: AxisWords) -> WindowAxis | None:
    return word_axis(words) if words.stride == 1 and words.padding == "VALID" else None


def _dilations(*, legal: bool = True) -> Iterator[AxisWords]:
    """Dilations beside VALID and strides of 1; with other words and strides where legal is False. (A window of one
    place has no dilation, and SAME takes some of these.)
    """
    for words in (*worded("VALID")(), *(worded("SAME")() if not legal else ())):
        if words.dilation > 1 and words.kernel > 1 and (not legal or words.stride == 1):
            yield words


def _pairs(*, legal: bool = True) -> Iterator[AxisWords]:
    """Pairs that make a window; with those as long as the window or longer where legal is False."""
    dense = (numbers for numbers in kernels_and_strides() if numbers[3] == 1)
    for (length, kernel, stride, _), before, after in product(dense, range(3), range(3)):
        words = AxisWords(length, kernel, stride, 1, (before, after))
        if word_axis(words) is not None and (not legal or _paired(words) is not None):
            yield words


def _paired(words: AxisWords) -> WindowAxis | None:
    return word_axis(words) if max(words.before, words.after) < words.kernel else None


def _planner(say: Callable[..., Plan]) -> Callable[[Sequence[AxisWords]], Said]:
    def plan(axes: Sequence[AxisWords]) -> Plan:
        padding: Argument = axes[0].padding
        if not isinstance(padding, str):
            padding = ((0, 0), *((words.before, words.after) for words in axes), (0, 0))
        numbers = [tuple(getattr(words, name) for words in axes) for name in ("kernel", "stride", "dilation")]
        kernels, strides, dilations = numbers
        return say(kernels, strides, padding, *((dilations,) if set(dilations) != {1} else ()))

    return plan


def _call(function: Function, kernel: Argument, strides: Argument, padding: Argument) -> Plan:
    return _say(function, {"kernel": kernel, "strides": strides, "padding": padding})


def _pool(operator: str) -> Callable[..., Plan]:
    reduction = "AVG" if averages(operator) else "MAX"

    def say(kernel: Argument, strides: Argument, padding: Argument, dilations: Argument = None) -> Plan:
        said: dict[Role, Argument] = {
            "kernel": kernel, "reduction": reduction, "strides": strides, "padding": padding,
        }  # fmt: skip
        return _say(POOL, said if dilations is None else {**said, "dilations": dilations})

    return say


def _say(function: Function, said: dict[Role, Argument]) -> Plan:
    return Plan((function.invoke(said, ("value",)),))


def _defaults() -> Iterator[PoolingDefault]:
    window, one = pooling_axis(6, 3, 3, 1, "VALID"), pooling_axis(6, 3, 1, 1, "VALID")
    for operator, function in FUNCTIONS.items():
        divisor: Divisor | None = "elements" if averages(operator) else None
        strides = {"the window": (window, divisor), "1": (one, divisor)}
        paddings = {
            "SAME": (pooling_axis(6, 3, 3, 1, "SAME"), divisor),
            "VALID": (pooling_axis(6, 3, 3, 1, "VALID"), divisor),
        }
        left_out = _say(function, {"kernel": 3, "padding": "VALID"})
        yield PoolingDefault(operator, "strides", left_out, 6, strides, REQUIRED_BY_CALLER)
        left_out = _say(function, {"kernel": 3, "strides": 3})
        yield PoolingDefault(operator, "padding", left_out, 6, paddings, REQUIRED_BY_CALLER)
        kernel = (3,) * OPERATORS[operator].rank
        said: dict[Role, Argument] = {"kernel": kernel, "reduction": "AVG" if divisor else "MAX"}
        strides = {"the window": (window, divisor), "1": (one, divisor)}
        yield PoolingDefault(
            operator, "strides of tf.nn.pool", _say(POOL, {**said, "padding": "VALID"}), 6, strides, "1"
        )
        paddings = {
            "SAME": (pooling_axis(6, 3, 1, 1, "SAME"), divisor),
            "VALID": (one, divisor),
        }
        yield PoolingDefault(operator, "padding of tf.nn.pool", _say(POOL, said), 6, paddings, "VALID")


def _spellings() -> Iterator[Spelling]:
    function = FUNCTIONS["max_pool2d"]
    plain: dict[Role, Argument] = {"kernel": (2, 3), "strides": 2, "padding": "VALID"}

    def spelled(topic: str, label: str, expected: bool, said: dict[Role, Argument], layout: str = "") -> Spelling:
        return Spelling(topic, label, _say(function, {**plain, **said}), expected, layout)

    spellings: tuple[tuple[Role, str, str, Argument, bool], ...] = (
        ("kernel", "ksize", "[s, s]", (2, 3), True),
        ("kernel", "ksize", "[1, s, s, 1]", (1, 2, 3, 1), True),
        ("kernel", "ksize", "[s, s, s]", (2, 3, 3), False),
        ("strides", "strides", "int", 2, True),
        ("strides", "strides", "[s]", (2,), True),
        ("strides", "strides", "[s, s]", (2, 2), True),
        ("strides", "strides", "[1, s, s, 1]", (1, 2, 2, 1), True),
        ("strides", "strides", "[s, s, s]", (2, 2, 2), False),
        ("padding", "padding", "VALID", "VALID", True),
        ("padding", "padding", "valid", "valid", False),
        ("padding", "padding", "pairs of all axes", ((0, 0),) * 4, True),
        ("padding", "padding", "pairs of height and width", ((0, 0),) * 2, False),
        ("padding", "padding", "int", 0, False),
    )
    for role, topic, label, written, expected in spellings:
        yield spelled(topic, label, expected, {role: written})
    yield spelled("data formats", "NHWC", True, {"data_format": "NHWC"})
    yield spelled("data formats", "NCHW", True, {"data_format": "NCHW"}, "NCHW")
    yield from dtype_spellings(_say(function, plain), DTYPES)


def _nominal(operator: str, nominal: Nominal) -> Plan | Unsupported:
    if nominal.word == "default":
        return Unsupported(f"tf.nn.{operator}'s padding has no default")
    if nominal.dilation == 1:
        return _call(FUNCTIONS[operator], nominal.kernel, nominal.stride, nominal.word)
    if nominal.stride > 1:
        return Unsupported("tf.nn.pool takes no strides beside dilations")
    both = (nominal.kernel,) * 2, (nominal.stride,) * 2, nominal.word, (nominal.dilation,) * 2
    return _pool(operator)(*both)

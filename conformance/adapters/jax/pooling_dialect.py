"""What the suite expects of JAX's `lax.reduce_window`: words and any pads, dilations, maxima and sums; no averages.

Knows: the words of its arguments, and what the suite takes them to mean. Must not know: jax.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from math import inf

from conformance.adapters.dialect import ASKED_DTYPES, AxisWords, Said, Spelling, dtype_spellings
from conformance.adapters.function import Role
from conformance.adapters.geometries import drawn, kernels_and_strides
from conformance.adapters.jax.pooling_words import REDUCE_WINDOW, jax_window_axis
from conformance.adapters.plan import Argument, Name, Plan, Unsupported
from conformance.adapters.pooling_dialect import (
    EXPLICIT,
    LEAST,
    LOWER,
    SAME,
    VALID,
    Divisor,
    PoolingDefault,
    PoolingDialect,
    PoolingPhrasing,
    worded,
)
from conformance.operators.nominal import Nominal
from reference.pooling.family import OPERATORS, averages
from reference.pooling.geometry import WindowAxis, pooling_axis

SAID = tuple(f"{reduction}_pool{rank}d" for reduction in ("max", "avg") for rank in (1, 2, 3))
"""operators that are a reduction over windows, or divide one"""
_WORDS = (("SAME", SAME), ("VALID", VALID), ("SAME_LOWER", LOWER))
Words = dict[Role, Argument]


def jax_pooling_dialect() -> PoolingDialect:
    """The dialect of `lax.reduce_window` with `lax.max`, and with `lax.add`, of which averages are composed."""
    return PoolingDialect(
        last=True,
        phrasings=tuple(_phrasings()),
        ties={
            operator: tuple((word, _call(operator, 3 if rank == 1 else 2, 2, word)) for word in ("SAME", "VALID"))
            for rank, operator in ((OPERATORS[each].rank, each) for each in SAID if not averages(each))
        },
        defaults=tuple(_defaults()),
        plain=_say("max_pool2d", (2, 3), {"strides": (1, 2, 2, 1)}),
        spellings=tuple(_spellings()),
        nominal=_nominal,
        absent={
            "ceil_mode": "no such argument; a pad behind makes room for a last window",
            "divisor of an average": "no average: a sum of lax.add over windows, divided by what the caller counts",
        },
    )


def _phrasings() -> Iterator[PoolingPhrasing]:
    # 1,080 geometries, since each is compiled
    for operator in SAID:
        divisor: Divisor | None = "nothing" if averages(operator) else None
        sums = "lax.add: " if averages(operator) else ""
        for word, formula in _WORDS:
            yield PoolingPhrasing(
                operator, f"{sums}{word}", word.removesuffix("_LOWER"), formula, partial(_worded, word),
                _planner(operator, word), drawn(worded(word), 30), replace(LEAST, padding=word), divisor,
                odd="before" if word == "SAME_LOWER" else "after",
            )  # fmt: skip
        yield PoolingPhrasing(
            operator, f"{sums}explicit (before, after)", "explicit pads", EXPLICIT, _padded, _planner(operator, None),
            drawn(_pads, 80), LEAST, divisor,
            boundary=tuple if averages(operator) else drawn(_cutting, 20), legal="any; negative ones cut the value",
        )  # fmt: skip


def _worded(word: str, words: AxisWords) -> WindowAxis:
    return jax_window_axis(words.numbers, word)


def _padded(words: AxisWords) -> WindowAxis:
    return jax_window_axis(words.numbers, (words.before, words.after))


def _pads() -> Iterator[AxisWords]:
    for numbers, before, after in product(kernels_and_strides(), range(4), range(4)):
        words = AxisWords(*numbers, (before, after))
        if _padded(words).output:
            yield words


def _cutting() -> Iterator[AxisWords]:
    """Pads of which one is negative."""
    for numbers, pads in product(kernels_and_strides(), ((-1, 0), (0, -1), (-1, 1), (1, -1))):
        words = AxisWords(*numbers, pads)
        if numbers[0] > 1 and _padded(words).output:
            yield words


def _planner(operator: str, word: str | None) -> Callable[[Sequence[AxisWords]], Said]:
    def plan(axes: Sequence[AxisWords]) -> Plan:
        pads = ((0, 0), *((words.before, words.after) for words in axes), (0, 0))
        said: Words = {
            "strides": (1, *(words.stride for words in axes), 1),
            "padding": word or pads,
            "dilations": (1, *(words.dilation for words in axes), 1),
        }
        return _say(operator, tuple(words.kernel for words in axes), said)

    return plan


def _call(operator: str, kernel: int, stride: int, word: str) -> Plan:
    rank = OPERATORS[operator].rank
    return _say(operator, (kernel,) * rank, {"strides": (1, *(stride,) * rank, 1), "padding": word})


def _say(operator: str, kernel: tuple[int, ...], said: Words) -> Plan:
    initial, computation = (0.0, "jax.lax.add") if averages(operator) else (-inf, "jax.lax.max")
    reduction: Words = {"initial": initial, "reduction": Name(computation), "kernel": (1, *kernel, 1)}
    return Plan((REDUCE_WINDOW.invoke({**reduction, **said}, ("value",)),))


def _defaults() -> Iterator[PoolingDefault]:
    for operator in SAID:
        divisor: Divisor | None = "nothing" if averages(operator) else None
        kernel = (3,) * OPERATORS[operator].rank
        one, window = pooling_axis(6, 3, 1, 1, "VALID"), pooling_axis(6, 3, 3, 1, "VALID")
        strides = {"the window": (window, divisor), "1": (one, divisor)}
        yield PoolingDefault(operator, "window_strides", _say(operator, kernel, {"padding": "VALID"}), 6, strides, "1")
        words = {"VALID": (one, divisor), "SAME": (pooling_axis(6, 3, 1, 1, "SAME"), divisor)}
        yield PoolingDefault(operator, "padding", _say(operator, kernel, {}), 6, words, "VALID")


def _spellings() -> Iterator[Spelling]:
    def spelled(topic: str, label: str, expected: bool, said: Words) -> Spelling:
        plain = _say("max_pool2d", (2, 3), {"strides": (1, 2, 2, 1), "padding": "VALID", **said})
        return Spelling(topic, label, plain, expected)

    spellings: tuple[tuple[Role, str, str, Argument, bool], ...] = (
        ("strides", "window_strides", "[1, s, s, 1]", (1, 2, 2, 1), True),
        ("strides", "window_strides", "[s, s]", (2, 2), False),
        ("strides", "window_strides", "int", 2, False),
        ("padding", "padding", "VALID", "VALID", True),
        ("padding", "padding", "valid", "valid", True),
        ("padding", "padding", "pairs of all axes", ((0, 0),) * 4, True),
        ("padding", "padding", "pairs of height and width", ((0, 0),) * 2, False),
        ("padding", "padding", "int", 0, False),
    )
    for role, topic, label, written, expected in spellings:
        yield spelled(topic, label, expected, {role: written})
    yield from dtype_spellings(_say("max_pool2d", (2, 3), {"strides": (1, 2, 2, 1)}), ASKED_DTYPES)


def _nominal(operator: str, nominal: Nominal) -> Plan | Unsupported:
    if nominal.word == "default":
        return Unsupported("lax.reduce_window's padding defaults to VALID: see there")
    if averages(operator):
        return Unsupported("JAX has no average")
    said: Words = {"strides": (1, nominal.stride, nominal.stride, 1), "padding": nominal.word}
    dilations: Words = {"dilations": (1, nominal.dilation, nominal.dilation, 1)}
    return _say(operator, (nominal.kernel,) * 2, {**said, **dilations})

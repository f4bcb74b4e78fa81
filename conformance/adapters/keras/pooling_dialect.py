"""What Keras's documents say of `keras.ops.max_pool` and `average_pool`, whatever computes. Must not know: keras."""

from collections.abc import Iterator, Sequence
from functools import partial

from conformance.adapters.dialect import AxisWords, dtype_spellings
from conformance.adapters.keras.dialect import Words, say_last
from conformance.adapters.keras.pooling_words import AVERAGE_POOL, MAX_POOL
from conformance.adapters.phrases import counted_spellings
from conformance.adapters.plan import Plan, Unsupported
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
from reference.pooling.family import averages
from reference.pooling.geometry import pooling_axis

POOLS = {"max_pool2d": MAX_POOL, "avg_pool2d": AVERAGE_POOL}


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
    return say_last(POOLS[operator], said, "value")


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

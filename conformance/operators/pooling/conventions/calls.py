"""The suite's own calls, to lanes that have no words of their own: ports, and adapters without a dialect.

Knows: calls of any subject, the reference's words. Must not know: workers, how a lane says a call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from math import prod
from typing import Any

from conformance.adapters.dialect import AxisWords
from conformance.adapters.geometries import drawn, kernels_and_strides
from conformance.adapters.plan import Unsupported
from conformance.adapters.pooling_dialect import (
    CEIL,
    EXPLICIT,
    LEAST,
    SAME,
    VALID,
    Divisor,
    PoolingPhrasing,
    word_axis,
    worded,
)
from conformance.operators.nominal import Nominal
from conformance.operators.pooling.call import PoolingCall
from conformance.operators.pooling.subject import PoolingSubject
from reference.pooling.geometry import pooled_length

# The pads of the sample: shorter than most windows, and longer than some
PADS = range(3)
NO_DEFAULT = "not asked: a call of the suite always names its padding"
NO_RESULT = "not asked: the window is longer than the value, so that nothing is left"


def call_phrasings(subject: PoolingSubject) -> Iterator[PoolingPhrasing]:
    """SAME, VALID and explicit pads, with ceil_mode too, with the reference's formulas, said as calls."""
    average: tuple[tuple[str, Divisor | None, Mapping[str, Any]], ...] = (("", None, {}),)
    if subject.averages:
        average = (("", "elements", {}), (", count_include_pad", "places", {"count_include_pad": True}))
    for suffix, divisor, said in average:
        for word, formula in (("SAME", SAME), ("VALID", VALID)):
            yield PoolingPhrasing(
                subject.operator.name, f"{word}{suffix}", word, formula, word_axis,
                partial(said_call, subject, said=said), drawn(worded(word), 200), replace(LEAST, padding=word), divisor,
            )  # fmt: skip
        for ceil_mode, topic, formula in ((False, "explicit pads", EXPLICIT), (True, "ceil_mode", CEIL)):
            words = {**said, **({"ceil_mode": True} if ceil_mode else {})}
            yield PoolingPhrasing(
                subject.operator.name, f"explicit (before, after){', ceil_mode' * ceil_mode}{suffix}", topic, formula,
                partial(word_axis, ceil_mode=ceil_mode), partial(said_call, subject, said=words),
                drawn(_pads, 200), LEAST, divisor,
            )  # fmt: skip


def said_call(subject: PoolingSubject, axes: Sequence[AxisWords], said: Mapping[str, Any]) -> PoolingCall:
    """With an image for each pixel of the value."""
    lengths = [words.length for words in axes]
    padding: Any = axes[0].padding
    if not isinstance(padding, str):
        padding = subject.padding([(words.before, words.after) for words in axes])
    return subject.any_call(
        subject.value_shape(prod(lengths), lengths),
        ksize=tuple(words.kernel for words in axes),
        strides=tuple(words.stride for words in axes),
        padding=padding,
        dilations=tuple(words.dilation for words in axes),
        **said,
    )


def nominal_call(subject: PoolingSubject, nominal: Nominal) -> PoolingCall | Unsupported:
    """The call that a nominal one becomes."""
    if nominal.word == "default":
        return Unsupported(NO_DEFAULT)
    numbers = (nominal.length, nominal.kernel, nominal.stride, nominal.dilation)
    words = AxisWords(*numbers, nominal.word)
    if pooled_length(*numbers, words.rule) < 1:
        return Unsupported(NO_RESULT)
    return said_call(subject, (words,) * subject.operator.rank, {})


def _pads() -> Iterator[AxisWords]:
    for numbers, before, after in product(kernels_and_strides(), PADS, PADS):
        words = AxisWords(*numbers, (before, after))
        if word_axis(words) is not None:
            yield words

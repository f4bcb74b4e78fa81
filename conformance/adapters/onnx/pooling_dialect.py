"""What ONNX's documents say of MaxPool and AveragePool: auto_pad, pads, ceil_mode, count_include_pad.

Source: the operators' documentation of opset 22. Must not know: onnx, the runtimes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from conformance.adapters.dialect import AxisWords, Spelling, dtype_spellings
from conformance.adapters.onnx.spelling import WORDS, Keywords, begins_and_ends
from conformance.adapters.plan import Invoke, Plan
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

NODES = {"max_pool2d": "MaxPool", "avg_pool2d": "AveragePool"}
_PLAIN: Keywords = (("kernel_shape", (2, 3)), ("strides", (2, 2)))


def onnx_pooling_dialect(dtypes: tuple[str, ...]) -> PoolingDialect:
    """The dialect of MaxPool and AveragePool of two axes."""
    plain = _node("max_pool2d", _PLAIN)
    return PoolingDialect(
        last=False,
        phrasings=tuple(_phrasings()),
        defaults=tuple(_defaults()),
        plain=plain,
        spellings=(
            *(
                Spelling("strides", label, _node("max_pool2d", (_PLAIN[0], ("strides", strides))), label == "[s, s]")
                for label, strides in (("[s]", (2,)), ("[s, s]", (2, 2)), ("[s, s, s]", (2, 2, 2)))
            ),
            *dtype_spellings(plain, dtypes),
        ),
        nominal=_nominal,
    )


def _phrasings() -> Iterator[PoolingPhrasing]:
    for operator in NODES:
        for counting in (0, 1) if averages(operator) else (None,):
            counted: Keywords = () if counting is None else (("count_include_pad", counting),)
            divisor: Divisor | None = None if counting is None else "places" if counting else "elements"
            suffix = "" if counting is None else f", count_include_pad={counting}"
            spoken = SpokenWindows(operator, partial(_said, operator, counted), divisor)
            ceiled = SpokenWindows(operator, partial(_said, operator, (*counted, ("ceil_mode", 1))), divisor)
            for dilated, dilations in (("", range(1, 2)), (", dilated", range(2, 4))):
                same = replace(spoken, dilations=dilations)
                yield same.word(f"SAME_UPPER{dilated}{suffix}", "SAME_UPPER", "SAME")
                yield same.word(f"SAME_LOWER{dilated}{suffix}", "SAME_LOWER", "SAME", odd="before")
            yield spoken.word(f"VALID{suffix}", "VALID", "VALID")
            yield ceiled.word(f"VALID, ceil_mode=1{suffix}", "VALID", "VALID")
            yield spoken.pads(f"pads{suffix}")
            yield ceiled.pads(f"pads, ceil_mode=1{suffix}", ceil_mode=True)


def _said(operator: str, more: Keywords, axes: Sequence[AxisWords]) -> Plan:
    padding = axes[0].padding
    pads: Keywords = (("auto_pad", padding),)
    if not isinstance(padding, str):
        pads = (("pads", begins_and_ends((words.before, words.after) for words in axes)),)
    windows: Keywords = (
        ("kernel_shape", tuple(words.kernel for words in axes)),
        ("strides", tuple(words.stride for words in axes)),
        ("dilations", tuple(words.dilation for words in axes)),
    )
    return _node(operator, (*windows, *pads, *more))


def _defaults() -> Iterator[PoolingDefault]:
    one, window = pooling_axis(6, 3, 1, 1, "VALID"), pooling_axis(6, 3, 3, 1, "VALID")
    for operator in NODES:
        divisor: Divisor | None = "elements" if averages(operator) else None
        kernel: Keywords = (("kernel_shape", (3, 3)),)
        readings: Readings = {
            "1": (one, divisor),
            "the window": (window, divisor),
        }
        yield PoolingDefault(operator, "strides", _node(operator, kernel), 6, readings, "1")
        yield PoolingDefault(
            operator, "kernel_shape", _node(operator, (("strides", (3, 3)),)), 6, {}, REQUIRED_BY_CALLER
        )
        if divisor:
            axis = pooling_axis(6, 3, 2, 1, (1, 1))
            said: Keywords = (*kernel, ("strides", (2, 2)), ("pads", (1, 1, 1, 1)))
            readings = {"1": (axis, "places"), "0": (axis, "elements")}
            yield PoolingDefault(operator, "count_include_pad", _node(operator, said), 6, readings, "0")


def _nominal(operator: str, nominal: Nominal) -> Plan:
    numbers = (("kernel_shape", nominal.kernel), ("strides", nominal.stride), ("dilations", nominal.dilation))
    word: Keywords = (("auto_pad", WORDS[nominal.word]),) if nominal.word in WORDS else ()
    return _node(operator, (*((name, (number, number)) for name, number in numbers), *word))


def _node(operator: str, words: Keywords) -> Plan:
    return Plan((Invoke(f"onnx.{NODES[operator]}", (("X", "value"),), words),))

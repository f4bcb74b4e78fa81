"""What OpenVINO's documents say of the words of MaxPool and AvgPool. Must not know: openvino.

Source: the specifications of the operations of opset 16.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from conformance.adapters.dialect import AxisWords, dtype_spellings
from conformance.adapters.openvino.dialect import called, words_of
from conformance.adapters.openvino.spelling import MODULE, WORDS, Keywords, pads_of
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.pooling_dialect import (
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

POOLS = {"max_pool2d": f"{MODULE}.max_pool", "avg_pool2d": f"{MODULE}.avg_pool"}


def openvino_pooling_dialect(dtypes: tuple[str, ...]) -> PoolingDialect:
    """Of MaxPool and AvgPool of two axes."""
    plain = _pool("max_pool2d", (), (), [AxisWords(4, 2, 2, 1, (0, 0)), AxisWords(6, 3, 2, 1, (0, 0))])
    return PoolingDialect(
        last=False,
        phrasings=tuple(_pool_phrasings()),
        defaults=tuple(_defaults()),
        plain=plain,
        spellings=tuple(dtype_spellings(plain, dtypes)),
        nominal=_nominal,
    )


def _pool_phrasings() -> Iterator[PoolingPhrasing]:
    for operator in POOLS:
        for exclude in (True, False) if averages(operator) else (None,):
            counted: Keywords = () if exclude is None else (("exclude_pad", exclude),)
            divisor: Divisor | None = None if exclude is None else "elements" if exclude else "places"
            suffix = "" if exclude is None else f", exclude_pad={exclude}"
            for rounding in ("floor", "ceil", "ceil_torch"):
                said: Keywords = (("rounding_type", rounding),)
                spoken = SpokenWindows(operator, partial(_pool, operator, counted, said), divisor)
                yield spoken.pads(
                    f"pads, rounding_type={rounding}{suffix}", ceil_mode=rounding != "floor", keeps=rounding == "ceil"
                )
            spoken = SpokenWindows(operator, partial(_pool, operator, counted, ()), divisor)
            yield spoken.word(f"same_upper{suffix}", "same_upper", "SAME")
            yield spoken.word(f"same_lower{suffix}", "same_lower", "SAME", odd="before")
            yield spoken.word(f"valid{suffix}", "valid", "VALID")


def _defaults() -> Iterator[PoolingDefault]:
    none = pads_of(((0, 0), (0, 0)))
    said: Keywords = (("strides", (2, 2)), *none, ("kernel_shape", (3, 3)), ("exclude_pad", True))
    readings: Readings = {"1": (pooling_axis(6, 3, 2, 1, "VALID"), "elements")}
    yield PoolingDefault("avg_pool2d", "dilations", called(POOLS["avg_pool2d"], said, "value"), 6, readings, "1")


def _pool(operator: str, counted: Keywords, more: Keywords, axes: Sequence[AxisWords]) -> Plan:
    words: Keywords = (*words_of(axes), ("kernel_shape", tuple(words.kernel for words in axes)))
    if averages(operator):
        return called(POOLS[operator], (*words, *counted, *more), "value")
    # Of a MaxPool's two results the first; of indices of 64 bits, the default, the plugin of the CPU has no kernel.
    both = Invoke("openvino.outputs", (("", "pooled"),), (), leaves="result, _")
    given: Keywords = (*words, ("index_element_type", "i32"), *more)
    return Plan((Invoke(POOLS[operator], (("", "value"),), given, (both,), leaves="pooled"),))


def _nominal(operator: str, nominal: Nominal) -> Plan:
    counted: Keywords = (("exclude_pad", True),) if averages(operator) else ()
    padding = WORDS.get(nominal.word, (0, 0))
    words = AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, padding)
    return _pool(operator, counted, (), [words, words])

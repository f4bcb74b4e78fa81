"""ONNX's published node cases of MaxPool, AveragePool and LpPool as calls of ours.

Knows: ONNX's attributes. Must not know: mutants.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.operators.pooling.calls import right_call
from conformance.scoring.yardstick import PublishedCase, YardstickCase, asked
from conformance.suite.dtypes import FORMATS
from reference.errors import ArgumentError
from reference.pooling.family import OPERATORS

_NAMES = {"MaxPool": "max_pool", "AveragePool": "avg_pool", "LpPool": "lp_pool"}


def read_case(published: PublishedCase) -> YardstickCase | None:
    """The case as a call of ours; None for a dtype or a number of axes that we have not."""
    (value,) = published.operands
    assert value is not None
    rank, attributes = value.ndim - 2, published.attributes
    operator = OPERATORS.get(f"{_NAMES[published.kind]}{rank}d")
    if operator is None or value.dtype.name not in FORMATS:
        return None
    kernel = attributes["kernel_shape"]
    strides, dilations = (tuple(attributes.get(name, (1,) * rank)) for name in ("strides", "dilations"))
    words: dict[str, Any] = {"ceil_mode": bool(attributes.get("ceil_mode", 0))}
    if published.kind == "AveragePool":
        words["count_include_pad"] = bool(attributes.get("count_include_pad", 0))
    if published.kind == "LpPool":
        words["norm_type"] = attributes.get("p", 2)
    try:
        call = right_call(
            operator.name,
            value.shape,
            ksize=tuple(kernel),
            strides=strides,
            padding=_padding(attributes, value.shape[2:], kernel, strides, dilations),
            data_format=operator.data_formats[1],
            dilations=dilations,
            dtype=value.dtype.name,
            **words,
        )
    except ArgumentError:
        return None
    return asked(published, call, value=value)


def _padding(
    attributes: Mapping[str, Any], lengths: Sequence[int], kernel: Sequence[int], strides: Sequence[int],
    dilations: Sequence[int],
) -> str | tuple[tuple[int, int], ...]:  # fmt: skip
    match attributes.get("auto_pad", b"NOTSET"):
        case b"SAME_UPPER":
            return "SAME"
        case b"SAME_LOWER":
            sizes = zip(lengths, kernel, strides, dilations, strict=True)
            extents = (((-(-n // s) - 1) * s + d * (k - 1) + 1 - n) for n, k, s, d in sizes)
            totals = [max(extent, 0) for extent in extents]
            return ((0, 0), (0, 0), *((total - total // 2, total // 2) for total in totals))
        case _:
            pads = attributes.get("pads", (0,) * 2 * len(lengths))
            return ((0, 0), (0, 0), *zip(pads[: len(lengths)], pads[len(lengths) :], strict=True))


READERS = dict.fromkeys(_NAMES, read_case)

"""ONNX's published node cases of Conv and ConvTranspose as calls of ours. Cases with a bias are left out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from conformance.operators.convolution.calls import right_call
from conformance.scoring.yardstick import Array, PublishedCase, YardstickCase, asked
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator


def read_case(published: PublishedCase) -> YardstickCase | None:
    """The case as a call of ours; None for what is none: a bias, a number of axes that we have not."""
    value, weight, *bias = (each for each in published.operands if each is not None)
    attributes, expected, rank = published.attributes, published.expected, value.ndim - 2
    operator = OPERATORS.get(f"conv{rank}d{'_transpose' if published.kind == 'ConvTranspose' else ''}")
    if operator is None or bias:
        return None
    filter = np.ascontiguousarray(np.transpose(weight, (*range(2, rank + 2), 1, 0)))
    strides = tuple(attributes.get("strides", (1,) * rank))
    dilations = tuple(attributes.get("dilations", (1,) * rank))
    padding = _padding(attributes, operator, (value, filter, expected), strides, dilations)
    output = expected.shape if operator.transposed else ()
    try:
        call = right_call(
            operator.name,
            (value.shape, filter.shape, output),
            strides=strides,
            padding=padding,
            data_format=operator.data_formats[1],
            dilations=dilations,
            dtype=value.dtype.name,
            groups=attributes.get("group", 1),
        )
    except ArgumentError:
        return None
    return asked(published, call, value=value, filter=filter)


def _padding(
    attributes: Mapping[str, Any], operator: Operator, arrays: tuple[Array, Array, Array], strides: tuple[int, ...],
    dilations: tuple[int, ...],
) -> tuple[tuple[int, int], ...]:  # fmt: skip
    """The case's crop, or pad of a forward convolution, as explicit pads of ours, from its pads, or from SAME_UPPER or
    SAME_LOWER and the lengths.
    """
    pads, auto = attributes.get("pads"), attributes.get("auto_pad", b"NOTSET")
    value, filter, result = arrays
    coarse, fine = (value, result) if operator.transposed else (result, value)
    spatial = []
    for axis in range(operator.rank):
        full = strides[axis] * (coarse.shape[2 + axis] - 1) + dilations[axis] * (filter.shape[axis] - 1) + 1
        total = max(full - fine.shape[2 + axis], 0)
        match auto:
            case b"SAME_LOWER":
                spatial.append((total - total // 2, total // 2))
            case b"NOTSET" if pads is not None:
                spatial.append((pads[axis], pads[axis + operator.rank]))
            case b"NOTSET" | b"VALID" if not operator.transposed:
                spatial.append((0, 0))
            case _:
                # Of a transposed one without pads, output_shape asks for SAME_UPPER's split; else nothing is cropped.
                spatial.append((total // 2, total - total // 2))
    return ((0, 0), (0, 0), *spatial)


READERS = {"Conv": read_case, "ConvTranspose": read_case}

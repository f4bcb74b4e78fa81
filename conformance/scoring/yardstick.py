"""The yardstick: ONNX's published ConvTranspose node cases, judged as ONNX judges them.

Knows: the installed `onnx` package, which generates the cases. Must not know: the score.

ONNX's backend test compares with rtol 1e-3 and atol 1e-7; that criterion is theirs and is used for theirs alone. Cases
that this operator cannot say (other ranks, groups) are left out.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import Answer, Reply
from conformance.judging.question import Question
from conformance.suite.case import Call
from reference.arguments import conv2d_transpose_geometry
from reference.errors import ArgumentError

RELATIVE, ABSOLUTE = 1e-3, 1e-7

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class YardstickCase:
    """One published case as a call of ours."""

    name: str
    call: Call
    question: Question
    expected: Array


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """The published cases that this operator can say, and the names of those that it cannot."""

    name: str
    cases: tuple[YardstickCase, ...]
    left_out: tuple[str, ...]

    def catches(self, case: YardstickCase, reply: Reply) -> bool:
        """Whether the published criterion tells the reply from the expected result."""
        if not isinstance(reply, Answer) or reply.array.shape != case.expected.shape:
            return True
        return not np.allclose(reply.array, case.expected, rtol=RELATIVE, atol=ABSOLUTE)


def onnx_yardstick() -> Yardstick:
    """The cases of the installed onnx package; raises ImportError where there is none."""
    import onnx
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # The package generates the cases of all its operators first, casts that overflow among them.
        warnings.simplefilter("ignore")
        collected = sorted(collect_testcases("ConvTranspose"), key=lambda each: str(each.name))
    cases, left_out = [], []
    for published in collected:
        (arrays, expected) = published.data_sets[0]
        node = published.model.graph.node[0]
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        case = _case(published.name, attributes, [np.asarray(array) for array in arrays], np.asarray(expected[0]))
        if case is None:
            left_out.append(published.name)
        else:
            cases.append(case)
    return Yardstick(f"onnx {onnx.__version__} ConvTranspose node cases", tuple(cases), tuple(left_out))


def _case(name: str, attributes: Mapping[str, Any], arrays: list[Array], expected: Array) -> YardstickCase | None:
    value, weight, *bias = arrays
    if value.ndim != 4 or bias or attributes.get("group", 1) != 1:
        return None
    filter = np.ascontiguousarray(np.transpose(weight, (2, 3, 1, 0)))
    strides = tuple(attributes.get("strides", (1, 1)))
    dilations = tuple(attributes.get("dilations", (1, 1)))
    padding = _padding(attributes, value, filter, expected, strides, dilations)
    shapes = (value.shape, filter.shape, expected.shape)
    try:
        geometry = conv2d_transpose_geometry(*shapes, strides, padding, "NCHW", dilations)
    except ArgumentError:
        return None
    call = Call("conv2d_transpose", *shapes, strides, padding, "NCHW", dilations, value.dtype.name, geometry, None)
    return YardstickCase(name, call, Question({"value": value, "filter": filter}, None), expected)


def _padding(
    attributes: Mapping[str, Any],
    value: Array,
    filter: Array,
    expected: Array,
    strides: tuple[int, ...],
    dilations: tuple[int, ...],
) -> tuple[tuple[int, int], ...]:
    """The case's crop as explicit pads of ours, from its pads, or from SAME_UPPER or SAME_LOWER and the output."""
    pads = attributes.get("pads")
    spatial = []
    for axis in range(2):
        full = strides[axis] * (value.shape[2 + axis] - 1) + dilations[axis] * (filter.shape[axis] - 1) + 1
        total = max(full - expected.shape[2 + axis], 0)
        match attributes.get("auto_pad", b"NOTSET"):
            case b"SAME_UPPER":
                spatial.append((total // 2, total - total // 2))
            case b"SAME_LOWER":
                spatial.append((total - total // 2, total // 2))
            case _ if pads is not None:
                spatial.append((pads[axis], pads[axis + 2]))
            case _:
                # Without pads, output_shape asks for SAME_UPPER's split, and otherwise nothing is cropped.
                spatial.append((total // 2, total - total // 2))
    return ((0, 0), (0, 0), *spatial)

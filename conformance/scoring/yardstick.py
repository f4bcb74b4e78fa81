"""The yardstick: ONNX's published node cases of Conv and ConvTranspose, judged as ONNX judges them.

Knows: the installed `onnx` package, which generates the cases. Must not know: the score.

ONNX's backend test compares with rtol 1e-3 and atol 1e-7; that criterion is theirs and is used for theirs alone. Cases
with a bias are left out.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import Answer, Reply
from conformance.judging.question import Question
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.calls import right_call
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator

RELATIVE, ABSOLUTE = 1e-3, 1e-7
KINDS = {"Conv": "conv", "ConvTranspose": "conv"}
"""ONNX's operators, and what ours of the same number of axes begin with"""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class YardstickCase:
    """One published case as a call of ours."""

    name: str
    call: RightConvolution
    question: Question
    expected: Array


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """The published cases that our operators can say, and the names of those that they cannot."""

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
        # The package generates the cases of all its operators, casts that overflow among them, and collects them once
        # in a process, for whichever operator is asked first.
        warnings.simplefilter("ignore")
        collected = [each for each in collect_testcases(None) if each.model.graph.node[0].op_type in KINDS]
    cases, left_out = [], []
    for published in sorted(collected, key=lambda each: str(each.name)):
        (arrays, expected) = published.data_sets[0]
        node = published.model.graph.node[0]
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        operands = [np.asarray(array) for array in arrays]
        case = _case(published.name, node.op_type, attributes, operands, np.asarray(expected[0]))
        if case is None:
            left_out.append(published.name)
        else:
            cases.append(case)
    return Yardstick(f"onnx {onnx.__version__} {' and '.join(KINDS)} node cases", tuple(cases), tuple(left_out))


def _case(
    name: str, kind: str, attributes: Mapping[str, Any], arrays: list[Array], expected: Array
) -> YardstickCase | None:
    """The case as a call of ours; None for what is none: another node, a bias, a number of axes that we have not."""
    value, weight, *bias = arrays
    rank = value.ndim - 2
    operator = OPERATORS.get(f"{KINDS.get(kind, '')}{rank}d{'_transpose' if kind == 'ConvTranspose' else ''}")
    if operator is None or bias:
        return None
    filter = np.ascontiguousarray(np.transpose(weight, (*range(2, rank + 2), 1, 0)))
    strides = tuple(attributes.get("strides", (1,) * rank))
    dilations = tuple(attributes.get("dilations", (1,) * rank))
    padding = _padding(attributes, operator, (value, filter, expected), strides, dilations)
    asked = expected.shape if operator.transposed else ()
    try:
        call = right_call(
            operator.name,
            (value.shape, filter.shape, asked),
            strides=strides,
            padding=padding,
            data_format=operator.data_formats[1],
            dilations=dilations,
            dtype=value.dtype.name,
            groups=attributes.get("group", 1),
        )
    except ArgumentError:
        return None
    if call.output_shape != expected.shape:
        return None
    return YardstickCase(name, call, Question({"value": value, "filter": filter}, None), expected)


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

"""The yardstick: ONNX's published node cases, judged as ONNX judges them.

Knows: the installed `onnx` package, which generates the cases. Must not know: the score; which case is which call of
ours, which the part `scoring` of each kind says.

ONNX's backend test compares with rtol 1e-3 and atol 1e-7; that criterion is theirs and is used for theirs alone.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import Answer, Reply
from conformance.judging.question import Question
from conformance.operators.registry import parts
from conformance.suite.case import RightCall

RELATIVE, ABSOLUTE = 1e-3, 1e-7

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class PublishedCase:
    """One node with its arrays, as ONNX publishes it."""

    name: str
    kind: str
    """ONNX's name of the operator"""
    attributes: Mapping[str, Any]
    operands: list[Array]
    expected: Array


@dataclass(frozen=True, slots=True, eq=False)
class YardstickCase:
    """One published case as a call of ours."""

    name: str
    call: RightCall
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

    readers = {kind: read for scoring in parts("scoring") for kind, read in scoring.ONNX.items()}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # The package generates the cases of all its operators, casts that overflow among them, and collects them once
        # in a process, for whichever operator is asked first.
        warnings.simplefilter("ignore")
        collected = [each for each in collect_testcases(None) if each.model.graph.node[0].op_type in readers]
    cases, left_out = [], []
    for each in sorted(collected, key=lambda each: str(each.name)):
        (arrays, expected) = each.data_sets[0]
        node = each.model.graph.node[0]
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        operands = [np.asarray(array) for array in arrays]
        published = PublishedCase(each.name, node.op_type, attributes, operands, np.asarray(expected[0]))
        case = readers[published.kind](published)
        if case is None:
            left_out.append(published.name)
        else:
            cases.append(case)
    return Yardstick(f"onnx {onnx.__version__} {' and '.join(readers)} node cases", tuple(cases), tuple(left_out))

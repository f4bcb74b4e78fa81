"""The yardstick: ONNX's published node cases, judged as ONNX judges them.

Knows: the installed `onnx` package, which generates the cases. Must not know: the score; which case is which call of
ours, which the part `yardstick` of each kind says.

ONNX's backend test compares with rtol 1e-3 and atol 1e-7; that criterion is theirs and is used for theirs alone.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import Answer, Reply
from conformance.judging.question import Question
from conformance.operators.registry import parts
from conformance.suite.case import RightCall

# The tolerance of ONNX's own loader of these cases (onnx.backend.test.loader), where a case names none.
RELATIVE, ABSOLUTE = 1e-3, 1e-7

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class PublishedCase:
    """One node with its arrays, as ONNX publishes it."""

    name: str
    kind: str
    """ONNX's name of the operator"""
    attributes: Mapping[str, Any]
    operands: tuple[Array | None, ...]
    """in the places that ONNX gives them; None for one that is left out before another"""
    expected: Array


@dataclass(frozen=True, slots=True, eq=False)
class YardstickCase:
    """One published case as a call of ours."""

    name: str
    call: RightCall
    question: Question
    expected: Array


Reader: TypeAlias = Callable[[PublishedCase], YardstickCase | None]
"""a published case as a call of ours; None for one that is not a call of ours"""


class Readers(Protocol):
    """The module `yardstick` of a kind's package."""

    READERS: Mapping[str, Reader]
    """by the operators of ONNX that are the kind's"""


def asked(published: PublishedCase, call: RightCall, **operands: Array) -> YardstickCase | None:
    """The case as this call; None where the two do not agree about the result's shape."""
    if call.result_shape != published.expected.shape:
        return None
    return YardstickCase(published.name, call, Question(operands, None), published.expected)


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

    readers = {kind: read for part in parts("yardstick") for kind, read in part.READERS.items()}
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
        given = iter(np.asarray(array) for array in arrays)
        operands = tuple(next(given) if name else None for name in node.input)
        published = PublishedCase(each.name, node.op_type, attributes, operands, np.asarray(expected[0]))
        case = readers[published.kind](published)
        if case is None:
            left_out.append(published.name)
        else:
            cases.append(case)
    names = f"{', '.join(list(readers)[:-1])} and {list(readers)[-1]}"
    return Yardstick(f"onnx {onnx.__version__} {names} node cases", tuple(cases), tuple(left_out))

"""The search for the single edit of a question whose right result is the answer.

Knows: the edits, the oracle, bounds. Must not know: lanes, frameworks.

What `conformance.judging.diagnosis.search` speaks of, the result of `conv2d_transpose` in real numbers, is left to its
larger table.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic, required_arithmetic
from conformance.judging.comparison import exact_level
from conformance.judging.diagnosis.explanation import Diagnosis, Explanation
from conformance.judging.diagnosis.operators.maps import MAPS
from conformance.judging.diagnosis.operators.operands import OPERANDS
from conformance.judging.diagnosis.operators.recast import QuestionEdit, Recast
from conformance.judging.diagnosis.search import diagnose, is_diagnosed
from conformance.judging.oracle import Expected, expect_call
from conformance.judging.tolerance import error_bound
from conformance.suite.case import Call

QUESTION_EDITS: tuple[QuestionEdit, ...] = (*MAPS, *OPERANDS)
"""in the order in which they are tried and told"""

Array = NDArray[Any]


def diagnose_question(
    call: Call, operands: Mapping[str, Array], answer: Array, arithmetic: Arithmetic | None = None
) -> Diagnosis:
    """Every explanation of a wrong answer to a right call of any operator.

    operands, answer: in the layouts of the call.
    """
    if is_diagnosed(call):
        return diagnose(call, operands["value"], operands["filter"], answer, arithmetic=arithmetic)
    if call.geometry is None or 0 in (prod(call.value_shape), prod(call.output_shape), answer.size):
        return Diagnosis(())
    with np.errstate(all="ignore"):
        right = Recast(call, operands)
        expected = expect_call(call, operands)
        if answer.dtype != expected.format.numpy:
            sentence = f"behaves as if the result's dtype were {answer.dtype.name} instead of {expected.format.name}"
            return Diagnosis((Explanation(("result_dtype",), sentence),))
        return Diagnosis(tuple(_explanations(right, expected, answer)))


def _explanations(right: Recast, expected: Expected, answer: Array) -> Iterator[Explanation]:
    # The weakest arithmetic that is required: under a narrower one that was measured, any edit might explain.
    arithmetic = required_arithmetic(right.call.dtype)
    if _renders(answer, expected, expected.values, arithmetic):
        return
    found: set[str] = set()
    for edit in QUESTION_EDITS:
        for name, clause, recast in edit(right):
            if name not in found and _explains(answer, expected, recast, arithmetic):
                found.add(name)
                yield Explanation((name,), f"behaves as if {clause}")


def _explains(answer: Array, expected: Expected, recast: Recast, arithmetic: Arithmetic) -> bool:
    """Whether the answer is right for the recast question, and that is not just what is right on this data."""
    of_recast = expect_call(recast.call, recast.operands)
    values = _finished(of_recast.values, recast)
    return _is_other(values, expected) and _renders(answer, of_recast, values, arithmetic, recast)


def _is_other(values: Array, expected: Expected) -> bool:
    """Whether the recast question has another right answer on this data."""
    return values.shape != expected.values.shape or not np.array_equal(
        values.astype(expected.format.numpy), expected.rounded
    )


def _renders(
    answer: Array, expected: Expected, values: Array, arithmetic: Arithmetic, recast: Recast | None = None
) -> bool:
    if answer.shape != values.shape:
        return False
    equal = answer == values.astype(expected.format.numpy)
    if equal.all() or exact_level(expected, arithmetic):
        return bool(equal.all())
    bound = np.broadcast_to(error_bound(expected, arithmetic), expected.values.shape)
    bound = bound if recast is None else _finished(bound, recast)
    error = answer.astype(expected.format.wide) - values
    largest = np.maximum(np.abs(error.real), np.abs(error.imag))
    return bool(np.all(equal | ((largest <= np.abs(bound)) & np.isfinite(bound))))


def _finished(array: Array, recast: Recast) -> Array:
    return array if recast.finish is None else recast.finish(array)

"""The search for what explains an answer: single edits, then pairs of them on request.

Knows: the table of edits, how to hold an answer against a rendition. Must not know: lanes, frameworks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic, required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.diagnosis.agreement import Agreement
from conformance.judging.diagnosis.edit import Edit, recropped
from conformance.judging.diagnosis.edits import EDITS
from conformance.judging.diagnosis.explanation import Diagnosis, Explanation
from conformance.judging.diagnosis.rendition import Renderer, Rendition, faithful
from conformance.judging.oracle import Expected, expect_call
from conformance.suite.case import Call
from conformance.suite.dtypes import FORMATS
from reference.geometry import legal_output_lengths

MOST_MULTIPLY_ADDS = 1_000_000
"""beyond these a call is not diagnosed unless asked: every edit costs about as much as the call"""
MOST_SECONDS = 20.0
"""for pairs"""


def diagnose(
    call: Call,
    value: NDArray[Any],
    filter: NDArray[Any],
    answer: NDArray[Any],
    *,
    pairs: bool = False,
    arithmetic: Arithmetic | None = None,
) -> Diagnosis:
    """Every explanation of a wrong answer to a right call, under the lane's arithmetic where that is known.

    value, filter, answer: in the layouts of the call. Pairs of edits are tried where no single edit explains.
    """
    if not is_diagnosed(call) or 0 in (value.size, prod(call.output_shape)):
        return Diagnosis(())
    arithmetic = arithmetic or required_arithmetic(call.dtype)
    expected = expect_call(call, {"value": value, "filter": filter})
    if compare(answer, expected, arithmetic).conforms:
        return Diagnosis(())
    with np.errstate(all="ignore"):
        found = _of_dtype(answer, expected)
        if found and compare(answer.astype(expected.format.numpy), expected, arithmetic).conforms:
            return Diagnosis(tuple(each.explanation for each in found))
        search = _Search(faithful(call, value, filter), Agreement(answer, expected, arithmetic), answer)
        found += search.singles()
        if pairs and not any(each.sure for each in found):
            found += search.pairs(monotonic() + MOST_SECONDS)
    sure = [each for each in found if each.sure]
    return Diagnosis(tuple(each.explanation for each in sure or found))


def is_diagnosed(call: Call) -> bool:
    """Whether the table of edits speaks of the call: right ones of `conv2d_transpose`, their result in real numbers."""
    plain = call.direction == "forward" and call.groups == 1 and not call.bias
    real = FORMATS[call.dtype].kind == "real"
    return call.geometry is not None and call.operator == "conv2d_transpose" and plain and real


@dataclass(frozen=True, slots=True)
class _Found:
    explanation: Explanation
    sure: bool


class _Search:
    """One answer and the specification's rendition of its call."""

    def __init__(self, right: Rendition, agreement: Agreement, answer: NDArray[Any]) -> None:
        self._right = right
        self._agreement = agreement
        lengths = answer.shape[1:3] if right.last else answer.shape[2:]
        self._lengths = lengths if answer.ndim == 4 and list(lengths) != right.outputs else None
        self._renderer = Renderer()

    def singles(self) -> list[_Found]:
        found = []
        for edit in EDITS.values():
            new = self._holding(self._edited(edit, self._right))
            if new is not None:
                explanation = Explanation((edit.name,), f"behaves as if {edit.told(self._right, new)}")
                found.append(_Found(explanation, sure=not new.vague))
        return found or self._by_shape()

    def pairs(self, deadline: float) -> list[_Found]:
        """Pairs of edits of different kinds, in the order of the table, until the deadline."""
        edits = list(EDITS.values())
        found: list[_Found] = []
        for number, first in enumerate(edits):
            for middle in first.apply(self._right):
                for second in edits[number + 1 :]:
                    if monotonic() > deadline:
                        return found
                    if second.kind != first.kind and not middle.vague:
                        found += self._pair(first, middle, second)
            self._renderer.forget()
        return _distinct(found)

    def _pair(self, first: Edit, middle: Rendition, second: Edit) -> Iterator[_Found]:
        new = self._holding(self._edited(second, middle))
        if new is not None and not new.vague:
            sentence = f"behaves as if {first.told(self._right, middle)}, and {second.told(middle, new)}"
            yield _Found(Explanation((first.name, second.name), sentence), sure=True)

    def _holding(self, renditions: Iterator[Rendition]) -> Rendition | None:
        """The first rendition that explains the answer, a sure one before a vague one."""
        vague = None
        for rendition in renditions:
            if (vague is None or not rendition.vague) and self._agreement.holds(rendition, self._renderer):
                if not rendition.vague:
                    return rendition
                vague = rendition
        return vague

    def _edited(self, edit: Edit, old: Rendition) -> Iterator[Rendition]:
        for new in edit.apply(old):
            if min(new.outputs) < 0:
                continue
            yield new
            if self._lengths is not None and self._renumbered(new):
                yield from _reaching(new, self._lengths)

    def _renumbered(self, new: Rendition) -> bool:
        """Whether other output lengths may be legal than the call's."""
        old = self._right
        shapes = new.filter.shape != old.filter.shape or new.value.shape != old.value.shape
        return shapes or new.strides != old.strides or new.dilations != old.dilations

    def _by_shape(self) -> list[_Found]:
        """Where the values of a wrong shape have no explanation: the edits that give the shape."""
        if self._lengths is None:
            return []
        found: list[_Found] = []
        for edit in EDITS.values():
            for new in self._edited(edit, self._right):
                if self._renderer.values(new).shape == self._agreement.shape:
                    sentence = f"has the shape, not the values, as if {edit.told(self._right, new)}"
                    found.append(_Found(Explanation((edit.name,), sentence), sure=False))
                    break
        return found


def _of_dtype(answer: NDArray[Any], expected: Expected) -> list[_Found]:
    if answer.dtype == expected.format.numpy:
        return []
    sentence = f"behaves as if the result's dtype were {answer.dtype.name} instead of {expected.format.name}"
    return [_Found(Explanation(("result_dtype",), sentence), sure=True)]


def _reaching(new: Rendition, lengths: tuple[int, ...]) -> Iterator[Rendition]:
    """The rendition with the answer's lengths, where its numbers make them legal: one that ignores output_shape."""
    legal = (
        legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, rule)
        for axis, rule in zip(new.axes, new.rules, strict=True)
    )
    if all(length in span for length, span in zip(lengths, legal, strict=True)):
        longer = (replace(axis, output=length) for axis, length in zip(new.axes, lengths, strict=True))
        yield new.with_axes(*(recropped(axis, rule) for axis, rule in zip(longer, new.rules, strict=True)))


def _distinct(found: list[_Found]) -> list[_Found]:
    return list({each.explanation.edits: each for each in found}.values())

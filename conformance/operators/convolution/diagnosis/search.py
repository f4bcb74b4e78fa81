"""The search for what explains an answer: single edits, then pairs of them on request.

Knows: the table of edits, how to hold an answer against a rendition. Must not know: lanes, frameworks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import prod
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic, required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.diagnosis.agreement import Agreement
from conformance.operators.convolution.diagnosis.edit import MOST_POSITIONS, Edit, legal, recropped
from conformance.operators.convolution.diagnosis.edits import EDITS
from conformance.operators.convolution.diagnosis.explanation import Closeness, Diagnosis, EditExplanation, Fit
from conformance.operators.convolution.diagnosis.others import (
    ANOTHER_BIAS,
    ANOTHER_FILTER,
    with_another_bias,
    with_another_filter,
)
from conformance.operators.convolution.diagnosis.renderer import Renderer
from conformance.operators.convolution.diagnosis.rendition import Rendition, faithful
from conformance.operators.convolution.oracle import expect_call
from reference.arrays import from_layout

# Beyond these a call is not diagnosed unless asked: every edit costs about as much as the call
MOST_MULTIPLY_ADDS = 1_000_000
# For pairs
MOST_SECONDS = 20.0


def diagnose(
    call: RightConvolution,
    operands: Mapping[str, NDArray[Any]],
    answer: NDArray[Any],
    arithmetic: Arithmetic | None = None,
    *,
    pairs: bool = False,
) -> Diagnosis:
    """Every explanation of a wrong answer to a right call of any operator, the closest first; under the lane's
    arithmetic where that is known.

    operands, answer: in the layouts of the call. Pairs of edits are tried where no single edit explains.
    """
    if 0 in (prod(call.value_shape), prod(call.output_shape)):
        return Diagnosis(())
    arithmetic = arithmetic or required_arithmetic(call.dtype)
    expected = expect_call(call, operands)
    if compare(answer, expected, arithmetic).conforms:
        return Diagnosis(())
    with np.errstate(all="ignore"):
        found: list[EditExplanation] = []
        if answer.dtype != expected.format.numpy:
            sentence = f"behaves as if the result's dtype were {answer.dtype.name} instead of {expected.format.name}"
            found = [EditExplanation(("result_dtype",), sentence)]
        # Complex numbers tell nothing of real ones.
        if found and (answer.dtype.kind == "c") != (expected.format.kind == "complex"):
            return _told(found)
        if found and compare(answer.astype(expected.format.numpy), expected, arithmetic).conforms:
            return _told(found)
        search = _Search(faithful(call, operands), Agreement(answer, expected, arithmetic), expected)
        found += search.singles()
        if pairs and not found:
            found += search.pairs(monotonic() + MOST_SECONDS)
        return _told(found or search.by_shape())


class _Search:
    """One answer and the specification's rendition of its call."""

    def __init__(self, right: Rendition, agreement: Agreement, expected: Expected) -> None:
        self._right = right
        self._agreement = agreement
        self._expected = expected
        self._lengths = self._other_lengths()
        self._renderer = Renderer()

    def singles(self) -> list[EditExplanation]:
        found = []
        for edit in EDITS.values():
            found += self._found(edit, self._edited(edit, self._right))
        if not any(each.closeness is not Closeness.ALIKE for each in found) and self._is_of_right_shape():
            last = self._right.last or not self._right.of_pixels
            answer, right = (from_layout(each, last) for each in (self._agreement.wide, self._expected.values))
            found += self._found(ANOTHER_BIAS, with_another_bias(self._right, answer, right))
            found += self._found(ANOTHER_FILTER, with_another_filter(self._right, answer))
        return found

    def pairs(self, deadline: float) -> list[EditExplanation]:
        """Pairs of edits of different kinds, in the order of the table, until the deadline."""
        edits = list(EDITS.values())
        found: list[EditExplanation] = []
        for number, first in enumerate(edits):
            for middle in first.apply(self._right):
                if middle.accumulator is not None or not self._is_possible(middle):
                    continue
                for second in edits[number + 1 :]:
                    if monotonic() > deadline:
                        return _distinct(found)
                    if second.kind != first.kind:
                        found += self._pair(first, middle, second)
            self._renderer.forget()
        return _distinct(found)

    def by_shape(self) -> list[EditExplanation]:
        """Where no values have an explanation: the edits that give the shape, unless a pad is beyond the kernel.

        Pads beyond the kernel change lengths in implementations of their own; a length tells nothing of its cause then.
        """
        beyond = any(axis.crop_before >= axis.extent or axis.crop_after >= axis.extent for axis in self._right.axes)
        if self._is_of_right_shape() or beyond:
            return []
        found: list[EditExplanation] = []
        for edit in EDITS.values():
            for new in self._edited(edit, self._right):
                if new.accumulator is None and self._renderer.values(new).shape == self._agreement.shape:
                    sentence = f"has the shape, not the values, as if {edit.told(self._right, new)}"
                    found.append(EditExplanation((edit.name,), sentence, Closeness.ALIKE))
                    break
        return found

    def _found(self, edit: Edit, renditions: Iterable[Rendition]) -> list[EditExplanation]:
        best = self._closest(renditions)
        if best is None:
            return []
        return [_explanation((edit.name,), edit.told(self._right, best[1]), best[0])]

    def _pair(self, first: Edit, middle: Rendition, second: Edit) -> Iterator[EditExplanation]:
        best = self._closest(self._edited(second, middle))
        if best is not None and best[0].closeness is not Closeness.ALIKE:
            told = f"{first.told(self._right, middle)}, and {second.told(middle, best[1])}"
            yield _explanation((first.name, second.name), told, best[0])

    def _closest(self, renditions: Iterable[Rendition]) -> tuple[Fit, Rendition] | None:
        """The first of the renditions that explain the answer most closely."""
        best: tuple[Fit, Rendition] | None = None
        for rendition in renditions:
            fit = self._agreement.fit(rendition, self._renderer)
            if fit is not None and (best is None or fit.closeness.rank < best[0].closeness.rank):
                best = (fit, rendition)
                if fit.closeness is Closeness.BITWISE:
                    break
        return best

    def _is_possible(self, new: Rendition) -> bool:
        """Whether the lengths are those of arrays that have room."""
        arrays = [[getattr(axis, name) for axis in new.axes] for name in ("input", "output", "full")]
        most = max(MOST_POSITIONS, 4 * prod(axis.full for axis in self._right.axes))
        return all(min(lengths) >= 0 and prod(lengths) <= most for lengths in arrays)

    def _edited(self, edit: Edit, old: Rendition) -> Iterator[Rendition]:
        for new in edit.apply(old):
            # What is done to a result of one kind cannot be done to one of another: a gradient for what was asked for.
            of_another_kind = bool(old.finish) and new.target != old.target
            if of_another_kind or not self._is_possible(new):
                continue
            yield new
            if self._lengths is not None and self._renumbered(new):
                # One that ignores output_shape: with the answer's lengths, where its numbers make them legal.
                spans = [legal(axis, rule) for axis, rule in zip(new.axes, new.rules, strict=True)]
                if all(length in span for length, span in zip(self._lengths, spans, strict=True)):
                    longer = [
                        replace(axis, output=length) for axis, length in zip(new.axes, self._lengths, strict=True)
                    ]
                    yield new.with_axes([recropped(axis, rule) for axis, rule in zip(longer, new.rules, strict=True)])

    def _renumbered(self, new: Rendition) -> bool:
        """Whether other output lengths may be legal than the call's."""
        old = self._right
        shapes = any(new.operands[name].shape != old.operands[name].shape for name in ("value", "filter"))
        return shapes or new.strides != old.strides or new.dilations != old.dilations

    def _is_of_right_shape(self) -> bool:
        return self._agreement.shape == self._expected.values.shape

    def _other_lengths(self) -> tuple[int, ...] | None:
        """The answer's spatial lengths, where the caller named others; None elsewhere."""
        right, shape = self._right, self._agreement.shape
        if not (right.operator.transposed and right.forward) or len(shape) != right.operator.rank + 2:
            return None
        lengths = shape[1:-1] if right.last else shape[2:]
        return lengths if list(lengths) != right.lengths else None


def _explanation(edits: tuple[str, ...], told: str, fit: Fit) -> EditExplanation:
    return EditExplanation(edits, f"behaves as if {told}", fit.closeness, fit.answered, fit.allowed)


def _told(found: list[EditExplanation]) -> Diagnosis:
    """The closest first; those by the size of errors only where nothing is closer."""
    sure = [each for each in found if each.closeness is not Closeness.ALIKE] or found
    return Diagnosis(tuple(sorted(sure, key=lambda each: each.closeness.rank)))


def _distinct(found: list[EditExplanation]) -> list[EditExplanation]:
    return list({each.edits: each for each in found}.values())

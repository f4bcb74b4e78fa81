"""A lane examined by questions instead of cases: its map, its accumulators, and what explains one wrong answer.

Knows: one lane. Must not know: how the answers are told (`shown.py`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from numpy.typing import NDArray

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.verdict import Verdict
from conformance.operators.convolution.affine import Map, fit_map
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from conformance.operators.convolution.footprint import Footprint, read_footprint
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.inputs import fill
from conformance.operators.convolution.masking import EXPONENTS, MaskingQuestion, SignificandBits, measure_bits
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.convolution.subject import ConvolutionSubject
from conformance.workers.client import Client
from conformance.workers.declared import NoAnswer, first_answered
from reference.family import Operator

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Portrait:
    """What the questions showed of a lane."""

    call: RightConvolution
    footprint: Footprint
    map: Map | None
    verdict: Verdict
    """of one answer to mixed integers"""
    diagnosis: Diagnosis
    """of that answer"""
    bits: SignificandBits | None
    """None where the lane does not answer the masking questions, and for dtypes that have none"""
    passed_over: tuple[str, ...] = ()
    """what was asked before, and why it was not answered"""

    @property
    def departures(self) -> tuple[str, ...]:
        """How the map departs from what was asked, a clause each."""
        return tuple(_departures(self))


def portray_first(
    client: Client, subjects: Iterable[ConvolutionSubject], witness: Callable[[ConvolutionSubject], RightConvolution]
) -> Portrait:
    """The portrait of the first subject for which the lane has words, seen by the call that `witness` makes of it.

    Raises NoAnswer where there is none, or where one gets no answer for another reason; ValueError when codes do not
    fit the dtype.
    """
    found = first_answered(subjects, lambda subject: portray(client, witness(subject)))
    return replace(found.answer, passed_over=found.passed_over)


def portray(client: Client, call: RightConvolution) -> Portrait:
    """Ask all questions about the result, or the gradient of the value; raises NoAnswer when the call itself gets none,
    ValueError when codes do not fit the dtype.
    """
    footprint = read_footprint(call, partial(client.answer, call))
    operands = fill(GENERATORS["mix"], call, "diagnose")
    answer = client.answer(call, operands)
    verdict = compare(answer, expect_call(call, operands), required_arithmetic(call.dtype))
    diagnosis = diagnose(call, operands, answer)
    return Portrait(call, footprint, fit_map(footprint, call), verdict, diagnosis, _bits(client, call))


def _bits(client: Client, call: RightConvolution) -> SignificandBits | None:
    """The widths of the accumulators for calls of this subject and form of padding."""

    def ask(question: MaskingQuestion) -> Array | None:
        try:
            return client.answer(question.call, question.operands)
        except NoAnswer:
            return None

    if call.dtype not in EXPONENTS:
        return None
    form = call.padding if isinstance(call.padding, str) else "explicit"
    bits = measure_bits(ConvolutionSubject.of(call), form, ask)
    return None if bits == SignificandBits(None, None) else bits


def _departures(portrait: Portrait) -> Iterator[str]:
    geometry, fitted, footprint = portrait.call.geometry, portrait.map, portrait.footprint
    for shape in footprint.wrong_shapes:
        yield f"the result's shape is {list(shape)} instead of {list(portrait.call.result_shape)}"
    if fitted is None:
        if not footprint.wrong_shapes:
            yield "no product reaches the result"
        return
    operator = portrait.call.definition
    for name, fit, asked in zip(operator.spatial_names, fitted.axes, geometry.axes, strict=True):
        yield from fit.differences(name, asked, crop_word(operator))
    if ", ".join(fitted.filter_layout) != operator.filter_layout:
        yield f"the filter is read as [{', '.join(fitted.filter_layout)}] instead of [{operator.filter_layout}]"
    if fitted.kernel_transposed:
        yield f"the kernel's axes are exchanged: taps are those of axes {list(fitted.kernel_axes)}"
    if fitted.missing_products:
        yield f"{fitted.missing_products} products are missing, of the taps {[list(tap) for tap in fitted.missing]}"
    if fitted.extra_products or footprint.strangers:
        strangers = fitted.extra_products + footprint.strangers
        yield f"{strangers} pixels of the result hold what no tap of the map leads there"
    if footprint.meeting not in ("added", "none"):
        yield f"taps that meet are {'overwritten' if footprint.meeting == 'overwritten' else 'not added'}"


def crop_word(operator: Operator) -> str:
    """What the operator's authors call a geometry's crop_before: a forward convolution pads what its adjoint crops."""
    return "crop_before" if operator.transposed else "pad_before"

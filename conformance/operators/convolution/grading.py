"""A lane's grade: the width of its accumulators and what it does with subnormal numbers, measured, dtype by dtype.

Knows: the masking probe and one lane's session. Must not know: verdicts; a grade is told beside them, not judged.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from numpy.typing import NDArray

from conformance.journal import Grade
from conformance.operators.convolution.masking import EXPONENTS, MaskingQuestion, measure_bits
from conformance.operators.convolution.subject import PIXELS, ConvolutionSubject, subjects
from conformance.running.session import LaneSession
from conformance.workers.declared import NoAnswer, NothingAnswered, NoWords, first_answered

DTYPES = frozenset(EXPONENTS)

# Of the padding: libraries choose their kernels by it
FORMS = ("SAME", "explicit")


def measure_grades(session: LaneSession, dtypes: Iterable[str]) -> Iterator[Grade]:
    """One grade per dtype and form of padding, of the first operator, direction and layout for which the lane has
    words; none where it has words for none.
    """
    for dtype in dtypes:
        for form in FORMS:
            asked = subjects(session.client.declared, (dtype,), PIXELS)
            try:
                yield first_answered(asked, lambda subject: _grade(session, subject, form)).answer  # noqa: B023
            except NothingAnswered:
                continue


def _grade(session: LaneSession, subject: ConvolutionSubject, form: str) -> Grade:
    """Raises NoWords where no question is answered."""
    asked: list[MaskingQuestion] = []
    unanswered: list[str] = []

    def ask(question: MaskingQuestion) -> NDArray[Any] | None:
        asked.append(question)
        try:
            return session.client.answer(question.call, question.operands)
        except NoAnswer as reason:
            unanswered.append(str(reason))
            return None

    bits = measure_bits(subject, form, ask)
    if bits.channels is None and bits.taps is None:
        raise NoWords(unanswered[0])
    flushes = session.prober.flushes(asked[0].call)
    lane, dtype = session.lane.text, subject.dtype
    return Grade(lane, dtype, form, bits.channels, bits.taps, flushes, subject.operator.name, subject.direction)

"""A lane's grade: the width of its accumulators and what it does with subnormal numbers, measured, dtype by dtype.

Knows: the masking probe and one lane's session. Must not know: verdicts; a grade is told beside them, not judged.
"""

from collections.abc import Iterable, Iterator

from conformance.adapters.reply import Answer
from conformance.judging.masking import masking_questions, significand_bits
from conformance.judging.question import Question
from conformance.running.journal import Grade
from conformance.running.lane_session import LaneSession

FORMS = ("SAME", "explicit")
"""libraries choose their kernels by the form of the padding"""


def measure_grades(session: LaneSession, dtypes: Iterable[str]) -> Iterator[Grade]:
    """One grade per dtype and form of padding, as far as the lane answers calls of them."""
    for dtype in dtypes:
        for form in FORMS:
            questions = masking_questions(dtype, form)
            answers = []
            for question in questions:
                reply = session.reply(
                    question.call, Question({"value": question.value, "filter": question.filter}, None)
                )
                answers.append(reply.array if isinstance(reply, Answer) else None)
                if answers[0] is None:
                    break
            if answers[0] is not None:
                bits = significand_bits(questions, answers)
                flushes = session.prober.flushes(questions[0].call)
                yield Grade(session.lane.text, dtype, form, bits.channels, bits.taps, flushes)

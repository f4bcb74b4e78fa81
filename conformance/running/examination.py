"""What lanes share of a trial: its question and its probes, made once, and the verdict on the same bits of it.

Knows: trials and what they are judged by. Must not know: lanes and workers.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from conformance.adapters.reply import Answer
from conformance.judging.arithmetic import Arithmetic
from conformance.judging.expectation import diagnosed
from conformance.judging.judge import digest, judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Verdict
from conformance.suite.case import RightCall, RightTrial, Trial

# Of the full corpus in six lanes all questions take about 250 MB, and the suite's own process is to stay under 600.
KEPT_BYTES = 5 * 2**25
# Of about 2 KB each: two rounds of the corpus, so that a lane far behind the others meets theirs.
KEPT_VERDICTS = 2**14


@dataclass(slots=True)
class _KeptQuestions:
    """Questions that are made or being made, and how many lanes have asked for them."""

    making: Lock = field(default_factory=Lock)
    """held while they are made"""
    questions: Sequence[Question] | None = None
    bytes: int = 0
    asked: int = 0


class Examination:
    """Keeps a question until each of the lanes has asked for it, and of those that wait the newest up to KEPT_BYTES.
    Lanes run at different speeds, and in different orders: a slow one may have to have its question made again, and
    what is kept stays bounded all the same.

    Beside it a run grows by about 1 KB a record: which records there are, and what is known of geometries.
    """

    def __init__(self, lanes: int | None = None) -> None:
        """`lanes`: how many will ask, each question once; None where nobody knows."""
        self._lanes = lanes
        self._lock = Lock()
        self._questions: OrderedDict[Hashable, _KeptQuestions] = OrderedDict()
        self._bytes = 0
        self._verdicts: OrderedDict[Hashable, Verdict] = OrderedDict()
        self._diagnosing = Lock()

    def question(self, trial: Trial) -> Question:
        """The trial's question; a second thread that asks for it waits for the first to make it."""
        return self._kept(trial.id, lambda: [make_question(trial)])[0]

    def probes(self, make: Callable[[RightCall], Sequence[Question]], call: RightCall) -> Sequence[Question]:
        """The questions of one kind of probe for the call, in the same way."""
        return self._kept((make.__name__, call), lambda: make(call))

    def verdict(self, trial: RightTrial, question: Question, reply: Answer, arithmetic: Arithmetic) -> Verdict:
        """The verdict on an answer, and what a wrong one behaves like: the same for the same bits in every lane."""
        key = (
            trial.id,
            arithmetic,
            reply.array.dtype,
            reply.array.shape,
            digest(reply.array),
            reply.disturbed,
            reply.aliased,
        )
        found = self._verdicts.get(key)
        if found is not None:
            return found
        verdict = judge(trial, reply, question.expected, arithmetic)
        if not verdict.conforms:
            # One after the other: a diagnosis of a large call takes hundreds of megabytes, and lanes share it.
            with self._diagnosing:
                found = self._verdicts.get(key)
                if found is not None:
                    return found
                verdict = diagnosed(verdict, trial, question, reply.array, arithmetic)
                self._verdicts[key] = verdict
        with self._lock:
            self._verdicts[key] = verdict
            if len(self._verdicts) > KEPT_VERDICTS:
                self._verdicts.popitem(last=False)
        return verdict

    def forget(self) -> None:
        """Let all that is kept go."""
        with self._lock:
            self._questions.clear()
            self._verdicts.clear()
            self._bytes = 0

    def _kept(self, key: Hashable, make: Callable[[], Sequence[Question]]) -> Sequence[Question]:
        with self._lock:
            kept = self._questions.get(key)
            if kept is None:
                kept = self._questions[key] = _KeptQuestions()
            kept.asked += 1
        with kept.making:
            if kept.questions is None:
                self._make(key, kept, make)
            questions = kept.questions
        assert questions is not None
        with self._lock:
            if kept.asked == self._lanes and self._questions.get(key) is kept:
                del self._questions[key]
                self._bytes -= kept.bytes
        return questions

    def _make(self, key: Hashable, kept: _KeptQuestions, make: Callable[[], Sequence[Question]]) -> None:
        """Raises what `make` raises; who waited for the same then makes it, and meets that, too."""
        try:
            kept.questions = make()
        except BaseException:
            with self._lock:
                if self._questions.get(key) is kept:
                    del self._questions[key]
            raise
        made = sum(question.bytes for question in kept.questions)
        with self._lock:
            if self._questions.get(key) is not kept:  # let go by another thread, before they were counted
                return
            kept.bytes = made
            self._bytes += made
            while self._bytes > KEPT_BYTES and len(self._questions) > 1:
                oldest = next(iter(self._questions.values()))
                if oldest.questions is None:
                    break
                self._bytes -= self._questions.popitem(last=False)[1].bytes

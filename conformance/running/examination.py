"""Inputs and oracle of each trial, made once for all lanes that ask it.

Knows: trials and what they are judged by. Must not know: lanes and workers.
"""

from collections import OrderedDict
from concurrent.futures import Future
from threading import Lock

from conformance.judging.question import Question, make_question
from conformance.suite.case import Trial

KEPT_BYTES = 2**28


class Examination:
    """Keeps the newest questions up to KEPT_BYTES. Lanes run at different speeds: a slow one may have to have its
    question made again, and what is kept stays bounded all the same.

    Beside it a run grows by about 1 KB a record: which records there are, and what is known of geometries.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._questions: OrderedDict[str, Future[Question]] = OrderedDict()
        self._bytes = 0

    def question(self, trial: Trial) -> Question:
        """The trial's question; a second thread that asks for it waits for the first to make it."""
        with self._lock:
            future = self._questions.get(trial.id)
            mine = future is None
            if future is None:
                future = self._questions[trial.id] = Future()
        if mine:
            self._make(trial, future)
        return future.result()

    def _make(self, trial: Trial, future: Future[Question]) -> None:
        try:
            question = make_question(trial)
        except BaseException as error:
            future.set_exception(error)
            with self._lock:
                del self._questions[trial.id]
            return
        future.set_result(question)
        with self._lock:
            self._bytes += question.bytes
            while self._bytes > KEPT_BYTES and len(self._questions) > 1:
                oldest = next(iter(self._questions))
                if not self._questions[oldest].done():
                    break
                self._bytes -= self._questions.pop(oldest).result().bytes

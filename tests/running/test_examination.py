"""Questions: made once for all lanes, and not kept for ever."""

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event, Lock
from typing import Any

import numpy as np
import pytest

from conformance.adapters.reply import Answer
from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Verdict
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.running import examination
from conformance.running.examination import Examination
from conformance.suite.case import Trial

Making = Callable[[Trial], Question]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the trials whose questions were made, in order."""
    ids: list[str] = []
    lock = Lock()

    def counted(trial: Trial) -> Question:
        with lock:
            ids.append(trial.id)
        return make_question(trial)

    monkeypatch.setattr(examination, "make_question", counted)
    return ids


def test_lanes_that_ask_at_once_get_one_question(tutorial: dict[str, Trial], made: list[str]) -> None:
    together, barrier = Examination(), Barrier(8)
    trials = list(tutorial.values())

    def lane() -> list[Question]:
        barrier.wait()
        return [together.question(trial) for trial in trials]

    with ThreadPoolExecutor(8) as pool:
        lanes = [future.result() for future in [pool.submit(lane) for _ in range(8)]]
    assert sorted(made) == sorted(trial.id for trial in trials)
    assert all(other[number] is question for other in lanes for number, question in enumerate(lanes[0]))


def test_a_question_is_the_one_of_its_trial(tutorial: dict[str, Trial]) -> None:
    for trial in tutorial.values():
        found, wanted = Examination().question(trial), make_question(trial)
        assert np.array_equal(found.value, wanted.value)
        assert (found.expected is None) is (wanted.expected is None)


def test_beyond_the_limit_the_oldest_questions_are_made_again(
    tutorial: dict[str, Trial], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = [trial for trial in tutorial.values() if isinstance(trial, ConvolutionTrial)]
    size = make_question(first).bytes
    monkeypatch.setattr(examination, "KEPT_BYTES", sum(make_question(trial).bytes for trial in others))
    asked = Examination()
    for trial in (first, *others, others[-1], first):
        asked.question(trial)
    assert size > 0
    assert made == [trial.id for trial in (first, *others, first)]


def test_what_every_lane_has_asked_is_not_kept(
    tutorial: dict[str, Trial], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that there is room for what a slow lane has not asked yet."""
    first, *others = [trial for trial in tutorial.values() if isinstance(trial, ConvolutionTrial)]
    size = max(make_question(trial).bytes for trial in (first, *others))
    monkeypatch.setattr(examination, "KEPT_BYTES", 2 * size)
    asked = Examination(lanes=2)
    asked.question(first)
    for trial in others:
        asked.question(trial)
        asked.question(trial)
    asked.question(first)
    assert made == [first.id, *(trial.id for trial in others)]
    asked.question(first)
    assert made[-1] == first.id


def test_a_question_larger_than_the_limit_is_kept_until_the_next(
    tutorial: dict[str, Trial], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "KEPT_BYTES", 1)
    one, other = list(tutorial.values())[:2]
    asked = Examination()
    for trial in (one, one, other, other, one):
        asked.question(trial)
    assert made == [one.id, other.id, one.id]


def test_what_another_thread_lets_go_before_it_is_counted_is_not_taken_off(
    tutorial: dict[str, Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = tutorial.values()
    size = make_question(second).bytes
    monkeypatch.setattr(examination, "KEPT_BYTES", size - 1)
    kept, entered = Examination(), list[int]()

    class Interrupted:
        """The lock, for which the first question waits to be counted while the second one makes it go."""

        def __init__(self, lock: Any) -> None:
            self._lock = lock

        def __enter__(self) -> None:
            entered.append(1)
            if len(entered) == 2:  # the first time it was asked for
                kept.question(second)
            self._lock.acquire()

        def __exit__(self, *_: object) -> None:
            self._lock.release()

    monkeypatch.setattr(kept, "_lock", Interrupted(Lock()))
    kept.question(first)
    assert kept._bytes == size


def test_a_question_that_cannot_be_made_fails_for_those_who_wait_and_is_tried_again(
    tutorial: dict[str, Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, release, calls = Event(), Event(), []

    def failing(trial: Trial) -> Question:
        calls.append(trial.id)
        entered.set()
        release.wait(10)
        raise MemoryError("no room")

    monkeypatch.setattr(examination, "make_question", failing)
    asked, trial = Examination(), next(iter(tutorial.values()))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked.question, trial)
        assert entered.wait(10)
        release.set()
        assert isinstance(waiting.exception(10), MemoryError)
    with pytest.raises(MemoryError):
        asked.question(trial)
    assert len(calls) == 2


def test_what_is_kept_of_tiny_trials_is_what_is_counted(tutorial: dict[str, Trial]) -> None:
    """The limit is one of memory, not of elements: the objects of a tiny question take more than its arrays."""
    trials = [trial for trial in tutorial.values() if isinstance(trial, ConvolutionTrial)]
    asked = Examination()
    for trial in trials:
        asked.question(trial)
    counted = sum(make_question(trial).bytes for trial in trials)
    tracemalloc.start()
    try:
        for number in range(20):
            for trial in trials:
                asked.question(replace(trial, id=f"{trial.id}{number}"))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept <= 1.2 * 20 * counted


def test_lanes_that_are_wrong_alike_share_one_diagnosis(
    tutorial: dict[str, Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = next(trial for trial in tutorial.values() if isinstance(trial, ConvolutionTrial))
    asked, calls = Examination(), list[str]()
    question, barrier = asked.question(trial), Barrier(4)
    assert question.expected is not None
    wrong = Answer(question.expected.rounded + 1, 0.0)
    arithmetic = required_arithmetic(trial.call.dtype)

    def counted(verdict: Verdict, *_: object) -> Verdict:
        calls.append("diagnosed")
        return replace(verdict, diagnosis=("one too many",))

    monkeypatch.setattr(examination, "diagnosed", counted)

    def lane() -> Verdict:
        barrier.wait()
        return asked.verdict(trial, question, wrong, arithmetic)

    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(lane) for _ in range(4)]]
    assert calls == ["diagnosed"]
    assert {verdict.diagnosis for verdict in found} == {("one too many",)}


def test_after_a_run_nothing_is_kept(tutorial: dict[str, Trial], made: list[str]) -> None:
    first = next(iter(tutorial.values()))
    asked = Examination(lanes=2)
    asked.question(first)
    asked.forget()
    asked.question(first)
    assert made == [first.id, first.id]

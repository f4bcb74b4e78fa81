"""The verdict for every kind of reply, to a right call and to one that is wrong on purpose."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from conformance.adapters.reply import Answer, CannotSay, Crashed, Failed, Misshapen, Refused, Reply, TimedOut
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome, Verdict
from conformance.suite.case import Trial

Trials = Callable[..., Trial]
LITERAL = {"value": [[[[3]]]], "filter": [[[[-5]]]]}
RIGHT: dict[str, Any] = {"inputs": LITERAL}
WRONG: dict[str, Any] = {"output_shape": [1, 2, 1, 1], "expect": {"refusal": "output_shape"}}
MINUS_15 = Answer(np.full((1, 1, 1, 1), -15, np.float32), 0.1)
MINUS_14 = Answer(np.full((1, 1, 1, 1), -14, np.float32), 0.1)


def judged(trial: Trial, reply: Reply) -> Verdict:
    return judge(trial, reply, make_question(trial).expected)


@pytest.mark.parametrize(
    ("reply", "asked", "outcome", "conforms"),
    [
        (MINUS_15, RIGHT, Outcome.AGREES, True),
        (MINUS_14, RIGHT, Outcome.DIFFERS, False),
        (Answer(np.zeros((1, 1, 1), np.float32), 0.1), RIGHT, Outcome.WRONG_SHAPE, False),
        (Answer(np.zeros((1, 1, 1, 1), np.float64), 0.1), RIGHT, Outcome.WRONG_DTYPE, False),
        (Refused("ValueError", "no"), RIGHT, Outcome.REFUSED, False),
        (CannotSay("no word for it"), RIGHT, Outcome.UNSUPPORTED, True),
        (Failed("broke"), RIGHT, Outcome.ERRORED, False),
        (Crashed("SIGABRT", ""), RIGHT, Outcome.CRASHED, False),
        (TimedOut(60), RIGHT, Outcome.TIMED_OUT, False),
        (MINUS_15, WRONG, Outcome.ACCEPTED, False),
        (Answer(np.zeros((0,), np.int64), 0.1), WRONG, Outcome.ACCEPTED, False),
        (Refused("ValueError", "no"), WRONG, Outcome.REFUSED, True),
        (CannotSay("no word for it"), WRONG, Outcome.UNSUPPORTED, True),
        (Failed("broke"), WRONG, Outcome.ERRORED, False),
        (Crashed("SIGABRT", ""), WRONG, Outcome.CRASHED, False),
        (TimedOut(60), WRONG, Outcome.TIMED_OUT, False),
    ],
    ids=lambda each: getattr(type(each), "__name__", None) if isinstance(each, Reply) else None,
)
def test_each_reply_has_its_outcome(
    trial: Trials, reply: Reply, asked: dict[str, Any], outcome: Outcome, conforms: bool
) -> None:
    verdict = judged(trial(**asked), reply)
    assert (verdict.outcome, verdict.conforms) == (outcome, conforms)


@pytest.mark.parametrize(
    "expect",
    [
        {"values": [[[[-15]]]]},
        {"checksum": "sha256:" + "0" * 64},
    ],
)
def test_a_recorded_expectation_is_judged_by_the_reference_as_well(trial: Trials, expect: dict[str, Any]) -> None:
    asked = trial(inputs=LITERAL, expect=expect)
    assert judged(asked, MINUS_15).outcome is Outcome.AGREES
    assert judged(asked, MINUS_14).outcome is Outcome.DIFFERS


@pytest.mark.parametrize(
    ("reply", "asked", "detail"),
    [
        (MINUS_15, RIGHT, "all 1 elements are bitwise right"),
        (Refused("ValueError", "no\n  such"), RIGHT, "a valid call was refused: ValueError: no such"),
        (Refused("ValueError", "no"), WRONG, "refused, as it must be (output_shape: length): ValueError: no"),
        (
            Misshapen((1, 1), "float32", "odd", Refused("ValueError", "no")),
            WRONG,
            "refused, as it must be (output_shape: length): ValueError: no",
        ),
        (
            Misshapen((1, 1), "float32", "odd", Refused("ValueError", "no")),
            RIGHT,
            "odd; the result's shape is [1, 1, 1, 1]",
        ),
        (
            Misshapen((1, 1), "float32", "odd"),
            WRONG,
            "odd; the call is wrong (output_shape: length) and must be refused",
        ),
        (CannotSay("no word for it"), RIGHT, "no word for it"),
        (Failed("broke"), RIGHT, "broke"),
        (Crashed("SIGABRT", ""), RIGHT, "the process ended: SIGABRT"),
        (Crashed("exit status 1", "bye"), RIGHT, "the process ended: exit status 1; last words: bye"),
        (TimedOut(60.0), RIGHT, "no reply within 60 s"),
        (TimedOut(0.25), RIGHT, "no reply within 0.25 s"),
        (MINUS_15, WRONG, "answered [1, 1, 1, 1]; the call is wrong (output_shape: length) and must be refused"),
    ],
)
def test_each_verdict_is_one_sentence(trial: Trials, reply: Reply, asked: dict[str, Any], detail: str) -> None:
    assert judged(trial(**asked), reply).detail == detail


def test_an_accepted_call_tells_what_came_back(trial: Trials) -> None:
    verdict = judged(trial(**WRONG), MINUS_15)
    assert (verdict.observed_shape, verdict.observed_dtype) == ((1, 1, 1, 1), "float32")


def test_a_long_refusal_is_cut(trial: Trials) -> None:
    detail = judged(trial(**RIGHT), Refused("ValueError", "x" * 10_000)).detail
    assert detail.endswith("xxx...")
    assert len(detail) == len("a valid call was refused: ValueError: ") + 400


def test_of_long_last_words_the_end_is_told(trial: Trials) -> None:
    detail = judged(trial(**RIGHT), Crashed("SIGSEGV", "a" * 1000 + "the end")).detail
    assert detail.endswith("the end")
    assert "a" * 293 in detail
    assert "a" * 294 not in detail


@pytest.mark.parametrize(
    ("reply", "asked", "outcome"),
    [
        (MINUS_14, RIGHT, Outcome.AGREES),
        (Answer(np.zeros((1, 1, 1), np.float32), 0.1), RIGHT, Outcome.WRONG_SHAPE),
        (Answer(np.zeros((1, 1, 1, 1), np.float64), 0.1), RIGHT, Outcome.WRONG_DTYPE),
        (Refused("ValueError", "no"), RIGHT, Outcome.REFUSED),
        (MINUS_15, WRONG, Outcome.ACCEPTED),
        (Refused("ValueError", "no"), WRONG, Outcome.REFUSED),
    ],
)  # fmt: skip
def test_a_lane_without_values_has_the_outcomes_of_shapes_and_no_digest(
    trial: Trials, reply: Reply, asked: dict[str, Any], outcome: Outcome
) -> None:
    made = trial(**asked)
    verdict = judge(made, reply, make_question(made).expected, values=False)
    assert (verdict.outcome, verdict.digest) == (outcome, None)

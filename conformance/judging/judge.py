"""The verdict on a reply, whatever it is: an answer, a refusal, or what became of the worker."""

from dataclasses import replace
from hashlib import sha256
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import (
    POISON,
    Answer,
    CannotSay,
    Crashed,
    Failed,
    Misshapen,
    Refused,
    Reply,
    TimedOut,
)
from conformance.judging.arithmetic import Arithmetic
from conformance.judging.comparison import compare
from conformance.judging.expectation import required_of
from conformance.judging.expected import Expected
from conformance.judging.verdict import Flag, Outcome, Verdict
from conformance.suite.case import Refusal, Trial, WrongCall

LONGEST_MESSAGE = 400


def judge(
    trial: Trial,
    reply: Reply,
    expected: Expected | None,
    arithmetic: Arithmetic | None = None,
    *,
    values: bool = True,
) -> Verdict:
    """The verdict, under the lane's measured arithmetic where there is one.

    `expected` is None for a call that is wrong on purpose. `values` is False for a lane that computes none: its answers
    are judged by shape and dtype, and have no digest.
    """
    match reply:
        case CannotSay(reason, undeclared):
            return Verdict(Outcome.UNSUPPORTED, True, reason, (Flag.UNDECLARED,) if undeclared else ())
        case Failed(message, traceback):
            return Verdict(Outcome.ERRORED, False, message, traceback=traceback)
        case Misshapen():
            return _judge_shape(trial, reply)
        case Crashed(how, last_words):
            words = f"; last words: {last_words[-300:]}" if last_words else ""
            return Verdict(Outcome.CRASHED, False, f"the process ended: {how}{words}")
        case TimedOut(limit):
            return Verdict(Outcome.TIMED_OUT, False, f"no reply within {limit:g} s")
        case Refused(error, message):
            return _judge_refusal(trial, error, message)
        case Answer(array, disturbed=disturbed, aliased=aliased):
            verdict = _judge_answer(trial, array, expected, arithmetic, values=values)
            verdict = replace(verdict, digest=digest(array)) if values else verdict
            blank = 0 if verdict.conforms else unwritten(array)
            if blank:
                detail = f"{verdict.detail}; {blank} of its elements hold what their memory was filled with before"
                verdict = replace(verdict, detail=detail, flags=(*verdict.flags, Flag.UNWRITTEN))
            seen = [f"the call changed {' and '.join(disturbed)}"] if disturbed else []
            shared = [name for name in aliased if name not in disturbed]
            seen += [f"the result lies in the memory of {' and '.join(shared)}"] if shared else []
            return _disturbing(verdict, " and ".join(seen)) if seen else verdict
        case _:
            assert_never(reply)


def digest(array: NDArray[Any]) -> str:
    """What tells two answers apart, bit for bit: sha256 over the little-endian elements, row-major."""
    return sha256(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()).hexdigest()


def unwritten(array: NDArray[Any]) -> int:
    """How many elements consist of POISON alone; 0 where they have one byte, which may be a number like others."""
    if not array.size or array.itemsize == 1:
        return 0
    octets = np.ascontiguousarray(array).view(np.uint8).reshape(array.size, -1)
    return int((octets == POISON).all(axis=1).sum())


def _disturbing(verdict: Verdict, seen: str) -> Verdict:
    """A call that changes what belongs to its caller, or answers in it, differs, however right its result is."""
    if not verdict.conforms:
        return replace(verdict, detail=f"{verdict.detail}; besides, {seen}")
    return replace(verdict, outcome=Outcome.DIFFERS, conforms=False, detail=f"{seen}; its result is right")


def _judge_answer(
    trial: Trial,
    array: NDArray[Any],
    expected: Expected | None,
    arithmetic: Arithmetic | None,
    *,
    values: bool = True,
) -> Verdict:
    if expected is not None:
        return compare(array, expected, arithmetic or required_of(trial.call), values=values)
    detail = f"answered {list(array.shape)}; the call is wrong ({_reason(trial)}) and must be refused"
    return Verdict(Outcome.ACCEPTED, False, detail, (), tuple(array.shape), array.dtype.name)


def _judge_shape(trial: Trial, reply: Misshapen) -> Verdict:
    seen = (), reply.shape, reply.dtype
    if not isinstance(trial.expectation, Refusal):
        detail = f"{reply.message}; the result's shape is {list(trial.call.result_shape)}"
        return Verdict(Outcome.WRONG_SHAPE, False, detail, *seen)
    if reply.refused is not None:
        return _judge_refusal(trial, reply.refused.error, reply.refused.message)
    detail = f"{reply.message}; the call is wrong ({_reason(trial)}) and must be refused"
    return Verdict(Outcome.ACCEPTED, False, detail, *seen)


def _judge_refusal(trial: Trial, error: str, message: str) -> Verdict:
    line = " ".join(message.split())
    said = f"{error}: {line if len(line) <= LONGEST_MESSAGE else f'{line[: LONGEST_MESSAGE - 3]}...'}"
    if isinstance(trial.expectation, Refusal):
        return Verdict(Outcome.REFUSED, True, f"refused, as it must be ({_reason(trial)}): {said}")
    return Verdict(Outcome.REFUSED, False, f"a valid call was refused: {said}")


def _reason(trial: Trial) -> str:
    """Why a wrong call has to be refused."""
    return trial.call.fault.spelled if isinstance(trial.call, WrongCall) else "?"

"""A right answer is asked again: with other content, in another order, after a wrong call.

Knows: trials, replies, verdicts. Must not know: lanes and workers; who asks hands over how.

One answer does not tell what an implementation keeps from call to call. So its call is made again in the same process,
a series whose operands lie in the same memory and whose results stay held (`conformance.workers.keeping`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from conformance.adapters.reply import Answer, Refused, Reply
from conformance.judging.question import Question
from conformance.judging.verdict import Flag, Verdict
from conformance.operators.kind import Operands, Unusable
from conformance.operators.registry import signature
from conformance.suite.case import Call, FromReference, Generated, Literal, RightCall, RightTrial, Trial, WrongCall
from reference.errors import ArgumentError

# Whose content a call has, in this order; `!` is a wrong call, which is not judged: its trials are others. The first
# answer is that of a call before them, so that the long series ends with the tenth right call, or a later one.
SHORT = "ba!a"
LONG = "ba!abaabab"
# Elementary operations of a call; of a larger one a series of ten takes seconds.
MOST_WORK_TEN_TIMES = 2**24
# Wrong calls of one operator that a lane is asked before it is clear that it refuses none of them.
MOST_WRONG = 8
_WORDS = {"a": "the same content", "b": "other content"}


@dataclass(frozen=True, slots=True)
class SeriesClient:
    """How the calls of one series are made."""

    ask: Callable[[Call, Operands, int], Reply]
    """a call with its operands and its number in the series"""
    ask_wrong: Callable[[Call, Operands], Reply]
    question: Callable[[Trial], Question]
    judge: Callable[[RightTrial, Question, Reply], Verdict]


def scrutinise(trial: RightTrial, first: Answer, verdict: Verdict, client: SeriesClient, *, thorough: bool) -> Verdict:
    """The verdict on a right answer, once its call has been made again: the same, or that of the first call that was
    wrong.
    """
    order = LONG if thorough and trial.call.work <= MOST_WORK_TEN_TIMES else SHORT
    other = with_other_content(trial)
    right = {"a": first.array.tobytes()}
    number, after_wrong = 0, False
    for each in order:
        if each == "!":
            after_wrong = _ask_wrong(trial.call, client.question(trial).operands, client)
            continue
        asked = other if each == "b" else trial
        question = client.question(asked)
        number += 1
        reply = client.ask(asked.call, question.operands, number)
        untouched = isinstance(reply, Answer) and not reply.disturbed and not reply.aliased
        if untouched and isinstance(reply, Answer) and right.get(each) == reply.array.tobytes():
            continue
        again = client.judge(asked, question, reply)
        if not again.conforms:
            since = " after a wrong call" if after_wrong else ""
            detail = f"asked again, call {number + 1} of {order_length(order)} ({_WORDS[each]}{since}): {again.detail}"
            return replace(again, detail=f"right at first; {detail}", flags=(*again.flags, Flag.ASKED_AGAIN))
        right[each] = reply.array.tobytes() if isinstance(reply, Answer) else b""
    return verdict


def order_length(order: str) -> int:
    """Right calls of a series, with the first answer before it."""
    return 1 + len(order) - order.count("!")


def with_other_content(trial: RightTrial) -> RightTrial:
    """The same call with content of its own."""
    other = replace(trial, id=f"{trial.id}#again", expectation=FromReference())
    if isinstance(trial.inputs, Generated):
        return other
    return replace(other, inputs=_negative(trial.inputs))


def _negative(inputs: Literal) -> Literal:
    def turned(nested: Any) -> Any:
        return tuple(map(turned, nested)) if isinstance(nested, tuple) else None if nested is None else -nested

    return Literal(turned(inputs.value), turned(inputs.filter), turned(inputs.bias), turned(inputs.cotangent))


def wrong_calls(call: RightCall) -> Iterator[WrongCall]:
    """Calls that the definition refuses, of the same operator and nearly the same arguments: one number is another."""
    parameters = {name: written for name, written in call.arguments().items() if written is not None}
    for name, written in parameters.items():
        for changed in _changed(written):
            try:
                for _, made in signature(call.operator).calls(call.operator, {**parameters, name: changed}):
                    if isinstance(made, WrongCall):
                        yield made
            except (Unusable, ArgumentError, ValueError, TypeError):
                continue  # no call that anybody could ask


def _changed(written: Any) -> Iterator[Any]:
    """What is written, with each of its numbers one larger, or none."""
    if isinstance(written, bool) or not isinstance(written, int | list | tuple):
        return
    if isinstance(written, int):
        yield from (written + 1, 0)
        return
    for place, part in enumerate(written):
        for other in _changed(part):
            yield [*written[:place], other, *written[place + 1 :]]


@lru_cache(maxsize=256)
def _some_wrong_calls(call: RightCall) -> tuple[WrongCall, ...]:
    return tuple(islice(wrong_calls(call), MOST_WRONG))


def _ask_wrong(call: RightCall, right: Operands, client: SeriesClient) -> bool:
    """Whether a wrong call was made, and refused; `right` are operands of the right one."""
    for wrong in _some_wrong_calls(call):
        generated = signature(wrong.operator).generate("wrong", wrong, Generated("ones"))
        # A wrong call has no result whose shape a cotangent could have.
        operands = {name: right[name] if name == "cotangent" else array for name, array in generated.items()}
        if isinstance(client.ask_wrong(wrong, operands), Refused):
            return True
    return False

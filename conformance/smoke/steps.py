"""`conformance smoke`: is the harness right, and if it is, the implementation? Step by step, with a hint for each.

Knows: small questions with known answers. Must not know: the corpus, waivers, journals. Expected values come from the
oracle and stay here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.protocol import Adapter
from conformance.adapters.reply import Answer, CannotSay, Misshapen, Refused, Reply, in_words
from conformance.errors import AdapterError
from conformance.protocol.hello import Hello
from conformance.protocol.requests import port_question
from conformance.smoke.answers import LeftOut, accepted_wrong, check_form, check_values, failed, result_of
from conformance.smoke.conversation import Blame, Conversation, StepFailed
from conformance.smoke.questions import Questions, SmallCall, Subject
from conformance.suite.case import Call
from conformance.workers.client import in_words_of
from conformance.workers.declared import Declared, NothingAnswered, first_answered

Status: TypeAlias = Literal["ok", "failed", "left out", "not reached"]
# A seq that a port which counts for itself does not reach
FIRST_OF_TWO = 1000
FOREIGN_OPERATOR = "no_such_operator"
FOREIGN_DTYPE = "int16"
# What the step of the kind's own is called where none of its questions was answered
UNREACHED = "upsamples"
DECLARED = "declared in hello: nothing else is sent"


@dataclass(frozen=True, slots=True)
class Topic:
    """What the steps ask about: a subject, and the questions of its kind."""

    questions: Questions
    subject: Subject

    def __str__(self) -> str:
        return str(self.subject)


@dataclass(frozen=True, slots=True)
class Step:
    """One step and what came of it."""

    name: str
    status: Status
    detail: str = ""
    """what was seen, or why it was left out"""
    found: str = ""
    expected: str = ""
    hint: str = ""
    blame: str = ""
    traceback: str = ""


class Smoke:
    """The steps, in their order."""

    def __init__(self, lane: str, conversation: Conversation, adapter: Adapter | None) -> None:
        """`adapter` plans for a lane that is not a port of its own."""
        self.lane, self._talk, self._adapter = lane, conversation, adapter
        self._seq = count(1)
        self._hello: Hello | None = None
        self._topic: Topic | None = None
        self._first: NDArray[Any] = np.zeros(())
        self.judged = False
        """whether it took a call at all, well or badly"""

    def steps(self) -> Iterator[Step]:
        """Each step as it is done; ends the process at the end."""
        try:
            stopped = False
            for name, act, vital in self._plan():
                step = Step(name, "not reached") if stopped else self._done(name, act)
                stopped = stopped or (vital and step.status == "failed")
                yield step
        finally:
            self._talk.close()

    def _plan(self) -> Iterator[tuple[str, Callable[[], str | None], bool]]:
        """Name, action, and whether nothing that follows makes sense without it; named as they are come to."""
        yield "starts", self._talk.start, True
        yield "says hello", self._greets, True
        yield "answers a call of one pixel", self._answers, True
        yield "gives it the right dtype and shape", lambda: check_form(self._first, self._first_asked), True
        yield "gives it the right value", lambda: self._check_values(self._first, self._first_asked), True
        yield "sends the elements in order", lambda: self._agree(self._questions.ordered(self._subject)), False
        yield "answers two calls in a row", self._two_in_a_row, False
        yield "takes the dtypes and layouts of its hello", self._takes_declared, False
        yield self._questions.whole(self._subject)[0] if self._topic else UNREACHED, self._whole, False
        yield "does not need axes, or says so", self._without_axes, False
        yield "refuses a wrong call", self._refuses, False
        yield "says what it does not support", self._unsupported, False
        yield "takes an empty batch", self._empty_batch, False
        yield "takes a tensor of 1 MiB", lambda: self._agree(self._questions.large(self._subject)), False
        yield "exits at the end of its input", self._talk.end_input, False

    def _done(self, name: str, act: Callable[[], str | None]) -> Step:
        try:
            if self._hello is not None and not self._talk.alive:
                self._talk.start()
                self._talk.hello()
            return Step(name, "ok", act() or "")
        except LeftOut as reason:
            return Step(name, "left out", str(reason))
        except StepFailed as it:
            return Step(name, "failed", "", it.found, it.expected, it.hint, it.blame, it.traceback)

    def _greets(self) -> str:
        hello = self._hello = self._talk.hello()
        language = f", {hello.flags['language']}" if "language" in hello.flags else ""
        return f"{hello.framework} {hello.version}{language}"

    def _answers(self) -> str:
        """Asks until a question is one that the lane has words for: of a subject of its own."""
        try:
            kinds: Sequence[Questions] = self._declared().parts("smoke")
            topics = (Topic(each, subject) for each in kinds for subject in each.subjects(self._declared()))
            found = first_answered(topics, self._answer_about)
        except NothingAnswered as nothing:
            tried = nothing.passed_over
            what = (
                f"unsupported: {tried[0]}"
                if tried
                else f"nothing that it declares is asked: {self._declared().words()}"
            )
            raise StepFailed(
                what, "a reply: one pixel, of any operator, direction, dtype and layout",
                f"Declare the operators, dtypes and layouts that it takes; of these {len(tried)} were asked.",
            ) from nothing  # fmt: skip
        self._topic, self._first = found.subject, found.answer
        return f"{self._first_asked.words}, {self._subject}"

    def _answer_about(self, topic: Topic) -> NDArray[Any]:
        self.judged = True
        try:
            return self._result(topic.questions.first(topic.subject))
        except LeftOut:
            self.judged = False
            raise

    def _two_in_a_row(self) -> None:
        self._seq = count(FIRST_OF_TWO)
        for asked in self._questions.again(self._subject):
            self._agree(asked)

    def _takes_declared(self) -> str:
        declared = self._declared()
        if declared == Declared():
            raise LeftOut("hello declares neither; a run sends all")
        asked, unsaid = [], []
        for words, subject in self._questions.beside(declared, self._subject):
            try:
                self._agree(self._questions.ordered(subject))
            except LeftOut as reason:
                unsaid.append(f"unsupported: {subject}: {reason}")
            else:
                asked.append(words)
        undeclared = ["dtypes are not declared; a run sends all"] if declared.dtypes is None else []
        return "; ".join([", ".join(asked), *unsaid, *undeclared])

    def _whole(self) -> str:
        _, asked = self._questions.whole(self._subject)
        self._agree(asked)
        return asked.words

    def _without_axes(self) -> str:
        self._only_ports()
        asked = self._first_asked
        reply = self._ask({**port_question(asked.call), "axes": None}, asked.operands)
        if isinstance(reply, Refused):
            raise StepFailed(
                f"it refused a right call that came without axes: {reply.message[:200]}",
                "a reply, or unsupported",
                "Null for axes is not a sign of a wrong call. Judge calls by their arguments, or answer unsupported.",
            )
        if isinstance(reply, CannotSay):
            return f"unsupported ({reply.reason[:100]}): nothing is claimed about wrong calls then"
        self._check_values(result_of(reply, asked, adapter=False), asked)
        return ""

    def _refuses(self) -> str:
        asked = self._questions.wrong(self._subject)
        if asked is None:
            raise LeftOut("the definition refuses no call of it")
        match reply := self._ask(self._question(asked.call), asked.operands):
            case Refused(error, message):
                return f"{error[:80]}: {message[:200]}"
            case CannotSay(reason):
                return f"unsupported: {reason[:200]}"
            case Answer():
                raise accepted_wrong(asked, reply.array.shape)
            case Misshapen(refused=Refused(error, message)):
                return f"{error[:80]}: {message[:200]}"
            case Misshapen():
                raise accepted_wrong(asked, reply.shape)
        raise failed(reply, "a refusal: the call is wrong, the port is not", adapter=self._adapter is not None)

    def _unsupported(self) -> str:
        self._only_ports()
        declared, asked = self._declared(), self._first_asked
        question, arrays = port_question(asked.call), asked.operands
        if declared.operators is None:
            foreign = {**question, "operator": FOREIGN_OPERATOR}
            self._unsaid(FOREIGN_OPERATOR, CannotSay, foreign, arrays)
        if declared.dtypes is None:
            foreign = {**question, "arguments": {**question["arguments"], "dtype": FOREIGN_DTYPE}}
            small = {name: array.real.astype(FOREIGN_DTYPE) for name, array in arrays.items()}
            self._unsaid(FOREIGN_DTYPE, CannotSay | Answer, foreign, small)
        if declared.operators is not None and declared.dtypes is not None:
            raise LeftOut(DECLARED)
        return ""

    def _unsaid(
        self, foreign: str, accepted: Any, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        reply = self._ask(question, arrays)
        if not isinstance(reply, accepted):
            raise StepFailed(
                f"to {foreign} it answered: {in_words(reply)[:200]}", "unsupported, with a reason",
                "Declare operators and dtypes in hello, and nothing else is sent; or answer unsupported. A refusal "
                "says that the call is wrong, an error that the port is.",
            )  # fmt: skip

    def _empty_batch(self) -> str:
        asked = self._questions.empty(self._subject)
        if asked is None:
            raise LeftOut("it has no batch")
        self._agree(asked, spelt=True)
        return "a tensor with a length of 0 has no bytes"

    @property
    def _questions(self) -> Questions:
        """Those of the kind of which the lane has answered one."""
        assert self._topic is not None
        return self._topic.questions

    @property
    def _first_asked(self) -> SmallCall:
        """The question that it has answered."""
        return self._questions.first(self._subject)

    @property
    def _subject(self) -> Subject:
        """What the lane has answered a question about."""
        assert self._topic is not None
        return self._topic.subject

    def _declared(self) -> Declared:
        assert self._hello is not None
        return Declared.of(self._adapter, self._hello)

    def _only_ports(self) -> None:
        if self._adapter is not None:
            raise LeftOut("a port's business; the adapter plans in the suite's process")

    def _question(self, call: Call) -> Mapping[str, Any]:
        assert self._hello is not None
        try:
            words = in_words_of(self._adapter, call)
        except AdapterError as error:
            hint = "The adapter itself failed, before anything was asked: see where it was raised."
            raise StepFailed(error.brief, "a Plan, or Unsupported", hint, Blame.ADAPTER, error.traceback) from error
        if isinstance(words, CannotSay):
            raise LeftOut(words.reason)
        if (unsaid := self._hello.leaves_out(words.header)) is not None:
            raise LeftOut(unsaid)
        return words.header

    def _ask(self, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Reply:
        return self._talk.ask(next(self._seq), question, arrays)

    def _result(self, asked: SmallCall, *, spelt: bool = False) -> NDArray[Any]:
        reply = self._ask(self._question(asked.call), asked.operands)
        return result_of(reply, asked, adapter=self._adapter is not None, spelt=spelt)

    def _agree(self, asked: SmallCall, *, spelt: bool = False) -> None:
        """The answer is what the oracle says; the questions are exact in every dtype."""
        result = self._result(asked, spelt=spelt)
        check_form(result, asked)
        self._check_values(result, asked)

    def _check_values(self, result: NDArray[Any], asked: SmallCall) -> None:
        check_values(result, asked, self._questions, self.lane)

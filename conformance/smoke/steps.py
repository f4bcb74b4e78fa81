"""`conformance smoke`: is the harness right, and if it is, the implementation? Step by step, with a hint for each.

Knows: small questions with known answers. Must not know: the corpus, waivers, journals. Expected values come from the
oracle and stay here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.protocol import Adapter
from conformance.adapters.reply import Answer, CannotSay, Misshapen, Refused, Reply, in_words
from conformance.errors import AdapterError
from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.operators.convolution.subject import Subject
from conformance.protocol.hello import Hello
from conformance.protocol.requests import port_question
from conformance.smoke import questions
from conformance.smoke.answers import LeftOut, accepted_wrong, check_form, check_values, failed, result_of
from conformance.smoke.conversation import Blame, Conversation, StepFailed
from conformance.smoke.questions import COARSE, FINE, KERNEL, STRIDE
from conformance.workers.client import in_words_of
from conformance.workers.declared import Declared, NothingAnswered, first_answered

Status: TypeAlias = Literal["ok", "failed", "left out", "not reached"]
FIRST_OF_TWO = 1000
"""a seq that a port which counts for itself does not reach"""
FOREIGN_OPERATOR = "no_such_operator"
FOREIGN_DTYPE = "int8"
DECLARED = "declared in hello: nothing else is sent"


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
        self._subject: Subject | None = None
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

    def _plan(self) -> Iterator[tuple[str, Callable[[], str], bool]]:
        """Name, action, and whether nothing that follows makes sense without it; named as they are come to."""
        yield "starts", self._starts, True
        yield "says hello", self._greets, True
        yield "answers a call of one pixel", self._answers, True
        yield "gives it the right dtype and shape", self._right_form, True
        yield "gives it the right value", self._right_value, True
        yield "sends the elements in order", self._in_order, False
        yield "answers two calls in a row", self._two_in_a_row, False
        yield "takes the dtypes and layouts of its hello", self._takes_declared, False
        downwards = self._subject is not None and not self._subject.operator.transposed
        yield "downsamples" if downwards else "upsamples", self._strides, False
        yield "does not need axes, or says so", self._without_axes, False
        yield "refuses a wrong call", self._refuses, False
        yield "says what it does not support", self._unsupported, False
        yield "takes an empty batch", self._empty_batch, False
        yield "takes a tensor of 1 MiB", self._large, False
        yield "exits at the end of its input", self._exits, False

    def _done(self, name: str, act: Callable[[], str]) -> Step:
        try:
            if self._hello is not None and not self._talk.alive:
                self._talk.start()
                self._talk.hello()
            return Step(name, "ok", act())
        except LeftOut as reason:
            return Step(name, "left out", str(reason))
        except StepFailed as it:
            return Step(name, "failed", "", it.found, it.expected, it.hint, it.blame, it.traceback)

    def _starts(self) -> str:
        self._talk.start()
        return ""

    def _greets(self) -> str:
        hello = self._hello = self._talk.hello()
        language = f", {hello.flags['language']}" if "language" in hello.flags else ""
        return f"{hello.framework} {hello.version}{language}"

    def _answers(self) -> str:
        """Asks until a question is one that the lane has words for: of a subject of its own."""
        try:
            found = first_answered(self._declared().subjects(), self._answer_about)
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
        self._subject, self._first = found.subject, found.answer
        return f"3 times 5, {found.subject}"

    def _answer_about(self, subject: Subject) -> NDArray[Any]:
        self.judged = True
        try:
            return self._result(*questions.pixel(subject))
        except LeftOut:
            self.judged = False
            raise

    def _right_form(self) -> str:
        check_form(self._first, questions.pixel(self._said())[0])
        return ""

    def _right_value(self) -> str:
        check_values(self._first, *questions.pixel(self._said()), self.lane)
        return ""

    def _in_order(self) -> str:
        self._agree(*questions.ordered(self._said()))
        return ""

    def _two_in_a_row(self) -> str:
        self._seq = count(FIRST_OF_TWO)
        for value, weight in ((2, 3), (7, 11)):
            self._agree(*questions.pixel(self._said(), value, weight))
        return ""

    def _takes_declared(self) -> str:
        declared, first = self._declared(), self._said()
        if declared == Declared():
            raise LeftOut("hello declares neither; a run sends all")
        asked, unsaid = [], []
        for subject in declared.beside(first):
            try:
                self._agree(*questions.ordered(subject))
            except LeftOut as reason:
                unsaid.append(f"unsupported: {subject}: {reason}")
            else:
                same = subject.direction == first.direction
                asked.append(str(subject).removeprefix(f"{first.operator.name} ") if same else subject.direction)
        undeclared = ["dtypes are not declared; a run sends all"] if declared.dtypes is None else []
        return "; ".join([", ".join(asked), *unsaid, *undeclared])

    def _strides(self) -> str:
        self._agree(*questions.strided(self._said()))
        lengths = f"{COARSE} to {FINE}" if self._said().operator.transposed else f"{FINE} to {COARSE}"
        return f"{lengths} along every axis, kernel {KERNEL}, stride {STRIDE}, SAME"

    def _without_axes(self) -> str:
        self._only_ports()
        call, arrays = questions.pixel(self._said())
        reply = self._ask({**port_question(call), "axes": None}, arrays)
        if isinstance(reply, Refused):
            raise StepFailed(
                f"it refused a right call that came without axes: {reply.message[:200]}",
                "a reply, or unsupported",
                "Null for axes is not a sign of a wrong call. Judge calls by their arguments, or answer unsupported.",
            )
        if isinstance(reply, CannotSay):
            return f"unsupported ({reply.reason[:100]}): nothing is claimed about wrong calls then"
        check_values(result_of(reply, call, adapter=False), call, arrays, self.lane)
        return ""

    def _refuses(self) -> str:
        call, arrays = questions.wrong(self._said())
        match reply := self._ask(self._question(call), arrays):
            case Refused(error, message):
                return f"{error[:80]}: {message[:200]}"
            case CannotSay(reason):
                return f"unsupported: {reason[:200]}"
            case Answer():
                raise accepted_wrong(call, reply.array.shape)
            case Misshapen():
                raise accepted_wrong(call, reply.shape)
        raise failed(reply, "a refusal: the call is wrong, the port is not", adapter=self._adapter is not None)

    def _unsupported(self) -> str:
        self._only_ports()
        declared, (call, arrays) = self._declared(), questions.pixel(self._said())
        question = port_question(call)
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
        self._agree(*questions.empty(self._said()))
        return "a tensor with a length of 0 has no bytes"

    def _large(self) -> str:
        self._agree(*questions.large(self._said()))
        return ""

    def _exits(self) -> str:
        self._talk.end_input()
        return ""

    def _said(self) -> Subject:
        """What the lane has answered a question about."""
        assert self._subject is not None
        return self._subject

    def _declared(self) -> Declared:
        assert self._hello is not None
        return Declared.of(self._adapter, self._hello)

    def _only_ports(self) -> None:
        if self._adapter is not None:
            raise LeftOut("a port's business; the adapter plans in the suite's process")

    def _question(self, call: Convolution) -> Mapping[str, Any]:
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

    def _result(self, call: Convolution, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        return result_of(self._ask(self._question(call), arrays), call, adapter=self._adapter is not None)

    def _agree(self, call: RightConvolution, arrays: Mapping[str, NDArray[Any]]) -> None:
        """The answer is what the oracle says; the questions are exact in every dtype."""
        result = self._result(call, arrays)
        check_form(result, call)
        check_values(result, call, arrays, self.lane)

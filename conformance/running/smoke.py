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

from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import Adapter
from conformance.errors import AdapterError
from conformance.judging.calls import right_call
from conformance.judging.oracle import expect_call
from conformance.running.asking import Request, request
from conformance.running.conversation import Blame, Conversation, Stumbled
from conformance.running.entries import port_question
from conformance.running.hello import Hello
from conformance.running.smoke_answers import (
    LAYOUTS,
    LeftOut,
    check_form,
    check_values,
    failed,
    filled,
    laid_out,
    operands,
    result_of,
)
from conformance.suite.case import Call, Fault
from conformance.suite.dtypes import FORMATS

Status: TypeAlias = Literal["ok", "failed", "left out", "not reached"]
PREFERRED = ("float32", "float64", "bfloat16", "float16", "int32", "int64", "complex64", "complex128")
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
        """`adapter` plans for a lane that is no port of its own."""
        self.lane, self._talk, self._adapter = lane, conversation, adapter
        self._seq = count(1)
        self._hello: Hello | None = None
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

    def _plan(self) -> tuple[tuple[str, Callable[[], str], bool], ...]:
        """Name, action, and whether nothing that follows makes sense without it."""
        return (
            ("starts", self._starts, True),
            ("says hello", self._greets, True),
            ("answers a call of one pixel", self._answers, True),
            ("gives it the right dtype and shape", self._right_form, True),
            ("gives it the right value", self._right_value, True),
            ("sends the elements in order", self._in_order, False),
            ("answers two calls in a row", self._two_in_a_row, False),
            ("takes the dtypes and layouts of its hello", self._declared, False),
            ("upsamples", self._upsamples, False),
            ("does not need axes, or says so", self._without_axes, False),
            ("refuses a wrong call", self._refuses, False),
            ("says what it does not support", self._unsupported, False),
            ("takes an empty batch", self._empty_batch, False),
            ("takes a tensor of 1 MiB", self._large, False),
            ("exits at the end of its input", self._exits, False),
        )

    def _done(self, name: str, act: Callable[[], str]) -> Step:
        try:
            if self._hello is not None and not self._talk.alive:
                self._talk.start()
                self._talk.hello()
            return Step(name, "ok", act())
        except LeftOut as reason:
            return Step(name, "left out", str(reason))
        except Stumbled as it:
            return Step(name, "failed", "", it.found, it.expected, it.hint, it.blame, it.traceback)

    def _starts(self) -> str:
        self._talk.start()
        return ""

    def _greets(self) -> str:
        hello = self._hello = self._talk.hello()
        language = f", {hello.flags['language']}" if "language" in hello.flags else ""
        return f"{hello.framework} {hello.version}{language}"

    def _answers(self) -> str:
        call = self._pixel()
        self.judged = True
        try:
            self._first = self._result(call, filled(call, 3, 5))
        except LeftOut as reason:
            self.judged = False
            raise Stumbled(
                f"unsupported: {reason}", f"a reply: one pixel, {call.dtype}, {call.data_format or LAYOUTS[0]}",
                "Declare in hello the operators, dtypes and layouts that it takes; smoke asks the first of them.",
            ) from reason  # fmt: skip
        return f"3 times 5, {call.dtype}"

    def _right_form(self) -> str:
        check_form(self._first, self._pixel())
        return ""

    def _right_value(self) -> str:
        check_values(self._first, np.full((1, 1, 1, 1), 15, self._first.dtype), self.lane)
        return ""

    def _in_order(self) -> str:
        self._ordered(self._dtype(), self._layout())
        return ""

    def _ordered(self, dtype: str, layout: str | None) -> None:
        """Six pixels times two weights: each of the twelve products says where it belongs."""
        value = np.arange(1, 7).reshape(laid_out(layout, 1, 2, 3, 1))
        filter = np.array([1, 10]).reshape(1, 1, 2, 1)
        call = right_call(
            value.shape, filter.shape, laid_out(layout, 1, 2, 3, 2), 1, "SAME", layout, None, dtype
        )  # fmt: skip
        self._agree(call, operands(call, value, filter))

    def _two_in_a_row(self) -> str:
        call = self._pixel()
        self._seq = count(FIRST_OF_TWO)
        for value, weight in ((2, 3), (7, 11)):
            self._agree(call, filled(call, value, weight))
        return ""

    def _declared(self) -> str:
        hello = self._said()
        dtypes = [name for name in hello.dtypes or () if name in FORMATS]
        layouts = [name for name in hello.layouts or () if name in LAYOUTS]
        if not dtypes and not layouts:
            raise LeftOut("hello declares neither; a run sends all")
        asked: Sequence[str | None] = layouts or [None]
        pairs = [(dtype, layout) for dtype in dtypes or [self._dtype()] for layout in asked]
        for dtype, layout in pairs:
            self._ordered(dtype, layout)
        return ", ".join(f"{dtype} {layout or LAYOUTS[0]}" for dtype, layout in pairs)

    def _upsamples(self) -> str:
        layout = self._layout()
        shapes = (laid_out(layout, 1, 4, 4, 1), (3, 3, 1, 1), laid_out(layout, 1, 8, 8, 1))
        call = right_call(*shapes, 2, "SAME", layout, None, self._dtype())
        value, filter = np.arange(1, 17), np.array([1, 2, 3, 5, 7, 11, 13, 17, 19]) % 8
        self._agree(call, operands(call, value.reshape(shapes[0]), filter.reshape(shapes[1])))
        return "4x4 to 8x8, kernel 3, stride 2, SAME"

    def _without_axes(self) -> str:
        self._only_ports()
        call = self._pixel()
        header, tensors = self._ask({**port_question(call), "axes": None}, filled(call, 3, 5))
        match header["type"]:
            case "refusal":
                raise Stumbled(
                    f"it refused a right call that came without axes: {header['message'][:200]}",
                    "a reply, or unsupported",
                    "Null for axes is no sign of a wrong call. Judge calls by their arguments, or answer unsupported.",
                )
            case "unsupported":
                return f"unsupported ({header['reason'][:100]}): nothing is claimed about wrong calls then"
        check_values(result_of(header, tensors, call), np.full((1, 1, 1, 1), 15), self.lane)
        return ""

    def _refuses(self) -> str:
        layout = self._layout()
        fault = Fault("output_shape", "output_shape has height 9; legal are 7 and 8")
        call = Call(
            "conv2d_transpose", laid_out(layout, 1, 4, 4, 1), (3, 3, 1, 1), laid_out(layout, 1, 9, 9, 1), 2, "SAME",
            layout, None, self._dtype(), None, fault,
        )  # fmt: skip
        header, tensors = self._ask(self._question(call), filled(call, 1, 1))
        match header["type"]:
            case "reply":
                raise Stumbled(
                    f"it answered {list(tensors['result'].shape)} to a wrong call: 4x4 to 9x9 with stride 2, SAME",
                    "a refusal: legal are 7 and 8",
                    "Check output_shape as docs/protocol.md says. An implementation that accepts it on purpose gets a "
                    "waiver.",
                    Blame.IMPLEMENTATION,
                )
            case "error":
                raise failed(header, "a refusal: the call is wrong, the port is not")
            case "misshapen":
                raise Stumbled(header["message"], "a refusal", "The call is wrong.", Blame.IMPLEMENTATION)
            case "unsupported":
                return f"unsupported: {header['reason'][:200]}"
        return f"{header['error'][:80]}: {header['message'][:200]}"

    def _unsupported(self) -> str:
        self._only_ports()
        hello, call = self._said(), self._pixel()
        question, arrays = port_question(call), filled(call, 3, 5)
        if hello.operators is None:
            foreign = {**question, "operator": FOREIGN_OPERATOR}
            self._unsaid(FOREIGN_OPERATOR, ("unsupported",), foreign, arrays)
        if hello.dtypes is None:
            foreign = {**question, "arguments": {**question["arguments"], "dtype": FOREIGN_DTYPE}}
            arrays = {name: array.astype(FOREIGN_DTYPE) for name, array in arrays.items()}
            self._unsaid(FOREIGN_DTYPE, ("unsupported", "reply"), foreign, arrays)
        if hello.operators is not None and hello.dtypes is not None:
            raise LeftOut(DECLARED)
        return ""

    def _unsaid(
        self, foreign: str, accepted: Sequence[str], question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        header, _ = self._ask(question, arrays)
        if header["type"] not in accepted:
            raise Stumbled(
                f"{header['type']} to {foreign}: {str(header)[:200]}", "unsupported, with a reason",
                "Declare operators and dtypes in hello, and nothing else is sent; or answer unsupported. A refusal "
                "says that the call is wrong, an error that the port is.",
            )  # fmt: skip

    def _empty_batch(self) -> str:
        layout = self._layout()
        shapes = (laid_out(layout, 0, 4, 4, 1), (3, 3, 1, 1), laid_out(layout, 0, 8, 8, 1))
        call = right_call(*shapes, 2, "SAME", layout, None, self._dtype())
        self._agree(call, filled(call, 1, 1))
        return "a tensor with a length of 0 has no bytes"

    def _large(self) -> str:
        dtype, layout = self._dtype(), self._layout()
        side = int((2**20 / FORMATS[dtype].numpy.itemsize) ** 0.5)
        shape = laid_out(layout, 1, side, side, 1)
        call = right_call(shape, (1, 1, 1, 1), shape, 1, "SAME", layout, None, dtype)
        value = (np.arange(side * side) % 251).reshape(shape)
        self._agree(call, operands(call, value, np.ones((1, 1, 1, 1))))
        return ""

    def _exits(self) -> str:
        self._talk.end_input()
        return ""

    def _said(self) -> Hello:
        assert self._hello is not None
        return self._hello

    def _dtype(self) -> str:
        """The dtype that small questions are asked in: a declared one."""
        declared = self._said().dtypes
        return next((name for name in PREFERRED if declared is None or name in declared), PREFERRED[0])

    def _layout(self) -> str | None:
        declared = self._said().layouts
        return None if declared is None or LAYOUTS[0] in declared else LAYOUTS[1]

    def _pixel(self) -> Call:
        one = (1, 1, 1, 1)
        return right_call(one, one, one, 1, "SAME", self._layout(), None, self._dtype())

    def _only_ports(self) -> None:
        if self._adapter is not None:
            raise LeftOut("a port's business; the adapter plans in the suite's process")

    def _question(self, call: Call) -> Mapping[str, Any]:
        try:
            asked = request(self._adapter, call)
        except AdapterError as error:
            hint = "The adapter itself failed, before anything was asked: see where it was raised."
            raise Stumbled(error.brief, "a Plan, or Unsupported", hint, traceback=error.traceback) from error
        unsaid = asked.reason if isinstance(asked, Unsupported) else self._said().leaves_out(asked.header)
        if unsaid is not None:
            raise LeftOut(unsaid)
        assert isinstance(asked, Request)
        return asked.header

    def _ask(self, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> tuple[Any, Any]:
        return self._talk.ask(next(self._seq), question, arrays)

    def _result(self, call: Call, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        return result_of(*self._ask(self._question(call), arrays), call)

    def _agree(self, call: Call, arrays: Mapping[str, NDArray[Any]]) -> None:
        """The answer is what the oracle says; the questions are exact in every dtype."""
        result = self._result(call, arrays)
        check_form(result, call)
        check_values(result, expect_call(call, arrays).rounded, self.lane)

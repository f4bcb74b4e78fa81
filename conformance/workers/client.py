"""A lane as everything asks it: a call goes through its adapter's plan to its worker, or as it is to a port.

Knows: adapters, plans, workers. Must not know: trials, what is expected, verdicts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.lane import Lane, load_adapter
from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Adapter, Concurrent, plan_call
from conformance.adapters.reply import POISON, Answer, CannotSay, Failed, Refused, Reply, in_words
from conformance.errors import AdapterError
from conformance.protocol.hello import FILL, Hello, NoWorker
from conformance.protocol.requests import encode_plan, port_question
from conformance.suite.case import Call, RightCall
from conformance.suite.size import result_bytes
from conformance.workers.declared import Declared, NoAnswer, NoWords
from conformance.workers.process import UNKNOWN_RESULT, Worker, most_result_bytes

ONE_BY_ONE = CannotSay("a port answers one frame after the other: it cannot be made several calls at once")
NOT_CONCURRENT = CannotSay("the adapter does not declare `concurrent`: it is called from one thread at a time")

# Of calls that are asked again soon: by probes, with other numbers, for a second time.
PLANS_KEPT = 256


@dataclass(frozen=True, slots=True)
class LaneCall:
    """A call in the words of one lane."""

    header: Mapping[str, Any]
    plan: Plan | None
    """None for a port, which plans for itself"""


def in_words_of(adapter: Adapter | None, call: Call) -> LaneCall | CannotSay:
    """What a worker is sent, or a port where there is no adapter; raises AdapterError where the plan fails."""
    if adapter is None:
        return LaneCall(port_question(call), None)
    plan = plan_call(adapter, call)
    if isinstance(plan, Unsupported):
        return CannotSay(plan.reason, plan.undeclared)
    return LaneCall({"plan": encode_plan(plan)}, plan)


class Client:
    """One lane, used from one thread at a time."""

    def __init__(self, lane: Lane, timeout: float, threads: int = 1, *, poisons: bool = False) -> None:
        """Its worker, in memory that is filled or not, is not started yet. Raises UsageError where the adapter cannot
        be loaded.
        """
        self.lane = lane
        self.adapter = None if lane.command else load_adapter(lane)
        """None for a port"""
        self.worker = Worker(lane, threads, poisons=poisons)
        self._timeout = timeout
        self._in_words = lru_cache(PLANS_KEPT)(partial(in_words_of, self.adapter))

    def start(self) -> Hello | NoWorker:
        """Start the worker."""
        return self.worker.start()

    def close(self) -> None:
        """End the worker."""
        self.worker.kill()

    @property
    def declared(self) -> Declared:
        """What the lane, which has been started, says that it takes."""
        assert self.worker.hello is not None
        return Declared.of(self.adapter, self.worker.hello)

    def perform(self, plan: Plan, operands: Operands) -> Reply:
        """What comes back for a plan that is not a call's."""
        return self.worker.ask({"plan": encode_plan(plan)}, operands, self._timeout)

    def plan(self, call: Call) -> Plan | None:
        """The plan that is sent for a call; None where there is none, as for a port, which plans for itself."""
        words = self._words(call)
        return words.plan if isinstance(words, LaneCall) else None

    def reply(self, call: Call, operands: Operands) -> Reply:
        """What comes back; an adapter that fails in its plan is a reply, too."""
        words = self._words(call)
        return self._send(words, call, operands) if isinstance(words, LaneCall) else words

    def answer(self, call: Call, operands: Operands) -> NDArray[Any]:
        """The lane's answer; raises NoAnswer for any other reply, NoWords for one that says no more than that."""
        reply = self.reply(call, operands)
        if isinstance(reply, Answer):
            return reply.array
        raise (NoWords if isinstance(reply, CannotSay | Refused) else NoAnswer)(in_words(reply))

    def ask_together(self, asked: Sequence[tuple[Call, Operands]]) -> list[Answer | None]:
        """The answers of those that could be asked in one exchange; None for the others, to be asked alone."""
        words = [self._words(call) for call, _ in asked]
        said = {place: each.header["plan"] for place, each in enumerate(words) if isinstance(each, LaneCall)}
        if not said:
            return [None] * len(asked)
        most = sum(_most(asked[place][0]) for place in said)
        operands = [asked[place][1] for place in said]
        answers = dict(
            zip(said, self.worker.ask_together(list(said.values()), operands, self._timeout, most), strict=True)
        )
        return [answers.get(place) for place in range(len(asked))]

    def ask_series(self, call: Call, operands: Sequence[Operands], at_once: int, first: int = 1) -> list[Reply]:
        """The replies to a series of the same call, so many at a time, until one is not an answer; `first` is the
        number of the first of them where a series goes on.
        """
        words = self._words(call)
        if not isinstance(words, LaneCall):
            return [words]
        if words.plan is None and at_once > 1:
            return [ONE_BY_ONE]
        if at_once > 1 and not (isinstance(self.adapter, Concurrent) and self.adapter.concurrent):
            return [NOT_CONCURRENT]
        replies: list[Reply] = []
        for start in range(0, len(operands), at_once):
            if words.plan is None:
                replies.append(self._send(words, call, operands[start]))
            else:
                together = operands[start : start + at_once]
                plans, most = [words.header["plan"]] * len(together), _most(call) * len(together)
                replies += self.worker.ask_at_once(
                    plans, together, first + start, self._timeout, most, result_bytes(call)
                )
            if not all(isinstance(reply, Answer) for reply in replies):
                break
        return replies

    def _words(self, call: Call) -> LaneCall | Reply:
        try:
            return self._in_words(call)
        except AdapterError as error:
            return Failed(error.brief, error.traceback)

    def _send(self, words: LaneCall, call: Call, operands: Operands) -> Reply:
        hello = self.worker.hello
        fills = words.plan is None and hello is not None and FILL in (hello.features or ())
        header = {**words.header, "fill": POISON} if fills else words.header
        return self.worker.ask(header, operands, self._timeout, _most(call))


def _most(call: Call) -> int:
    return most_result_bytes(call.result_shape) if isinstance(call, RightCall) else UNKNOWN_RESULT

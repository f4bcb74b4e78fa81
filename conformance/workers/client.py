"""How a call reaches a lane: through its adapter's plan to its worker, or as it is to a port. The one door.

Knows: adapters, plans, workers. Must not know: trials, what is expected, verdicts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.adapters.lane import Lane, load_adapter
from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Adapter, plan_call
from conformance.adapters.reply import Answer, CannotSay, Failed, Reply
from conformance.errors import AdapterError
from conformance.protocol.requests import encode_plan, port_question
from conformance.suite.case import Call
from conformance.workers.process import UNKNOWN_RESULT, Worker, most_result_bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A call in the words of one lane."""

    header: Mapping[str, Any]
    plan: Plan | None
    """None for a port, which plans for itself"""


ONE_BY_ONE = CannotSay("a port answers one frame after the other: it cannot be made several calls at once")
NOT_CONCURRENT = CannotSay("the adapter does not declare `concurrent`: it is called from one thread at a time")

Answered: TypeAlias = tuple[Plan | None, Reply]
"""what came back, and the plan that was sent"""


def request(adapter: Adapter | None, call: Call) -> Request | Unsupported:
    """What a worker is sent, or a port where there is no adapter; raises AdapterError where the plan fails."""
    if adapter is None:
        return Request(port_question(call), None)
    plan = plan_call(adapter, call)
    return plan if isinstance(plan, Unsupported) else Request({"plan": encode_plan(plan)}, plan)


class Door:
    """A lane's adapter and its worker, asked call by call; used from one thread at a time."""

    def __init__(self, worker: Worker, adapter: Adapter | None, timeout: float) -> None:
        """The worker may not be started yet; a port has no adapter."""
        self.worker = worker
        self.adapter = adapter
        self._timeout = timeout

    def perform(self, plan: Plan, operands: Operands) -> Reply:
        """What comes back for a plan that is no call's."""
        return self.worker.ask({"plan": encode_plan(plan)}, operands, self._timeout)

    def ask(self, call: Call, operands: Operands) -> Answered:
        """What came back, and the plan that was sent; an adapter that fails in its plan is a reply, too."""
        try:
            asked = request(self.adapter, call)
        except AdapterError as error:
            return None, Failed(error.brief, error.traceback)
        if isinstance(asked, Unsupported):
            return None, CannotSay(asked.reason, asked.undeclared)
        return asked.plan, self.worker.ask(asked.header, operands, self._timeout, _most(call))

    def ask_together(self, asked: Sequence[tuple[Call, Operands]]) -> dict[int, Answered]:
        """What came back, by place, for those that could be asked in one exchange: the others have to be asked alone.

        Raises AdapterError where a plan fails: whose it is shows when each is asked alone.
        """
        said = {
            place: each
            for place, (call, _) in enumerate(asked)
            if isinstance(each := request(self.adapter, call), Request)
        }
        if not said:
            return {}
        plans = [each.header["plan"] for each in said.values()]
        most = sum(_most(asked[place][0]) for place in said)
        answers = self.worker.ask_together(plans, [asked[place][1] for place in said], self._timeout, most)
        return (
            {}
            if answers is None
            else {place: (each.plan, answer) for (place, each), answer in zip(said.items(), answers, strict=True)}
        )

    def ask_series(self, call: Call, operands: Sequence[Operands], at_once: int) -> tuple[Plan | None, list[Reply]]:
        """The plan of a series of the same call, and its replies, so many at a time, until one is no answer."""
        try:
            asked = request(self.adapter, call)
        except AdapterError as error:
            return None, [Failed(error.brief, error.traceback)]
        if isinstance(asked, Unsupported):
            return None, [CannotSay(asked.reason, asked.undeclared)]
        if asked.plan is None:
            if at_once > 1:
                return None, [ONE_BY_ONE]
            return None, self._frame_by_frame(call, asked, operands)
        if at_once > 1 and not getattr(self.adapter, "concurrent", False):
            return asked.plan, [NOT_CONCURRENT]
        replies: list[Reply] = []
        for start in range(0, len(operands), at_once):
            together = operands[start : start + at_once]
            plans = [asked.header["plan"]] * len(together)
            most = _most(call) * len(together)
            replies += self.worker.ask_at_once(plans, together, start + 1, self._timeout, most)
            if not all(isinstance(reply, Answer) for reply in replies):
                break
        return asked.plan, replies

    def _frame_by_frame(self, call: Call, asked: Request, operands: Sequence[Operands]) -> list[Reply]:
        replies: list[Reply] = []
        for each in operands:
            replies.append(self.worker.ask(asked.header, each, self._timeout, _most(call)))
            if not isinstance(replies[-1], Answer):
                break
        return replies


def door(lane: Lane, timeout: float, threads: int = 1) -> Door:
    """That of the lane; its worker is not started yet. Raises UsageError where the adapter cannot be loaded."""
    return Door(Worker(lane, threads), None if lane.command else load_adapter(lane), timeout)


def _most(call: Call) -> int:
    return UNKNOWN_RESULT if call.geometry is None else most_result_bytes(call.result_shape)

"""The checkout on the path of workers, and an asker that executes plans in this process."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.adapters.lane import Lane
from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Adapter, CallRefused, plan_call
from conformance.adapters.reply import Answer, CannotSay, Refused, Reply
from conformance.conventions.asking import Ask
from conformance.operators.convolution.conventions.measuring import asking
from conformance.protocol.hello import Hello
from conformance.suite.case import Call
from conformance.workers.client import Client
from conformance.workers.declared import Declared

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))


class InProcess(Client):
    """A client that has no worker."""

    def __init__(self, adapter: Adapter) -> None:
        self.lane = Lane("mine", "mine")
        self.adapter = adapter

    @property
    def declared(self) -> Declared:
        return Declared.of(self.adapter, Hello("mine", "1"))

    def perform(self, plan: Plan, operands: Operands) -> Reply:
        assert self.adapter is not None
        try:
            return Answer(self.adapter.execute(plan, operands), 0.0)
        except CallRefused as refusal:
            return Refused(type(refusal.__cause__).__name__, str(refusal))

    def reply(self, call: Call, operands: Operands) -> Reply:
        assert self.adapter is not None
        plan = plan_call(self.adapter, call)
        return CannotSay(plan.reason) if isinstance(plan, Unsupported) else self.perform(plan, operands)


@pytest.fixture(scope="session")
def client() -> Callable[[Adapter], Client]:
    """A client of an adapter without a worker in between."""
    return InProcess


@pytest.fixture(scope="session")
def asked() -> Callable[[Adapter], Ask]:
    """Ask an adapter without a worker in between."""
    return lambda adapter: asking(InProcess(adapter))

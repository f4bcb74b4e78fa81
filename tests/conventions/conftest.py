"""The checkout on the path of workers, and an asker that executes plans in this process."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray

from conformance.adapters.dialect import Said
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Adapter, CallRefused, plan_call
from conformance.adapters.reply import Answer, CannotSay, Refused, Reply
from conformance.conventions.lane import given_to
from conformance.conventions.probe import Ask

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture(scope="session")
def asked() -> Callable[[Adapter], Ask]:
    """Ask an adapter without a worker in between."""

    def asker(adapter: Adapter) -> Ask:
        def ask(said: Said, operands: Mapping[str, NDArray[Any]]) -> Reply:
            plan = said if isinstance(said, Plan) else plan_call(adapter, said)
            operands = operands if isinstance(said, Plan) else given_to(said, operands)
            if isinstance(plan, Unsupported):
                return CannotSay(plan.reason)
            try:
                return Answer(adapter.execute(plan, operands), 0.0)
            except CallRefused as refusal:
                return Refused(type(refusal.__cause__).__name__, str(refusal))

        return ask

    return asker

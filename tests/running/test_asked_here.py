"""An adapter asked in this process: whatever it does is a reply."""

import numpy as np
import pytest

from conformance.adapters.plan import Operands, Plan, WrongShape
from conformance.adapters.reply import Answer, Failed, Misshapen, Refused
from conformance.protocol.replies import read_reply
from conformance.protocol.requests import encode_plan
from conformance.suite.case import Trial
from conformance.workers import worker
from conformance.workers.here import ask_here, plan_here
from conformance.workers.keeping import Keeping
from tests.running import stand_ins

CODES = "example-1[inputs=codes,dtype=float32]"
SWAPPED = "example-2-as-printed"


def operands(trial: Trial) -> dict[str, np.ndarray]:
    made = {name: np.zeros(shape, np.float32) for name, shape in trial.call.operands.items()}
    made["value"].reshape(-1)[:1] = 1
    return made


def test_a_shape_from_which_the_plan_cannot_go_on_is_the_framework_s(tutorial: dict[str, Trial]) -> None:
    trial = tutorial[CODES]
    reply = ask_here(stand_ins.CropsTooMuch(), trial.call, operands(trial))
    assert isinstance(reply, Misshapen)
    assert (reply.shape, reply.dtype) == ((1, 8, 8, 1), "float32")
    assert "from which the plan cannot go on" in reply.message


@pytest.mark.parametrize(("name", "said"), [("PlanFails", "plan failed"), ("PlanHasNoWords", "a plan whose Invoke")])
def test_a_plan_that_fails_costs_one_reply(tutorial: dict[str, Trial], name: str, said: str) -> None:
    adapter = getattr(stand_ins, name)()
    wrong, right = tutorial[SWAPPED], tutorial[CODES]
    reply = ask_here(adapter, wrong.call, operands(wrong))
    assert isinstance(reply, Failed)
    assert said in reply.message
    assert ("in plan" in reply.traceback) == (name == "PlanFails")
    assert plan_here(adapter, wrong.call) is None
    assert isinstance(ask_here(adapter, right.call, operands(right)), Answer)
    assert plan_here(adapter, right.call) is not None


class Mismatched(stand_ins.Sound):
    """Its framework refuses to differentiate what it returned."""

    def execute(self, plan: Plan, arrays: Operands) -> np.ndarray:
        raise WrongShape(np.zeros((2,), np.float32), "of which [3] is due", ValueError("no match"))


def test_a_refusal_to_go_on_from_a_shape_comes_with_it_from_here_and_from_a_worker(tutorial: dict[str, Trial]) -> None:
    trial = tutorial[CODES]
    arrays, adapter = operands(trial), Mismatched()
    expected = Misshapen(
        (2,), "float32", "the framework returned [2] float32, of which [3] is due", Refused("ValueError", "no match")
    )
    assert ask_here(adapter, trial.call, arrays) == expected
    plan = adapter.plan(trial.call)
    assert isinstance(plan, Plan)
    header, tensors = worker._answer(adapter, {"plan": encode_plan(plan)}, arrays, Keeping())
    assert read_reply({"seq": 1, **header}, tensors, 1, 60.0) == expected

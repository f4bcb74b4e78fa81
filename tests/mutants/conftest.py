"""The mutants held against small cases, and those that only shipped ones catch against these; workers of mutants."""

import sys
from collections.abc import Callable, Iterator

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.protocol import Plan
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Verdict
from conformance.protocol.requests import encode_plan, port_question
from conformance.scoring.score import Scorer
from conformance.suite.corpus import select
from conformance.workers.process import Worker
from tests.corpus import shipped_trials

PATIENCE = 1.0
SMALL_CASES = "tests/mutants/cases"

Ask = Callable[..., Verdict]


@pytest.fixture(scope="session")
def small() -> Scorer:
    """Of cases that stand in for the shipped ones: small, and enough for most faults."""
    return Scorer(tuple(select([SMALL_CASES])), None, diagnosed=0, enough=1)


@pytest.fixture(scope="session")
def shipped() -> Scorer:
    """Of the results of one operator, whose chapters have what the small cases lack."""
    trials = [trial for trial in shipped_trials() if trial.id.startswith("conv2d_transpose/")]
    return Scorer(tuple(trials), None, diagnosed=0, enough=1)


@pytest.fixture
def worker_of() -> Iterator[Callable[[str], Ask]]:
    """From a mutant's name, or exec: and a port's, to a way of asking its worker trials by a part of their id."""
    started: list[Worker] = []

    def start(name: str) -> Ask:
        port = name.startswith("exec:")
        command = f"exec:{sys.executable} -m conformance.mutants.ports {name.removeprefix('exec:')}"
        lane = parse_lane(command if port else f"conformance.mutants:Mutant:{name}")
        worker = Worker(lane)
        started.append(worker)
        adapter = None if port else load_adapter(lane)

        def ask(part: str, limit: float = PATIENCE) -> Verdict:
            trial = next(each for each in shipped_trials() if f"conv2d_transpose/{part}" in each.id)
            question = make_question(trial)
            plan = adapter.plan(trial.call) if adapter is not None else None
            header = {"plan": encode_plan(plan)} if isinstance(plan, Plan) else port_question(trial.call)
            reply = worker.ask(header, {"value": question.value, "filter": question.filter}, limit)
            return judge(trial, reply, question.expected)

        return ask

    yield start
    for worker in started:
        worker.kill()

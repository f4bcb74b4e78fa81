"""Every shipped trial with its question, and what a miniature answers to it, without and with a process of its own."""

import sys
from collections.abc import Callable, Iterator

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.protocol import Adapter, CallRefused, Plan
from conformance.adapters.reply import Answer, Failed, Refused, Reply
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Verdict
from conformance.miniatures import FAULTS, Miniature
from conformance.miniatures.ports import PORT_FAULTS
from conformance.running.entries import port_question
from conformance.running.plan_codec import encode_plan
from conformance.running.process import Worker
from conformance.suite.case import Trial
from conformance.suite.corpus import select

PATIENCE = 1.0

Corpus = list[tuple[Trial, Question]]
Ask = Callable[..., Verdict]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return [(trial, make_question(trial)) for trial in select([])]


@pytest.fixture(scope="session")
def examine() -> Callable[[str, Corpus], dict[str, Verdict]]:
    """The verdicts on a miniature by trial id, in this process."""

    def verdicts(name: str, corpus: Corpus) -> dict[str, Verdict]:
        assert not FAULTS[name].alone
        miniature = Miniature((name,))
        return {trial.id: judge(trial, _reply(miniature, trial, each), each.expected) for trial, each in corpus}

    return verdicts


def _reply(adapter: Adapter, trial: Trial, question: Question) -> Reply:
    plan = adapter.plan(trial.call)
    assert isinstance(plan, Plan)
    try:
        return Answer(adapter.execute(plan, {"value": question.value, "filter": question.filter}), 0.0)
    except CallRefused as refusal:
        return Refused(type(refusal.__cause__).__name__, str(refusal.__cause__))
    except (MemoryError, RuntimeError) as error:
        return Failed(str(error))


@pytest.fixture
def worker_of(corpus: Corpus) -> Iterator[Callable[[str], Ask]]:
    """From a miniature's name, or exec: and a port's, to a way of asking its worker trials by a part of their id."""
    started: list[Worker] = []

    def start(name: str) -> Ask:
        port = name.startswith("exec:")
        command = f"exec:{sys.executable} -m conformance.miniatures.ports {name.removeprefix('exec:')}"
        lane = parse_lane(command if port else f"conformance.miniatures:Miniature:{name}")
        worker = Worker(lane)
        started.append(worker)
        adapter = None if port else load_adapter(lane)

        def ask(part: str, limit: float = PATIENCE) -> Verdict:
            trial, question = next(pair for pair in corpus if part in pair[0].id)
            plan = adapter.plan(trial.call) if adapter is not None else None
            header = {"plan": encode_plan(plan)} if isinstance(plan, Plan) else port_question(trial.call)
            reply = worker.ask(header, {"value": question.value, "filter": question.filter}, limit)
            return judge(trial, reply, question.expected)

        return ask

    yield start
    for worker in started:
        worker.kill()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that names `fault`, `right` or `port` runs once for each."""
    faults = [fault for fault in FAULTS.values() if not fault.alone]
    names = {
        "right": [fault.name for fault in faults if not fault.outcomes],
        "fault": [fault.name for fault in faults if fault.outcomes],
        "port": list(PORT_FAULTS),
    }
    for argument, values in names.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, values)

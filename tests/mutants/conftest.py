"""Every shipped trial that a mutant can say, with its question, and what the mutant answers to it, without and
with a process of its own; the same for the mutants of all operators and the cases that stand in for theirs.
"""

import sys
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.protocol import Adapter, CallRefused, Plan, plan_call
from conformance.adapters.reply import Answer, Failed, Refused, Reply
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Verdict
from conformance.mutants import FAMILY_FAULTS, FAULTS, FamilyMutant, Mutant
from conformance.mutants.ports import PORT_FAULTS
from conformance.protocol.requests import encode_plan, port_question
from conformance.running.probing import Prober
from conformance.suite.case import Call, RightTrial, Trial
from conformance.suite.corpus import select
from conformance.workers.process import Worker
from tests.corpus import shipped_trials

PATIENCE = 1.0
FAMILY_CASES = "tests/mutants/cases"

Corpus = list[tuple[Trial, Question]]
Ask = Callable[..., Verdict]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    lane = Mutant()
    said = [trial for trial in shipped_trials() if isinstance(plan_call(lane, trial.call), Plan)]
    return [(trial, make_question(trial)) for trial in said]


@pytest.fixture(scope="session")
def family_corpus() -> Corpus:
    """In the order of their ids' digests: every eighth is of every operator."""
    trials = sorted(select([FAMILY_CASES]), key=lambda trial: sha256(trial.id.encode()).digest())
    return [(trial, make_question(trial)) for trial in trials]


@pytest.fixture(scope="session")
def examine() -> Callable[[str, Corpus], dict[str, Verdict]]:
    """The verdicts on a mutant by trial id, in this process."""

    def verdicts(name: str, corpus: Corpus) -> dict[str, Verdict]:
        assert not FAULTS[name].alone
        mutant = Mutant((name,))
        if FAULTS[name].declares:
            return _measured(mutant, corpus)
        return {trial.id: judge(trial, _reply(mutant, trial, each), each.expected) for trial, each in corpus}

    return verdicts


@pytest.fixture(scope="session")
def examine_family() -> Callable[[str, Corpus], dict[str, Verdict]]:
    """The same of a mutant of all operators, under its measured arithmetic."""

    def verdicts(name: str, corpus: Corpus) -> dict[str, Verdict]:
        return _measured(FamilyMutant((name,)), corpus)

    return verdicts


def _measured(mutant: Mutant | FamilyMutant, corpus: Corpus) -> dict[str, Verdict]:
    prober = Prober(lambda call, question: _reply_to(mutant, call, question))
    prober.declare(mutant.describe().flags)
    found = {}
    for trial, each in corpus:
        arithmetic = prober.measured(trial, each).arithmetic if isinstance(trial, RightTrial) else None
        found[trial.id] = judge(trial, _reply_to(mutant, trial.call, each), each.expected, arithmetic)
    return found


def _reply(adapter: Adapter, trial: Trial, question: Question) -> Reply:
    return _reply_to(adapter, trial.call, question)


def _reply_to(adapter: Adapter, call: Call, question: Question) -> Reply:
    plan = plan_call(adapter, call)
    assert isinstance(plan, Plan)
    try:
        return Answer(adapter.execute(plan, question.operands), 0.0)
    except CallRefused as refusal:
        return Refused(type(refusal.__cause__).__name__, str(refusal.__cause__))
    except (MemoryError, RuntimeError) as error:
        return Failed(str(error))


@pytest.fixture
def worker_of(corpus: Corpus) -> Iterator[Callable[[str], Ask]]:
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
    """A test that names one of these runs once for each."""
    faults = [fault for fault in FAULTS.values() if not fault.alone]
    names = {
        "right": [fault.name for fault in faults if not fault.outcomes],
        "fault": [fault.name for fault in faults if fault.outcomes],
        "port": list(PORT_FAULTS),
        "right_of_family": [fault.name for fault in FAMILY_FAULTS.values() if not fault.outcomes],
        "fault_of_family": [fault.name for fault in FAMILY_FAULTS.values() if fault.outcomes and not fault.reach],
    }
    for argument, values in names.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, values)

"""What a worker or a port does to itself costs one trial its outcome, and the next one nothing."""

from collections.abc import Callable

import pytest

from conformance.judging.verdict import Outcome, Verdict
from conformance.mutants.ports import PORT_FAULTS
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.mutants.table import FAMILIES

SMALL, LARGE, WRONG = "layouts/batch[batch=2,", "layouts/batch[batch=16,", "refusals/swapped-filter"
COLD = 30.0
PROCESS = [*FAMILIES["process"], FAULTS["chatters"], FAULTS["complains"]]
NO_HELLO = [name for name in PORT_FAULTS if "hello" in name]
LATE = "answers-twice-late"

Ask = Callable[..., Verdict]
WorkerOf = Callable[[str], Ask]


def agreed(verdict: Verdict) -> None:
    assert verdict.outcome == Outcome.AGREES, verdict.detail


@pytest.mark.parametrize("name", [fault.name for fault in PROCESS if not fault.name.startswith("aborts-")])
def test_a_mutant_costs_its_worker_one_trial(name: str, worker_of: WorkerOf) -> None:
    ask = worker_of(name)

    agreed(ask(SMALL, COLD))
    assert ask(LARGE).outcome in {Outcome(each) for each in FAULTS[name].outcomes or ("agrees",)}
    agreed(ask(SMALL, COLD))


@pytest.mark.parametrize(
    ("name", "trial"),
    [
        ("aborts-beyond-input", "kernels/oblong[kernel=2x5,"),
        ("aborts-on-output-of-three", "refusals/output-of-three"),
        ("aborts-on-scalar-filter", "refusals/filter-scalar"),
    ],
)
def test_an_abort_is_named_by_its_signal(name: str, trial: str, worker_of: WorkerOf) -> None:
    ask = worker_of(name)

    agreed(ask(SMALL, COLD))
    verdict = ask(trial)
    assert verdict.outcome == Outcome.CRASHED
    assert "SIGABRT" in verdict.detail
    agreed(ask(SMALL, COLD))


@pytest.mark.parametrize("name", [name for name in PORT_FAULTS if name not in (*NO_HELLO, LATE)])
def test_a_port_costs_its_lane_one_trial(name: str, worker_of: WorkerOf) -> None:
    ask = worker_of(f"exec:{name}")

    agreed(ask(SMALL, COLD))
    assert ask(LARGE).outcome in {Outcome(each) for each in PORT_FAULTS[name].outcomes or ("agrees",)}
    agreed(ask(SMALL, COLD))
    assert ask(WRONG).outcome == Outcome.REFUSED


def test_a_late_second_reply_is_never_taken_for_another_trials(worker_of: WorkerOf) -> None:
    ask = worker_of(f"exec:{LATE}")

    agreed(ask(SMALL, COLD))
    ask(LARGE)
    assert ask(SMALL, COLD).outcome in (Outcome.AGREES, Outcome.ERRORED)
    agreed(ask(SMALL, COLD))


@pytest.mark.parametrize("name", NO_HELLO)
def test_a_port_without_a_hello_is_no_worker(name: str, worker_of: WorkerOf) -> None:
    verdict = worker_of(f"exec:{name}")(SMALL, COLD)

    assert verdict.outcome == Outcome.ERRORED
    assert "did not start" in verdict.detail

"""Scripts of the installed frameworks against what their workers answer: the same bits, error or signal."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from conformance.adapters.lane import load_adapter, missing_framework, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Answer, Crashed, Refused, Reply
from conformance.judging.judge import digest
from conformance.judging.question import make_question
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.protocol.hello import Hello
from conformance.protocol.requests import encode_plan
from conformance.suite.case import Trial
from conformance.workers.process import Worker

pytestmark = pytest.mark.frameworks

ScriptOf = Callable[[Trial, str], str]
Replied = Callable[[Trial, str], Reply]
Perform = Callable[[str], subprocess.CompletedProcess[str]]
TIMEOUT = 120.0
CORRECTED = "conv2d_transpose/tutorial/example-2-corrected[inputs=normal64,dtype=float32]"


@pytest.fixture(scope="module")
def replied() -> Iterator[Replied]:
    """What a lane's worker makes of a trial; it is started once: to import TensorFlow takes seconds."""
    workers: dict[str, Worker] = {}

    def reply(trial: Trial, lane: str) -> Reply:
        asked = parse_lane(lane)
        hint = missing_framework(asked)
        if hint is not None:
            pytest.skip(hint)
        plan = load_adapter(asked).plan(trial.call)
        assert isinstance(plan, Plan)
        if lane not in workers:
            workers[lane] = Worker(asked)
            assert isinstance(workers[lane].start(), Hello)
        return workers[lane].ask({"plan": encode_plan(plan)}, make_question(trial).operands, TIMEOUT)

    yield reply
    for worker in workers.values():
        worker.kill()


@pytest.mark.parametrize(
    ("lane", "trial"),
    [
        ("tensorflow", CORRECTED),
        ("tensorflow:function", CORRECTED),
        ("tensorflow:session", CORRECTED),
        ("torch", "conv2d_transpose/tutorial/example-1[inputs=normal64,dtype=float32]"),
        ("torch", "conv2d_transpose/accumulation/channels[dtype=bfloat16,padding=SAME]"),
        ("jax", CORRECTED),
        ("tensorflow:xla", CORRECTED),
        ("tensorflow:eigen", CORRECTED),
        ("torch:nomkldnn", CORRECTED),
        ("torch:channels_last", CORRECTED),
        ("jax:jit", CORRECTED),
    ],
)
def test_a_script_answers_with_the_worker_s_bits(
    shipped: dict[str, Trial], replied: Replied, script_of: ScriptOf, perform: Perform, lane: str, trial: str
) -> None:
    reply = replied(shipped[trial], lane)
    assert isinstance(reply, Answer), reply
    done = perform(script_of(shipped[trial], lane))
    assert done.stdout.split()[2:] == [reply.array.dtype.name, digest(reply.array)], done.stderr


@pytest.mark.parametrize(
    ("lane", "direction"),
    [
        ("torch", "value_gradient"),
        ("torch", "bias_gradient"),
        ("jax", "bias_gradient"),
        ("tensorflow", "filter_gradient"),
        ("tensorflow:function", "value_gradient"),
        ("tensorflow:session", "filter_gradient"),
    ],
)
def test_a_script_of_a_gradient_answers_with_the_worker_s_bits(
    family: Callable[..., ConvolutionTrial],
    replied: Replied,
    script_of: ScriptOf,
    perform: Perform,
    lane: str,
    direction: str,
) -> None:
    trial = family("conv2d_transpose", direction=direction, bias=True, inputs="normal64", batch=1)
    reply = replied(trial, lane)
    assert isinstance(reply, Answer), reply
    done = perform(script_of(trial, lane))
    assert done.stdout.split()[-2:] == [reply.array.dtype.name, digest(reply.array)], done.stderr


def test_a_script_is_refused_with_the_worker_s_error(
    shipped: dict[str, Trial], replied: Replied, script_of: ScriptOf, perform: Perform
) -> None:
    trial = shipped["conv2d_transpose/tutorial/example-2-as-printed"]
    reply = replied(trial, "torch")
    assert isinstance(reply, Refused), reply
    assert perform(script_of(trial, "torch")).stdout == f"refused {reply.error}\n"


def test_a_script_dies_of_the_worker_s_signal(
    shipped: dict[str, Trial], replied: Replied, script_of: ScriptOf, perform: Perform
) -> None:
    trial = shipped["conv2d_transpose/refusals/output-of-three"]
    reply = replied(trial, "tensorflow")
    assert isinstance(reply, Crashed), reply
    done = perform(script_of(trial, "tensorflow"))
    assert (reply.how, done.returncode, done.stdout) == ("SIGABRT", -6, "")

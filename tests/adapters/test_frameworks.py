"""The installed frameworks, each in its own worker: the tutorial's examples and one trial of each kind."""

from collections.abc import Iterator

import pytest

from conformance.adapters.lane import Lane, load_adapter, missing_framework, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Refused
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome, Verdict
from conformance.protocol.hello import Hello
from conformance.protocol.requests import encode_plan
from conformance.suite.case import Trial
from conformance.workers.process import Worker

pytestmark = pytest.mark.frameworks

RIGHT = [
    "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]",
    "conv2d_transpose/tutorial/example-1[inputs=normal64,dtype=float64]",
    "conv2d_transpose/tutorial/example-2-corrected[inputs=wide_w,dtype=float32]",
    "conv2d_transpose/tutorial/example-2-corrected[inputs=normal64,dtype=float32]",
    "conv2d_transpose/tutorial/same-is-not-same-size[output_shape=1x7x8x1]",
    "conv2d_transpose/tutorial/strides-follow-data-format",
    "conv2d_transpose/layouts/written-out",
    "conv2d_transpose/dilations/dilated[kernel=2,strides=1,dilations=1x2,padding=SAME]",
    "conv2d_transpose/output_lengths/explicit[kernel=2,strides=2,padding=0:1x1:1,output=8x5]",
    "conv2d_transpose/kernels/one-pixel[kernel=5,strides=3,padding=VALID,inputs=codes]",
    "conv2d_transpose/padding/explicit[kernel=3,strides=1,padding=1:1x1:1,inputs=normal64]",
]
SWAPPED = "conv2d_transpose/tutorial/example-2-as-printed"
TIMEOUT = 120.0


LANES = (
    "tensorflow",
    "tensorflow:function",
    "tensorflow:session",
    "tensorflow:xla",
    "torch",
    "torch:nomkldnn",
    "torch:channels_last",
    "jax",
    "jax:jit",
)
"""tensorflow:eigen is left to its own test: it refuses NCHW and dilation"""


@pytest.fixture(scope="module", params=LANES)
def worker(request: pytest.FixtureRequest) -> Iterator[tuple[Lane, Worker]]:
    lane = parse_lane(request.param)
    hint = missing_framework(lane)
    if hint is not None:
        pytest.skip(hint)
    started = Worker(lane, threads=1)
    hello = started.start()
    assert isinstance(hello, Hello), hello
    assert hello.framework == lane.name
    yield lane, started
    started.kill()


def asked(worker: tuple[Lane, Worker], trial: Trial) -> Verdict:
    lane, process = worker
    question = make_question(trial)
    plan = load_adapter(lane).plan(trial.call)
    assert isinstance(plan, Plan), plan
    return judge(trial, process.ask({"plan": encode_plan(plan)}, question.operands, TIMEOUT), question.expected)


@pytest.mark.parametrize("trial", RIGHT)
def test_a_right_call_agrees_with_the_definition(
    worker: tuple[Lane, Worker], shipped: dict[str, Trial], trial: str
) -> None:
    verdict = asked(worker, shipped[trial])
    assert (verdict.outcome, verdict.conforms) == (Outcome.AGREES, True), verdict.detail
    assert verdict.metrics is not None


def test_the_tutorial_s_swapped_filter_is_refused(worker: tuple[Lane, Worker], shipped: dict[str, Trial]) -> None:
    verdict = asked(worker, shipped[SWAPPED])
    assert (verdict.outcome, verdict.conforms) == (Outcome.REFUSED, True), verdict.detail


def test_a_refusal_carries_the_framework_s_own_exception(
    worker: tuple[Lane, Worker], shipped: dict[str, Trial]
) -> None:
    lane, process = worker
    trial = shipped[SWAPPED]
    question = make_question(trial)
    plan = load_adapter(lane).plan(trial.call)
    assert isinstance(plan, Plan)
    reply = process.ask({"plan": encode_plan(plan)}, {"value": question.value, "filter": question.filter}, TIMEOUT)
    assert isinstance(reply, Refused)
    assert reply.error not in ("", "CallRefused")
    assert reply.message

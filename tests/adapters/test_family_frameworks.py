"""The installed frameworks and the family: one small trial of each operator and direction, in a worker per lane."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.judging.verdict import Outcome
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.protocol.hello import NoWorker
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.suite.case import Trial
from conformance.workers.process import Worker
from reference.family import DIRECTIONS, OPERATORS

pytestmark = pytest.mark.frameworks

Family = Callable[..., ConvolutionTrial]
Session = tuple[str, LaneSession]
LANES = ("torch", "torch:channels_last", "jax:jit", "tensorflow", "tensorflow:function", "tensorflow:session")
DTYPES = {
    "torch": ("int64", "complex64", "complex128"),
    "jax:jit": ("int32", "int64", "complex64", "complex128"),
    "tensorflow": ("int32",),
}
"""beside the floating-point ones"""
TIMEOUT = 180.0


def started(lane: str) -> LaneSession:
    asked = parse_lane(lane)
    hint = missing_framework(asked)
    if hint is not None:
        pytest.skip(hint)
    session = LaneSession(asked, Examination(), TIMEOUT, 1)
    assert session.start().status == "ready"
    return session


@pytest.fixture(scope="module", params=LANES)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    found = started(request.param)
    yield request.param, found
    found.close()


def agrees(session: Session, trial: Trial) -> None:
    record = session[1].ask(trial)
    assert (record.outcome, record.conforms) == (Outcome.AGREES, True), record.detail
    assert record.metrics is not None


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_and_its_gradients_agree_with_the_definition(
    session: Session, family: Family, operator: str, direction: str
) -> None:
    for dtype in ("float32", "float64"):
        agrees(session, family(operator, direction=direction, bias=direction == "bias_gradient", dtype=dtype))


@pytest.mark.parametrize("operator", ["conv1d", "conv2d_transpose"])
def test_groups_and_a_bias_with_channels_first_agree_with_the_definition(
    session: Session, family: Family, operator: str
) -> None:
    first = OPERATORS[operator].data_formats[1]
    agrees(session, family(operator, channels=[4, 6], groups=2, bias=True, data_format=first))


def test_integers_and_complex_numbers_agree_where_a_lane_has_them(session: Session, family: Family) -> None:
    for dtype in DTYPES.get(session[0], ()):
        agrees(session, family("conv2d", dtype=dtype))
        agrees(session, family("conv2d_transpose", dtype=dtype, bias=True))


def test_the_meta_device_is_judged_by_shapes_alone(family: Family) -> None:
    meta = started("torch:meta")
    try:
        for operator in OPERATORS:
            for direction in DIRECTIONS:
                record = meta.ask(family(operator, direction=direction, bias=True, dtype="bfloat16", batch=1))
                assert (record.outcome, record.flags) == (Outcome.AGREES, ("shape_only",)), record.detail
                assert (record.digest, record.metrics, record.accumulation) == (None, None, None)
    finally:
        meta.close()


def test_a_compiled_call_and_its_gradient_agree(family: Family) -> None:
    compiled = "torch:compile", started("torch:compile")
    try:
        agrees(compiled, family("conv2d", inputs="normal64", batch=1))
        agrees(compiled, family("conv2d", inputs="normal64", batch=1, direction="filter_gradient"))
    finally:
        compiled[1].close()


@pytest.mark.parametrize(
    ("lane", "message"),
    [
        ("torch@cuda", "Torch not compiled with CUDA enabled"),
        ("jax@cuda", "JAX sees no device cuda on this machine"),
        ("tensorflow:tf32@cuda", "TensorFlow sees no GPU on this machine"),
    ],
)
def test_a_device_that_the_machine_does_not_have_keeps_the_lane_from_starting(lane: str, message: str) -> None:
    asked: Any = parse_lane(lane)
    if missing_framework(asked) is not None:
        pytest.skip("the framework is not installed")
    worker = Worker(asked)
    hello = worker.start()
    worker.kill()
    assert isinstance(hello, NoWorker), "this machine has the device"
    assert not hello.missing
    assert message in hello.message

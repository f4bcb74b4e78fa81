"""Plans hold what pooling needs: minus infinity, a function by its name, several calls; and workers execute them."""

from math import inf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.lane import missing_framework, parse_lane
from conformance.adapters.plan import Argument, Invoke, Name, Pad, Plan, Step, Transpose
from conformance.adapters.reply import Answer
from conformance.protocol.hello import Hello
from conformance.protocol.requests import encode_plan
from conformance.workers.process import Worker

pytestmark = pytest.mark.frameworks

VALUE = -np.arange(1.0, 10.0, dtype=np.float32).reshape(1, 3, 3, 1)
WINDOW = (1, 2, 2, 1)
AROUND = Pad("value", ((0, 0), (1, 0), (1, 0), (0, 0)), -inf)
"""zeros would be the largest of all"""


def reduced(operand: str, start: float, by: str, leaves: str = "result", then: tuple[Invoke, ...] = ()) -> Invoke:
    """JAX's pooling: a reduction by a function that it is given."""
    keywords: tuple[tuple[str, Argument], ...] = (
        ("init_value", start), ("computation", Name(by)), ("window_dimensions", WINDOW), ("window_strides", WINDOW),
        ("padding", "VALID"),
    )  # fmt: skip
    return Invoke("jax.lax.reduce_window", (("", operand),), keywords, then, leaves=leaves)


LARGEST: dict[str, tuple[Step, ...]] = {
    "tensorflow": (Invoke("tf.nn.max_pool2d", (("", "value"),), (("ksize", 2), ("strides", 2), ("padding", "VALID"))),),
    "torch": (
        Transpose("value", (0, 3, 1, 2)),
        Invoke("torch.nn.functional.max_pool2d", (("", "value"),), (("kernel_size", 2),)),
        Transpose("result", (0, 2, 3, 1)),
    ),
    "jax": (reduced("value", -inf, "jax.lax.max"),),
    "jax:jit": (reduced("value", -inf, "jax.lax.max"),),
}
MEAN = reduced(
    "value", 0.0, "jax.lax.add",
    then=(
        Invoke("jax.numpy.ones_like", (("", "value"),), (), leaves="ones"),
        reduced("ones", 0.0, "jax.lax.add", leaves="count"),
        Invoke("jax.numpy.divide", (("", "result"), ("", "count")), ()),
    ),
)  # fmt: skip


def answer(lane: str, plan: Plan, **others: NDArray[Any]) -> NDArray[Any]:
    hint = missing_framework(parse_lane(lane))
    if hint is not None:
        pytest.skip(hint)
    worker = Worker(parse_lane(lane))
    try:
        assert isinstance(worker.start(), Hello)
        reply = worker.ask({"plan": encode_plan(plan)}, {"value": VALUE, **others}, 120.0)
    finally:
        worker.kill()
    assert isinstance(reply, Answer), reply
    return reply.array


@pytest.mark.parametrize("lane", LARGEST)
def test_the_largest_of_a_window_with_minus_infinity_around_the_value(lane: str) -> None:
    assert answer(lane, Plan((AROUND, *LARGEST[lane])))[0, :, :, 0].tolist() == [[-1, -2], [-4, -5]]


def test_a_mean_of_several_calls_and_its_gradient() -> None:
    assert answer("jax", Plan((MEAN,))).tolist() == [[[[-3]]]]
    pulled = Invoke(MEAN.function, MEAN.operands, MEAN.keywords, MEAN.then, "value")
    gradient = answer("jax:jit", Plan((pulled,)), cotangent=np.full((1, 1, 1, 1), 8, np.float32))
    assert gradient[0, :, :, 0].tolist() == [[2, 2, 0], [2, 2, 0], [0, 0, 0]]

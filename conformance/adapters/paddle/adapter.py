"""Paddle: `paddle.nn.functional`, eager.

Knows: paddle's tensors and derivatives. Imports paddle in the worker only; its plans are made of `words`.
"""

from typing import Any

from numpy.typing import NDArray

from conformance.adapters.execution import execute
from conformance.adapters.paddle.convolution import VOCABULARY
from conformance.adapters.paddle.words import DTYPES, LIMITS
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, CallSource, Description, Nominal


class Paddle(Planned):
    """Eager paddle.nn.functional on the CPU, or on the lane's device."""

    planner = "paddle"
    features = FEATURES
    dtypes = tuple(dict.fromkeys(dtype for named in DTYPES.values() for dtype in named))
    directions = DIRECTIONS
    limits = LIMITS
    names_output = False

    def __init__(self, device: str | None = None) -> None:
        self._device = device or "cpu"

    def describe(self) -> Description:
        import paddle

        paddle.set_device(self._device)
        versions = {"paddle": paddle.__version__}
        return Description("paddle", paddle.__version__, versions, {"device": self._device})

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return VOCABULARY.nominal_plan(nominal, {} if nominal.word == "default" else {"padding": nominal.word})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import paddle

        return execute(plan, arrays, self.call_source, paddle=paddle)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        calls = step.calls()
        if step.gradient:
            call = (*calls, f"(result,) = paddle.grad(result, {step.gradient}, cotangent)")
        else:
            call = ("with paddle.no_grad():", *(f"    {line}" for line in calls))
        return CallSource(
            imports=("import paddle",),
            setup=(f"paddle.set_device({self._device!r})",),
            before=(
                *(f"{operand} = paddle.to_tensor({operand})" for operand in step.needed),
                *((f"{step.gradient}.stop_gradient = False",) if step.gradient else ()),
            ),
            call=call,
            after=("result = result.numpy()",),
        )

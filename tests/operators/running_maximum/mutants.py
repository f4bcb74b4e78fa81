"""Who is wrong about it on purpose."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.mutants import KindMutant
from reference.family import Direction
from tests.operators.running_maximum.call import Words
from tests.operators.running_maximum.function import running_maximum

Function = Callable[[NDArray[Any], int], NDArray[Any]]


class Engine:
    """Any function of a value and a window."""

    operators = ("running_maximum",)
    features: tuple[str, ...] = ()
    dtypes = ("float32", "float64")
    directions: tuple[Direction, ...] = ("forward",)

    def __init__(self, function: Function) -> None:
        self._function = function

    def describe(self) -> Description:
        return Description("engine", np.__version__)

    def plan(self, call: Call) -> Plan | Unsupported:
        assert isinstance(call, Words)
        return Plan((Invoke("engine", (("", "value"),), (("window", call.window),)),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        def invoke(step: Invoke, operands: Operands) -> NDArray[Any]:
            result: NDArray[Any] = calling(self._function, operands["value"], **dict(step.keywords))
            return result

        return perform(plan, arrays, invoke)


class Maximum(Engine):
    """The reference's own function, as a lane that takes nothing else."""

    def __init__(self) -> None:
        super().__init__(running_maximum)


class Minimum(Engine):
    """Another function, as such a lane."""

    def __init__(self) -> None:
        super().__init__(lambda value, window: -running_maximum(-value, window))


MUTANTS = (
    KindMutant("maximum", "The reference's own function.", (), Maximum),
    KindMutant(
        "maximum-ahead",
        "The window begins at each position.",
        ("differs",),
        lambda: Engine(lambda value, window: running_maximum(value[::-1], window)[::-1].copy()),
        ("behaves as if the window began at each position",),
    ),
    KindMutant("minimum", "The smallest.", ("differs",), Minimum),
)

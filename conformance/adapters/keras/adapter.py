"""Keras 3: `keras.ops` on TensorFlow, PyTorch or JAX, which compute, and differentiate, as their own lanes have it.

Knows: Keras's backends. Imports keras in the worker only; what surrounds a call is the backend's adapter's.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.execution import Modules, execute
from conformance.adapters.jax.adapter import Jax, compute_together
from conformance.adapters.keras.convolution import keras_nominal_plan
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, CallSource, Description, Nominal
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.torch.adapter import Torch

BACKENDS: Mapping[str, Callable[[], TensorFlow | Torch | Jax]] = {
    "tensorflow": TensorFlow,
    "torch": Torch,
    # Compiled, as `fit` and `predict` have it: eager calls compile each of several primitives.
    "jax": lambda: Jax(("jit",)),
}


class Keras(Planned):
    """`keras.ops` on the backend that the mode names; without one on TensorFlow, as Keras without settings."""

    planner = "keras"
    features = FEATURES
    concurrent = True
    directions = DIRECTIONS
    names_output = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if len(modes) > 1:
            raise ValueError(f"modes {'+'.join(modes)} exclude one another: Keras has one backend")
        if device not in (None, "cpu"):
            raise ValueError(f"device {device!r}; the lanes of Keras compute on the cpu")
        self.backend = modes[0] if modes else "tensorflow"
        self._below = BACKENDS[self.backend]()
        self.dtypes = self._below.dtypes
        self.together = self._below.together if isinstance(self._below, Jax) else 0
        # All three backends would choose a GPU that they see.
        self._environment = {"KERAS_BACKEND": self.backend, "CUDA_VISIBLE_DEVICES": "-1"}

    def describe(self) -> Description:
        os.environ.update(self._environment)
        below = self._below.describe()
        import keras

        versions = {"keras": keras.__version__, **below.versions}
        flags = {"backend": keras.config.backend(), **below.flags}
        lane = "jax:jit" if self.backend == "jax" else self.backend
        return Description("keras", keras.__version__, versions, flags, {lane: below.version})

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return keras_nominal_plan(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return execute(plan, arrays, self.call_source, **self._modules())

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        return compute_together(asked, self._modules())

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        source = self._below.call_source(step, dtype)
        return replace(
            source, imports=(*source.imports, "import keras"), environment={**source.environment, **self._environment}
        )

    def _modules(self) -> Modules:
        import keras

        return {**self._below.modules(), "keras": keras}

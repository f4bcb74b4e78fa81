"""The layers of Flax, Haiku and Equinox, compiled by JAX, which computes, and differentiates, as its own lane has it.

Knows: how each library applies a layer to given parameters. Imports flax, haiku and equinox in the worker only.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from numpy.typing import NDArray

from conformance.adapters.execution import Lines, Modules, define, execute
from conformance.adapters.jax.adapter import MODULE_CALLS, Jax, compute_together
from conformance.adapters.jax_layers.plans import LIBRARIES
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, CallSource, Description, Nominal
from conformance.suite.dtypes import SUMMED


class _Layers(Planned):
    """What the three libraries share."""

    features = FEATURES
    dtypes = SUMMED
    directions = DIRECTIONS
    concurrent = True
    names_output = False
    together = MODULE_CALLS

    library: ClassVar[str]
    """as lanes and imports call it"""
    layers: ClassVar[str]
    """the module of its layers"""
    apply: ClassVar[Lines]
    """the function that calls a layer with the operands as its parameters"""

    def __init__(self, device: str | None = None) -> None:
        if device not in (None, "cpu"):
            raise ValueError(f"device {device!r}; the lanes of {self.library} compute on the cpu")
        self._jax = Jax(("jit",))
        self.planner = self.library

    def describe(self) -> Description:
        below = self._jax.describe()
        version: str = self._package.__version__
        versions = {self.library: version, **below.versions}
        return Description(self.library, version, versions, below.flags, {"jax:jit": below.version})

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return LIBRARIES[self.library].nominal_plan(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return execute(plan, arrays, self.call_source, **self._modules)

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        return compute_together(asked, {**self._modules, "apply": self._apply})

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        source = self._jax.call_source(step, dtype)
        return replace(
            source, imports=(*source.imports, f"import {self.layers}"), define=(*self.apply, "", *source.define)
        )

    @cached_property
    def _modules(self) -> Modules:
        return {**self._jax.modules(), self.library: self._package}

    @property
    def _package(self) -> Any:
        """The library, with its layers imported."""
        raise NotImplementedError

    @cached_property
    def _apply(self) -> Any:
        return define(self.apply, tuple(self._modules.items()))["apply"]


class Flax(_Layers):
    """`flax.linen.Conv` and `ConvTranspose` with transpose_kernel, compiled."""

    library = "flax"
    layers = "flax.linen"
    # Its layers promote integers to floating point (`flax.linen.dtypes.canonicalize_dtype`).
    dtypes = tuple(each for each in SUMMED if not each.startswith("int"))
    apply = (
        "def apply(layer, value, kernel, bias=None):",
        '    params = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}',
        '    return layer.apply({"params": params}, value)',
    )

    @property
    def _package(self) -> Any:
        import flax.linen

        return flax


class Haiku(_Layers):
    """`haiku.Conv{1,2,3}D` and `Conv{1,2,3}DTranspose`, transformed and compiled."""

    library = "haiku"
    layers = "haiku"
    apply = (
        "def apply(layer, value, w, b=None):",
        "    function = haiku.without_apply_rng(haiku.transform(lambda inputs: layer()(inputs)))",
        '    return function.apply({"layer": {"w": w} if b is None else {"w": w, "b": b}}, value)',
    )

    @property
    def _package(self) -> Any:
        import haiku

        return haiku


class Equinox(_Layers):
    """`equinox.nn.Conv{1,2,3}d` and `ConvTranspose{1,2,3}d`, mapped over the batch and compiled."""

    library = "equinox"
    layers = "equinox"
    apply = (
        "def apply(layer, value, weight, bias=None):",
        "    layer = equinox.tree_at(lambda each: each.weight, layer, weight)",
        "    if bias is not None:",
        "        layer = equinox.tree_at(lambda each: each.bias, layer, bias)",
        "    return jax.vmap(layer)(value)",
    )

    @property
    def _package(self) -> Any:
        import equinox

        return equinox

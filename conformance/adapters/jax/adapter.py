"""JAX: `lax.conv_transpose` and `lax.conv_general_dilated`, op by op or compiled.

Knows: JAX's modes, arrays and derivatives. Imports jax in the worker only; `plans` says calls in its words.
"""

import os
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.dialect import Dialect
from conformance.adapters.jax.dialect import jax_dialect
from conformance.adapters.jax.plans import jax_nominal_plan, jax_plan
from conformance.adapters.plan import Invoke, Operands, Plan, Prepared, Unsupported, perform, prepare
from conformance.adapters.protocol import DIRECTIONS, DTYPES, FEATURES, Call, CallSource, Description, Nominal, calling
from reference.family import OPERATORS

MODULE_CALLS = 64
"""in one module: compiling them costs a third of what 64 modules cost, and more would gain little"""


class Jax:
    """Each primitive on its own, with 64-bit types enabled; `jit` compiles the call as a whole, `tf32` lets a GPU
    round float32 operands.
    """

    operators = tuple(OPERATORS)
    features = FEATURES
    dtypes = DTYPES
    directions = DIRECTIONS
    concurrent = True
    names_output = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if "tf32" in modes and device != "cuda":
            raise ValueError("mode tf32 is for the device cuda")
        self._jit = "jit" in modes
        self.together = MODULE_CALLS if self._jit else 0
        self._device = device or "cpu"
        self._precision = "tensorfloat32" if "tf32" in modes else "highest"
        self._compiled = lru_cache(maxsize=1)(_compiled)

    @property
    def dialect(self) -> Dialect:
        return jax_dialect()

    def describe(self) -> Description:
        os.environ["JAX_PLATFORMS"] = self._device
        import jax
        import jaxlib

        jax.config.update("jax_enable_x64", True)
        if self._device != "cpu":
            _check_device(self._device)
        flags = {"jax_enable_x64": "True", "device": self._device}
        if self._device == "cuda":
            jax.config.update("jax_default_matmul_precision", self._precision)
            flags |= {"operands": "tf32"} if self._precision == "tensorfloat32" else {}
        versions = {"jax": jax.__version__, "jaxlib": jaxlib.__version__}
        return Description("jax", jax.__version__, versions, flags)

    def plan(self, call: Call) -> Plan | Unsupported:
        return jax_plan(call)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("lax.conv_transpose's padding has no default")
        return jax_nominal_plan(nominal, {"transpose_kernel": True})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._call)

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        import jax

        prepared = [prepare(plan, arrays) for plan, arrays in asked]
        results = jax.jit(partial(_all, prepared))([tuple(each.operands.values()) for each in prepared])
        return [each.finish(np.asarray(result)) for each, result in zip(prepared, results, strict=True)]

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        return CallSource(
            imports=("import jax",),
            setup=('jax.config.update("jax_enable_x64", True)',),
            call=(*self._call_lines(step), "result = jax.block_until_ready(result)"),
            after=("result = np.asarray(result)",),
            environment={"JAX_PLATFORMS": self._device},
        )

    def _call_lines(self, step: Invoke) -> tuple[str, ...]:
        if not self._jit and not step.gradient:
            return step.calls()
        operands = ", ".join(step.needed)
        compiled = (
            *(("@jax.jit",) if self._jit else ()),
            f"def compiled({operands}):",
            *(f"    {line}" for line in _pulled_lines(step)),
            "    return result",
            "",
        )
        return (*compiled, f"result = compiled({operands})")

    def _call(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        import jax

        function = self._compiled(step) if self._jit else _function(step)
        result = calling(function, *operands.values())
        # JAX dispatches asynchronously: what the call gets wrong may show only when its result is waited for.
        return np.asarray(calling(jax.block_until_ready, result))


def _compiled(step: Invoke) -> Any:
    """The step's module, kept from call to call as a program keeps it: what it remembers is part of the answer."""
    import jax

    return jax.jit(_function(step))


def _all(prepared: Sequence[Prepared], operands: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [_function(each.invoke)(*arrays) for each, arrays in zip(prepared, operands, strict=True)]


def _check_device(device: str) -> None:
    """Raise RuntimeError where the machine has none: otherwise only the first call would."""
    import jax

    try:
        jax.devices(device)
    except Exception as error:
        raise RuntimeError(f"JAX sees no device {device} on this machine ({type(error).__name__}: {error})") from error


def _pulled_lines(step: Invoke) -> tuple[str, ...]:
    """The step inside a function of its operands."""
    if not step.gradient:
        return step.calls()
    return (
        f"def function({step.gradient}):",
        *(f"    {line}" for line in step.calls()),
        "    return result",
        f"_, pull = jax.vjp(function, {step.gradient})",
        "(result,) = pull(cotangent)",
    )


def _function(step: Invoke) -> Any:
    """The step as a function of its operands, in the order of `step.needed`."""

    def call(*arrays: Any) -> Any:
        operands = dict(zip(step.needed, arrays, strict=True))
        if not step.gradient:
            return _computed(step, operands)
        import jax

        cotangent = operands.pop("cotangent")
        _, pull = jax.vjp(
            lambda operand: _computed(step, {**operands, step.gradient: operand}), operands[step.gradient]
        )
        return pull(cotangent)[0]

    return call


def _computed(step: Invoke, operands: dict[str, Any]) -> Any:
    operands = dict(operands)
    for each in (step, *step.then):
        arguments = [operands[operand] for _, operand in each.operands]
        operands["result"] = _named(each.function)(*arguments, **dict(each.keywords))
    return operands["result"]


def _named(function: str) -> Any:
    import jax

    found: Any = jax
    for part in function.split(".")[1:]:
        found = getattr(found, part)
    return found

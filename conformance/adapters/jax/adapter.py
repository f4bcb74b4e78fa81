"""JAX: `lax.conv_transpose` and `lax.conv_general_dilated`, op by op or compiled.

Knows: JAX's modes, arrays and derivatives. Imports jax in the worker only; `plans` says calls in its words.
"""

import os
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.execution import Lines, Modules, define, execute
from conformance.adapters.jax.plans import jax_nominal_plan
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, prepare
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import (
    CACHE_VARIABLE,
    DIRECTIONS,
    DTYPES,
    FEATURES,
    CallSource,
    Description,
    Nominal,
)

# In one module: compiling them costs a third of what 64 modules cost, and more would gain little.
MODULE_CALLS = 64
# Of modules of several calls: they compile in less than half the time, to the same bits. What is asked alone is
# compiled without them, among it every 64th trial a second time, whose bits are compared (decision 0031).
MODULE_OPTIONS = {"xla_cpu_use_fusion_emitters": False}
# For the next numbers of the same calls: those of the latest module, or of the parts of one that failed.
MODULES_KEPT = 4


class Jax(Planned):
    """Each primitive on its own, with 64-bit types enabled; `jit` compiles the call as a whole, `tf32` lets a GPU
    round float32 operands.
    """

    planner = "jax"
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

    def describe(self) -> Description:
        os.environ["JAX_PLATFORMS"] = self._device
        import jax
        import jaxlib

        # Without it JAX computes 64-bit operands in 32 bits, and says nothing.
        jax.config.update("jax_enable_x64", True)
        if folder := os.environ.get(CACHE_VARIABLE):
            jax.config.update("jax_compilation_cache_dir", os.path.join(folder, "jax"))
            # By itself JAX keeps what took a second to compile.
            jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
            jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
        if self._device != "cpu":
            _check_device(self._device)
        flags = {"jax_enable_x64": "True", "device": self._device}
        if self._device == "cuda":
            # On a GPU JAX may round float32 operands to TF32, unless this says otherwise.
            jax.config.update("jax_default_matmul_precision", self._precision)
            flags |= {"operands": "tf32"} if self._precision == "tensorfloat32" else {}
        if self._jit and _takes_options():
            flags["modules"] = " ".join(f"{name}={option}" for name, option in MODULE_OPTIONS.items())
        versions = {"jax": jax.__version__, "jaxlib": jaxlib.__version__}
        return Description("jax", jax.__version__, versions, flags)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("lax.conv_transpose's padding has no default")
        return jax_nominal_plan(nominal, {"transpose_kernel": True})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return execute(plan, arrays, self.call_source, **self.modules())

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any]]:
        return compute_together(asked, self.modules())

    def modules(self) -> Modules:
        """What the lines of a call use, by the names that they have there. Called in the worker."""
        import jax

        return {"jax": jax}

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        define, call = (), step.calls()
        if self._jit or step.gradient:
            define = (*(("@jax.jit",) if self._jit else ()), *_computation(step), "")
            call = (f"result = computation({', '.join(step.needed)})",)
        return CallSource(
            imports=("import jax",),
            setup_of_64_bits=('jax.config.update("jax_enable_x64", True)',),
            define=define,
            # JAX dispatches asynchronously: what the call gets wrong may show only when its result is waited for.
            call=(*call, "result = jax.block_until_ready(result)"),
            after=("result = np.asarray(result)",),
            environment={"JAX_PLATFORMS": self._device},
        )


def _check_device(device: str) -> None:
    """Raise RuntimeError where the machine has none: otherwise only the first call would."""
    import jax

    try:
        jax.devices(device)
    except Exception as error:
        raise RuntimeError(f"JAX sees no device {device} on this machine ({type(error).__name__}: {error})") from error


def compute_together(asked: Sequence[tuple[Plan, Operands]], modules: Modules) -> list[NDArray[Any]]:
    """The results of several plans, whose calls use these modules, compiled as one."""
    prepared = [prepare(plan, arrays) for plan, arrays in asked]
    module = _module(tuple(each.invoke for each in prepared), tuple(modules.items()))
    results = module([tuple(each.operands.values()) for each in prepared])
    return [each.finish(np.asarray(result)) for each, result in zip(prepared, results, strict=True)]


@lru_cache(maxsize=MODULES_KEPT)
def _module(
    steps: tuple[Invoke, ...], modules: tuple[tuple[str, Any], ...]
) -> Callable[[Sequence[tuple[Any, ...]]], list[Any]]:
    """The steps compiled as one, from the operands of each to the results."""
    import jax

    functions = [define(_computation(step), modules)["computation"] for step in steps]

    def module(operands: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [function(*arrays) for function, arrays in zip(functions, operands, strict=True)]

    options = dict(MODULE_OPTIONS) if _takes_options() else None
    compiled: Callable[[Sequence[tuple[Any, ...]]], list[Any]] = jax.jit(module, compiler_options=options)
    return compiled


@cache
def _takes_options() -> bool:
    """Whether XLA knows MODULE_OPTIONS: they are those of its CPU compiler, and of some of its versions."""
    import jax

    try:
        jax.jit(lambda: 0, compiler_options=dict(MODULE_OPTIONS))()
    except Exception:
        return False
    return True


def _computation(step: Invoke) -> Lines:
    """The step as a function of its operands."""
    lines: Lines = (*step.calls(), "return result")
    if step.gradient:
        lines = (
            f"def function({step.gradient}):",
            *(f"    {line}" for line in lines),
            f"_, pull = jax.vjp(function, {step.gradient})",
            "(result,) = pull(cotangent)",
            "return result",
        )
    return (f"def computation({', '.join(step.needed)}):", *(f"    {line}" for line in lines))

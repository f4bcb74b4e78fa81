"""MLX: `mlx.core` and the layers of `mlx.nn`, on the CPU.

Knows: MLX's arrays and derivatives. Imports mlx in the worker only; its plans are made of `words`.
"""

from typing import Any

import ml_dtypes
from numpy.typing import NDArray

from conformance.adapters.execution import execute
from conformance.adapters.mlx.convolution import LIMITS, VOCABULARY
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, CallSource, Description, Nominal


class Mlx(Planned):
    """Arrays of MLX on the lane's device, `cpu` or `gpu`, the CPU by default: only it has float64."""

    planner = "mlx"
    features = FEATURES
    dtypes = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "int8", "uint8", "complex64")
    directions = DIRECTIONS
    limits = LIMITS
    names_output = False

    def __init__(self, device: str | None = None) -> None:
        self._device = device or "cpu"

    def describe(self) -> Description:
        import mlx.core

        mlx.core.set_default_device(getattr(mlx.core, self._device))
        versions = {"mlx": mlx.core.__version__}
        return Description("mlx", mlx.core.__version__, versions, {"device": self._device})

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return VOCABULARY.nominal_plan_in_numbers(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import mlx.core
        import mlx.nn

        return execute(plan, arrays, self.call_source, mlx=mlx, ml_dtypes=ml_dtypes)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        calls, narrow = step.calls(), dtype == "bfloat16"
        # MLX makes float32 of float64 unless the dtype is named.
        array = "to_mlx({0})" if narrow else "mlx.core.array({0}, dtype=getattr(mlx.core, {0}.dtype.name))"
        if step.gradient:
            calls = (
                f"def function({step.gradient}):",
                *(f"    {line}" for line in calls),
                "    return result",
                f"_, (result,) = mlx.core.vjp(function, [{step.gradient}], [cotangent])",
            )
        return CallSource(
            imports=("import mlx.core", "import mlx.nn"),
            setup=(f"mlx.core.set_default_device(mlx.core.{self._device})",),
            define=_SIXTEEN_BITS if narrow else (),
            before=tuple(f"{operand} = {array.format(operand)}" for operand in step.needed),
            # MLX is lazy: what it refuses may show only when it computes.
            call=(*calls, "mlx.core.eval(result)"),
            after=(f"result = {'to_numpy' if narrow else 'np.array'}(result)",),
        )


# NumPy knows bfloat16 through ml_dtypes, and MLX takes it by its bits.
_SIXTEEN_BITS = (
    "def to_mlx(array):",
    "    if array.dtype == ml_dtypes.bfloat16:",
    "        return mlx.core.array(array.view(np.uint16)).view(mlx.core.bfloat16)",
    "    return mlx.core.array(array, dtype=getattr(mlx.core, array.dtype.name))",
    "",
    "def to_numpy(array):",
    "    if array.dtype == mlx.core.bfloat16:",
    "        return np.array(array.view(mlx.core.uint16)).view(ml_dtypes.bfloat16)",
    "    return np.array(array)",
    "",
)

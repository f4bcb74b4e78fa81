"""tinygrad: `tinygrad.Tensor`, each call compiled when its result is asked for.

Knows: tinygrad's tensors and derivatives. Imports tinygrad in the worker only; its plans are made of `words`.
"""

import os
from importlib.metadata import version
from typing import Any

import ml_dtypes
from numpy.typing import NDArray

from conformance.adapters.execution import execute
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, CallSource, Description, Nominal
from conformance.adapters.tinygrad.convolution import VOCABULARY


class Tinygrad(Planned):
    """Tensors on tinygrad's own choice of a device, or on the lane's. A CPU needs clang, the device PYTHON none."""

    planner = "tinygrad"
    features = FEATURES
    dtypes = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "int8", "uint8")
    directions = DIRECTIONS
    names_output = False

    def __init__(self, device: str | None = None) -> None:
        self._environment = {} if device is None else {"DEV": device}

    def describe(self) -> Description:
        os.environ |= self._environment
        import tinygrad

        try:
            device = tinygrad.Device.DEFAULT
        except RuntimeError as error:
            raise RuntimeError(f"{error}: tinygrad finds no clang; the lane tinygrad@PYTHON needs none") from error
        versions = {"tinygrad": version("tinygrad")}
        return Description("tinygrad", versions["tinygrad"], versions, {"device": device})

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return VOCABULARY.nominal_plan_in_numbers(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import tinygrad

        return execute(plan, arrays, self.call_source, tinygrad=tinygrad, ml_dtypes=ml_dtypes)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        gradient = (f"(result,) = result.gradient({step.gradient}, gradient=cotangent)",) if step.gradient else ()
        narrow = dtype == "bfloat16"
        return CallSource(
            imports=("import tinygrad",),
            define=_SIXTEEN_BITS if narrow else (),
            before=tuple(
                f"{operand} = {'to_tinygrad' if narrow else 'tinygrad.Tensor'}({operand})" for operand in step.needed
            ),
            # What tinygrad refuses may show only when it computes.
            call=(*step.calls(), *gradient, f"result = {'to_numpy(result)' if narrow else 'result.numpy()'}"),
            environment=self._environment,
        )


# NumPy knows bfloat16 through ml_dtypes, and tinygrad takes it by its bits.
_SIXTEEN_BITS = (
    "def to_tinygrad(array):",
    "    if array.dtype == ml_dtypes.bfloat16:",
    "        return tinygrad.Tensor(array.view(np.uint16)).bitcast(tinygrad.dtypes.bfloat16)",
    "    return tinygrad.Tensor(array)",
    "",
    "def to_numpy(tensor):",
    "    if tensor.dtype == tinygrad.dtypes.bfloat16:",
    "        return tensor.bitcast(tinygrad.dtypes.uint16).numpy().view(ml_dtypes.bfloat16)",
    "    return tensor.numpy()",
    "",
)

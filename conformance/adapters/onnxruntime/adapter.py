"""ONNX Runtime on the CPU: a model of one node is a session.

Knows: sessions and their options. Imports onnxruntime in the worker only; `conformance.adapters.onnx` says calls as
nodes.
"""

import os
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.execution import execute
from conformance.adapters.onnx.adapter import spelling_of
from conformance.adapters.onnx.convolution import onnx_nominal_plan
from conformance.adapters.onnx.limits import ONNX_RUNTIME
from conformance.adapters.onnx.model import ONE_NODE, fed_to, model_of
from conformance.adapters.plan import Invoke, Operands, Plan
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DTYPES, CallSource, Description, Nominal


class OnnxRuntime(Planned):
    """The provider of the CPU; `auto_pad` and `output_shape` are other spellings of the same calls, `unoptimised`
    leaves the graph as it is.
    """

    planner = "onnx"
    features = ("groups", "bias")
    dtypes = DTYPES
    directions = ("forward",)
    names_output = False
    images = True
    limits = ONNX_RUNTIME

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if device not in (None, "cpu"):
            raise ValueError(f"device {device}: this lane asks the provider of the CPU")
        self.spelling = spelling_of(modes)
        self._level = "ORT_DISABLE_ALL" if "unoptimised" in modes else "ORT_ENABLE_ALL"

    def describe(self) -> Description:
        import onnx
        import onnxruntime

        versions = {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__}
        flags = {"spelling": self.spelling, "graph_optimization_level": self._level}
        return Description("onnxruntime", onnxruntime.__version__, versions, flags)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan:
        return onnx_nominal_plan(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import onnx
        import onnxruntime

        return execute(plan, arrays, self.call_source, onnx=onnx, onnxruntime=onnxruntime, os=os)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        return CallSource(
            imports=("import onnx", "import onnxruntime", "import os"),
            define=ONE_NODE,
            before=(
                "options = onnxruntime.SessionOptions()",
                "options.log_severity_level = 4",  # what it refuses it raises as well
                'options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", 1))',
                f"options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.{self._level}",
            ),
            call=(
                f"model = {model_of(step)}.SerializeToString()",
                "session = onnxruntime.InferenceSession(model, options, providers=['CPUExecutionProvider'])",
                f"result = session.run(['result'], {fed_to(step)})[0]",
            ),
        )

"""OpenVINO on the CPU: a call as a graph of its own operations, or through its frontend of ONNX.

Knows: graphs, compiled models, the frontend. Imports openvino in the worker only; `convolution` and its neighbours say
calls in its words, `conformance.adapters.onnx` as nodes.
"""

from typing import Any

from numpy.typing import NDArray

from conformance.adapters.execution import Lines, Modules, execute
from conformance.adapters.onnx.adapter import spelling_of
from conformance.adapters.onnx.convolution import onnx_nominal_plan
from conformance.adapters.onnx.limits import STANDARD
from conformance.adapters.onnx.model import ONE_NODE, fed_to, model_of
from conformance.adapters.openvino.convolution import openvino_nominal_plan
from conformance.adapters.openvino.spelling import MODULE
from conformance.adapters.plan import Invoke, Operands, Plan, written
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import CallSource, Description, Nominal
from conformance.adapters.toolkit import takes_dtypes

PRECISION = {"INFERENCE_PRECISION_HINT": "f32"}
# Arguments that are inputs of an operation, each by the dtype of the constant that it becomes.
_CONSTANTS = {
    "pad": {"pads_begin": "np.int64", "pads_end": "np.int64", "arg_pad_value": "element"},
    "adaptive_avg_pool": {"output_shape": "np.int64"},
    "adaptive_max_pool": {"output_shape": "np.int64"},
    "col2im": {"output_size": "np.int64", "kernel_size": "np.int64"},
    "interpolate": {"scales_or_sizes": "{}", "axes": "np.int64"},
    "convolution_backprop_data": {"output_shape": "np.int64"},
    "group_convolution_backprop_data": {"output_shape": "np.int64"},
}
# Of scales or sizes, by the word that says which.
_COUNTED = {"sizes": "np.int64", "scales": "np.float32"}


class OpenVino(Planned):
    """The plugin of the CPU, in float32 and integers. `onnx` asks the frontend of ONNX, `auto_pad` and `output_shape`
    say other spellings to it.
    """

    features = ("groups", "bias")
    dtypes = ("float32", "int32", "int8", "uint8")
    directions = ("forward",)
    names_output = False
    images = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if device not in (None, "cpu"):
            raise ValueError(f"device {device}: this lane asks the plugin of the CPU")
        self._onnx = "onnx" in modes
        self.planner = "onnx" if self._onnx else "openvino"
        self.spelling = spelling_of(modes)
        if self.spelling != "pads" and not self._onnx:
            raise ValueError(f"mode {self.spelling} is a spelling of ONNX; it goes with mode onnx")
        floats = takes_dtypes(
            ("*conv*", "*avg_pool*", "fold"),
            ("float32",),
            "OpenVINO's documents have convolutions, averages and Col2Im in floating-point numbers",
        )
        resizes = takes_dtypes(
            ("resize*",),
            ("float32", "int8", "uint8"),
            "OpenVINO's plugin of the CPU has Interpolate in float32 and in 8 bits",
        )
        self.limits = (*STANDARD, floats, resizes) if self._onnx else (floats, resizes)

    def describe(self) -> Description:
        import openvino

        flags = {"frontend": self.planner, **({"spelling": self.spelling} if self._onnx else {})}
        # Of `2026.4.1-22982-e213a147257-releases/2026/4` what ranges of versions can be compared with.
        here = openvino.__version__.partition("-")[0]
        return Description("openvino", here, {"openvino": here}, flags)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan:
        return onnx_nominal_plan(nominal) if self._onnx else openvino_nominal_plan(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return execute(plan, arrays, self.call_source, **self.modules())

    def modules(self) -> Modules:
        """What the lines of a call use, by the names that they have there. Called in the worker."""
        import openvino
        import openvino.opset16

        if not self._onnx:
            return {"openvino": openvino}
        import onnx

        return {"openvino": openvino, "onnx": onnx}

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        core: Lines = ("core = openvino.Core()", "")
        compiled = f"compiled = core.compile_model(model, 'CPU', {PRECISION})"
        if self._onnx:
            return CallSource(
                imports=("import onnx", "import openvino"),
                define=(*ONE_NODE, *core),
                call=(
                    f"model = core.read_model({model_of(step)}.SerializeToString())",
                    compiled,
                    f"result = compiled({fed_to(step)})['result']",
                ),
            )
        parameters = ", ".join(step.needed)
        return CallSource(
            imports=("import openvino", f"import {MODULE}"),
            define=core,
            before=(f"fed = [{parameters}]", "element = value.dtype"),
            call=(
                *(f"{name} = {MODULE}.parameter({name}.shape, {name}.dtype)" for name in step.needed),
                f"parameters = [{parameters}]",
                *(_operation(each) for each in (step, *step.then)),
                "model = openvino.Model([result], parameters, 'call')",
                compiled,
                "result = compiled(fed)[0]",
            ),
        )


def _operation(step: Invoke) -> str:
    """An operation as Python writes it, its inputs that are no operands as constants."""
    if step.function == "openvino.outputs":
        ((_, operand),) = step.operands
        return f"{step.leaves} = {operand}.outputs()"
    constants = _CONSTANTS.get(step.function.rpartition(".")[2], {})
    counted = _COUNTED.get(str(dict(step.keywords).get("shape_calculation_mode")), "")
    keywords = [
        f"{name}={MODULE}.constant(np.array({written(word)}, {constants[name].format(counted)}))"
        if name in constants else f"{name}={written(word)}"
        for name, word in step.keywords
    ]  # fmt: skip
    operands = [operand for _, operand in step.operands]
    return f"{step.leaves} = {step.function}({', '.join([*operands, *keywords])})"

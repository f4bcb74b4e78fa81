"""LiteRT: a call in TensorFlow's words, converted to a model and run by LiteRT's interpreter on the CPU.

Knows: the converter and the interpreter. Imports tensorflow and ai_edge_litert in the worker only; TensorFlow's adapter
says calls.
"""

import os
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.dialect import Dialect
from conformance.adapters.execution import execute
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned, plan_of
from conformance.adapters.protocol import Call, CallSource, Description, Nominal
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.adapters.toolkit import takes_dtypes

RESOLVERS: Mapping[str, str] = {
    "": "AUTO",
    "noxnnpack": "BUILTIN_WITHOUT_DEFAULT_DELEGATES",
    "reference": "BUILTIN_REF",
}
"""by mode: which kernels compute"""
EIGHT_BITS = ("int8", "uint8")
CONVERT = (
    "def convert(function, *operands):",
    '    """The function of these operands as a model."""',
    "    module = tf.Module()",
    "    module.function = tf.function(function, autograph=False)",
    "    given = [tf.TensorSpec(operand.shape, operand.dtype) for operand in operands]",
    "    concrete = module.function.get_concrete_function(*given)",
    "    return tf.lite.TFLiteConverter.from_concrete_functions([concrete], module).convert()",
    "",
)
CONVERT_8_BITS = (
    "def convert(function, operand):",
    '    """The function of this operand as a model of 8 bits, of the scale 1: numbers stand for themselves."""',
    "    module = tf.Module()",
    "    module.function = tf.function(function, autograph=False)",
    "    concrete = module.function.get_concrete_function(tf.TensorSpec(operand.shape, tf.float32))",
    "    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)",
    "    converter.optimizations = [tf.lite.Optimize.DEFAULT]",
    "    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]",
    "    converter.inference_input_type = converter.inference_output_type = tf.as_dtype(operand.dtype)",
    "    ends = np.iinfo(operand.dtype)",
    "    converter.representative_dataset = lambda: (",
    "        [np.full(operand.shape, end, np.float32)] for end in (ends.min, ends.max)",
    "    )",
    "    return converter.convert()",
    "",
)
"""Source: https://www.tensorflow.org/lite/performance/quantization_spec"""


class LiteRt(Planned):
    """By default XNNPACK computes what it can; `noxnnpack` leaves it out, and `reference` asks the reference kernels.

    The value is the model's input; filter and bias are constants in it, as in a model that was trained. A model of 8
    bits is what the converter makes of one in float32, quantised with the scale 1. Its kernels take int8; uint8 is
    shifted before and after them.
    """

    planner = "litert"
    features = ("groups", "bias")
    dtypes = ("float32", "int32", *EIGHT_BITS)
    directions = ("forward",)
    names_output = True
    limits = (
        takes_dtypes(
            ("*conv*", "*avg_pool*"), ("float32",),
            "LiteRT's documents have convolutions and averages in float32 (and quantised, which are not asked here)",
        ),
        takes_dtypes(
            ("max_pool*", "adaptive_max_pool*", "resize*"), ("float32", *EIGHT_BITS),
            "LiteRT's documents have maxima and resizes in float32 and quantised to 8 bits",
        ),
        takes_dtypes(
            ("extract_patches", "max_pool_with_argmax"), ("float32", "int32"),
            "LiteRT's documents have no patches and no indices of maxima that are quantised",
        ),
    )  # fmt: skip

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if len(modes) > 1:
            raise ValueError(f"modes {'+'.join(modes)} exclude one another: each says which kernels compute")
        if device not in (None, "cpu"):
            raise ValueError(f"device {device}: this lane asks LiteRT on the CPU")
        self._resolver = RESOLVERS[modes[0] if modes else ""]
        self._below = TensorFlow()

    @property
    def dialect(self) -> Dialect:
        return self._below.dialect

    def describe(self) -> Description:
        below = self._below.describe()
        from ai_edge_litert import __version__ as here

        return Description("litert", here, {"litert": here, **below.versions}, {"kernels": self._resolver})

    def plan(self, call: Call) -> Plan | Unsupported:
        return plan_of(self.planner, self._below, call)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return self._below.plan_nominal(nominal, output)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        from ai_edge_litert import interpreter

        return execute(plan, arrays, self.call_source, interpreter=interpreter, os=os, **self._below.modules())

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        source = self._below.call_source(step, dtype)
        constants = [operand for operand in step.needed if operand != "value"]
        return CallSource(
            imports=(*source.imports, "import os", "from ai_edge_litert import interpreter"),
            define=CONVERT_8_BITS if dtype in EIGHT_BITS else CONVERT,
            before=tuple(f"{operand} = tf.constant({operand})" for operand in constants),
            call=(
                "def function(value):",
                *(f"    {line}" for line in step.calls()),
                "    return result",
                "model = interpreter.Interpreter(",
                "    model_content=convert(function, value),",
                '    num_threads=int(os.environ.get("OMP_NUM_THREADS", 1)),',
                f"    experimental_op_resolver_type=interpreter.OpResolverType.{self._resolver},",
                ")",
                "model.allocate_tensors()",
                'model.set_tensor(model.get_input_details()[0]["index"], value)',
                "model.invoke()",
                'result = model.get_tensor(model.get_output_details()[0]["index"])',
            ),
            environment=source.environment,
        )

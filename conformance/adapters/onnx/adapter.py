"""ONNX: its own reference evaluator, which runs a model of one node.

Knows: the evaluator. Imports onnx in the worker only; the planners beside it say calls as nodes.
"""

from typing import Any

from numpy.typing import NDArray

from conformance.adapters.execution import execute
from conformance.adapters.onnx.convolution import onnx_nominal_plan
from conformance.adapters.onnx.limits import STANDARD
from conformance.adapters.onnx.model import ONE_NODE, fed_to, model_of
from conformance.adapters.onnx.spelling import Spelling
from conformance.adapters.plan import Invoke, Operands, Plan
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DTYPES, CallSource, Description, Nominal


class OnnxReference(Planned):
    """`onnx.reference.ReferenceEvaluator`; `auto_pad` and `output_shape` are other spellings of the same calls."""

    planner = "onnx"
    features = ("groups", "bias")
    dtypes = DTYPES
    directions = ("forward",)
    names_output = False
    images = False
    limits = STANDARD

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if device not in (None, "cpu"):
            raise ValueError(f"device {device}: the reference evaluator of ONNX computes with NumPy")
        self.spelling: Spelling = spelling_of(modes)

    def describe(self) -> Description:
        import onnx
        import onnx.reference

        return Description("onnx", onnx.__version__, {"onnx": onnx.__version__}, {"spelling": self.spelling})

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan:
        return onnx_nominal_plan(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import ml_dtypes
        import onnx

        return execute(plan, arrays, self.call_source, onnx=onnx, ml_dtypes=ml_dtypes)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        return CallSource(
            imports=("import onnx", "import onnx.reference"),
            define=ONE_NODE,
            call=(
                f"evaluator = onnx.reference.ReferenceEvaluator({model_of(step)})",
                f"result = evaluator.run(['result'], {fed_to(step)})[0]",
            ),
        )


def spelling_of(modes: tuple[str, ...]) -> Spelling:
    """The spelling that the modes ask for; raises ValueError for two."""
    found: list[Spelling] = [word for word in ("auto_pad", "output_shape") if word in modes]
    if len(found) > 1:
        raise ValueError(f"modes {'+'.join(found)} exclude one another: both say where windows begin")
    return found[0] if found else "pads"

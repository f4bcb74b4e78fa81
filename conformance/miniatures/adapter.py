"""The adapter of a miniature, behind the same door as a framework's.

Knows: the fault it was made with. Must not know: what is expected. The lane of the fault `flipped-kernel` is
`conformance.miniatures:Miniature:flipped-kernel`.
"""

from typing import Any

import numpy as np

import conformance
from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.miniatures.choice import chosen_fault
from conformance.miniatures.engine import Scratch
from conformance.miniatures.fault import Fault
from conformance.miniatures.faults import FAULTS
from conformance.miniatures.problem import Array, Asked, Keywords

FUNCTION = "miniature.conv2d_transpose"


class Miniature:
    """An implementation with one fault, by the fault's name; `faithful` has none. Integers and complex numbers, and
    the other operators, are `conformance.miniatures.operators`'.
    """

    dtypes = ("float64", "float32", "float16", "bfloat16")

    def __init__(self, modes: tuple[str, ...] = ("faithful",), device: str | None = None) -> None:
        """Raises ValueError as `conformance.miniatures.choice.chosen_fault` does."""
        self.fault: Fault = chosen_fault(FAULTS, "conformance.miniatures.faults", modes, device)
        self._scratch: Scratch = {}

    def describe(self) -> Description:
        version = conformance.__version__
        return Description(
            "miniature", version, {"numpy": np.__version__}, {"fault": self.fault.name, **self.fault.declares}
        )

    def plan(self, call: Call) -> Plan | Unsupported:
        return Plan((Invoke(FUNCTION, (("", "value"), ("", "filter")), given_keywords(call)),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        return perform(plan, arrays, self._invoke)

    def _invoke(self, step: Invoke, operands: Operands) -> Array:
        written: dict[str, Any] = dict(step.keywords)
        value, filter = (operands[operand] for _, operand in step.operands)
        asked = Asked(value, filter, Keywords(**written))
        self.fault.disturb(asked)
        result: Array = calling(self._answer, asked)
        return result

    def _answer(self, asked: Asked) -> Array:
        with np.errstate(all="ignore"):
            problem = self.fault.edit(self.fault.read(asked))
            result = self.fault.finish(self.fault.compute(problem, self._scratch), problem)
            return self.fault.write(result, problem)

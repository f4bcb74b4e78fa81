"""The adapter of a mutant, behind the same door as a framework's.

Knows: the fault it was made with. Must not know: what is expected. The lane of the fault `flipped-kernel` is
`conformance.mutants:Mutant:flipped-kernel`.
"""

from typing import Any

import numpy as np

import conformance
from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import DIRECTIONS, Call, Description, calling
from conformance.mutants.choice import chosen_fault
from conformance.mutants.engine import Scratch
from conformance.mutants.fault import Fault
from conformance.mutants.faults import FAULTS
from conformance.mutants.problem import Array, Asked, Keywords

FUNCTION = "mutant.conv2d_transpose"


class Mutant:
    """An implementation with one fault, by the fault's name; `faithful` has none. Integers and complex numbers, and
    the other operators, are `conformance.mutants.operators`'.
    """

    operators = ("conv2d_transpose",)
    features = ()
    directions = DIRECTIONS[:1]
    dtypes = ("float64", "float32", "float16", "bfloat16")

    def __init__(self, modes: tuple[str, ...] = ("faithful",), device: str | None = None) -> None:
        """Raises ValueError as `conformance.mutants.choice.chosen_fault` does."""
        self.fault: Fault = chosen_fault(FAULTS, "conformance.mutants.faults", modes, device)
        self._scratch: Scratch = {}

    def describe(self) -> Description:
        version = conformance.__version__
        return Description(
            "mutant", version, {"numpy": np.__version__}, {"fault": self.fault.name, **self.fault.declares}
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

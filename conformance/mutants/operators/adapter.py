"""The adapter of a mutant of all operators, behind the same door as a framework's.

Knows: the fault it was made with. Must not know: what is expected. The lane of the fault `groups-ignored` is
`conformance.mutants:FamilyMutant:groups-ignored`.
"""

from typing import Any

import numpy as np

import conformance
from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import DIRECTIONS, DTYPES, FEATURES, Call, Description, calling
from conformance.mutants.choice import chosen_fault
from conformance.mutants.operators.engine import Scratch
from conformance.mutants.operators.fault import FamilyFault
from conformance.mutants.operators.faults import FAMILY_FAULTS
from conformance.mutants.operators.problem import Array, Asked, Keywords
from reference.family import OPERATORS, Direction


class FamilyMutant:
    """An implementation of all operators with one fault, by the fault's name; `faithful` has none."""

    operators = tuple(OPERATORS)
    features = FEATURES
    dtypes = DTYPES
    directions = DIRECTIONS
    concurrent = True

    def __init__(self, modes: tuple[str, ...] = ("faithful",), device: str | None = None) -> None:
        """Raises ValueError as `conformance.mutants.choice.chosen_fault` does."""
        table = "conformance.mutants.operators.faults"
        self.fault: FamilyFault = chosen_fault(FAMILY_FAULTS, table, modes, device)
        self._scratch: Scratch = {}

    def describe(self) -> Description:
        version = conformance.__version__
        return Description(
            "family mutant", version, {"numpy": np.__version__}, {"fault": self.fault.name, **self.fault.declares}
        )

    def plan(self, call: Call) -> Plan | Unsupported:
        groups = (("groups", call.groups),) if call.groups != 1 else ()
        bias = (Invoke("mutant.bias_add", (("", "result"), ("", "bias")), ()),) if call.bias else ()
        gradient = call.direction.removesuffix("_gradient") if call.direction != "forward" else ""
        operands = (("", "value"), ("", "filter"))
        keywords = (*given_keywords(call), *groups)
        return Plan((Invoke(f"mutant.{call.operator}", operands, keywords, bias, gradient),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        return perform(plan, arrays, self._invoke)

    def _invoke(self, step: Invoke, operands: Operands) -> Array:
        written: dict[str, Any] = dict(step.keywords)
        operator = OPERATORS[step.function.removeprefix("mutant.")]
        direction: Direction = f"{step.gradient}_gradient" if step.gradient else "forward"  # type: ignore[assignment]
        asked = Asked(operator, direction, Keywords(**written), **operands)
        result: Array = calling(self._answer, asked)
        return result

    def _answer(self, asked: Asked) -> Array:
        fault = self.fault
        with np.errstate(all="ignore"):
            problem = fault.edit(fault.read(asked))
            result = fault.compute(problem, self._scratch)
            if problem.bias is not None and problem.direction == "forward":
                result = fault.add_bias(result, problem)
            return fault.write(fault.finish(fault.store(result, problem), problem), problem)

"""The adapter of a mutant, behind the same interface as a framework's.

Knows: the fault it was made with. Must not know: what is expected.
"""

from typing import Any

import numpy as np

import conformance
from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import DIRECTIONS, DTYPES, FEATURES, Call, Description, calling
from conformance.operators.convolution.call import convolution
from conformance.operators.convolution.mutants.engine import Scratch
from conformance.operators.convolution.mutants.fault import Fault, right
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Keywords
from reference.family import OPERATORS, Direction

_RIGHT = right("", "")


class MutantConvolution:
    """An implementation of all operators with one fault, or of a right engine with none."""

    operators = tuple(OPERATORS)
    features = FEATURES
    dtypes = DTYPES
    directions = DIRECTIONS
    concurrent = True

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._scratch: Scratch = {}

    def describe(self) -> Description:
        version = conformance.__version__
        return Description(
            "mutant", version, {"numpy": np.__version__}, {"fault": self.fault.name, **self.fault.declares}
        )

    def plan(self, call: Call) -> Plan | Unsupported:
        call = convolution(call)
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
        asked = GivenCall(operator, direction, Keywords(**written), **operands)
        self.fault.disturb(asked)
        result: Array = calling(answer, self.fault, asked, self._scratch)
        return result


def answer(fault: Fault, asked: GivenCall, scratch: Scratch) -> Array:
    """What an implementation with this fault gives, the layout of the call's; raises what it would."""
    with np.errstate(all="ignore"):
        problem = fault.read(asked)
        stages = fault if fault.where(problem) else _RIGHT
        problem = stages.edit(problem)
        result = stages.compute(problem, scratch)
        if problem.bias is not None and problem.direction == "forward":
            result = stages.add_bias(result, problem)
        return stages.write(stages.finish(stages.store(result, problem), problem), problem)

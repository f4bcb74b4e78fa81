"""The adapter of a miniature, behind the same door as a framework's.

Knows: the fault it was made with. Must not know: what is expected. The lane of the fault `flipped-kernel` is
`conformance.miniatures:Miniature:flipped-kernel`.
"""

from difflib import get_close_matches
from typing import Any

import numpy as np

import conformance
from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.miniatures.engine import Scratch
from conformance.miniatures.fault import Fault
from conformance.miniatures.faults import FAULTS
from conformance.miniatures.problem import Array, Asked, Keywords

FUNCTION = "miniature.conv2d_transpose"


class Miniature:
    """An implementation with one fault, by the fault's name; `faithful` has none."""

    def __init__(self, modes: tuple[str, ...] = ("faithful",), device: str | None = None) -> None:
        """Raises ValueError for several names, for one that the table does not have, and for a device."""
        if len(modes) != 1:
            raise ValueError(f"a miniature has one fault, not {'+'.join(modes)}")
        if device is not None:
            raise ValueError(f"a miniature runs on no device, not {device!r}")
        if modes[0] not in FAULTS:
            near = get_close_matches(modes[0], FAULTS, 3)
            hint = f"near are {', '.join(near)}" if near else "conformance.miniatures.faults has the table"
            raise ValueError(f"no fault is called {modes[0]!r}; {hint}")
        self.fault: Fault = FAULTS[modes[0]]
        self._scratch: Scratch = {}

    def describe(self) -> Description:
        version = conformance.__version__
        return Description("miniature", version, {"numpy": np.__version__}, {"fault": self.fault.name})

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

"""Lanes that take few index maps, some of them wrong. Workers load them by import string."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Call, Description
from conformance.adapters.reference import Reference
from reference.family import Direction

Array = NDArray[Any]


class Pads:
    """Right."""

    operators: ClassVar[tuple[str, ...]] = ("pad",)
    features: ClassVar[tuple[str, ...]] = ()
    directions: ClassVar[tuple[Direction, ...]] = ("forward",)
    dtypes = Reference.dtypes

    def describe(self) -> Description:
        return Reference().describe()

    def plan(self, call: Call) -> Plan | Unsupported:
        return Reference().plan(call)

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        return Reference().execute(plan, arrays)


class GradientAlone(Pads):
    operators = ("extract_patches",)
    directions = ("value_gradient",)


class Folds(Pads):
    operators = ("fold",)
    directions = ("forward", "value_gradient")


class Blocks(Pads):
    operators = ("depth_to_space", "space_to_depth")


class Rolled(Pads):
    """Everything one element further."""

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        return np.roll(super().execute(plan, arrays), 1)


class Crossed(Blocks):
    """Blocks are read column by column."""

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        _, invoke, _ = plan.parts
        if dict(invoke.keywords).get("block_size") == 2 and arrays["value"].shape[-1] == 8:
            value = arrays["value"].reshape(*arrays["value"].shape[:-1], 2, 2, 2)
            return super().execute(plan, {"value": np.swapaxes(value, -3, -2).reshape(arrays["value"].shape)})
        return super().execute(plan, arrays)


class AcceptsAnything(Pads):
    def execute(self, plan: Plan, arrays: Operands) -> Array:
        try:
            return super().execute(plan, arrays)
        except Exception:  # whatever it was
            return arrays["value"]

"""Adapters that are wrong for one column alone, each in its own way; workers load them by import string."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.protocol import Call, CallSource, Description
from conformance.adapters.reference import Reference


class OneColumn(Reference):
    """Wrong where a value has one column and more than one row."""

    def describe(self) -> Description:
        return Description("one-column", "1.0", {"one-column": "1.0"})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        result = super().execute(plan, arrays)
        shape = arrays["value"].shape
        return self.wrong(result) if len(shape) == 4 and shape[2] == 1 and shape[1] > 1 else result

    def wrong(self, result: NDArray[Any]) -> NDArray[Any]:
        """What happens then."""
        return result + np.ones((), result.dtype)


class Crashes(OneColumn):
    def wrong(self, result: NDArray[Any]) -> NDArray[Any]:
        os.abort()


class Right(OneColumn):
    def wrong(self, result: NDArray[Any]) -> NDArray[Any]:
        return result


class Conv2dAlone(Right):
    operators = ("conv2d",)


class TakesAnything(Right):
    """Answers what it should refuse."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        try:
            return super().execute(plan, arrays)
        except Exception:
            return np.zeros(1, np.float32)


class PlanFails(Right):
    """Cannot plan for a column."""

    def plan(self, call: Call) -> Plan | Unsupported:
        shape = call.operands["value"]
        if len(shape) == 4 and shape[2] == 1 and shape[1] > 1:
            raise LookupError("no word for a column")
        return super().plan(call)


class ScriptFails(OneColumn):
    """Wrong for a column, and its call cannot be printed."""

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        raise LookupError("no line for it")

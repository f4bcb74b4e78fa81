"""Adapters that `translate` may meet, each the reference with one thing about it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Call, CallRefused, Description
from conformance.adapters.reference import Reference


class Plain:
    """Right, and writes no scripts."""

    operators = Reference.operators
    features = Reference.features
    dtypes = Reference.dtypes
    directions = Reference.directions

    def __init__(self) -> None:
        self._reference = Reference()

    def describe(self) -> Description:
        return Description("plain", "1.0")

    def plan(self, call: Call) -> Plan | Unsupported:
        return self._reference.plan(call)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return self._reference.execute(plan, arrays)


class Shifted(Plain):
    """One pixel off."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return np.roll(super().execute(plan, arrays), 1, axis=1)


class Mute(Plain):
    """Cannot say anything."""

    def plan(self, call: Call) -> Plan | Unsupported:
        return Unsupported("this framework has no words")


class Refusing(Plain):
    """Has the words, and its kernels do not take them."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        raise CallRefused("ValueError: not on this device")


class Dead(Plain):
    """Is installed, and does not start."""

    def describe(self) -> Description:
        raise RuntimeError("no device")

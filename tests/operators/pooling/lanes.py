"""Lanes that take few poolings, some of them wrong. Workers load them by import string."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.protocol import Call, Description
from conformance.adapters.reference import Reference
from reference.family import Direction

Array = NDArray[Any]


class Narrow:
    """Right."""

    operators: ClassVar[tuple[str, ...]] = ("max_pool2d",)
    features: ClassVar[tuple[str, ...]] = ()
    directions: ClassVar[tuple[Direction, ...]] = ("forward",)
    dtypes = Reference.dtypes

    def describe(self) -> Description:
        return Reference().describe()

    def plan(self, call: Call) -> Plan | Unsupported:
        return Reference().plan(call)

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        return Reference().execute(plan, arrays)


class GradientAlone(Narrow):
    operators = ("avg_pool1d",)
    directions = ("value_gradient",)


class Norms(Narrow):
    operators = ("lp_pool3d",)


class Adaptive(Narrow):
    operators = ("adaptive_avg_pool2d",)


class Places(Narrow):
    operators = ("max_pool_with_argmax",)


class PutsBack(Narrow):
    operators = ("max_unpool2d",)
    directions = ("forward", "value_gradient")


class _Changed(Narrow):
    """Another result."""

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        return self.changed(lambda operands: super(_Changed, self).execute(plan, operands), arrays)

    def changed(self, pooled: Callable[[Operands], Array], arrays: Operands) -> Array:
        return pooled(arrays)


class OddBefore(_Changed):
    """Pads are on the other side: everything is pooled back to front."""

    def changed(self, pooled: Callable[[Operands], Array], arrays: Operands) -> Array:
        turned = {name: np.ascontiguousarray(array[:, ::-1, ::-1]) for name, array in arrays.items()}
        return np.ascontiguousarray(pooled(turned)[:, ::-1, ::-1])


class Rolled(_Changed):
    """One element late."""

    def changed(self, pooled: Callable[[Operands], Array], arrays: Operands) -> Array:
        return np.roll(pooled(arrays), 1, axis=2)


class PlacesFromOne(_Changed):
    operators = ("max_pool_with_argmax",)

    def changed(self, pooled: Callable[[Operands], Array], arrays: Operands) -> Array:
        return pooled(arrays) + 1


class PlacesAsNumbers(_Changed):
    """In the dtype of the value."""

    operators = ("max_pool_with_argmax",)

    def changed(self, pooled: Callable[[Operands], Array], arrays: Operands) -> Array:
        return pooled(arrays).astype(arrays["value"].dtype)


class PutsInOrder(_Changed):
    """Whatever the indices say."""

    operators = ("max_unpool2d",)

    def changed(self, pooled: Callable[[Operands], Array], arrays: Operands) -> Array:
        _, height, width, _ = arrays["indices"].shape
        plane = np.arange(height * width).reshape(1, height, width, 1)
        return pooled({**arrays, "indices": np.broadcast_to(plane, arrays["indices"].shape).copy()})


class CountsPads(Narrow):
    """An average by places."""

    operators = ("avg_pool2d",)

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        _, step, _ = plan.parts
        counting = replace(step, keywords=(*step.keywords, ("count_include_pad", True)))
        return super().execute(Plan((counting,)), arrays)


class AcceptsAnything(Narrow):
    """A stride of 0 is taken for 1."""

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        _, step, _ = plan.parts
        assert isinstance(step, Invoke)
        strides = dict(step.keywords)["strides"]
        keywords = tuple(("strides", 1) if each == ("strides", 0) else each for each in step.keywords)
        return super().execute(Plan((replace(step, keywords=keywords if strides == 0 else step.keywords),)), arrays)

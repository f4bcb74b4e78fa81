"""Frameworks with known conventions: the reference's words, meant otherwise. Workers load them by import string."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, perform
from conformance.adapters.protocol import calling
from conformance.adapters.reference import Reference
from conformance.adapters.tensorflow import TensorFlow
from reference.arguments import conv2d_transpose_geometry
from reference.geometry import Axis
from reference.transposed import transposed


class Simulated(Reference):
    """The reference, with a place to mean something else by an axis."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._compute)

    def axis(self, axis: Axis, padding: object) -> Axis:
        """What this framework makes of the axis that the definition means."""
        return axis

    def kernel(self, filter: NDArray[Any]) -> NDArray[Any]:
        """The filter as this framework reads it."""
        return filter

    def _compute(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        keywords: dict[str, Any] = dict(step.keywords)
        value, filter = (operands[operand] for _, operand in step.operands)
        geometry = calling(conv2d_transpose_geometry, value.shape, filter.shape, **keywords)
        axes = tuple(self.axis(axis, keywords.get("padding", "SAME")) for axis in geometry.axes)
        last = keywords.get("data_format") != "NCHW"
        canonical = value if last else np.moveaxis(value, 1, -1)
        result = transposed(canonical.astype(np.float64), self.kernel(filter).astype(np.float64), axes)
        answer: NDArray[Any] = (result if last else np.moveaxis(result, -1, 1)).astype(value.dtype)
        return answer


class OddBefore(Simulated):
    """SAME crops the odd element before."""

    def axis(self, axis: Axis, padding: object) -> Axis:
        if padding != "SAME":
            return axis
        crop = (max(axis.full - axis.output, 0) + 1) // 2
        return Axis(axis.input, axis.kernel, axis.stride, axis.dilation, crop, axis.output)


class Flipped(Simulated):
    """The kernel is applied back to front."""

    def kernel(self, filter: NDArray[Any]) -> NDArray[Any]:
        return filter[::-1, ::-1]


class StrideFour(Simulated):
    """Wrong from stride 4 on alone: VALID begins one pixel late."""

    def axis(self, axis: Axis, padding: object) -> Axis:
        if padding != "VALID" or axis.stride < 4:
            return axis
        return Axis(axis.input, axis.kernel, axis.stride, axis.dilation, 1, axis.output)


class AbortsOnZero(Simulated):
    """A length of 0 ends the process."""

    def _compute(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        shape = dict(step.keywords).get("output_shape")
        if isinstance(shape, tuple) and len(shape) == 4 and shape[1] == 0:
            os.abort()
        return super()._compute(step, operands)


class OnlyNominal:
    """Says nominal calls, and has no dialect."""

    names_output = True
    plan = Reference.plan
    plan_nominal = Reference.plan_nominal
    describe = Reference.describe
    execute = Reference.execute


class NoWords:
    """Can be run, and has nothing to measure."""

    plan = TensorFlow.plan
    describe = Reference.describe
    execute = Reference.execute

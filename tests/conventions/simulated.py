"""Frameworks with known conventions: the reference's words, meant otherwise. Workers load them by import string."""

import os
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import DIRECTIONS, CallRefused, Description, calling
from conformance.adapters.reference import Reference
from reference.arguments import conv2d_transpose_geometry
from reference.family import OPERATORS as CONVOLUTIONS
from reference.geometry import Axis
from reference.transposed import transposed


class Simulated(Reference):
    """The reference, with a place to mean something else by an axis."""

    operators = tuple(CONVOLUTIONS)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._compute)

    def axis(self, axis: Axis, padding: object) -> Axis:
        """What this framework makes of the axis that the definition means."""
        return axis

    def axes(self, height: Axis, width: Axis, padding: object) -> tuple[Axis, Axis]:
        """The same of both."""
        return self.axis(height, padding), self.axis(width, padding)

    def kernel(self, filter: NDArray[Any]) -> NDArray[Any]:
        """The filter as this framework reads it."""
        return filter

    def value(self, value: NDArray[Any]) -> NDArray[Any]:
        """The value, channels last, as this framework reads it."""
        return value

    def answered(self, result: NDArray[Any]) -> NDArray[Any]:
        """What this framework answers where this is the result."""
        return result

    def _compute(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        keywords: dict[str, Any] = dict(step.keywords)
        value, filter = (operands[operand] for _, operand in step.operands)
        geometry = calling(conv2d_transpose_geometry, value.shape, filter.shape, **keywords)
        height, width = geometry.axes
        axes = self.axes(height, width, keywords.get("padding", "SAME"))
        last = keywords.get("data_format") != "NCHW"
        canonical = value if last else np.moveaxis(value, 1, -1)
        read = self.value(canonical).real.astype(np.float64)
        result = self.answered(transposed(read, self.kernel(filter).real.astype(np.float64), axes))
        with np.errstate(invalid="ignore"):  # NaN as an integer
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


class Shifted(Simulated):
    """Everything stands a pixel early on the axes that are named."""

    height, width = 0, 0

    def axes(self, height: Axis, width: Axis, padding: object) -> tuple[Axis, Axis]:
        return (
            replace(height, crop_before=height.crop_before + self.height),
            replace(width, crop_before=width.crop_before + self.width),
        )


class ShiftedHeight(Shifted):
    height = 1


class ShiftedWidth(Shifted):
    width = 1


class ShiftedBoth(Shifted):
    height, width = 1, 1


class DilationIgnored(Simulated):
    """The taps lie side by side, whatever the dilation; SAME still crops alike on both sides."""

    def axis(self, axis: Axis, padding: object) -> Axis:
        dense = replace(axis, dilation=1)
        return replace(dense, crop_before=max(dense.full - axis.output, 0) // 2 if padding == "SAME" else 0)


class StrideIgnored(Simulated):
    """The inputs lie side by side, in a result of the right length."""

    def axis(self, axis: Axis, padding: object) -> Axis:
        return replace(axis, stride=1)


class FilterExchanged(Simulated):
    """Height and width of the filter are taken for one another."""

    def kernel(self, filter: NDArray[Any]) -> NDArray[Any]:
        return filter.swapaxes(0, 1) if filter.shape[0] == filter.shape[1] else filter


class ValueExchanged(Simulated):
    """Height and width of the value are taken for one another."""

    def value(self, value: NDArray[Any]) -> NDArray[Any]:
        return value.swapaxes(1, 2) if value.shape[1] == value.shape[2] else value


class Zeros(Simulated):
    """An answer of the right shape that holds nothing."""

    def answered(self, result: NDArray[Any]) -> NDArray[Any]:
        return np.zeros_like(result)


class Noise(Simulated):
    """An answer of the right shape that holds anything."""

    def answered(self, result: NDArray[Any]) -> NDArray[Any]:
        return np.random.default_rng(1).standard_normal(result.shape)


class Counting(Simulated):
    """An answer of the right shape that holds small whole numbers, as codes of a kernel are."""

    def answered(self, result: NDArray[Any]) -> NDArray[Any]:
        return np.random.default_rng(1).integers(1, 5, result.shape).astype(np.float64)


class NotANumber(Simulated):
    """An answer of the right shape that holds NaN."""

    def answered(self, result: NDArray[Any]) -> NDArray[Any]:
        return np.full_like(result, np.nan)


class AcceptsAnyLength(Simulated):
    """Every output length is answered, those of no legal call with zeros behind the longest one."""

    def _compute(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        try:
            return super()._compute(step, operands)
        except CallRefused:
            return np.zeros(dict(step.keywords)["output_shape"], np.float32)  # type: ignore[arg-type]


class OwnLength(Simulated):
    """A pixel more than was asked for comes back, a zero behind the result."""

    def answered(self, result: NDArray[Any]) -> NDArray[Any]:
        return np.pad(result, ((0, 0), (0, 1), (0, 1), (0, 0)))


class AbortsOnZero(Simulated):
    """A length of 0 ends the process."""

    def _compute(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        shape = dict(step.keywords).get("output_shape")
        if isinstance(shape, tuple) and len(shape) == 4 and shape[1] == 0:
            os.abort()
        return super()._compute(step, operands)


class _Declared:
    """Takes results of conv2d_transpose in every dtype."""

    operators: tuple[str, ...] = ("conv2d_transpose",)
    features = ()
    dtypes = Reference.dtypes
    directions = DIRECTIONS[:1]


class OnlyNominal(_Declared):
    """Says nominal calls, and has no dialect."""

    names_output = True
    plan = Reference.plan
    plan_nominal = Reference.plan_nominal
    describe = Reference.describe
    execute = Reference.execute


class AskedCalls(_Declared):
    """Has no words of its own: it is asked the suite's calls, as any adapter that somebody wrote in an hour."""

    behind: type[Simulated] = Simulated
    plan = Reference.plan
    describe = Reference.describe

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return self.behind().execute(plan, arrays)


class AskedShifted(AskedCalls):
    behind = ShiftedWidth


class AskedZeros(AskedCalls):
    behind = Zeros


class AskedNoise(AskedCalls):
    behind = Noise


class AskedDilationIgnored(AskedCalls):
    behind = DilationIgnored


class AnotherOperator(_Declared):
    """Declares another operator than the one that conventions speak of, and has no words of its own."""

    operators = ("conv1d",)
    plan = Reference.plan
    describe = Reference.describe
    execute = Reference.execute


class NoWords(AnotherOperator):
    """Says of every call that it cannot say it."""

    def plan(self, call: Any) -> Unsupported:
        return Unsupported("this lane is a fish")


class ShapesAlone(AskedCalls):
    """Declares that its values mean nothing."""

    def describe(self) -> Description:
        return Description("shapes", "1", flags={"values": "none"})

"""Wrong adapters for the tests, found by import string."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.notation import given_keywords
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description
from conformance.adapters.reference import Reference
from conformance.operators.convolution.call import convolution


class _Wrong:
    """The call computed by single products, wrongly."""

    operators = ("conv2d_transpose",)
    features = ()
    dtypes = Reference.dtypes
    directions = ("forward",)

    def describe(self) -> Description:
        return Description(type(self).__name__, "0")

    def plan(self, call: Call) -> Plan:
        return Plan((Invoke("wrong", (("", "value"), ("", "filter")), given_keywords(convolution(call))),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._invoke)

    def _invoke(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        from reference.arguments import conv2d_transpose_geometry

        value, filter = (operands[name] for _, name in step.operands)
        keywords: dict[str, Any] = dict(step.keywords)
        geometry = conv2d_transpose_geometry(value.shape, filter.shape, **keywords)
        return self.compute(value, filter, geometry.axes)

    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        result = np.zeros((len(value), *(axis.output for axis in axes), filter.shape[2]), value.dtype)
        for index in np.ndindex(*filter.shape[:2], *value.shape[1:3]):
            p = [
                axis.stride * j + axis.dilation * t - axis.crop_before
                for axis, t, j in zip(axes, index[:2], index[2:], strict=True)
            ]
            if all(0 <= at < axis.output for at, axis in zip(p, axes, strict=True)):
                term = value[:, index[2], index[3]] @ filter[index[:2]].T
                self.put(result, (slice(None), *p), term)
        return result

    def put(self, result: NDArray[Any], place: Any, term: NDArray[Any]) -> None:
        result[place] += term


class Flipped(_Wrong):
    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        return super().compute(value, filter[::-1], axes)


class OffByOne(_Wrong):
    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        right = super().compute(value, filter, axes)
        return np.concatenate([right[:, :, 1:], np.zeros_like(right[:, :, :1])], axis=2)


class Overwriting(_Wrong):
    def put(self, result: NDArray[Any], place: Any, term: NDArray[Any]) -> None:
        result[place] = term


class Misreading(_Wrong):
    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        height, width, out, into = filter.shape
        return super().compute(value, filter.reshape(into, out, height, width).transpose(2, 3, 1, 0), axes)


class Missing(_Wrong):
    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        filter = filter.copy()
        filter[1, 2] = 0
        return super().compute(value, filter, axes)


class Short(_Wrong):
    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        return super().compute(value, filter, axes)[:, :-1]


class Narrow(_Wrong):
    """Taps summed in the operands' own dtype, channels in float32."""

    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        return super().compute(value.astype(np.float32), filter.astype(np.float32), axes).astype(value.dtype)

    def put(self, result: NDArray[Any], place: Any, term: NDArray[Any]) -> None:
        import ml_dtypes

        result[place] = (result[place] + term.astype(ml_dtypes.bfloat16)).astype(ml_dtypes.bfloat16)


class Refusing(_Wrong):
    def compute(self, value: NDArray[Any], filter: NDArray[Any], axes: Any) -> NDArray[Any]:
        raise ValueError("not today")


class _WrongFilter(Reference):
    """Any operator, right but for what it makes of the filter."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return super().execute(plan, {**arrays, "filter": np.ascontiguousarray(self.read(arrays["filter"]))})

    def read(self, filter: NDArray[Any]) -> NDArray[Any]:
        return filter


class FlippedAny(_WrongFilter):
    def read(self, filter: NDArray[Any]) -> NDArray[Any]:
        return filter[::-1]


class MisreadingAny(_WrongFilter):
    """Takes the filter's memory for one with the channels in front."""

    def read(self, filter: NDArray[Any]) -> NDArray[Any]:
        *kernel, first, second = filter.shape
        return np.moveaxis(filter.reshape(first, second, *kernel), (0, 1), (-2, -1))


class MissingAny(_WrongFilter):
    def read(self, filter: NDArray[Any]) -> NDArray[Any]:
        filter = filter.copy()
        filter[(1,) * (filter.ndim - 2)] = 0
        return filter


class OffByOneAny(Reference):
    """Any operator, its result a pixel late along the last spatial axis."""

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        right = super().execute(plan, arrays)
        return np.concatenate([np.zeros_like(right[..., :1, :]), right[..., :-1, :]], axis=-2)


class Limited(Reference):
    """Takes conv1d and conv3d alone, in float16, channels first."""

    operators = ("conv1d", "conv3d")
    dtypes = ("float16",)

    def plan(self, call: Call) -> Plan | Unsupported:
        return super().plan(call) if not convolution(call).last else Unsupported("channels come first")


class Wordless(Reference):
    def plan(self, call: Call) -> Plan | Unsupported:
        return Unsupported("this lane is a fish")

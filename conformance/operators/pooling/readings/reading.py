"""A call of a pooling as it was read: what it means in words, how it is asked, written and judged.

Knows: calls, notation, generators. Must not know: how one framework's call is read (`tensorflow.py`, its neighbours).

The call that is judged has its channels last, as TensorFlow's kernels for the CPU want them; values and results of a
call with other layouts are turned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.adapters.notation import to_channels_last
from conformance.adapters.plan import Plan, Reshape, Transpose, Unsupported
from conformance.operators.pooling.call import RightPooling, pooling
from conformance.operators.pooling.calls import right_call
from conformance.operators.pooling.readings.remarks import remark_on_divisor, remark_on_same
from conformance.suite.case import Call
from conformance.translation.arguments import CallArguments
from conformance.translation.notation import Notation, Shape
from conformance.translation.unary import UnaryReading, check_nothing_added, refused, trial_reading, turned
from reference.errors import ArgumentError
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import AdaptiveAxis, Axis, UnpooledAxis


@dataclass(frozen=True, slots=True)
class PoolingReading(UnaryReading):
    """A call as it was read."""

    judged: RightPooling

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        if lane == self.lane or lane != "torch":
            return ()
        found = (remark_on_same(self.judged), remark_on_divisor(self.judged))
        return tuple(remark for remark in found if remark is not None)

    def lines(self) -> Sequence[str]:
        call = self.judged
        facts = [call.operator, call.dtype, self.data_format]
        facts += [f"divided by {_divisor(call)}"] if call.averages else []
        facts += [call.direction.replace("_", " ")] if call.direction != "forward" else []
        return [", ".join(facts), *(f"{name}: {_axis_text(axis)}" for name, axis in self._axes())]

    def document(self) -> Mapping[str, Any]:
        call = self.judged
        return {
            "operator": call.operator,
            "dtype": call.dtype,
            "data_format": self.data_format,
            "direction": call.direction,
            "divisor": _divisor(call) if call.averages else None,
            "axes": [
                {"name": name, **{field: getattr(axis, field) for field in axis.__slots__}}
                for name, axis in self._axes()
            ],
        }

    def _axes(self) -> list[tuple[str, Axis]]:
        return list(zip(self.judged.definition.spatial_names, self.judged.geometry.axes, strict=True))


def read_windows(
    arguments: CallArguments,
    lane: str,
    operator: str,
    *,
    last: bool,
    plan: Plan | None = None,
    remarks: tuple[str, ...] = (),
    **words: Any,
) -> PoolingReading:
    """The reading of a call whose words are those of the definition, in the order of the spatial axes; raises CallError
    where it refuses them.

    last: whether the given value has its channels last. plan: the call as the lane is asked for it, where it is not
    what was written.
    """
    definition = OPERATORS[operator]
    rank, reduction = definition.rank, definition.reduction
    shape = arguments.shape("value", rank + 2)
    value = shape if last else tuple(shape[axis] for axis in to_channels_last(rank))
    if reduction == "index" and not last:
        # An index within a plane is that of an image of one channel.
        value = (shape[0] * shape[1], *shape[2:], 1)
    given = {"value": shape, **({"indices": _indices(arguments, shape)} if reduction == "unpooled" else {})}
    if not isinstance(words.get("padding", ""), str):
        words["padding"] = ((0, 0), *words["padding"], (0, 0))
    try:
        call = right_call(operator, value, **words)
    except ArgumentError as error:
        raise refused(arguments, error, _ROLES) from error
    if 0 in value[1:]:
        raise arguments.wrong("value", "a length 0 is read for the batch only; frameworks take others differently")
    if 0 in call.output_shape[1:]:
        raise arguments.wrong("kernel", "no window finds its place; frameworks take a result of length 0 differently")
    check_nothing_added(arguments, "a pooling")
    plan = plan or arguments.plan
    if reduction == "index":
        plan, remarks = _second(plan), (*remarks, SECOND)
    around = ((), ()) if last else _around(call, shape)
    return PoolingReading(arguments.call.shown, lane, plan, call, given, *around, remarks)


def _indices(arguments: CallArguments, value: Shape) -> Shape:
    """The shape of the indices, which is the value's."""
    shape = arguments.shape("indices", len(value))
    if shape != value:
        message = f"{arguments.name('indices')} has shape {list(shape)}; expected the value's, {list(value)}"
        raise arguments.wrong("indices", message)
    return shape


def _around(call: RightPooling, shape: Shape) -> tuple[Notation, Notation]:
    """The notation around a call whose value, of this shape, has its channels first."""
    rank, reduction = call.definition.rank, call.definition.reduction
    if reduction == "index":
        return (Reshape("value", call.value_shape),), (Reshape("result", (*shape[:2], *call.output_shape[1:-1])),)
    value, result = turned(rank)
    return (*value, *((Transpose("indices", to_channels_last(rank)),) if reduction == "unpooled" else ())), result


SECOND = "of its two results the indices are meant; without them the call is that of the maxima"


def _second(plan: Plan) -> Plan:
    """The plan, of whose call's two results the second is kept."""
    before, invoke, after = plan.parts
    last = replace(invoke.then[-1] if invoke.then else invoke, leaves="_, result")
    invoke = replace(invoke, then=(*invoke.then[:-1], last)) if invoke.then else last
    return Plan((*before, invoke, *after), plan.notes)


# Of the argument at fault, where the reason of a refusal has another name
_ROLES = {"ksize": "kernel", "size": "value", "divisor": "divisor_override"}


def read_trial(call: Call, dtype: str | None = None) -> PoolingReading:
    """The reading of a trial's call, in another dtype where one is named; raises CallError for a wrong one."""
    return trial_reading(pooling(call), dtype, PoolingReading)


def _divisor(call: RightPooling) -> str:
    if call.divisor_override is not None:
        return str(call.divisor_override)
    return "its places, pads included" if call.count_include_pad else "its elements"


def _axis_text(axis: Axis) -> str:
    if isinstance(axis, UnpooledAxis):
        return f"{axis.input} -> {axis.output}, each element at its index"
    if isinstance(axis, AdaptiveAxis):
        return f"{axis.input} -> {axis.output}, windows of up to {axis.kernel} that cover all of it"
    dilation = f", dilation {axis.dilation}" if axis.dilation != 1 else ""
    window = f"{axis.input} -> {axis.output}, window {axis.kernel}, stride {axis.stride}{dilation}"
    over = f"; the last window hangs over by {axis.overhang}" if axis.overhang else ""
    return f"{window}; pads: {axis.pad_before} before, {axis.pad_after} after{over}"

"""A call of a pooling as it was read: what it means in words, how it is asked, written and judged.

Knows: calls, notation, generators. Must not know: how one framework's call is read (`tensorflow.py`, its neighbours).

The call that is judged has its channels last, as TensorFlow's kernels for the CPU want them; values and results of a
call with other layouts are turned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.notation import to_channels_first, to_channels_last
from conformance.adapters.plan import Plan, Transpose, Unsupported
from conformance.adapters.protocol import Adapter, plan_call
from conformance.operators.kind import Operands
from conformance.operators.pooling.call import PoolingTrial, RightPooling, pooling
from conformance.operators.pooling.calls import right_call
from conformance.operators.pooling.inputs import steps_of
from conformance.operators.pooling.readings.remarks import remark_on_divisor, remark_on_same
from conformance.suite.case import Call, FromReference, Generated
from conformance.suite.generating import Unfit
from conformance.translation.arguments import CallArguments
from conformance.translation.code import CallError
from conformance.translation.notation import Notation, Shape, simplified, undone
from conformance.translation.written import written_plan
from reference.errors import ArgumentError
from reference.pooling.geometry import AdaptiveAxis, Axis

# Numbers whose maxima and sums are exact, and real ones
INPUTS = ("mix", "normal")
# Whose words a trial of the corpus is shown in: the first that say it, and nothing around or after it
SPOKEN = ("tensorflow", "torch", "jax", "reference")


@dataclass(frozen=True, slots=True)
class PoolingReading:
    """A call as it was read."""

    text: str
    lane: str
    """who is asked to run it as it was given"""
    plan: Plan
    """the call as it was given, for that lane"""
    judged: RightPooling
    given: Mapping[str, Shape]
    """the shapes of the given call's operands, by name, in order"""
    turned: bool = False
    """whether the given value and result have their channels first, and those of the call that is judged last"""
    remarks: tuple[str, ...] = ()
    """what a reader of the call may not expect of it"""

    def trials(self) -> Sequence[PoolingTrial]:
        found = []
        for name in INPUTS:
            try:
                steps_of(name, self.judged)
            except Unfit:
                continue
            id = f"translate/{self.text}"
            found.append(PoolingTrial(id, self.judged, Generated(name), FromReference(), "", None, "command line"))
        return found

    def given_operands(self, operands: Operands) -> Operands:
        shapes = {**self.judged.operands, **self.given}
        return {name: undone(self._value if name == "value" else (), shapes[name], array) for name, array in
                operands.items()}  # fmt: skip

    def as_judged(self, result: NDArray[Any]) -> NDArray[Any]:
        shape = self.judged.result_shape
        return result if result.ndim != len(shape) else undone(self._result, shape, result)

    def write(self, adapter: Adapter) -> Plan | Unsupported:
        plan = plan_call(adapter, self.judged)
        if isinstance(plan, Unsupported):
            return plan
        return simplified(Plan((*self._value, *plan.steps, *self._result), plan.notes))

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        if lane == self.lane or lane != "torch":
            return ()
        found = (remark_on_same(self.judged), remark_on_divisor(self.judged))
        return tuple(remark for remark in found if remark is not None)

    def operands_in(self, plan: Plan) -> Mapping[str, str]:
        return {}

    def lines(self) -> Sequence[str]:
        call = self.judged
        facts = [call.operator, call.dtype, self._data_format]
        facts += [f"divided by {_divisor(call)}"] if call.averages else []
        facts += [call.direction.replace("_", " ")] if call.direction != "forward" else []
        return [", ".join(facts), *(f"{name}: {_axis_text(axis)}" for name, axis in self._axes())]

    def document(self) -> Mapping[str, Any]:
        call = self.judged
        return {
            "operator": call.operator,
            "dtype": call.dtype,
            "data_format": self._data_format,
            "direction": call.direction,
            "divisor": _divisor(call) if call.averages else None,
            "axes": [
                {"name": name, **{field: getattr(axis, field) for field in axis.__slots__}}
                for name, axis in self._axes()
            ],
        }

    @property
    def _data_format(self) -> str:
        """Of the given value."""
        last, first = self.judged.definition.data_formats
        return first if self.turned or not self.judged.last else last

    @property
    def _value(self) -> Notation:
        rank = self.judged.definition.rank
        return (Transpose("value", to_channels_last(rank)),) if self.turned else ()

    @property
    def _result(self) -> Notation:
        rank = self.judged.definition.rank
        return (Transpose("result", to_channels_first(rank)),) if self.turned else ()

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
    rank = int(operator[-2])
    shape = arguments.shape("value", rank + 2)
    value = shape if last else tuple(shape[axis] for axis in to_channels_last(rank))
    if not isinstance(words["padding"], str):
        words["padding"] = ((0, 0), *words["padding"], (0, 0))
    try:
        call = right_call(operator, value, **words)
    except ArgumentError as error:
        role: Any = _ROLES.get(error.reason, error.reason)
        raise arguments.wrong(role if arguments.has(role) else None, str(error)) from error
    if 0 in value[1:]:
        raise arguments.wrong("value", "a length 0 is read for the batch only; frameworks take others differently")
    if 0 in call.output_shape[1:]:
        raise arguments.wrong("kernel", "no window finds its place; frameworks take a result of length 0 differently")
    if arguments.has_bias:
        raise arguments.wrong(None, "something is added to the result, which is no part of a pooling")
    plan = plan or Plan((arguments.invoke(),))
    return PoolingReading(arguments.call.text, lane, plan, call, {"value": shape}, not last, remarks)


# Of the argument at fault, where the reason of a refusal has another name
_ROLES = {"ksize": "kernel", "size": "value", "divisor": "divisor_override"}


def read_trial(call: Call, dtype: str | None = None) -> PoolingReading:
    """The reading of a call that is there already, in the words of the first framework that says it natively, in
    another dtype where one is named. Raises CallError for one that is wrong on purpose.
    """
    asked = pooling(call)
    if not isinstance(asked, RightPooling):
        raise CallError(f"the call is wrong ({asked.fault.reason}): {asked.fault.message}")
    if dtype is not None:
        asked = replace(asked, dtype=dtype)
    for name in SPOKEN:
        plan = load_adapter(parse_lane(name)).plan(asked)
        if isinstance(plan, Plan) and plan.native and not plan.notes:
            break
    assert isinstance(plan, Plan)  # the reference says every call
    return PoolingReading(written_plan(plan, asked.operands), name, plan, asked, asked.operands)


def _divisor(call: RightPooling) -> str:
    if call.divisor_override is not None:
        return str(call.divisor_override)
    return "its places, pads included" if call.count_include_pad else "its elements"


def _axis_text(axis: Axis) -> str:
    if isinstance(axis, AdaptiveAxis):
        return f"{axis.input} -> {axis.output}, windows of up to {axis.kernel} that cover all of it"
    dilation = f", dilation {axis.dilation}" if axis.dilation != 1 else ""
    window = f"{axis.input} -> {axis.output}, window {axis.kernel}, stride {axis.stride}{dilation}"
    over = f"; the last window hangs over by {axis.overhang}" if axis.overhang else ""
    return f"{window}; pads: {axis.pad_before} before, {axis.pad_after} after{over}"

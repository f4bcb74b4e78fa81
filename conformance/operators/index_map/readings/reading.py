"""A call of an index map as it was read: what it means in words, and how it is judged.

Knows: calls, notation. Must not know: how one framework's call is read (`tensorflow.py`, its neighbours).

The call that is judged has its channels last, as TensorFlow's kernels for the CPU want them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.index_map.call import RightIndexMap, index_map
from conformance.operators.index_map.calls import right_call
from conformance.suite.case import Call
from conformance.translation.arguments import CallArguments, Shape
from conformance.translation.notation import Notation
from conformance.translation.unary import UnaryReading, check_nothing_added, refused, trial_reading, turned
from reference.errors import ArgumentError
from reference.index_map.geometry import Blocks, Padded

FIRST, BACK = turned(2)
"""of a value whose channels come first, and of its result"""
# Of the argument at fault, where the reason of a refusal has another name
_ROLES: Mapping[str, Any] = {"ksize": "kernel", "size": "value", "padding": "paddings", "rank": "value"}


@dataclass(frozen=True, slots=True)
class IndexMapReading(UnaryReading):
    """A call as it was read."""

    judged: RightIndexMap

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        """The order of channels, which is what exports get wrong."""
        of = self.judged.geometry.map
        if isinstance(of, Padded) or lane == self.lane:
            return ()
        first = {"tensorflow": True, "torch": False, "jax": False}.get(lane)
        if isinstance(of, Blocks) and lane == "jax":
            return ()
        own = of.mode == "DCR" if isinstance(of, Blocks) else of.order == "HWC"
        if first is None or first == own:
            return ()
        names = ("DCR", "CRD") if isinstance(of, Blocks) else ("HWC", "CHW")
        return (f"the order of channels is {names[not own]}, and that of {lane} is {names[not first]}",)

    def lines(self) -> Sequence[str]:
        call = self.judged
        head = [call.operator, call.dtype, *([self._order] if self._order else [])]
        return [", ".join(head), *(f"{name}: {_axis_text(axis)}" for name, axis in self._axes())]

    def document(self) -> Mapping[str, Any]:
        call = self.judged
        return {
            "operator": call.operator,
            "dtype": call.dtype,
            "direction": call.direction,
            "order": self._order or None,
            "axes": [{"name": name, **axis} for name, axis in self._axes()],
        }

    @property
    def _order(self) -> str:
        """Of channels, or what a pad holds."""
        match self.judged.geometry.map:
            case Padded(mode="CONSTANT"):
                return f"CONSTANT {self.judged.constant_values}"
            case Padded(mode=mode):
                return mode
            case Blocks(mode=order):
                return order
            case patches:
                return patches.order

    def _axes(self) -> list[tuple[str, Mapping[str, int]]]:
        call = self.judged
        names = call.definition.spatial_names if call.operator != "pad" else range(len(call.axes))
        prefix = "axis " if call.operator == "pad" else ""
        return [(f"{prefix}{name}", axis) for name, axis in zip(names, call.axes, strict=True)]


def read_map(
    arguments: CallArguments,
    lane: str,
    shape: Shape,
    dtype: str,
    *,
    value: Notation = (),
    result: Notation = (),
    given: Shape | None = None,
    **words: Any,
) -> IndexMapReading:
    """The reading of a call whose words are those of the definition; raises CallError where it refuses them.

    shape: of the value of the call that is judged. given: of the written value, where that is another one.
    """
    operator = arguments.function.operator
    try:
        call = right_call(operator, shape, dtype=dtype, **words)
    except ArgumentError as error:
        raise refused(arguments, error, _ROLES) from error
    if 0 in (*call.value_shape[1:], *call.output_shape[1:]):
        raise arguments.wrong("value", "a length 0 is read for the first axis only; frameworks take others differently")
    check_nothing_added(arguments, "an index map")
    plan, operands = arguments.plan, {"value": given or shape}
    return IndexMapReading(arguments.call.shown, lane, plan, call, operands, value, result)


def constant(arguments: CallArguments) -> float | str:
    """What a pad of constants holds."""
    found = arguments.said("constant_values")
    if found is None:
        return 0
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise arguments.unexpected("constant_values", "a number")
    return found


def read_trial(call: Call, dtype: str | None = None) -> IndexMapReading:
    """The reading of a trial's call, in another dtype where one is named; raises CallError for a wrong one."""
    return trial_reading(index_map(call), dtype, IndexMapReading)


def _axis_text(axis: Mapping[str, int]) -> str:
    text = f"{axis['input']} -> {axis['output']}"
    if "block" in axis:
        return f"{text}, blocks of {axis['block']}"
    if "kernel" in axis:
        dilation = f", dilation {axis['dilation']}" if axis["dilation"] != 1 else ""
        text += f", window {axis['kernel']}, stride {axis['stride']}{dilation}"
    side = "crop" if "crop_before" in axis else "pad"
    return f"{text}; {side}s: {axis[f'{side}_before']} before, {axis[f'{side}_after']} after"

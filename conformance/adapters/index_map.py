"""Notation that all planners of index maps share, and the plan in the reference's own words.

Knows: calls and their integers. Must not know: frameworks, arrays.
"""

from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.notation import to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Crop, Invoke, Pad, Plan, Reshape, Step, Transpose, Unsupported
from conformance.operators.index_map.call import IndexMapCall, RightIndexMap
from reference.index_map.geometry import Blocks, IndexGeometry, Padded, Patches

Keywords: TypeAlias = tuple[tuple[str, Argument], ...]
Shape: TypeAlias = tuple[int, ...]
Pads: TypeAlias = tuple[tuple[int, int], ...]


def geometry_of(call: IndexMapCall) -> IndexGeometry | None:
    """What planners translate: the geometry of a right call, or of one whose cotangent alone does not fit it; None
    where its other arguments have none.
    """
    return call.geometry if isinstance(call, RightIndexMap) else call.around


def differentiated(plan: Plan, call: IndexMapCall, called: Shape) -> Plan | Unsupported:
    """The plan, or that of the gradient where it is asked for. called: shape of what the framework's call returns"""
    if call.direction == "forward":
        return plan
    _, _, after = plan.parts
    reshaped = any(isinstance(step, Reshape) for step in after)
    if after and call.cotangent_given is not None and (reshaped or len(call.cotangent_given) != len(call.output_shape)):
        return Unsupported("the cotangent is written in another way, and a wrong one has other axes")
    return gradient_plan(plan, "value", call.operands, called)


def places_and_channels(of: Blocks | Patches) -> tuple[int, int]:
    """How many places of a block or window, and how many channels of each, the channels of the map's target hold."""
    if isinstance(of, Blocks):
        return of.block**2, of.channels
    return prod(axis.kernel for axis in of.axes), of.channels


def places_first(of: Blocks | Patches) -> bool:
    """Whether their channels are those of the first place, then of the second, and so on; else all places of the first
    channel come first.
    """
    return of.mode == "DCR" if isinstance(of, Blocks) else of.order == "HWC"


def exchanged(operand: str, shape: Shape, axis: int, first: int, second: int) -> tuple[Step, ...]:
    """Notation: the numbers along an axis of length first * second, written as a table, are read column by column."""
    if 1 in (first, second):
        return ()
    before, after = shape[:axis], shape[axis + 1 :]
    order = (*range(axis), axis + 1, axis, *range(axis + 2, len(shape) + 1))
    return (
        Reshape(operand, (*before, first, second, *after)),
        Transpose(operand, order),
        Reshape(operand, (*before, second * first, *after)),
    )


def cut_first(padded: Padded, name: str) -> tuple[tuple[Step, ...], Pads, tuple[str, ...]] | Unsupported:
    """What is cut off before a function that takes no negative pads, the pads that are left, and why."""
    axes = padded.axes
    paddings = tuple((max(axis.pad_before, 0), max(axis.pad_after, 0)) for axis in axes)
    if all(axis.pad_before >= 0 and axis.pad_after >= 0 for axis in axes):
        return (), paddings, ()
    if any(-axis.pad_before > axis.input or -axis.pad_after > axis.input for axis in axes):
        return Unsupported(f"{name} takes no negative pads, and more is cut off here than there is")
    kept = tuple(axis.input + min(axis.pad_before, 0) + min(axis.pad_after, 0) for axis in axes)
    start = tuple(max(-axis.pad_before, 0) for axis in axes)
    note = f"{name} takes no negative pads: what they cut off is cut off before: composed"
    return (Crop("value", start, kept),), paddings, (note,)


def said_in_blocks(
    call: IndexMapCall, geometry: IndexGeometry, blocks: Blocks, invoke: Invoke, *, places_before: bool = True
) -> Plan | Unsupported:
    """By a function that has the places of a block before its channels, or after them, and the layout of the call."""
    places, channels = places_and_channels(blocks)
    if places_first(blocks) == places_before or 1 in (places, channels):
        return differentiated(Plan((invoke,)), call, call.output_shape)
    axis = 3 if call.last else 1
    if not places_before:
        places, channels = channels, places
    order = "before its channels" if places_before else "of each channel side by side"
    notes = (f"{invoke.function} has the places of a block {order}: their order is notation",)
    if geometry.adjoint:
        turned = exchanged("result", call.output_shape, axis, places, channels)
        return differentiated(Plan((invoke, *turned), notes), call, call.output_shape)
    turned = exchanged("value", call.value_shape, axis, channels, places)
    return differentiated(Plan((*turned, invoke), notes), call, call.output_shape)


@dataclass(frozen=True, slots=True)
class RowWords:
    """What the parameters of `unfold` and `fold` are called."""

    kernel: str = "kernel_size"
    dilation: str = "dilation"
    padding: str = "padding"
    stride: str = "stride"
    size: str = "output_size"
    four: bool = False
    """whether there may be four pads: (top, left, bottom, right)"""

    def windows(self, kernel: Shape, dilation: Shape, padding: int | Shape, stride: Shape) -> Keywords:
        """These numbers under their names."""
        return ((self.kernel, kernel), (self.dilation, dilation), (self.padding, padding), (self.stride, stride))


ROWS = RowWords()


def said_in_rows(call: IndexMapCall, patches: Patches, module: str, words: RowWords = ROWS) -> Plan | Unsupported:
    """By a module's `unfold`, or its `fold`, whose windows lie in one row, with the channels first."""
    adjoint = call.operator == "fold"
    function = f"{module}.{call.operator if adjoint else 'unfold'}"
    pads: Pads = tuple((axis.pad_before, axis.pad_after) for axis in patches.axes)
    padding: tuple[int, ...] = (0, 0)
    # What is the same on both sides is said; for other pads there are words where there are four.
    if all(before == after for before, after in pads):
        padding, pads = tuple(before for before, _ in pads), ()
    elif words.four:
        padding, pads = tuple(pair[side] for side in (0, 1) for pair in pads), ()
    whole, shape = channels_before(patches.source_shape), channels_before(patches.target_shape)
    windows, turned = prod(shape[2:]), places_first(patches)
    places, channels = places_and_channels(patches)
    steps: list[Step] = [Transpose("value", to_channels_first(2))] if call.last else []
    size = tuple(length + sum(pair) for length, pair in zip(whole[2:], pads or ((0, 0), (0, 0)), strict=True))
    if adjoint:
        steps += exchanged("value", shape, 1, places, channels) if turned else ()
        steps.append(Reshape("value", (*shape[:2], windows)))
    elif pads:
        steps.append(Pad("value", ((0, 0), (0, 0), *pads)))
    numbers = (tuple(getattr(axis, name) for axis in patches.axes) for name in ("kernel", "dilation", "stride"))
    kernel, dilation, stride = numbers
    sized: Keywords = ((words.size, size),) if adjoint else ()
    keywords = (*sized, *words.windows(kernel, dilation, padding, stride))
    steps.append(Invoke(function, (("", "value"),), keywords))
    if not adjoint:
        steps.append(Reshape("result", shape))
        steps += exchanged("result", shape, 1, channels, places) if turned else ()
    elif pads:
        steps.append(Crop("result", (0, 0, *(before for before, _ in pads)), whole))
    steps += [Transpose("result", to_channels_last(2))] if call.last else []
    order = f"{function} has the places of each channel side by side, and windows in one row: their order is notation"
    uneven = f"{function} pads both sides alike: what it has no words for is put around, or cut off: composed"
    notes = (*((order,) if turned else ()), *((uneven,) if pads else ()))
    called = (*whole[:2], *size) if adjoint else (*shape[:2], windows)
    return differentiated(Plan(tuple(steps), notes), call, called)


def channels_before(shape: Shape) -> Shape:
    """[batch, *spatial, channels] -> [batch, channels, *spatial]"""
    return (shape[0], shape[-1], *shape[1:-1])


def reference_index_map_plan(call: IndexMapCall) -> Plan:
    """The plan of a call, right or wrong: as it stands."""
    keywords: Keywords = tuple(call.words.items())
    if call.direction == "forward":
        return Plan((Invoke(f"reference.index_map.{call.operator}", (("", "value"),), keywords),))
    operands = (("value", "value"), ("cotangent", "cotangent"))
    return Plan(
        (Invoke("reference.index_map.vector_jacobian_product", operands, (("operator", call.operator), *keywords)),)
    )

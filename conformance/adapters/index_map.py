"""Notation that all planners of index maps share, and the plan in the reference's own words.

Knows: calls and their integers. Must not know: frameworks, arrays.
"""

from math import prod
from typing import TypeAlias

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.plan import Argument, Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.operators.index_map.call import IndexMapCall, RightIndexMap
from reference.index_map.geometry import Blocks, IndexGeometry, Patches

Keywords: TypeAlias = tuple[tuple[str, Argument], ...]
Shape: TypeAlias = tuple[int, ...]


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


def reference_index_map_plan(call: IndexMapCall) -> Plan:
    """The plan of a call, right or wrong: as it stands."""
    keywords: Keywords = tuple(call.words.items())
    if call.direction == "forward":
        return Plan((Invoke(f"reference.index_map.{call.operator}", (("", "value"),), keywords),))
    operands = (("value", "value"), ("cotangent", "cotangent"))
    return Plan(
        (Invoke("reference.index_map.vector_jacobian_product", operands, (("operator", call.operator), *keywords)),)
    )

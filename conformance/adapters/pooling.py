"""Notation that all planners of poolings share, and the plan in the reference's own words.

Knows: calls and their integers. Must not know: frameworks, arrays.
"""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import TypeAlias

from conformance.adapters.notation import along_axes
from conformance.adapters.plan import Argument, Invoke, Pad, Plan, Step, Unsupported
from conformance.operators.pooling.call import PoolingCall, RightPooling, WrongPooling
from conformance.operators.pooling.calls import right_call
from conformance.suite.dtypes import FORMATS
from reference.pooling.geometry import AdaptiveAxis, Pooling, pooling_axis


def geometry_of(call: PoolingCall) -> Pooling | None:
    """What planners translate: the geometry of a right call, or of one whose cotangent or dtype alone does not fit it;
    None where its other arguments have none.
    """
    return call.geometry if isinstance(call, RightPooling) else call.around


def lowest(call: PoolingCall) -> float:
    """What a pad holds that is never larger than an element."""
    form = FORMATS[call.dtype]
    return form.lowest if form.kind == "integer" else -inf


def padded(call: PoolingCall, pads: tuple[tuple[int, int], ...], constant: float) -> Pad:
    """The value between constants, in the order of the call."""
    return Pad("value", along_axes(call, pads, (0, 0)), constant)


SaidPadding: TypeAlias = tuple[Argument, tuple[Step, ...], tuple[str, ...]]
"""what is said of padding, the steps before the call, and why there are any"""


def said_padding(
    call: PoolingCall, geometry: Pooling, name: str, *, same: bool = True, pairs: bool = False
) -> SaidPadding | Unsupported:
    """The padding for a function that takes SAME and VALID, and divides an average by its elements.

    same: whether it takes SAME. pairs: whether it takes pads that are shorter than the window, too.
    """
    axes = geometry.sliding
    overhang = any(axis.overhang for axis in axes)
    reads_pads = any(axis.pad_before or axis.pad_after for axis in axes) or overhang
    counts = call.averages and call.count_include_pad
    if call.padding == "VALID" and not overhang:
        return "VALID", (), ()
    if call.padding == "SAME" and same and not (counts and reads_pads):
        return "SAME", (), ()
    if pairs and not overhang and all(max(axis.pad_before, axis.pad_after) < axis.kernel for axis in axes):
        return along_axes(call, tuple((axis.pad_before, axis.pad_after) for axis in axes), (0, 0)), (), ()
    if not call.averages:
        pads = tuple((axis.pad_before, axis.pad_after + axis.overhang) for axis in axes)
        note = f"{name} takes no such pads: lowest numbers are put around the value: composed"
        return "VALID", (padded(call, pads, lowest(call)),), (note,)
    if counts:
        if overhang:
            return Unsupported(f"{name} has no ceil_mode: zeros that hang over would count as pads do")
        pads = tuple((axis.pad_before, axis.pad_after) for axis in axes)
        note = f"{name} counts no pads: zeros are put around the value and count as elements: composed"
        return "VALID", (padded(call, pads, 0),), (note,)
    if same and are_those_of_same(geometry):
        return "SAME", (), (f"{name} has no such word; SAME means the same windows here",)
    if not reads_pads:
        return "VALID", (), ()
    return Unsupported(f"{name} takes words alone, which mean other windows, and divides by their elements")


def are_those_of_same(geometry: Pooling) -> bool:
    """Whether SAME means the windows: where each axis' first one begins, and how many there are."""
    said = (pooling_axis(axis.input, axis.kernel, axis.stride, 1, "SAME") for axis in geometry.sliding)
    found = ((axis.pad_before, axis.output) for axis in geometry.sliding)
    return all((axis.pad_before, axis.output) == windows for axis, windows in zip(said, found, strict=True))


def as_sliding(call: PoolingCall) -> PoolingCall | None:
    """An adaptive pooling as the one whose windows, with a length and strides, are the same; None where none are."""
    if isinstance(call, WrongPooling):
        return None
    axes = [axis.as_window() if isinstance(axis, AdaptiveAxis) else None for axis in call.geometry.axes]
    found = [axis for axis in axes if axis is not None]
    if len(found) < len(axes):
        return None
    return right_call(
        call.operator.removeprefix("adaptive_"),
        call.value_shape,
        ksize=tuple(axis.kernel for axis in found),
        strides=tuple(axis.stride for axis in found),
        padding="VALID",
        data_format=call.data_format,
        dtype=call.dtype,
        direction=call.direction,
    )


def without_adaptive(
    call: PoolingCall, framework: str, plan: Callable[[PoolingCall], Plan | Unsupported]
) -> Plan | Unsupported:
    """The plan of an adaptive pooling in a framework that has none: another pooling's, where windows are the same."""
    sliding = as_sliding(call)
    if sliding is None:
        return Unsupported(f"{framework} has no adaptive pooling, and no ksize with strides means these windows")
    planned = plan(sliding)
    if isinstance(planned, Unsupported):
        return planned
    return replace(
        planned, notes=(f"{framework} has no adaptive pooling; {sliding.operator} has these windows", *planned.notes)
    )


def reference_pooling_plan(call: PoolingCall) -> Plan:
    """The plan of a call, right or wrong: as it stands."""
    given: dict[str, tuple[Argument, Argument]] = {
        "data_format": (call.data_format, None),
        "dilations": (call.dilations, None),
        "ceil_mode": (call.ceil_mode, False),
        "count_include_pad": (call.count_include_pad, False),
        "divisor_override": (call.divisor_override, None),
        "norm_type": (call.norm_type, None),
        "include_batch_in_index": (call.include_batch_in_index, False),
    }
    sliding = (("ksize", call.ksize), ("strides", call.strides), ("padding", call.padding))
    keywords: tuple[tuple[str, Argument], ...] = (
        *((("output_size", call.output_size),) if call.definition.adaptive else sliding),
        *((name, argument) for name, (argument, default) in given.items() if argument != default),
    )
    if call.direction == "forward":
        positional = tuple(("", operand) for operand in call.operands)
        return Plan((Invoke(f"reference.pooling.{call.operator}", positional, keywords),))
    operands = tuple((operand, operand) for operand in call.operands)
    return Plan(
        (Invoke("reference.pooling.vector_jacobian_product", operands, (("operator", call.operator), *keywords)),)
    )

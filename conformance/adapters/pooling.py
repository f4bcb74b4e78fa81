"""Notation that all planners of poolings share, and the plan in the reference's own words.

Knows: calls and their integers. Must not know: frameworks, arrays.
"""

from collections.abc import Callable
from dataclasses import replace
from math import inf

from conformance.adapters.notation import along_axes
from conformance.adapters.plan import Argument, Invoke, Pad, Plan, Unsupported
from conformance.operators.pooling.call import PoolingCall, RightPooling, WrongPooling
from conformance.operators.pooling.calls import right_call
from conformance.suite.dtypes import FORMATS
from reference.pooling.geometry import AdaptiveAxis, Pooling


def geometry_of(call: PoolingCall) -> Pooling | None:
    """What planners translate: the geometry of a right call, or of one whose cotangent or dtype alone does not fit it;
    None where its other arguments have none.
    """
    return call.geometry if isinstance(call, RightPooling) else call.around


def lowest(call: PoolingCall) -> float:
    """What a pad holds that is never larger than an element."""
    form = FORMATS[call.dtype]
    return int(-form.largest - 1) if form.kind == "integer" else -inf


def padded(call: PoolingCall, pads: tuple[tuple[int, int], ...], constant: float) -> Pad:
    """The value between constants, in the order of the call."""
    return Pad("value", along_axes(call, pads, (0, 0)), constant)


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

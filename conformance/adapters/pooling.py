"""Notation that all planners of poolings share, and the plan in the reference's own words.

Knows: calls and their integers. Must not know: frameworks, arrays.
"""

from math import inf

from conformance.adapters.notation import along_axes
from conformance.adapters.plan import Argument, Invoke, Pad, Plan
from conformance.operators.pooling.call import PoolingCall, RightPooling
from conformance.suite.dtypes import FORMATS
from reference.pooling.geometry import Pooling


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


def reference_pooling_plan(call: PoolingCall) -> Plan:
    """The plan of a call, right or wrong: as it stands."""
    given: dict[str, tuple[Argument, Argument]] = {
        "data_format": (call.data_format, None),
        "dilations": (call.dilations, None),
        "ceil_mode": (call.ceil_mode, False),
        "count_include_pad": (call.count_include_pad, False),
        "divisor_override": (call.divisor_override, None),
        "norm_type": (call.norm_type, None),
    }
    keywords: tuple[tuple[str, Argument], ...] = (
        ("ksize", call.ksize),
        ("strides", call.strides),
        ("padding", call.padding),
        *((name, argument) for name, (argument, default) in given.items() if argument != default),
    )
    if call.direction == "forward":
        return Plan((Invoke(f"reference.pooling.{call.operator}", (("", "value"),), keywords),))
    operands = (("value", "value"), ("cotangent", "cotangent"))
    return Plan(
        (Invoke("reference.pooling.vector_jacobian_product", operands, (("operator", call.operator), *keywords)),)
    )

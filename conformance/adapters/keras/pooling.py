"""Poolings in Keras's words: `keras.ops.max_pool`, `average_pool`, and both adaptive.

Knows: Keras's argument meanings, as integers. Must not know: keras.

They pad by words alone, and divide by elements: other pads are put around the value, as of TensorFlow's functions.
"""

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.function import Function, Role
from conformance.adapters.keras.pooling_words import ADAPTIVE_AVERAGE_POOL, ADAPTIVE_MAX_POOL, AVERAGE_POOL, MAX_POOL
from conformance.adapters.keras.words import keras_layout
from conformance.adapters.notation import spatial_of
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.adapters.pooling import geometry_of, said_padding
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from reference.pooling.geometry import Pooling


def keras_pooling_plan(call: PoolingCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if call.definition.reduction not in ("maximum", "average"):
        return Unsupported(f"Keras has no {call.operator}")
    geometry = geometry_of(call)
    if isinstance(call, WrongPooling) and geometry is None:
        plan = _wrong(call)
    elif call.definition.adaptive:
        plan = Plan((_invoke(call, {"output_size": call.output_size}),))
    else:
        assert geometry is not None
        plan = _sliding(call, geometry)
    if isinstance(plan, Unsupported) or call.direction == "forward":
        return plan
    return gradient_plan(plan, "value", call.operands, call.output_shape if geometry is not None else ())


def _sliding(call: PoolingCall, geometry: Pooling) -> Plan | Unsupported:
    name = _function(call).name
    if any(axis.dilation > 1 for axis in geometry.sliding):
        return Unsupported(f"{name} has no dilations")
    if call.divisor_override is not None:
        return Unsupported(f"{name} has no divisor_override")
    said = said_padding(call, geometry, name)
    if isinstance(said, Unsupported):
        return said
    padding, steps, notes = said
    return Plan((*steps, _said(call, str(padding).lower())), notes)


def _said(call: PoolingCall, padding: Argument) -> Invoke:
    numbers: dict[Role, Argument] = {"kernel": spatial_of(call, call.ksize), "strides": spatial_of(call, call.strides)}
    return _invoke(call, {**numbers, "padding": padding})


def _invoke(call: PoolingCall, said: dict[Role, Argument]) -> Invoke:
    return _function(call).invoke({**said, "data_format": keras_layout(call)}, ("value",))


def _function(call: PoolingCall) -> Function:
    if call.definition.adaptive:
        return ADAPTIVE_AVERAGE_POOL if call.averages else ADAPTIVE_MAX_POOL
    return AVERAGE_POOL if call.averages else MAX_POOL


def _wrong(call: WrongPooling) -> Plan | Unsupported:
    """The same wrong numbers, where Keras has a name for them."""
    name = _function(call).name
    if call.fault.reason == "rank" and isinstance(call.output_size, int):
        return Unsupported(f"{name} takes the number of axes from the value")
    if call.definition.adaptive:
        return Plan((_invoke(call, {"output_size": call.output_size}),))
    if call.fault.reason == "divisor":
        return Unsupported(f"{name} has no divisor_override")
    if call.dilations is not None:
        return Unsupported(f"{name} has no dilations")
    if not isinstance(call.padding, str):
        return Unsupported(f"{name} takes no pairs")
    if call.fault.reason == "padding" and call.padding.lower() in ("same", "valid"):
        return Unsupported(f"{name} takes its words in any case")
    if None in (spatial_of(call, call.ksize), spatial_of(call, call.strides)):
        return Unsupported(f"{name} takes numbers of the spatial axes only")
    return Plan((_said(call, call.padding.lower()),))

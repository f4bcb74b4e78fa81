"""Poolings in TensorFlow's words: `tf.nn.max_pool{1,2,3}d`, `tf.nn.avg_pool{1,2,3}d`, and `tf.nn.pool` for dilations.

Knows: TensorFlow's argument meanings, as integers. Must not know: tensorflow.

Pairs are taken by maxima of one and two axes alone, and only below the window's length; an average is divided by the
elements, and there is no ceil_mode. What is left of maxima is said by a value between lowest numbers, and of averages
that count their pads by one between zeros.
"""

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.notation import spatial_of
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.adapters.pooling import are_those_of_same, geometry_of, said_padding, without_adaptive
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from reference.pooling.geometry import Pooling

DTYPES_3D = ("float16", "bfloat16", "float32")
"""of the op MaxPool3D"""


def tensorflow_pooling_plan(call: PoolingCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if call.definition.reduction == "unpooled":
        return Unsupported(
            "TensorFlow puts no maxima back; a scatter by indices that the plan computes would be its own"
        )
    if call.definition.adaptive:
        return without_adaptive(call, "TensorFlow", tensorflow_pooling_plan)
    if call.definition.reduction == "norm":
        return Unsupported("TensorFlow has no norm of windows")
    geometry = geometry_of(call)
    if isinstance(call, WrongPooling) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if call.definition.reduction == "index":
        return _indices(call, geometry)
    name = f"tf.nn.{call.operator}"
    if call.operator == "max_pool3d" and call.dtype not in DTYPES_3D and not isinstance(call, WrongPooling):
        return Unsupported(f"{name} takes {', '.join(DTYPES_3D)} alone")
    dilated = any(axis.dilation > 1 for axis in geometry.sliding)
    if dilated and any(axis.stride > 1 for axis in geometry.sliding):
        return Unsupported("tf.nn.pool takes no strides beside dilations")
    if call.divisor_override is not None:
        return Unsupported(f"{name} has no divisor_override")
    taker = "tf.nn.pool with dilations" if dilated else name
    pairs = not call.averages and call.definition.rank < 3 and not dilated
    said = said_padding(call, geometry, taker, same=not dilated, pairs=pairs)
    if isinstance(said, Unsupported):
        return said
    padding, steps, notes = said
    plan = Plan((*steps, _invoke(call, padding, dilated)), notes)
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, call.output_shape)


def _indices(call: PoolingCall, geometry: Pooling) -> Plan | Unsupported:
    """Pads around the value would be counted: only words say them, and only with the channels last."""
    name, axes = f"tf.nn.{call.operator}", geometry.sliding
    if call.data_format == call.definition.data_formats[1]:
        return Unsupported(f"{name} has the channels last alone")
    if any(axis.dilation > 1 for axis in axes):
        return Unsupported(f"{name} has no dilations")
    reads_pads = any(axis.pad_before or axis.pad_after or axis.overhang for axis in axes)
    if reads_pads and not are_those_of_same(geometry):
        return Unsupported(f"{name} takes words alone, which mean other windows")
    padding = "SAME" if call.padding == "SAME" or reads_pads else "VALID"
    said = call.padding == padding
    return Plan(
        (_argmax(call, padding),), () if said else (f"{name} has no such word; {padding} means the same windows here",)
    )


def _argmax(call: PoolingCall, padding: Argument) -> Invoke:
    given: tuple[tuple[str, Argument], ...] = (("include_batch_in_index", True),) if call.include_batch_in_index else ()
    data_format: tuple[tuple[str, Argument], ...] = (("data_format", call.data_format),) if call.data_format else ()
    keywords = (("ksize", call.ksize), ("strides", call.strides), ("padding", padding), *data_format, *given)
    return Invoke(f"tf.nn.{call.operator}", (("", "value"),), keywords, leaves="_, result")


def _invoke(call: PoolingCall, padding: Argument, dilated: bool) -> Invoke:
    data_format: tuple[tuple[str, Argument], ...] = (("data_format", call.data_format),) if call.data_format else ()
    if not dilated:
        keywords = (("ksize", call.ksize), ("strides", call.strides), ("padding", padding), *data_format)
        return Invoke(f"tf.nn.{call.operator}", (("", "value"),), keywords)
    window, strides, dilations = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
    numbers: tuple[tuple[str, Argument], ...] = (
        ("window_shape", window),
        ("pooling_type", "AVG" if call.averages else "MAX"),
        ("strides", strides),
        ("padding", padding),
    )
    return Invoke("tf.nn.pool", (("", "value"),), (*numbers, *data_format, ("dilations", dilations)))


def _wrong(call: WrongPooling) -> Plan | Unsupported:
    """The same wrong numbers, where TensorFlow has a name for them."""
    if call.fault.reason == "divisor":
        return Unsupported(f"tf.nn.{call.operator} has no divisor_override")
    dilated = call.dilations is not None
    if call.definition.reduction == "index":
        return (
            Unsupported(f"tf.nn.{call.operator} has no dilations") if dilated else Plan((_argmax(call, call.padding),))
        )
    numbers = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
    if dilated and None in numbers:
        return Unsupported("tf.nn.pool takes numbers of the spatial axes only")
    plan = Plan((_invoke(call, call.padding, dilated),))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, ())

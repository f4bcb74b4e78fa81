"""Poolings in JAX's words: `lax.reduce_window`, whose windows take any pads, strides and dilations in any layout.

Knows: JAX's argument meanings, as integers. Must not know: jax.

JAX has no average: sums over windows are divided by sums of ones over the same windows, or by the number that is given.
"""

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.notation import along_axes, spatial_of
from conformance.adapters.plan import Argument, Invoke, Name, Plan, Unsupported
from conformance.adapters.pooling import geometry_of, lowest, without_adaptive
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from conformance.suite.dtypes import FORMATS
from reference.pooling.geometry import Pooling

FUNCTION = "jax.lax.reduce_window"
COMPOSED = "JAX has no average: sums are divided by what they count: composed"
Keywords = tuple[tuple[str, Argument], ...]


def jax_pooling_plan(call: PoolingCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if call.definition.reduction == "unpooled":
        return Unsupported("JAX puts no maxima back; a scatter by indices that the plan computes would be its own")
    if call.definition.adaptive:
        return without_adaptive(call, "JAX", jax_pooling_plan)
    if call.definition.reduction == "index":
        return Unsupported(
            "JAX has no index of a maximum; the reduction of pairs would be a function of the plan's own"
        )
    if call.definition.reduction == "norm":
        return Unsupported("JAX has no norm of windows; its powers, sums and roots would be the plan's own arithmetic")
    geometry = geometry_of(call)
    if isinstance(call, WrongPooling) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if call.averages and FORMATS[call.dtype].kind != "real":
        return Unsupported("JAX has no average, and what sums are divided by decides the dtype of a quotient")
    # The word where it is one, and nothing hangs over.
    padding: Argument = call.padding
    if not isinstance(padding, str) or any(axis.overhang for axis in geometry.axes):
        pads = tuple((axis.pad_before, axis.pad_after + axis.overhang) for axis in geometry.axes)
        padding = along_axes(call, pads, (0, 0))
    windows = _windows(call, padding)
    plan = _average(call, geometry, windows) if call.averages else Plan((_maximum(call, windows),))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, call.output_shape)


def _windows(call: PoolingCall, padding: Argument) -> Keywords:
    """Raises nothing for wrong numbers, as long as there is one per spatial axis."""
    numbers = [spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations)]
    kernel, strides, dilations = (along_axes(call, each, 1) for each in numbers if each is not None)
    dilated: Keywords = (("window_dilation", dilations),) if call.dilations is not None else ()
    return (("window_dimensions", kernel), ("window_strides", strides), ("padding", padding), *dilated)


def _maximum(call: PoolingCall, windows: Keywords) -> Invoke:
    """Of floating-point numbers the initial value is written where it is; one of integers has to have their dtype."""
    maximum: Keywords = (("computation", Name("jax.lax.max")), *windows)
    if FORMATS[call.dtype].kind != "integer":
        return Invoke(FUNCTION, (("", "value"),), (("init_value", lowest(call)), *maximum))
    scalar: Keywords = (("shape", ()), ("fill_value", lowest(call)), ("dtype", call.dtype))
    reduced = Invoke(FUNCTION, (("", "value"), ("init_value", "lowest")), maximum)
    return Invoke("jax.numpy.full", (), scalar, (reduced,), leaves="lowest")


def _average(call: PoolingCall, geometry: Pooling, windows: Keywords) -> Plan:
    sums: Keywords = (("init_value", 0.0), ("computation", Name("jax.lax.add")), *windows)
    quotient = Invoke("jax.numpy.divide", (("", "sums"), ("", "counts")), ())
    then: list[Invoke] = []
    if call.divisor_override is not None:
        fill: Keywords = (("fill_value", call.divisor_override),)
        then.append(Invoke("jax.numpy.full_like", (("", "sums"),), fill, leaves="counts"))
    else:
        then.append(Invoke("jax.numpy.ones_like", (("", "value"),), (), leaves="ones"))
        counted = sums
        if call.count_include_pad:
            # Pads count, and what hangs over does not.
            pads = along_axes(call, tuple((axis.pad_before, axis.pad_after) for axis in geometry.axes), (0, 0))
            keywords: Keywords = (("pad_width", pads), ("constant_values", 1))
            then.append(Invoke("jax.numpy.pad", (("", "ones"),), keywords, leaves="ones"))
            over = along_axes(call, tuple((0, axis.overhang) for axis in geometry.axes), (0, 0))
            counted = tuple((name, over if name == "padding" else argument) for name, argument in sums)
        then.append(Invoke(FUNCTION, (("", "ones"),), counted, leaves="counts"))
    return Plan((Invoke(FUNCTION, (("", "value"),), sums, (*then, quotient), leaves="sums"),), (COMPOSED,))


def _wrong(call: WrongPooling) -> Plan | Unsupported:
    """The same wrong numbers under JAX's names, where JAX has a name for them."""
    match call.fault.reason:
        case "data_format":
            return Unsupported(f"{FUNCTION} takes no data_format")
        case "divisor":
            return Unsupported("JAX has no average, and divides by whatever it is given")
        case "padding" if not isinstance(call.padding, str):
            return Unsupported(f"explicit pads of {FUNCTION} may be negative")
    if None in [spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations)]:
        return Unsupported("the window of reduce_window has one number for each axis")
    padding: Argument = call.padding
    if not isinstance(call.padding, str):
        assert call.padding is not None
        spatial = call.padding[1:-1] if along_axes(call, (1,), 0)[-1] == 0 else call.padding[2:]
        padding = along_axes(call, spatial, (0, 0))
    plan = Plan((_maximum(call, _windows(call, padding)),))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, ())

"""Index maps in JAX's words: `jnp.pad`, `lax.pad` for negative pads, `lax.conv_general_dilated_patches`.

Knows: JAX's argument meanings, as integers. Must not know: jax.

JAX has no blocks: they are two reshapes around a transposition. Its patches are CHW: another order is notation. There
is not a fold.
"""

from conformance.adapters.index_map import (
    Keywords,
    differentiated,
    exchanged,
    geometry_of,
    places_and_channels,
    places_first,
)
from conformance.adapters.notation import along_axes, spatial_of
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, IndexGeometry, Padded, Patches

PATCHES = "jax.lax.conv_general_dilated_patches"


def jax_index_map_plan(call: IndexMapCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if call.operator == "fold":
        return Unsupported("JAX has no fold")
    geometry = geometry_of(call)
    if isinstance(call, WrongIndexMap) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    match geometry.map:
        case Padded() as padded:
            return differentiated(Plan((_pad(call, padded),)), call, call.output_shape)
        case Blocks() as blocks:
            return _blocks(call, geometry, blocks)
        case Patches() as patches:
            kernel, strides, dilation = (
                tuple(getattr(axis, name) for axis in patches.axes) for name in ("kernel", "stride", "dilation")
            )
            padding: Argument = call.padding
            if not isinstance(padding, str):
                padding = tuple((axis.pad_before, axis.pad_after) for axis in patches.axes)
            invoke = _invoke_patches(call, kernel, strides, dilation, padding)
            places, channels = places_and_channels(patches)
            if not places_first(patches) or 1 in (places, channels):
                return differentiated(Plan((invoke,)), call, call.output_shape)
            note = f"{PATCHES} has the places of each channel side by side: their order is notation"
            turned = exchanged("result", call.output_shape, 3 if call.last else 1, channels, places)
            return differentiated(Plan((invoke, *turned), (note,)), call, call.output_shape)


def _pad(call: IndexMapCall, padded: Padded) -> Invoke:
    pads = tuple((axis.pad_before, axis.pad_after) for axis in padded.axes)
    if all(number >= 0 for pair in pads for number in pair):
        return _invoke_pad(call, pads)
    # jnp.pad takes no negative pads; lax.pad does, and wants a constant of the value's dtype.
    scalar: Keywords = (("shape", ()), ("fill_value", call.constant), ("dtype", call.dtype))
    config: Keywords = (("padding_config", tuple((*pair, 0) for pair in pads)),)
    padding = Invoke("jax.lax.pad", (("", "value"), ("", "constant")), config)
    return Invoke("jax.numpy.full", (), scalar, (padding,), leaves="constant")


def _invoke_pad(call: IndexMapCall, pads: Argument) -> Invoke:
    constant: Keywords = (("constant_values", call.constant),) if "constant_values" in call.words else ()
    return Invoke(
        "jax.numpy.pad", (("", "value"),), (("pad_width", pads), ("mode", call.chosen_mode.lower()), *constant)
    )


def _blocks(call: IndexMapCall, geometry: IndexGeometry, blocks: Blocks) -> Plan | Unsupported:
    """The deep side as (batch, height, width, row, column, channel) in the order of the call and its mode."""
    b, (h, w), c, s = blocks.batch, blocks.size, blocks.channels, blocks.block
    names = {"b": b, "h": h, "w": w, "r": s, "s": s, "c": c}
    depth = "rsc" if places_first(blocks) else "crs"
    deep, wide = (f"bhw{depth}", "bhrwsc") if call.last else (f"b{depth}hw", "bchrws")
    of, to = (wide, deep) if geometry.adjoint else (deep, wide)
    steps: tuple[tuple[str, Keywords, str], ...] = (
        ("reshape", (("shape", tuple(names[letter] for letter in of)),), "blocks"),
        ("transpose", (("axes", tuple(of.index(letter) for letter in to)),), "moved"),
        ("reshape", (("shape", call.output_shape),), "result"),
    )
    taken = ("value", "blocks", "moved")
    first, *then = (
        Invoke(f"jax.numpy.{function}", (("", operand),), keywords, leaves=leaves)
        for (function, keywords, leaves), operand in zip(steps, taken, strict=True)
    )
    invoke = Invoke(first.function, first.operands, first.keywords, tuple(then), leaves=first.leaves)
    note = f"JAX has no {call.operator}: two reshapes around a transposition: composed"
    return differentiated(Plan((invoke,), (note,)), call, call.output_shape)


def _invoke_patches(
    call: IndexMapCall, kernel: Argument, strides: Argument, dilation: Argument, padding: Argument
) -> Invoke:
    layout = ("NHWC", "HWIO", "NHWC") if along_axes(call, (1, 1), 0)[-1] == 0 else ("NCHW", "OIHW", "NCHW")
    keywords: Keywords = (
        ("filter_shape", kernel),
        ("window_strides", strides),
        ("padding", padding),
        ("rhs_dilation", dilation),
        ("dimension_numbers", layout),
    )
    return Invoke(PATCHES, (("", "value"),), keywords)


def _wrong(call: WrongIndexMap) -> Plan | Unsupported:
    """The same wrong numbers under JAX's names, where JAX has a name for them."""
    reason = call.fault.reason
    if call.operator == "pad":
        if call.chosen_mode == "CONSTANT" and reason == "size":
            config: Keywords = (("padding_config", tuple((*pair, 0) for pair in call.paddings or ())),)
            scalar: Keywords = (("shape", ()), ("fill_value", call.constant), ("dtype", call.dtype))
            padding = Invoke("jax.lax.pad", (("", "value"), ("", "constant")), config)
            invoke = Invoke("jax.numpy.full", (), scalar, (padding,), leaves="constant")
        else:
            invoke = _invoke_pad(call, call.paddings)
        return differentiated(Plan((invoke,)), call, ())
    if call.operator != "extract_patches":
        return Unsupported(f"JAX has no {call.operator}")
    if reason in ("data_format", "patch_order"):
        return Unsupported(f"{PATCHES} has no {reason}")
    if reason == "padding" and not isinstance(call.padding, str):
        return Unsupported(f"pads of {PATCHES} are of the spatial axes, and may be negative")
    numbers = [spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations)]
    if None in numbers:
        return Unsupported(f"{PATCHES} takes numbers of the spatial axes only")
    if not isinstance(call.padding, str):
        return Unsupported(f"pads of {PATCHES} are of the spatial axes")
    kernel, strides, dilation = numbers
    return differentiated(Plan((_invoke_patches(call, kernel, strides, dilation, call.padding),)), call, ())

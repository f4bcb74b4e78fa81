"""Index maps in Keras's words: `keras.ops.pad`, `depth_to_space` and its inverse, patches, `unfold` and `fold`.

Knows: Keras's argument meanings, as integers, and which backend has which mode of `pad`, as its documents list them.
Must not know: keras.

Blocks are DCR, and patches HWC, in either layout: another order is notation. Patches pad by words alone, and `unfold`
and `fold` both sides alike: other pads are put around the value, or cut off the sum.
"""

from collections.abc import Mapping
from math import prod

from conformance.adapters.index_map import (
    Keywords,
    channels_before,
    cut_first,
    differentiated,
    exchanged,
    geometry_of,
    places_and_channels,
    places_first,
    said_in_blocks,
    said_in_rows,
)
from conformance.adapters.keras.words import keras_layout
from conformance.adapters.notation import along_axes, spatial_of, to_channels_first
from conformance.adapters.plan import Argument, Invoke, Pad, Plan, Reshape, Step, Transpose, Unsupported
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, Padded, Patches

MODULE = "keras.ops"
PATCHES = f"{MODULE}.image.extract_patches"
_EVERYWHERE = {"CONSTANT": "constant", "REFLECT": "reflect", "SYMMETRIC": "symmetric"}
MODES: Mapping[str, Mapping[str, str]] = {
    "tensorflow": _EVERYWHERE,
    "torch": {**_EVERYWHERE, "WRAP": "circular"},
    "jax": {**_EVERYWHERE, "EDGE": "edge", "WRAP": "wrap"},
}
"""of `keras.ops.pad`, by backend: the notes of its documentation"""


def keras_index_map_plan(call: IndexMapCall, backend: str) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongIndexMap) and geometry is None:
        return _wrong(call, backend)
    assert geometry is not None
    match geometry.map:
        case Padded() as padded:
            if padded.mode not in MODES[backend]:
                return Unsupported(f"{MODULE}.pad has no mode {padded.mode} on {backend}, say its documents")
            found = cut_first(padded, f"{MODULE}.pad")
            if isinstance(found, Unsupported):
                return found
            cut, paddings, notes = found
            plan = Plan((*cut, _invoke_pad(call, paddings, MODES[backend][padded.mode])), notes)
            return differentiated(plan, call, call.output_shape)
        case Blocks() as blocks:
            invoke = _invoke_blocks(call)
            if blocks.block == 1:
                return Unsupported(f"{invoke.function} refuses a block_size of 1: it must be at least 2")
            return said_in_blocks(call, geometry, blocks, invoke)
        case Patches() as patches if 0 in (*patches.source_shape[1:], *patches.target_shape[1:]):
            return Unsupported("Keras has no patches of empty axes: the convolution behind them refuses them")
        case Patches() as patches:
            strided = any(axis.stride > 1 for axis in patches.axes)
            dilated = any(axis.dilation > 1 for axis in patches.axes)
            # "Note that `dilation_rate > 1` is not supported with `strides > 1`."
            in_rows = geometry.adjoint or (strided and dilated)
            return said_in_rows(call, patches, MODULE) if in_rows else _patches(call, patches)


def _invoke_pad(call: IndexMapCall, paddings: Argument, mode: str) -> Invoke:
    constant: Keywords = (("constant_values", call.constant),) if "constant_values" in call.words else ()
    return Invoke(f"{MODULE}.pad", (("", "value"),), (("pad_width", paddings), ("mode", mode), *constant))


def _invoke_blocks(call: IndexMapCall) -> Invoke:
    keywords: Keywords = (("block_size", call.block_size), ("data_format", keras_layout(call)))
    return Invoke(f"{MODULE}.{call.operator}", (("", "value"),), keywords)


def _patches(call: IndexMapCall, patches: Patches) -> Plan | Unsupported:
    steps, notes, word = list[Step](), list[str](), call.padding
    if not isinstance(word, str):
        pads = tuple((axis.pad_before, axis.pad_after) for axis in patches.axes)
        if any(map(any, pads)):
            steps.append(Pad("value", along_axes(call, pads, (0, 0))))
            notes.append(f"{PATCHES} pads by words alone: zeros are put around the value: composed")
        word = "valid"
    size, strides, rate = (
        tuple(getattr(axis, name) for axis in patches.axes) for name in ("kernel", "stride", "dilation")
    )
    steps.append(_invoke_patches(call, size, strides, rate, word.lower()))
    places, channels = places_and_channels(patches)
    if not places_first(patches):
        steps += exchanged("result", call.output_shape, 3 if call.last else 1, places, channels)
        notes.append(f"{PATCHES} has the places of a window before its channels: their order is notation")
    return differentiated(Plan(tuple(steps), tuple(notes)), call, call.output_shape)


def _invoke_patches(call: IndexMapCall, size: Argument, strides: Argument, rate: Argument, padding: str) -> Invoke:
    keywords: Keywords = (
        ("size", size),
        ("strides", strides),
        ("dilation_rate", rate),
        ("padding", padding),
        ("data_format", keras_layout(call)),
    )
    return Invoke(PATCHES, (("", "value"),), keywords)


def _wrong(call: WrongIndexMap, backend: str) -> Plan | Unsupported:
    """The same wrong numbers, where Keras has a name for them."""
    reason = call.fault.reason
    if call.operator == "pad":
        return _wrong_pad(call, backend)
    if call.block_size is not None:
        if reason == "mode":
            return Unsupported(f"{MODULE}.{call.operator} has no mode")
        return differentiated(Plan((_invoke_blocks(call),)), call, ())
    if reason == "patch_order":
        return Unsupported(f"Keras has no {reason}")
    if reason == "rank":
        return Unsupported("Keras takes an image without its batch, too")
    numbers = [spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations)]
    if None in numbers:
        return Unsupported("Keras takes numbers of the spatial axes only")
    size, strides, rate = numbers
    if call.operator == "fold":
        return _wrong_fold(call, size, strides, rate)
    if not isinstance(call.padding, str):
        return Unsupported(f"{PATCHES} takes no pairs")
    if reason == "padding" and call.padding.lower() in ("same", "valid"):
        return Unsupported(f"{PATCHES} takes these words in lower case")
    return differentiated(Plan((_invoke_patches(call, size, strides, rate, call.padding.lower()),)), call, ())


def _wrong_pad(call: WrongIndexMap, backend: str) -> Plan | Unsupported:
    mode = call.chosen_mode
    if mode in ("EDGE", "WRAP") and mode not in MODES[backend]:
        return Unsupported(f"{MODULE}.pad has no mode {mode} on {backend}, say its documents")
    if not all(len(pair) == 2 for pair in call.paddings or ()):
        return Unsupported(f"{MODULE}.pad takes a number in the place of a pair")
    if len(call.paddings or ()) == 1:
        return Unsupported(f"{MODULE}.pad takes one pair for all axes")
    return differentiated(Plan((_invoke_pad(call, call.paddings, MODES[backend].get(mode, mode)),)), call, ())


def _wrong_fold(call: WrongIndexMap, size: Argument, strides: Argument, rate: Argument) -> Plan | Unsupported:
    if call.padding != "VALID":
        return Unsupported(f"{MODULE}.fold takes one number for the pads of both sides, and no words")
    if call.fault.reason == "data_format":
        return Unsupported(f"{MODULE}.fold has one layout")
    turned: tuple[Step, ...] = (Transpose("value", to_channels_first(2)),) if call.last else ()
    batch, depth, *lengths = channels_before(call.value_shape) if call.last else call.value_shape
    windows: Keywords = (("kernel_size", size), ("dilation", rate), ("padding", 0), ("stride", strides))
    keywords = (("output_size", call.output_size), *windows)
    fold = Invoke(f"{MODULE}.fold", (("", "value"),), keywords)
    return differentiated(Plan((*turned, Reshape("value", (batch, depth, prod(lengths))), fold)), call, ())

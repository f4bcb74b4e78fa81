"""Index maps in TensorFlow's words: `tf.pad`, `tf.nn.depth_to_space` and its inverse, `tf.image.extract_patches`.

Knows: TensorFlow's argument meanings, as integers. Must not know: tensorflow.

`tf.pad` has three modes, and no negative pads: what is cut off is cut off before. Blocks are DCR, patches HWC with
their channels last: another order is notation. Patches take words alone: other pads are put around the value. There is
no fold.
"""

from conformance.adapters.index_map import (
    Keywords,
    cut_first,
    differentiated,
    exchanged,
    geometry_of,
    places_and_channels,
    places_first,
    said_in_blocks,
)
from conformance.adapters.notation import spatial_of, to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Invoke, Pad, Plan, Step, Transpose, Unsupported
from conformance.operators.index_map.call import IndexMapCall, WrongIndexMap
from reference.index_map.geometry import Blocks, Padded, Patches

MODES = ("CONSTANT", "REFLECT", "SYMMETRIC")


def tensorflow_index_map_plan(call: IndexMapCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if call.operator == "fold":
        return Unsupported("TensorFlow has no fold")
    geometry = geometry_of(call)
    if isinstance(call, WrongIndexMap) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    match geometry.map:
        case Padded() as padded:
            if padded.mode not in MODES:
                return Unsupported(f"tf.pad has no mode {padded.mode}")
            found = cut_first(padded, "tf.pad")
            if isinstance(found, Unsupported):
                return found
            cut, paddings, notes = found
            return differentiated(Plan((*cut, _invoke(call, paddings)), notes), call, call.output_shape)
        case Blocks() as blocks:
            invoke = _invoke_blocks(call)
            if blocks.block == 1:  # "an int that is >= 2", say its documents
                return Unsupported(f"{invoke.function} takes a block_size of 2 and more")
            return said_in_blocks(call, geometry, blocks, invoke)
        case Patches() as patches:
            return _patches(call, patches)


def _invoke(call: IndexMapCall, paddings: Argument) -> Invoke:
    keywords: list[tuple[str, Argument]] = [("paddings", paddings)]
    keywords += [("mode", call.mode)] if call.mode is not None else []
    keywords += [("constant_values", call.constant)] if "constant_values" in call.words else []
    return Invoke("tf.pad", (("", "value"),), tuple(keywords))


def _invoke_blocks(call: IndexMapCall) -> Invoke:
    data_format: Keywords = (("data_format", call.data_format),) if call.data_format is not None else ()
    return Invoke(f"tf.nn.{call.operator}", (("", "value"),), (("block_size", call.block_size), *data_format))


def _patches(call: IndexMapCall, patches: Patches) -> Plan | Unsupported:
    rank, steps, notes = len(patches.axes), list[Step](), list[str]()
    if not call.last:
        steps.append(Transpose("value", to_channels_last(rank)))
    word = call.padding
    if not isinstance(word, str):
        pads = tuple((axis.pad_before, axis.pad_after) for axis in patches.axes)
        if any(map(any, pads)):
            steps.append(Pad("value", ((0, 0), *pads, (0, 0))))
            notes.append("tf.image.extract_patches takes words alone: zeros are put around the value: composed")
        word = "VALID"
    sizes, strides, rates = (
        tuple(getattr(axis, name) for axis in patches.axes) for name in ("kernel", "stride", "dilation")
    )
    steps.append(_invoke_patches(sizes, strides, rates, word))
    places, channels = places_and_channels(patches)
    if not places_first(patches):
        steps += exchanged("result", patches.target_shape, rank + 1, places, channels)
        notes.append("tf.image.extract_patches has the places of a window before its channels: their order is notation")
    if not call.last:
        steps.append(Transpose("result", to_channels_first(rank)))
    return differentiated(Plan(tuple(steps), tuple(notes)), call, patches.target_shape)


def _invoke_patches(sizes: tuple[int, ...], strides: tuple[int, ...], rates: tuple[int, ...], padding: str) -> Invoke:
    keywords: Keywords = (
        ("sizes", (1, *sizes, 1)), ("strides", (1, *strides, 1)), ("rates", (1, *rates, 1)), ("padding", padding),
    )  # fmt: skip
    return Invoke("tf.image.extract_patches", (("", "value"),), keywords)


def _wrong(call: WrongIndexMap) -> Plan | Unsupported:
    """The same wrong numbers, where TensorFlow has a name for them."""
    if call.operator == "pad":
        if call.mode in ("EDGE", "WRAP"):
            return Unsupported(f"tf.pad has no mode {call.mode}")
        return differentiated(Plan((_invoke(call, call.paddings),)), call, ())
    if call.operator != "extract_patches":
        if call.fault.reason == "mode":
            return Unsupported(f"tf.nn.{call.operator} has no mode")
        return differentiated(Plan((_invoke_blocks(call),)), call, ())
    if call.fault.reason in ("data_format", "patch_order"):
        return Unsupported(f"tf.image.extract_patches has no {call.fault.reason}")
    if not isinstance(call.padding, str):
        return Unsupported("tf.image.extract_patches takes no pairs")
    numbers = [spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations)]
    sizes, strides, rates = (each or () for each in numbers)
    if None in numbers:
        return Unsupported("the windows of tf.image.extract_patches are those of the spatial axes")
    return differentiated(Plan((_invoke_patches(sizes, strides, rates, call.padding),)), call, ())

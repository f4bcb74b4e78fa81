"""Right calls that TensorFlow's own functions do not take, said by calls that they take.

tf.nn.conv1d, conv3d and their transposes pad by words only; the transposed conv2d takes pairs where its Eigen kernel
does (channels last, no dilation, no groups); depthwise_conv2d strides along both axes alike, and multiplies the strides
by the dilations where it has both. Zeros are then put around the value, more of the result is asked for and cropped, or
a depthwise filter becomes one of as many groups as channels. Eigen's conv3d takes a negative total of SAME's pads for a
pad, and is asked for VALID.

Knows: which arguments TensorFlow's functions take. Must not know: tensorflow. A trial is never asked this way: its
author's call goes to TensorFlow as it stands.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.notation import depthwise_as_grouped
from conformance.adapters.plan import Crop, Pad, Plan, Step, Unsupported
from conformance.adapters.tensorflow.words import FUNCTIONS
from conformance.operators.convolution.call import Convolution, RightConvolution, WrongConvolution
from conformance.operators.convolution.calls import right_call
from reference.geometry import TransposedConvolution

Shape = tuple[int, ...]


def composed_plan(call: Convolution, plan: Callable[[Convolution], Plan | Unsupported]) -> Plan | Unsupported:
    """The plan of a right call, from an adapter's plan of calls as they stand."""
    if isinstance(call, WrongConvolution):
        return plan(call)
    found = taken(call)
    if not found.notes:
        return plan(call)
    inner = plan(replace(found.call, direction="forward"))
    if isinstance(inner, Unsupported):
        return inner
    forward = Plan((*found.before, *inner.steps, *found.after), found.notes)
    if call.direction == "forward":
        return forward
    return gradient_plan(forward, call.gradient, call.operands, found.call.output_shape)


@dataclass(frozen=True, slots=True)
class Taken:
    """A call that TensorFlow's function takes, and the steps around it."""

    before: tuple[Step, ...]
    call: RightConvolution
    after: tuple[Step, ...]
    notes: tuple[str, ...]
    """why there are steps; none where the call is taken as it is"""


def taken(call: RightConvolution) -> Taken:
    """How a right call is said by one that TensorFlow takes, its gradient by that one's."""
    geometry = call.geometry
    before, after, notes = list[Step](), list[Step](), list[str]()
    core = call
    strides, dilated = {axis.stride for axis in geometry.axes}, any(axis.dilation > 1 for axis in geometry.axes)
    if call.definition.depthwise and (len(strides) > 1 or (strides != {1} and dilated)):
        (reshape,) = depthwise_as_grouped(call)
        core = replace(core, operator="conv2d", filter_shape=reshape.shape, groups=call.filter_shape[-2])
        before.append(reshape)
        notes.append("tf.nn.depthwise_conv2d has no such strides; conv2d has, with groups")
    why = _refused_pads(core, geometry)
    if why and core.definition.transposed:
        core, crop = _cropped(core, geometry)
        after.append(crop)
        notes.append(f"{why}; more of the result is asked for and cropped: composed")
    elif why:
        ends = [(axis.crop_before, max(axis.crop_after, 0)) for axis in geometry.axes]
        pad = Pad("value", ((0, 0), *ends, (0, 0)) if core.last else ((0, 0), (0, 0), *ends))
        sides = zip(core.value_shape, pad.width, strict=True)
        core = _valid(core, tuple(first + length + last for length, (first, last) in sides), core.output_shape)
        needed = any(number for pair in pad.width for number in pair)
        before += [pad] if needed else []
        notes.append(f"{why}; zeros are put around the value: composed" if needed else f"{why}; VALID is the same here")
    return Taken(tuple(before), core, tuple(after), tuple(notes))


def _refused_pads(call: RightConvolution, geometry: TransposedConvolution) -> str:
    """Why the call is not left to pad for itself; empty where it is."""
    name = f"tf.nn.{call.operator}"
    if isinstance(call.padding, str):
        spare = any(axis.full < axis.output for axis in geometry.axes)
        convolves = call.operator == "conv3d" or (call.operator, call.gradient) == ("conv3d_transpose", "value")
        if convolves and call.padding == "SAME" and spare:
            return f"{name} reads the wrong elements for SAME where a stride leaves more than the kernel takes"
        return ""
    plain = call.last and geometry.groups == 1 and all(axis.dilation == 1 for axis in geometry.axes)
    takes = FUNCTIONS[call.operator].pads and (plain or not call.definition.transposed)
    return "" if takes else f"{name} takes no such pads"


def _cropped(call: RightConvolution, geometry: TransposedConvolution) -> tuple[RightConvolution, Crop]:
    """VALID, as long as the full result or as far as the wanted one reaches, and the crop to that."""
    lengths = [max(axis.full, axis.crop_before + axis.output) for axis in geometry.axes]
    crops = [axis.crop_before for axis in geometry.axes]
    batch, channels = geometry.batch, geometry.channels_out
    shape = (batch, *lengths, channels) if call.last else (batch, channels, *lengths)
    start = (0, *crops, 0) if call.last else (0, 0, *crops)
    return _valid(call, call.value_shape, shape), Crop("result", start, call.output_shape)


def _valid(call: RightConvolution, value_shape: Shape, output_shape: Shape) -> RightConvolution:
    shapes = (value_shape, call.filter_shape, output_shape if call.definition.transposed else ())
    return right_call(
        call.operator,
        shapes,
        strides=call.strides,
        padding="VALID",
        data_format=call.data_format,
        dilations=call.dilations,
        dtype=call.dtype,
        groups=call.groups,
        bias=call.bias,
        direction=call.direction,
    )

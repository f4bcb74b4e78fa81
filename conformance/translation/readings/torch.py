"""PyTorch's `conv_transpose2d`: channels first, weights [in, out, height, width], the same crop on both sides.

Knows: its documented signature and formula: output = s(i-1) - 2 padding + d(k-1) + 1 + output_padding, with
0 <= output_padding < max(s, d). Must not know: torch itself.
"""

from conformance.adapters.notation import FILTER_TO_IN_OUT, TO_CHANNELS_FIRST, TO_CHANNELS_LAST
from conformance.adapters.plan import Plan, Transpose
from conformance.translation.folk import remark_on_torch
from conformance.translation.meaning import SPATIAL, Reading, Unsayable, mean
from conformance.translation.readings.numbers import four_axes, per_axis
from conformance.translation.signature import REQUIRED, Arguments, Signature
from reference.geometry import Axis, TransposedConvolution

SIGNATURES = (
    Signature(
        "torch.nn.functional.conv_transpose2d",
        ("F.conv_transpose2d", "nn.functional.conv_transpose2d", "torch.conv_transpose2d"),
        (
            ("input", REQUIRED),
            ("weight", REQUIRED),
            ("bias", None),
            ("stride", 1),
            ("padding", 0),
            ("output_padding", 0),
            ("groups", 1),
            ("dilation", 1),
        ),
    ),
)

FILTER_LAYOUT = ("in", "out", *SPATIAL)
FILTER_FROM_IN_OUT = (2, 3, 1, 0)
"""[in, out, height, width] -> [height, width, out, in]"""
assert tuple(FILTER_TO_IN_OUT[axis] for axis in FILTER_FROM_IN_OUT) == (0, 1, 2, 3)


def read(arguments: Arguments, dtype: str) -> Reading:
    """What the call means; raises CallError for one that PyTorch refuses."""
    arguments.check_none("bias", "tf.nn.conv2d_transpose adds none; leave it out, and add it to the result")
    arguments.check_none("groups", "this operator has one group")
    (batch, channels, *lengths), (channels_in, channels_out, *kernels) = four_axes(arguments)
    if channels != channels_in:
        message = f"weight is [in, out, height, width] with {channels_in} in; the input has {channels} channels"
        raise arguments.wrong("weight", message)
    if min(channels, channels_out, *lengths, *kernels) < 1:
        raise arguments.wrong("input", "PyTorch takes no length 0 but the batch's")
    geometry = TransposedConvolution(batch, channels, channels_out, _axes(arguments, lengths, kernels))
    try:
        meaning = mean(
            geometry,
            dtype,
            (Transpose("value", TO_CHANNELS_LAST),),
            (Transpose("filter", FILTER_FROM_IN_OUT),),
            (Transpose("result", TO_CHANNELS_FIRST),),
        )
    except Unsayable as error:
        raise arguments.wrong(None, str(error)) from error
    remark = remark_on_torch(geometry.axes)
    plan = Plan((arguments.invoke(),))
    return Reading(arguments.call.text, "torch", plan, FILTER_LAYOUT, meaning, (remark,) if remark else ())


def _axes(arguments: Arguments, lengths: list[int], kernels: list[int]) -> tuple[Axis, ...]:
    strides = per_axis(arguments, "stride", least=1, from_one=True)
    paddings = per_axis(arguments, "padding", least=0, from_one=True)
    output_paddings = per_axis(arguments, "output_padding", least=0, from_one=True)
    dilations = per_axis(arguments, "dilation", least=1, from_one=True)
    axes = []
    for number, name in enumerate(SPATIAL):
        stride, dilation, padding = strides[number], dilations[number], paddings[number]
        output_padding = output_paddings[number]
        if output_padding >= max(stride, dilation):
            message = f"output_padding is {output_padding} on {name}; it must be less than max(stride, dilation)"
            raise arguments.wrong("output_padding", f"{message} = {max(stride, dilation)}")
        full = Axis(lengths[number], kernels[number], stride, dilation, 0, 0).full
        output = full - 2 * padding + output_padding
        if output < 1:
            raise arguments.wrong("padding", f"padding is {padding} on {name}; {output} elements would be left")
        axes.append(Axis(lengths[number], kernels[number], stride, dilation, padding, output))
    return tuple(axes)

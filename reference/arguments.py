"""From a call in TensorFlow's words to its geometry, or to the error that names what is wrong with it.

Knows: TensorFlow's rules of legality. Must not know: arrays (shapes are enough), other frameworks, how one argument may
be spelled (`reference.spelling`).
Next stage: `reference.maps` computes with the geometry, and planners translate it for other frameworks.
"""

from collections.abc import Mapping, Sequence

from reference.errors import (
    DtypeError,
    Faults,
    FilterChannelsError,
    GroupsError,
    OutputShapeError,
    RankError,
    SizeError,
)
from reference.family import OPERATORS, Operator
from reference.geometry import TransposedConvolution, convolved_length, legal_output_lengths, transposed_axis
from reference.spelling import (
    Padding,
    PerAxis,
    channels_last,
    check_sizes,
    shown,
    sliding,
    spatial_pairs,
    split_shape,
    whole_numbers,
)

__all__ = [
    "Padding",
    "PerAxis",
    "channels_last",
    "check_bias",
    "check_cotangent",
    "check_dtypes",
    "conv2d_transpose_geometry",
    "convolution_geometry",
    "spatial_pairs",
    "transposed_geometry",
]


def conv2d_transpose_geometry(
    value_shape: Sequence[int],
    filter_shape: Sequence[int],
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    dilations: PerAxis | None = None,
) -> TransposedConvolution:
    """The geometry of `tf.nn.conv2d_transpose`, whatever the data_format; as `transposed_geometry`, without groups."""
    operator = OPERATORS["conv2d_transpose"]
    return transposed_geometry(
        operator, value_shape, filter_shape, output_shape, strides, padding, data_format, dilations
    )


def transposed_geometry(
    operator: Operator,
    value_shape: Sequence[int],
    filter_shape: Sequence[int],
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    groups: int = 1,
) -> TransposedConvolution:
    """The geometry of `tf.nn.conv1d_transpose`, `conv2d_transpose` or `conv3d_transpose`.

    value_shape: [batch, *spatial, in], or [batch, in, *spatial] where data_format has the channels first
    filter_shape: [*kernel, out / groups, in], for both data formats
    output_shape: as many integers as value_shape, in its order
    strides, dilations: an int, one int or one per spatial axis, or all axes in the order of data_format
    padding: SAME, VALID, or one pair [before, after] per axis in the order of data_format
    groups: TensorFlow infers them, from output_shape's channels; here they are said

    Raises the subclass of ArgumentError whose `reason` names the first thing that is wrong.
    """
    last = channels_last(data_format, operator.rank)
    layout = _layout(operator, last, "in")
    value = whole_numbers("value", value_shape, layout)
    filter = whole_numbers("filter", filter_shape, operator.filter_layout)
    output_batch, outputs, output_channels = split_shape(
        whole_numbers("output_shape", output_shape, layout.replace("in", "out")), last
    )
    check_sizes(value, filter, last)
    batch, lengths, channels = split_shape(value, last)
    *kernels, channels_out, filter_in = filter
    if filter_in != channels:
        raise FilterChannelsError(_swapped_channels(filter, operator.filter_layout, channels))
    _check_groups(groups, channels, "in")
    faults = Faults()
    stride_of, dilation_of, rules = sliding(faults, strides, padding, data_format, dilations, operator.rank)
    faults.check()
    if output_batch != batch:
        raise OutputShapeError(f"output_shape has batch {output_batch}; the value's batch is {batch}", "batch")
    if output_channels != channels_out * groups:
        raise OutputShapeError(
            f"output_shape has {output_channels} channels; the filter {shown(filter_shape)} "
            f"[{operator.filter_layout}] gives {channels_out * groups}",
            "channels",
        )
    axes = []
    for name, length, kernel, stride, dilation, rule, output in zip(
        operator.spatial_names, lengths, kernels, stride_of, dilation_of, rules, outputs, strict=True
    ):
        legal = legal_output_lengths(length, kernel, stride, dilation, rule)
        if output not in legal:
            span = f"{legal[0]} to {legal[-1]}" if len(legal) > 1 else str(legal[0]) if legal else ""
            wanted = f"it must be {span}" if legal else "there is no right one"
            raise OutputShapeError(
                f"output_shape has {name} {output}; for input {length}, kernel {kernel}, stride {stride}, dilation "
                f"{dilation}, padding {rule if isinstance(rule, str) else list(rule)} {wanted}",
                "length",
            )
        axes.append(transposed_axis(length, kernel, stride, dilation, rule, output))
    return TransposedConvolution(batch, channels, output_channels, tuple(axes), groups)


def convolution_geometry(
    operator: Operator,
    value_shape: Sequence[int],
    filter_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    groups: int = 1,
) -> TransposedConvolution:
    """The geometry of the adjoint of `tf.nn.conv1d`, `conv2d`, `conv3d` or `depthwise_conv2d`.

    value_shape: [batch, *spatial, in], or [batch, in, *spatial] where data_format has the channels first
    filter_shape: [*kernel, in / groups, out], depthwise [*kernel, in, multiplier]
    strides, padding, data_format, dilations: as `transposed_geometry`
    groups: TensorFlow infers them, from the value's channels; here they are said, but for a depthwise convolution

    Its `output` is the value, its `input` the result. Raises as `transposed_geometry`.
    """
    last = channels_last(data_format, operator.rank)
    value = whole_numbers("value", value_shape, _layout(operator, last, "in"))
    filter = whole_numbers("filter", filter_shape, operator.filter_layout)
    check_sizes(value, filter, last)
    batch, lengths, channels = split_shape(value, last)
    *kernels, filter_in, filter_out = filter
    if filter_out < 1:
        raise SizeError(f"filter is {shown(filter)}; kernel lengths and channels are at least 1")
    if operator.depthwise and groups != 1:
        raise GroupsError(f"groups is {groups}; leave it out: a depthwise convolution splits into channels")
    groups = channels if operator.depthwise else groups
    channels_out = channels * filter_out if operator.depthwise else filter_out
    _check_groups(groups, channels, "in")
    if filter_in != (channels if operator.depthwise else channels // groups):
        raise FilterChannelsError(_other_channels(operator, filter, channels, groups))
    _check_groups(groups, channels_out, "out")
    faults = Faults()
    stride_of, dilation_of, rules = sliding(faults, strides, padding, data_format, dilations, operator.rank)
    faults.check()
    axes = []
    for name, length, kernel, stride, dilation, rule in zip(
        operator.spatial_names, lengths, kernels, stride_of, dilation_of, rules, strict=True
    ):
        result = convolved_length(length, kernel, stride, dilation, rule)
        if result < 0:
            raise SizeError(
                f"the result would have {name} {result}: value {length}, kernel {kernel}, stride {stride}, dilation "
                f"{dilation}, padding {rule if isinstance(rule, str) else list(rule)}"
            )
        axes.append(transposed_axis(result, kernel, stride, dilation, rule, length))
    return TransposedConvolution(batch, channels_out, channels, tuple(axes), groups)


def check_bias(bias_shape: Sequence[int], channels: int) -> None:
    """Raise RankError or SizeError unless a bias has one axis with one number for each of the result's channels."""
    if len(bias_shape) != 1:
        raise RankError(f"bias has shape {shown(bias_shape)}; it must be one axis: [{channels}], the result's channels")
    if bias_shape[0] != channels:
        raise SizeError(f"bias has {bias_shape[0]} numbers; the result has {channels} channels")


def check_cotangent(cotangent_shape: Sequence[int], result_shape: Sequence[int]) -> None:
    """Raise RankError or SizeError unless a cotangent has the result's shape."""
    if list(cotangent_shape) != list(result_shape):
        message = f"the cotangent has shape {shown(cotangent_shape)}; the result has {shown(result_shape)}"
        raise (RankError if len(cotangent_shape) != len(result_shape) else SizeError)(message)


def check_dtypes(dtypes: Mapping[str, str], *, defined: bool = True) -> None:
    """Raise DtypeError unless all operands, by name, have one dtype, and the operators are defined for it."""
    if not defined or len(set(dtypes.values())) > 1:
        given = " and ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        raise DtypeError(f"{given}; all must have one floating-point, complex or integer dtype")


def _layout(operator: Operator, last: bool, channels: str) -> str:
    spatial = operator.spatial_names
    return ", ".join(("batch", *spatial, channels) if last else ("batch", channels, *spatial))


def _check_groups(groups: int, channels: int, which: str) -> None:
    if groups < 1 or channels % groups:
        raise GroupsError(f"groups is {groups}; it must be a divisor of the {channels} channels {which}")


def _swapped_channels(filter: Sequence[int], layout: str, channels: int) -> str:
    *kernels, out, last = filter
    message = (
        f"filter is {shown(filter)}, layout [{layout}]: its last axis is {last}, and the value has {channels} channels"
    )
    if out == channels:
        message += f"; the two channel axes are swapped: {shown([*kernels, last, out])} would be right"
    return message


def _other_channels(operator: Operator, filter: Sequence[int], channels: int, groups: int) -> str:
    wanted = channels if operator.depthwise else channels // groups
    of_groups = f" in {groups} groups" if groups > 1 and not operator.depthwise else ""
    return (
        f"filter is {shown(filter)}, layout [{operator.filter_layout}]: its axis `in` is {filter[-2]}; the value's "
        f"{channels} channels{of_groups} need {wanted}"
    )

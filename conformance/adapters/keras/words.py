"""Keras's words: what its operations and layers take, and the axis that their numbers mean.

Knows: the parameters of `keras.ops` and `keras.layers`; the integers of an axis of a transposed convolution. Must not
know: keras.
"""

from collections.abc import Mapping

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import REQUIRED, Function, Takes
from conformance.adapters.notation import LaidOut
from reference.family import OPERATORS, Operator
from reference.geometry import Axis, transposed_axis

_LAYOUT = Takes("data_format", None, "data_format")
"""left out, what keras.json says: planners write it always"""


_ANY = (0, 1, 2, 3)


def _operation(name: str, operator: str, *output_padding: Takes) -> Function:
    """Their operands' shapes say the number of axes, and how many groups there are."""
    operands = (Takes("inputs", REQUIRED, "value"), Takes("kernel", REQUIRED, "filter"))
    numbers = (Takes("strides", 1, "strides", _ANY), Takes("padding", "valid", "padding"))
    rest = (_LAYOUT, Takes("dilation_rate", 1, "dilations", _ANY))
    return Function(f"keras.ops.{name}", operator, (*operands, *numbers, *output_padding, *rest), pads=False)


CONV = _operation("conv", "conv{}d")
DEPTHWISE_CONV = _operation("depthwise_conv", "depthwise_conv{}d")
CONV_TRANSPOSE = _operation(
    "conv_transpose", "conv{}d_transpose", Takes("output_padding", None, "output_padding", _ANY)
)


def operation(operator: Operator) -> Function:
    """The one that says the operator."""
    return DEPTHWISE_CONV if operator.depthwise else CONV_TRANSPOSE if operator.transposed else CONV


def keras_layout(call: LaidOut) -> str:
    """The data_format; one that does not exist is as wrong in Keras."""
    formats = dict(zip(call.definition.data_formats, ("channels_last", "channels_first"), strict=True))
    return "channels_last" if call.data_format is None else formats.get(call.data_format, call.data_format)


def _layer(operator: Operator) -> Function:
    counts = (0, operator.rank)
    channels = () if operator.depthwise else (Takes("filters", REQUIRED, "channels_out"),)
    after_padding: tuple[Takes, ...] = ()
    if operator.depthwise:
        after_padding = (Takes("depth_multiplier", 1, "multiplier"),)
    elif operator.transposed:
        after_padding = (Takes("output_padding", None, "output_padding", counts),)
    data_format: tuple[Takes, ...] = (_LAYOUT,)
    if operator.name == "conv3d_transpose":  # the one layer that has the two the other way round
        after_padding, data_format = data_format, after_padding
    groups = () if operator.depthwise or operator.transposed else (Takes("groups", 1, "groups"),)
    kernel, name = ("depthwise", "DepthwiseConv") if operator.depthwise else ("kernel", "Conv")
    # How weights begin and are trained, which a call with given weights does not show.
    weights = (
        f"{kernel}_initializer", "bias_initializer", f"{kernel}_regularizer", "bias_regularizer",
        "activity_regularizer", f"{kernel}_constraint", "bias_constraint",
    )  # fmt: skip
    return Function(
        f"keras.layers.{name}{operator.rank}D{'Transpose' * operator.transposed}",
        operator.name,
        (
            *channels,
            Takes("kernel_size", REQUIRED, "kernel", counts),
            Takes("strides", 1, "strides", counts),
            Takes("padding", "valid", "padding"),
            *after_padding,
            *data_format,
            Takes("dilation_rate", 1, "dilations", counts),
            *groups,
            Takes("activation", None, "only_default"),
            Takes("use_bias", True, "has_bias"),
            *(Takes(each, None, "nothing") for each in weights),
            Takes("name", None, "nothing"),
            Takes("trainable", True, "nothing"),
            Takes("dtype", None, "only_default"),
        ),
        pads=False,
    )


LAYERS: Mapping[str, Function] = {operator.name: _layer(operator) for operator in OPERATORS.values()}
"""`keras.layers`, by operator"""


def keras_length(numbers: Numbers, output_padding: int | None, *, same: bool) -> int:
    """The length of a transposed convolution's result, under `same` or `valid`.

    Source: `_get_output_shape_given_tf_padding` of `keras/src/backend/common/backend_utils.py`. Raises NoAxis for an
    output_padding that Keras's layers refuse.
    """
    length, kernel, stride, dilation = numbers
    extent = dilation * (kernel - 1) + 1
    if output_padding is None:
        return length * stride if same else (length - 1) * stride + max(extent, stride)
    if output_padding >= stride:
        raise NoAxis("output_padding", f"output_padding is {output_padding}; it must be less than the stride, {stride}")
    return (length - 1) * stride + (extent % 2 if same else extent) + output_padding


def keras_transposed_axis(numbers: Numbers, output_padding: int | None, *, same: bool) -> Axis:
    """The axis that `same` or `valid` mean with an output_padding: TensorFlow's, of the length that Keras asks for.

    Raises NoAxis as `keras_length`.
    """
    length = keras_length(numbers, output_padding, same=same)
    return transposed_axis(*numbers, "SAME" if same else "VALID", length)


def output_padding(axis: Axis, *, same: bool) -> int:
    """What makes the axis' length, with `same` or `valid`; where it is none for Keras, it is negative or no less than
    the stride.
    """
    return axis.output - axis.stride * (axis.input - 1) - (axis.extent % 2 if same else axis.extent)

"""The layers of Keras: the arguments of `keras.layers.Conv*`, under their names.

Knows: parameters. Must not know: keras. Keras speaks through TensorFlow's adapter here, and its words mean what
TensorFlow's do (`conformance.operators.convolution.readings.keras`).
"""

from collections.abc import Mapping

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import REQUIRED, Function, Takes
from reference.family import OPERATORS, Operator


def _layer(operator: Operator) -> Function:
    counts = (0, operator.rank)
    channels = () if operator.depthwise else (Takes("filters", REQUIRED, "channels_out"),)
    after_padding: tuple[Takes, ...] = ()
    if operator.depthwise:
        after_padding = (Takes("depth_multiplier", 1, "multiplier"),)
    elif operator.transposed:
        after_padding = (Takes("output_padding", None, "output_padding", counts),)
    data_format: tuple[Takes, ...] = (Takes("data_format", None, "data_format"),)
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
    """The length that Keras' transposed layers ask TensorFlow for, under SAME or VALID.

    Source: `_get_output_shape_given_tf_padding` of `keras/src/backend/common/backend_utils.py`. Raises NoAxis for an
    output_padding that Keras refuses.
    """
    length, kernel, stride, dilation = numbers
    extent = dilation * (kernel - 1) + 1
    if output_padding is None:
        return length * stride if same else (length - 1) * stride + max(extent, stride)
    if output_padding >= stride:
        raise NoAxis("output_padding", f"output_padding is {output_padding}; it must be less than the stride, {stride}")
    return (length - 1) * stride + (extent % 2 if same else extent) + output_padding

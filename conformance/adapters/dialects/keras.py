"""The layers of Keras: what `keras.layers.Conv*` are told, under which names.

Knows: parameters. Must not know: keras. Keras speaks through TensorFlow's adapter here, and its words mean what
TensorFlow's do (`conformance.translation.readings.keras`).
"""

from collections.abc import Mapping

from conformance.adapters.dialects.function import REQUIRED, Function, Parameter
from reference.family import OPERATORS, Operator


def _layer(operator: Operator) -> Function:
    counts = (0, operator.rank)
    channels = () if operator.depthwise else (Parameter("filters", REQUIRED, "channels_out"),)
    after_padding: tuple[Parameter, ...] = ()
    if operator.depthwise:
        after_padding = (Parameter("depth_multiplier", 1, "multiplier"),)
    elif operator.transposed:
        after_padding = (Parameter("output_padding", None, "output_padding", counts),)
    data_format: tuple[Parameter, ...] = (Parameter("data_format", None, "data_format"),)
    if operator.name == "conv3d_transpose":  # the one layer that has the two the other way round
        after_padding, data_format = data_format, after_padding
    groups = () if operator.depthwise or operator.transposed else (Parameter("groups", 1, "groups"),)
    return Function(
        f"keras.layers.{_layer_name(operator)}",
        operator.name,
        (
            *channels,
            Parameter("kernel_size", REQUIRED, "kernel", counts),
            Parameter("strides", 1, "strides", counts),
            Parameter("padding", "valid", "padding"),
            *after_padding,
            *data_format,
            Parameter("dilation_rate", 1, "dilations", counts),
            *groups,
            Parameter("activation", None, "only_default"),
            Parameter("use_bias", True, "has_bias"),
            *_weights("depthwise" if operator.depthwise else "kernel"),
            Parameter("name", None, "nothing"),
            Parameter("trainable", True, "nothing"),
            Parameter("dtype", None, "only_default"),
        ),
        pads=False,
    )


def _layer_name(operator: Operator) -> str:
    if operator.depthwise:
        return f"DepthwiseConv{operator.rank}D"
    return f"Conv{operator.rank}D{'Transpose' if operator.transposed else ''}"


def _weights(kernel: str) -> tuple[Parameter, ...]:
    """How weights begin and are trained, which a call with given weights does not show."""
    names = (
        f"{kernel}_initializer", "bias_initializer", f"{kernel}_regularizer", "bias_regularizer",
        "activity_regularizer", f"{kernel}_constraint", "bias_constraint",
    )  # fmt: skip
    return tuple(Parameter(name, None, "nothing") for name in names)


LAYERS: Mapping[str, Function] = {operator.name: _layer(operator) for operator in OPERATORS.values()}
"""`keras.layers`, by operator"""

"""TensorFlow's words: what its functions take. What they mean is the definition's own (`reference.arguments`).

Knows: the parameters of `tf.nn.conv*`. Must not know: tensorflow.
"""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Takes
from reference.family import OPERATORS, Operator

_NAME = Takes("name", None, "nothing")


def _function(operator: Operator) -> Function:
    """tf.nn.conv3d takes strides and dilations of all five axes, depthwise_conv2d strides of four, dilations of two."""
    default, _ = operator.data_formats
    all_axes = (operator.rank + 2,) if operator.name in ("conv3d", "depthwise_conv2d") else ()
    dilated = (operator.rank,) if operator.depthwise else all_axes
    shape = (Takes("output_shape", REQUIRED, "output_shape"),) if operator.transposed else ()
    return Function(
        f"tf.nn.{operator.name}",
        operator.name,
        (
            Takes("input", REQUIRED, "value"),
            Takes("filter" if operator.depthwise else "filters", REQUIRED, "filter"),
            *shape,
            Takes("stride" if operator.name == "conv1d" else "strides", REQUIRED, "strides", all_axes),
            Takes("padding", "SAME" if operator.transposed else REQUIRED, "padding"),
            Takes("data_format", None if operator.depthwise else default, "data_format"),
            Takes("dilations", None, "dilations", dilated),
            _NAME,
        ),
        pads=operator.rank == 2,
    )


FUNCTIONS: Mapping[str, Function] = {operator.name: _function(operator) for operator in OPERATORS.values()}
"""`tf.nn`, by operator"""
TUTORIAL = Function(
    "tf.compat.v1.nn.conv2d_transpose",
    "conv2d_transpose",
    (
        Takes("value", REQUIRED, "value"),
        Takes("filter", REQUIRED, "filter"),
        *(each for each in FUNCTIONS["conv2d_transpose"].parameters[2:] if each.says not in ("dilations", "nothing")),
        _NAME,
        FUNCTIONS["conv2d_transpose"].saying("dilations"),
    ),
)
"""the spelling of TensorFlow 1"""

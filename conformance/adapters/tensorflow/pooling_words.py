"""TensorFlow's words for poolings: what its functions take.

Knows: the parameters of `tf.nn.max_pool*`, `tf.nn.avg_pool*` and `tf.nn.pool`. Must not know: tensorflow.
What SAME and VALID mean is the definition's own (`reference.pooling.geometry`).
"""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Takes
from reference.family import DATA_FORMATS

PAIRS = ("max_pool1d", "max_pool2d")
"""operators whose padding takes pairs beside words"""
_VALUE = Takes("input", REQUIRED, "value")
_NAME = Takes("name", None, "nothing")


def _function(name: str, operator: str, data_format: str | None, pads: bool) -> Function:
    numbers = (Takes("ksize", REQUIRED, "kernel"), Takes("strides", REQUIRED, "strides"))
    padding = (Takes("padding", REQUIRED, "padding"), Takes("data_format", data_format, "data_format"))
    return Function(f"tf.nn.{name}", operator, (_VALUE, *numbers, *padding, _NAME), pads)


FUNCTIONS: Mapping[str, Function] = {
    operator: _function(operator, operator, DATA_FORMATS[rank][0], operator in PAIRS)
    for rank in (1, 2, 3)
    for operator in (f"max_pool{rank}d", f"avg_pool{rank}d")
}
"""`tf.nn`, by operator"""
OF_ANY_RANK = (_function("max_pool", "", None, pads=True), _function("avg_pool", "", None, pads=False))
"""whose value says how many axes there are"""
ARGMAX = Function(
    "tf.nn.max_pool_with_argmax",
    "max_pool_with_argmax",
    (
        _VALUE,
        Takes("ksize", REQUIRED, "kernel"),
        Takes("strides", REQUIRED, "strides"),
        Takes("padding", REQUIRED, "padding"),
        Takes("data_format", "NHWC", "data_format"),
        Takes("output_dtype", None, "nothing"),
        Takes("include_batch_in_index", False, "include_batch_in_index"),
        _NAME,
    ),
    pads=False,
)
POOL = Function(
    "tf.nn.pool",
    "",
    (
        _VALUE,
        Takes("window_shape", REQUIRED, "kernel"),
        Takes("pooling_type", REQUIRED, "reduction"),
        Takes("strides", None, "strides"),
        Takes("padding", "VALID", "padding"),
        Takes("data_format", None, "data_format"),
        Takes("dilations", None, "dilations"),
        _NAME,
    ),
    pads=True,
)
"""the one with dilations, beside strides of 1 alone"""

"""Keras' layer `UpSampling2D`: lengths times whole numbers.

Knows: its parameters. Must not know: keras itself. The lane is asked for `tf.image.resize`, which the layer calls where
it interpolates; `nearest` repeats each element, which is the same.
"""

from conformance.adapters.function import Function, Takes
from conformance.adapters.tensorflow.resize import RESIZE
from conformance.operators.resize.readings import tensorflow
from conformance.operators.resize.readings.reading import ResizeReading
from conformance.translation.arguments import CallArguments

UPSAMPLING = Function(
    "keras.layers.UpSampling2D",
    "resize2d",
    (
        Takes("size", 2, "block_size", (0, 2)),
        Takes("data_format", None, "data_format"),
        Takes("interpolation", "nearest", "method"),
        Takes("name", None, "nothing"),
    ),
)
FUNCTIONS: tuple[Function, ...] = (UPSAMPLING,)


def read(arguments: CallArguments, dtype: str) -> ResizeReading:
    """What the layer computes; raises CallError for one that Keras refuses."""
    value, factors = arguments.shape("value", 4), arguments.numbers("block_size", tensorflow.SPATIAL)
    if arguments.said("data_format") not in (None, "channels_last"):
        raise arguments.unexpected("data_format", "'channels_last': resizes of TensorFlow have their channels last")
    lengths = tuple(length * factor for length, factor in zip(value[1:3], factors, strict=True))
    return tensorflow.read(arguments.as_call(RESIZE, {"value": value}, {"output_size": lengths}), dtype)

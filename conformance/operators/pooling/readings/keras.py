"""The layers of Keras, whose windows are TensorFlow's, with strides as long as the window by default.

Knows: their parameters. Must not know: keras itself. Their own lane is asked for `keras.ops` of the value.
"""

from collections.abc import Mapping

from conformance.adapters.function import Function
from conformance.adapters.keras.pooling_words import LAYERS
from conformance.adapters.plan import Argument, Invoke, Plan
from conformance.operators.pooling.readings.reading import PoolingReading, read_windows
from conformance.translation.arguments import CallArguments
from reference.pooling.family import OPERATORS, averages

FUNCTIONS: tuple[Function, ...] = tuple(LAYERS.values())
PADDINGS: Mapping[str, str] = {"same": "SAME", "valid": "VALID"}
DATA_FORMATS: Mapping[Argument, bool] = {None: True, "channels_last": True, "channels_first": False}
"""whether the channels come last"""
REMARK = "data_format is left out, and taken for channels_last: Keras reads it from keras.json then"


def read(arguments: CallArguments, dtype: str) -> PoolingReading:
    """What the layer computes; raises CallError for one that Keras refuses."""
    operator = arguments.function.operator
    names = OPERATORS[operator].spatial_names
    kernels = arguments.numbers("kernel", names)
    strides = kernels if arguments.said("strides") is None else arguments.numbers("strides", names)
    word, layout = arguments.said("padding"), arguments.said("data_format")
    if not isinstance(word, str) or word.lower() not in PADDINGS:
        raise arguments.unexpected("padding", "'valid' or 'same'")
    if layout not in DATA_FORMATS:
        raise arguments.unexpected("data_format", "'channels_last' or 'channels_first'")
    last = DATA_FORMATS[layout]
    keywords: tuple[tuple[str, Argument], ...] = (
        ("pool_size", kernels),
        ("strides", strides),
        ("padding", word.lower()),
        ("data_format", "channels_last" if last else "channels_first"),
    )
    function = f"keras.ops.{'average' if averages(operator) else 'max'}_pool"
    return read_windows(
        arguments, "keras", operator, last=last, plan=Plan((Invoke(function, (("", "value"),), keywords),)),
        remarks=(REMARK,) if layout is None else (), dtype=dtype, ksize=kernels, strides=strides,
        padding=PADDINGS[word.lower()],
    )  # fmt: skip

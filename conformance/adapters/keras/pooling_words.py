"""Keras's words for poolings: what its operations and layers take.

Knows: the parameters of `keras.ops.max_pool` and its neighbours, and of `keras.layers`. Must not know: keras. What
`same` and `valid` mean is the definition's own (`reference.pooling.geometry`).
"""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Takes
from reference.pooling.family import averages

OPERATORS = tuple(f"{name}_pool{rank}d" for rank in (1, 2, 3) for name in ("max", "avg"))
"""those of windows that both have"""
_VALUE, _LAYOUT = Takes("inputs", REQUIRED, "value"), Takes("data_format", None, "data_format")
_WINDOWS = (
    Takes("pool_size", REQUIRED, "kernel"),
    Takes("strides", None, "strides"),
    Takes("padding", "valid", "padding"),
)
MAX_POOL = Function("keras.ops.max_pool", "", (_VALUE, *_WINDOWS, _LAYOUT), pads=False)
AVERAGE_POOL = Function("keras.ops.average_pool", "", (_VALUE, *_WINDOWS, _LAYOUT), pads=False)
_LENGTHS = Takes("output_size", REQUIRED, "output_size")
ADAPTIVE_MAX_POOL = Function("keras.ops.adaptive_max_pool", "", (_VALUE, _LENGTHS, _LAYOUT))
ADAPTIVE_AVERAGE_POOL = Function("keras.ops.adaptive_average_pool", "", (_VALUE, _LENGTHS, _LAYOUT))


def _layer(operator: str, rank: int) -> Function:
    size = REQUIRED if averages(operator) else 2
    name = f"{'Average' if averages(operator) else 'Max'}Pooling{rank}D"
    counts = (0, rank)
    return Function(
        f"keras.layers.{name}",
        operator,
        (
            Takes("pool_size", size, "kernel", counts),
            Takes("strides", None, "strides", counts),
            Takes("padding", "valid", "padding"),
            _LAYOUT,
            Takes("name", None, "nothing"),
        ),
        pads=False,
    )


LAYERS: Mapping[str, Function] = {operator: _layer(operator, int(operator[-2])) for operator in OPERATORS}
"""`keras.layers`, by operator"""

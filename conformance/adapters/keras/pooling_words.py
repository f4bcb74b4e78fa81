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
_ANY = (0, 1, 2, 3)
_WINDOWS = (
    Takes("pool_size", REQUIRED, "kernel", _ANY),
    Takes("strides", None, "strides", _ANY),
    Takes("padding", "valid", "padding"),
)
MAX_POOL = Function("keras.ops.max_pool", "max_pool{}d", (_VALUE, *_WINDOWS, _LAYOUT), pads=False)
AVERAGE_POOL = Function("keras.ops.average_pool", "avg_pool{}d", (_VALUE, *_WINDOWS, _LAYOUT), pads=False)
_LENGTHS = Takes("output_size", REQUIRED, "output_size", _ANY)
ADAPTIVE_MAX_POOL = Function("keras.ops.adaptive_max_pool", "adaptive_max_pool{}d", (_VALUE, _LENGTHS, _LAYOUT))
ADAPTIVE_AVERAGE_POOL = Function("keras.ops.adaptive_average_pool", "adaptive_avg_pool{}d", (_VALUE, _LENGTHS, _LAYOUT))


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


LAYERS: Mapping[Function, Function] = {
    _layer(operator, int(operator[-2])): AVERAGE_POOL if averages(operator) else MAX_POOL for operator in OPERATORS
}
"""of `keras.layers`, with the operation that each calls"""

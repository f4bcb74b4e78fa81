"""MLX's words: what the functions of `mlx.core` and the layers of `mlx.nn` take. Must not know: mlx."""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Takes
from reference.pooling.family import averages

_OPERANDS = (Takes("input", REQUIRED, "value"), Takes("weight", REQUIRED, "filter"))


def _convolution(rank: int, transposed: bool) -> Function:
    counts = (0,) if rank == 1 else (0, rank)
    scattered = (Takes("output_padding", 0, "output_padding", counts),) if transposed else ()
    parameters = (
        *_OPERANDS,
        Takes("stride", 1, "strides", counts),
        Takes("padding", 0, "padding", counts),
        Takes("dilation", 1, "dilations", counts),
        *scattered,
        Takes("groups", 1, "groups"),
    )
    name = f"mlx.core.conv{'_transpose' * transposed}{rank}d"
    return Function(name, f"conv{rank}d{'_transpose' * transposed}", parameters, pads=False)


CONVOLUTIONS: Mapping[str, Function] = {
    each.operator: each for each in (_convolution(rank, way) for rank in (1, 2, 3) for way in (False, True))
}
"""by operator; a depthwise convolution is said as groups"""
GENERAL = Function(
    "mlx.core.conv_general",
    "",
    (
        *_OPERANDS,
        Takes("stride", 1, "strides"),
        Takes("padding", 0, "padding"),
        Takes("kernel_dilation", 1, "dilations"),
        Takes("input_dilation", 1, "value_dilation"),
        Takes("groups", 1, "groups"),
    ),
)
"""what takes pads that differ on both sides, all before and all after"""
POOLINGS: Mapping[str, Function] = {
    operator: Function(
        f"mlx.nn.{'Avg' if averages(operator) else 'Max'}Pool{operator[-2:]}",
        operator,
        (
            Takes("kernel_size", REQUIRED, "kernel"),
            Takes("stride", None, "strides"),
            Takes("padding", 0, "padding"),
        ),
        pads=False,
    )
    for rank in (1, 2, 3)
    for operator in (f"max_pool{rank}d", f"avg_pool{rank}d")
}
"""layers, by operator"""

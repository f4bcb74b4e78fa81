"""MLX's words: what the functions of `mlx.core` and the layers of `mlx.nn` take. Must not know: mlx."""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Role, Takes
from reference.pooling.family import averages

_ANY = (0, 1, 2, 3)
_STREAM = Takes("stream", None, "nothing")
_OPERANDS = (Takes("input", REQUIRED, "value"), Takes("weight", REQUIRED, "filter"))


_NUMBERS: tuple[tuple[str, int, Role], ...] = (
    ("stride", 1, "strides"),
    ("padding", 0, "padding"),
    ("dilation", 1, "dilations"),
)


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
        _STREAM,
    )
    name = f"mlx.core.conv{'_transpose' * transposed}{rank}d"
    return Function(name, f"conv{rank}d{'_transpose' * transposed}", parameters, pads=False)


CONVOLUTIONS: Mapping[str, Function] = {
    each.operator: each for each in (_convolution(rank, way) for rank in (1, 2, 3) for way in (False, True))
}
"""by operator; a depthwise convolution is said as groups"""
GENERAL = Function(
    "mlx.core.conv_general",
    "conv{}d",
    (
        *_OPERANDS,
        Takes("stride", 1, "strides", _ANY),
        Takes("padding", 0, "padding", _ANY),
        Takes("kernel_dilation", 1, "dilations", _ANY),
        Takes("input_dilation", 1, "value_dilation", _ANY),
        Takes("groups", 1, "groups"),
        Takes("flip", False, "only_default"),
        _STREAM,
    ),
)
"""what takes pads that differ on both sides, all before and all after"""


def _layer(rank: int, transposed: bool) -> Function:
    counts = (0,) if rank == 1 else (0, rank)
    groups = (Takes("groups", 1, "groups"),) if rank < 3 and not transposed else ()
    return Function(
        f"mlx.nn.Conv{'Transpose' * transposed}{rank}d",
        f"conv{rank}d{'_transpose' * transposed}",
        (
            Takes("in_channels", REQUIRED, "channels_in"),
            Takes("out_channels", REQUIRED, "channels_out"),
            Takes("kernel_size", REQUIRED, "kernel", counts),
            *(Takes(name, default, says, counts) for name, default, says in _NUMBERS),
            *((Takes("output_padding", 0, "output_padding", counts),) if transposed else ()),
            *groups,
            Takes("bias", True, "has_bias"),
        ),
        pads=False,
    )


CONVOLUTION_LAYERS: Mapping[Function, Function] = {
    _layer(rank, way): CONVOLUTIONS[f"conv{rank}d{'_transpose' * way}"] for rank in (1, 2, 3) for way in (False, True)
}
"""with the function that each calls"""
POOLINGS: Mapping[str, Function] = {
    operator: Function(
        f"mlx.nn.{'Avg' if averages(operator) else 'Max'}Pool{operator[-2:]}",
        operator,
        (
            Takes("kernel_size", REQUIRED, "kernel", (0, rank)),
            Takes("stride", None, "strides", (0, rank)),
            Takes("padding", 0, "padding", (0, rank)),
        ),
        pads=False,
    )
    for rank in (1, 2, 3)
    for operator in (f"max_pool{rank}d", f"avg_pool{rank}d")
}
"""layers, by operator"""
UPSAMPLE = Function(
    "mlx.nn.Upsample",
    "",
    (
        Takes("scale_factor", REQUIRED, "scales"),
        Takes("mode", "nearest", "method"),
        Takes("align_corners", False, "align_corners"),
        Takes("antialias", False, "antialias"),
    ),
)
PAD = Function(
    "mlx.core.pad",
    "pad",
    (
        Takes("a", REQUIRED, "value"),
        Takes("pad_width", REQUIRED, "paddings"),
        Takes("mode", "constant", "mode"),
        Takes("constant_values", 0, "constant_values"),
        _STREAM,
    ),
)

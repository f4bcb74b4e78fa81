"""PyTorch's words for poolings: what its functions and layers take, and the axis that their numbers mean.

Knows: the parameters of `torch.nn.functional.max_pool*`, `avg_pool*` and of the layers of `torch.nn`; the integers of
an axis. Must not know: torch.
"""

from collections.abc import Mapping

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import REQUIRED, Function, Takes
from reference.pooling.family import averages
from reference.pooling.geometry import WindowAxis, pooling_axis

_INDICES = Takes("return_indices", False, "only_default")
_SECOND = Takes("return_indices", False, "return_indices")
_CEIL = Takes("ceil_mode", False, "ceil_mode")


def _function(name: str, operator: str, rank: int, *, layer: bool) -> Function:
    counts = (0, 1, rank)
    operands = () if layer else (Takes("input", REQUIRED, "value"),)
    window = (
        Takes("kernel_size", REQUIRED, "kernel", counts),
        Takes("stride", None, "strides", counts),
        Takes("padding", 0, "padding", counts),
    )
    rest: tuple[Takes, ...]
    if averages(operator):
        # avg_pool1d alone cannot be told what to divide by.
        override = (Takes("divisor_override", None, "divisor_override"),) if rank > 1 else ()
        rest = (_CEIL, Takes("count_include_pad", True, "count_include_pad"), *override)
    else:
        # Layers and functions have the last two the other way round.
        indices = _SECOND if rank == 2 else _INDICES
        last = (indices, _CEIL) if layer else (_CEIL, indices)
        rest = (Takes("dilation", 1, "dilations", counts), *last)
    return Function(name, operator, (*operands, *window, *rest), pads=False)


FUNCTIONALS: Mapping[str, Function] = {
    operator: _function(f"torch.nn.functional.{operator}", operator, rank, layer=False)
    for rank in (1, 2, 3)
    for operator in (f"max_pool{rank}d", f"avg_pool{rank}d")
}
"""`torch.nn.functional`, by operator"""
LAYERS: Mapping[str, Function] = {
    operator: _function(f"torch.nn.{operator[:3].capitalize()}Pool{operator[-2:]}", operator, rank, layer=True)
    for operator, rank in ((operator, int(operator[-2])) for operator in FUNCTIONALS)
}
"""`torch.nn`, by operator"""

ADAPTIVE: Mapping[str, Function] = {
    operator: Function(
        f"torch.nn.functional.{operator}",
        operator,
        (
            Takes("input", REQUIRED, "value"),
            Takes("output_size", REQUIRED, "output_size", (0, 1, rank)),
            *((_INDICES,) if not averages(operator) else ()),
        ),
    )
    for rank in (1, 2, 3)
    for operator in (f"adaptive_max_pool{rank}d", f"adaptive_avg_pool{rank}d")
}
"""of `torch.nn.functional`, by operator: the windows follow from how many there are"""

NORMS: Mapping[str, Function] = {
    f"lp_pool{rank}d": Function(
        f"torch.nn.functional.lp_pool{rank}d",
        f"lp_pool{rank}d",
        (
            Takes("input", REQUIRED, "value"),
            Takes("norm_type", REQUIRED, "norm_type"),
            Takes("kernel_size", REQUIRED, "kernel", (0, 1, rank)),
            Takes("stride", None, "strides", (0, 1, rank)),
            _CEIL,
        ),
    )
    for rank in (1, 2, 3)
}
"""of `torch.nn.functional`, by operator: the norms of windows, which have no padding"""

UNPOOLED: Mapping[str, Function] = {
    "max_unpool2d": Function(
        "torch.nn.functional.max_unpool2d",
        "max_unpool2d",
        (
            Takes("input", REQUIRED, "value"),
            Takes("indices", REQUIRED, "indices"),
            Takes("kernel_size", REQUIRED, "kernel", (0, 2)),
            Takes("stride", None, "strides", (0, 2)),
            Takes("padding", 0, "padding", (0, 2)),
            Takes("output_size", None, "output_size", (2,)),
        ),
    )
}

ADAPTIVE_LAYERS: Mapping[Function, Function] = {
    Function(
        f"torch.nn.Adaptive{'Avg' if averages(operator) else 'Max'}Pool{operator[-2:]}",
        operator,
        function.parameters[1:],
    ): function
    for operator, function in ADAPTIVE.items()
}
"""of `torch.nn`, with the function that each calls"""

UNPOOLED_LAYERS: Mapping[Function, Function] = {
    Function(
        "torch.nn.MaxUnpool2d", "max_unpool2d", UNPOOLED["max_unpool2d"].parameters[2:5], applied=("value", "indices")
    ): UNPOOLED["max_unpool2d"]
}
"""of `torch.nn`, with the function that it calls; the output_size beside the operands is not read"""

WITHIN = ("avg_pool3d",)
"""operators whose window may not be longer than the value without its pads"""


def torch_pooled_axis(operator: str, numbers: Numbers, padding: int, *, ceil_mode: bool) -> WindowAxis:
    """The axis of torch's poolings: as many pads before as after, at most half of the window without its dilation.

    Source: `pool_shape_check` and `avg_pool3d_shape_check` in ATen/native/Pool.h. Raises NoAxis for what torch refuses.
    """
    length, kernel, stride, dilation = numbers
    if operator in WITHIN and kernel > length:
        raise NoAxis(
            "kernel", f"the window has {kernel} places, and {operator} takes none longer than the value, {length}"
        )
    if not 0 <= padding <= kernel // 2:
        accepted = f"it must be at least 0 and at most {kernel // 2}, half of the window"
        raise NoAxis("padding", f"padding is {padding}; {accepted}")
    axis = pooling_axis(length, kernel, stride, dilation, (padding, padding), ceil_mode=ceil_mode)
    if axis.output < 1:
        there = length + 2 * padding
        raise NoAxis("padding", f"the window has {axis.extent} places, and the value with its pads has {there}")
    return axis

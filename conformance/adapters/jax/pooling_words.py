"""JAX's words for poolings: what `lax.reduce_window` takes, and the axis that its pads mean.

Knows: its parameters; the integers of an axis. Must not know: jax.
"""

from conformance.adapters.axes import Numbers, same_pads
from conformance.adapters.function import REQUIRED, Function, Takes
from reference.pooling.geometry import WindowAxis

REDUCE_WINDOW = Function(
    "jax.lax.reduce_window",
    "",
    (
        Takes("operand", REQUIRED, "value"),
        Takes("init_value", REQUIRED, "initial"),
        Takes("computation", REQUIRED, "reduction"),
        Takes("window_dimensions", REQUIRED, "kernel"),
        Takes("window_strides", None, "strides"),
        Takes("padding", "VALID", "padding"),
        Takes("base_dilation", None, "value_dilation"),
        Takes("window_dilation", None, "dilations"),
    ),
)


def jax_window_axis(numbers: Numbers, padding: str | tuple[int, int]) -> WindowAxis:
    """The axis that a word or pads (before, after) mean; a window longer than all there is leaves a length of 0.

    Source: `jax.lax.padtype_to_pads`, and `reduce_window_shape_tuple` of `jax/_src/lax/windowed_reductions.py`.
    """
    length, kernel, stride, dilation = numbers
    match padding:
        case "SAME" | "SAME_LOWER":
            before, after = same_pads(numbers, lower=padding == "SAME_LOWER")
        case str():
            before = after = 0
        case (first, last):
            before, after = first, last
    room = length + before + after - dilation * (kernel - 1) - 1
    return WindowAxis(length, kernel, stride, dilation, before, after, room // stride + 1 if room >= 0 else 0)

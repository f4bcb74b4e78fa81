"""JAX's calls of index maps: pads of any length in NumPy's modes, patches CHW in any layout.

Knows: what `conformance.adapters.jax.index_map_words` has of its functions' parameters. Must not know: jax.
"""

from typing import Any

from conformance.adapters.function import Role
from conformance.adapters.jax.index_map_words import FUNCTIONS
from conformance.adapters.notation import to_channels_last
from conformance.operators.index_map.readings.reading import BACK, FIRST, IndexMapReading, constant, read_map
from conformance.translation.arguments import CallArguments, integers, pairs
from reference.index_map.family import PAD_MODES

__all__ = ["FUNCTIONS", "read"]
LAYOUTS = {("NHWC", "HWIO", "NHWC"): True, ("NCHW", "OIHW", "NCHW"): False}
"""whether channels are last"""


def read(arguments: CallArguments, dtype: str) -> IndexMapReading:
    """What the call means; raises CallError for one that JAX refuses, or that no other framework says."""
    return _pad(arguments, dtype) if arguments.function.operator == "pad" else _patches(arguments, dtype)


def _pad(arguments: CallArguments, dtype: str) -> IndexMapReading:
    rank, mode = arguments.value_axes, arguments.said("mode")
    shape, widths = arguments.shape("value", rank), pairs(arguments.said("paddings"), rank)
    if widths is None:
        raise arguments.unexpected("paddings", f"{rank} pairs (before, after), one for each axis")
    if any(number < 0 for pair in widths for number in pair):
        raise arguments.wrong("paddings", "jnp.pad takes no negative pads; lax.pad does")
    modes = {ours.lower(): ours for ours in PAD_MODES}
    if mode not in modes:
        raise arguments.unexpected("mode", ", ".join(map(repr, modes)))
    words: dict[str, Any] = {"constant_values": constant(arguments)} if mode == "constant" else {}
    return read_map(arguments, "jax", shape, dtype, paddings=widths, mode=modes[str(mode)], **words)


def _patches(arguments: CallArguments, dtype: str) -> IndexMapReading:
    shape, layout = arguments.shape("value", 4), arguments.said("dimension_numbers")
    named: Any = ("NCHW", "OIHW", "NCHW") if layout is None else layout
    if named not in LAYOUTS:
        raise arguments.unexpected("dimension_numbers", " or ".join(map(str, LAYOUTS)))

    def spatial(role: Role) -> tuple[int, ...]:
        given = arguments.said(role)
        numbers = (1, 1) if role == "dilations" and given is None else integers(given)
        if numbers is None or len(numbers) != 2:
            raise arguments.unexpected(role, "two integers")
        for number in numbers:
            arguments.check_least(role, number)
        return numbers

    padding: Any = arguments.said("padding")
    if padding not in ("SAME", "VALID"):
        found = pairs(padding, 2)
        if found is None or any(number < 0 for pair in found for number in pair):
            raise arguments.unexpected("padding", "'SAME', 'VALID' or two pairs (before, after) that are not negative")
        padding = ((0, 0), *found, (0, 0))
    words: dict[str, Any] = {
        "ksize": spatial("kernel"), "strides": spatial("strides"), "dilations": spatial("dilations"),
        "padding": padding, "patch_order": "CHW",
    }  # fmt: skip
    if LAYOUTS[named]:
        return read_map(arguments, "jax", shape, dtype, **words)
    last = tuple(shape[axis] for axis in to_channels_last(2))
    return read_map(arguments, "jax", last, dtype, value=FIRST, result=BACK, given=shape, **words)

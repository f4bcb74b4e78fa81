"""TensorFlow's calls of index maps: DCR, patches HWC, channels last.

Knows: what `conformance.adapters.tensorflow.index_map_words` has of its functions' parameters. Must not know:
tensorflow.
"""

from typing import Any

from conformance.adapters.function import Role
from conformance.adapters.notation import to_channels_last
from conformance.adapters.tensorflow.index_map import MODES
from conformance.adapters.tensorflow.index_map_words import FUNCTIONS
from conformance.operators.index_map.readings.reading import BACK, FIRST, IndexMapReading, constant, read_map
from conformance.translation.arguments import CallArguments, integers, pairs

__all__ = ["FUNCTIONS", "read"]


def read(arguments: CallArguments, dtype: str) -> IndexMapReading:
    """The call as it stands; raises CallError for one that the definition or TensorFlow refuses."""
    match arguments.function.operator:
        case "pad":
            return _pad(arguments, dtype)
        case "extract_patches":
            return _patches(arguments, dtype)
    shape, block = arguments.shape("value", 4), arguments.number("block_size")
    if block < 2:
        raise arguments.wrong("block_size", f"block_size is {block}; TensorFlow takes 2 and more")
    match arguments.said("data_format"):
        case "NHWC":
            return read_map(arguments, "tensorflow", shape, dtype, block_size=block)
        case "NCHW":
            last = tuple(shape[axis] for axis in to_channels_last(2))
            return read_map(
                arguments, "tensorflow", last, dtype, value=FIRST, result=BACK, given=shape, block_size=block
            )
    raise arguments.unexpected("data_format", "'NHWC' or 'NCHW'")


def _pad(arguments: CallArguments, dtype: str) -> IndexMapReading:
    rank = arguments.value_axes
    shape, widths, mode = (
        arguments.shape("value", rank),
        pairs(arguments.said("paddings"), rank),
        arguments.said("mode"),
    )
    if widths is None:
        raise arguments.unexpected("paddings", f"{rank} pairs (before, after), one for each axis")
    if any(number < 0 for pair in widths for number in pair):
        raise arguments.wrong("paddings", "TensorFlow takes no negative pads")
    if not isinstance(mode, str) or mode.upper() not in MODES:
        raise arguments.unexpected("mode", ", ".join(map(repr, MODES)))
    words: dict[str, Any] = {"constant_values": constant(arguments)} if mode.upper() == "CONSTANT" else {}
    return read_map(arguments, "tensorflow", shape, dtype, paddings=widths, mode=mode.upper(), **words)


def _patches(arguments: CallArguments, dtype: str) -> IndexMapReading:
    def spatial(role: Role) -> tuple[int, ...]:
        numbers = integers(arguments.said(role))
        if numbers is None or len(numbers) != 4 or (numbers[0], numbers[3]) != (1, 1):
            raise arguments.unexpected(role, "[1, height, width, 1]")
        for number in numbers:
            arguments.check_least(role, number)
        return numbers[1:3]

    padding = arguments.said("padding")
    if padding not in ("SAME", "VALID"):
        raise arguments.unexpected("padding", "'SAME' or 'VALID'")
    return read_map(
        arguments, "tensorflow", arguments.shape("value", 4), dtype, ksize=spatial("kernel"),
        strides=spatial("strides"), dilations=spatial("dilations"), padding=padding,
    )  # fmt: skip

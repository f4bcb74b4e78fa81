"""The definition, read aloud: slow, and obviously right. The engine is held to it."""

from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.index_map.geometry import Blocks, Padded, PaddedLength, PadMode, Patches

Array: TypeAlias = NDArray[Any]


def pad_by_definition(value: Array, geometry: Padded, constant: float = 0) -> Array:
    """One axis after the other: what stands before, the value, what stands after."""
    for number, axis in enumerate(geometry.axes):
        lines = np.moveaxis(value, number, -1)
        padded = np.zeros((*lines.shape[:-1], axis.output), value.dtype)
        for place in np.ndindex(lines.shape[:-1]):
            padded[place] = _padded(list(lines[place]), axis, geometry.mode, constant)
        value = np.moveaxis(padded, -1, number)
    return value


def _padded(line: list[Any], axis: PaddedLength, mode: PadMode, constant: float) -> list[Any]:
    before, after, n = axis.pad_before, axis.pad_after, axis.input
    match mode:
        case "CONSTANT":
            long = [constant] * max(before, 0) + line + [constant] * max(after, 0)
            if before < 0 and after < 0:
                return long[-before:after]
            if before < 0:  # more may be cut off than there is: then constants go too
                return long[-before:]
            return long[: len(long) + after] if after < 0 else long
        case "REFLECT":
            return line[1 : before + 1][::-1] + line + line[::-1][1 : after + 1]
        case "SYMMETRIC":
            return line[:before][::-1] + line + line[::-1][:after]
        case "EDGE":
            return line[:1] * before + line + line[-1:] * after
        case "WRAP":
            ahead, behind = line * (before + 1), line * (after + 1)
            return ahead[len(ahead) - before :] + line + behind[:after] if n else line


def depth_to_space_by_definition(value: Array, geometry: Blocks) -> Array:
    """Channel by channel of every pixel to its place in the block."""
    result = np.zeros(geometry.target_shape, value.dtype)
    block, channels = geometry.block, geometry.channels
    for n, y, x in product(range(geometry.batch), *map(range, geometry.size)):
        for row, column, channel in product(range(block), range(block), range(channels)):
            order = (row, column, channel) if geometry.mode == "DCR" else (channel, row, column)
            lengths = (block, block, channels) if geometry.mode == "DCR" else (channels, block, block)
            depth = (order[0] * lengths[1] + order[1]) * lengths[2] + order[2]
            result[n, y * block + row, x * block + column, channel] = value[n, y, x, depth]
    return result


def extract_patches_by_definition(value: Array, geometry: Patches) -> Array:
    """Window by window, its places in their order, zeros for pads."""
    result = np.zeros(geometry.target_shape, value.dtype)
    vertical, horizontal = geometry.axes
    channels = range(geometry.channels)
    for n, y, x in product(range(geometry.batch), range(vertical.output), range(horizontal.output)):
        places = list(product(vertical.places(y), horizontal.places(x)))
        if geometry.order == "HWC":
            read = [(*place, channel) for place in places for channel in channels]
        else:
            read = [(*place, channel) for channel in channels for place in places]
        for depth, (row, column, channel) in enumerate(read):
            if 0 <= row < vertical.input and 0 <= column < horizontal.input:
                result[n, y, x, depth] = value[n, row, column, channel]
    return result

"""ONNX's published node cases of Pad, DepthToSpace and SpaceToDepth as calls of ours.

Knows: ONNX's inputs and attributes. Must not know: mutants.
"""

from typing import Any

from conformance.operators.index_map.calls import right_call
from conformance.scoring.yardstick import PublishedCase, YardstickCase, asked
from conformance.suite.dtypes import FORMATS
from reference.errors import ArgumentError


def read_pad(published: PublishedCase) -> YardstickCase | None:
    """A pad; None for a dtype that we have not."""
    value, pads, constant, axes = (*published.operands, None, None)[:4]
    assert value is not None
    assert pads is not None
    named = range(value.ndim) if axes is None else [int(axis) % value.ndim for axis in axes]
    begin, end = pads[: len(named)], pads[len(named) :]
    widths = [(0, 0)] * value.ndim
    for axis, before, after in zip(named, begin, end, strict=True):
        widths[axis] = (int(before), int(after))
    mode = published.attributes.get("mode", b"constant").decode().upper()
    words: dict[str, Any] = {"paddings": tuple(widths), "mode": mode}
    if mode == "CONSTANT" and constant is not None:
        words["constant_values"] = float(constant)
    return _read(published, "pad", words)


def read_blocks(published: PublishedCase) -> YardstickCase | None:
    """Blocks to depth, or depth to blocks, channels first."""
    attributes = published.attributes
    operator = "depth_to_space" if published.kind == "DepthToSpace" else "space_to_depth"
    mode = attributes.get("mode", b"DCR").decode()
    return _read(published, operator, {"block_size": attributes["blocksize"], "mode": mode, "data_format": "NCHW"})


def _read(published: PublishedCase, operator: str, words: dict[str, Any]) -> YardstickCase | None:
    value = published.operands[0]
    assert value is not None
    if value.dtype.name not in FORMATS:
        return None
    try:
        call = right_call(operator, value.shape, dtype=value.dtype.name, **words)
    except ArgumentError:
        return None
    return asked(published, call, value=value)


READERS = {"Pad": read_pad, "DepthToSpace": read_blocks, "SpaceToDepth": read_blocks}

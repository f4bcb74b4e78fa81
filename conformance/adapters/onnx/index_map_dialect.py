"""What ONNX's documents say of Pad, DepthToSpace and SpaceToDepth. Must not know: onnx, the runtimes.

Source: the operators' documentation of opset 22: modes are as NumPy has them.
"""

from functools import partial

from conformance.adapters.index_map_dialect import (
    BlockWords,
    IndexMapDialect,
    Limit,
    Negative,
    PadWords,
    Shape,
    channels_first,
)
from conformance.adapters.onnx.spelling import Keywords
from conformance.adapters.plan import Invoke, Plan
from reference.index_map.geometry import BlockMode, PadMode

_MODES: dict[str, tuple[PadMode, Limit, Negative | None]] = {
    "constant": ("CONSTANT", "any length", "cut off"),
    "reflect": ("REFLECT", "any length", None),
    "edge": ("EDGE", "any length", None),
    "wrap": ("WRAP", "any length", None),
}
_BLOCKS: tuple[tuple[str, str, BlockMode, Keywords], ...] = (
    ("DepthToSpace, mode DCR (default)", "depth_to_space", "DCR", ()),
    ("DepthToSpace, mode CRD", "depth_to_space", "CRD", (("mode", "CRD"),)),
    ("SpaceToDepth", "space_to_depth", "DCR", ()),
)


def onnx_index_map_dialect() -> IndexMapDialect:
    """Pad in four modes, blocks in both orders one way and DCR the other; no patches."""
    return IndexMapDialect(
        tuple(PadWords(f"mode {word}", *held, partial(_pad, word)) for word, held in _MODES.items()),
        tuple(BlockWords(name, operator, order, (1, 2, 3), partial(_blocks, name, words))
              for name, operator, order, words in _BLOCKS),
    )  # fmt: skip


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    before, after = pads
    return Plan((Invoke("onnx.Pad", (("", "value"),), (("mode", mode), ("pads", (0, before, 0, after)))),))


def _blocks(name: str, words: Keywords, _: Shape, block: int) -> Plan:
    node = name.partition(",")[0]
    return channels_first(Invoke(f"onnx.{node}", (("", "value"),), (("blocksize", block), *words)))

"""What OpenVINO's documents say of the words of Pad, DepthToSpace, SpaceToDepth and ExtractImagePatches.

Source: the specifications of the operations of opset 16. Must not know: openvino.
"""

from functools import partial

from conformance.adapters.index_map_dialect import (
    BlockWords,
    IndexMapDialect,
    Limit,
    Negative,
    PadWords,
    PatchWords,
    Shape,
    channels_first,
)
from conformance.adapters.openvino.dialect import called
from conformance.adapters.openvino.spelling import MODULE, Keywords, pads_of
from conformance.adapters.plan import Argument, Invoke, Plan
from reference.index_map.geometry import BlockMode, PadMode

_MODES: dict[str, tuple[PadMode, Limit, Negative | None]] = {
    "constant": ("CONSTANT", "any length", "cut off"),
    "edge": ("EDGE", "any length", None),
    "reflect": ("REFLECT", "length - 1", None),
    "symmetric": ("SYMMETRIC", "length", None),
}
_BLOCKS: dict[str, BlockMode] = {"blocks_first": "DCR", "depth_first": "CRD"}


def openvino_index_map_dialect() -> IndexMapDialect:
    """Pad in four modes, blocks in both orders, patches HWC under two words."""
    return IndexMapDialect(
        tuple(PadWords(f"mode {word}", *held, partial(_pad, word)) for word, held in _MODES.items()),
        tuple(
            BlockWords(f"{operator}, mode {word}", operator, order, (1, 2, 3), partial(_blocks, operator, word))
            for operator in ("depth_to_space", "space_to_depth")
            for word, order in _BLOCKS.items()
        ),
        (
            PatchWords("extract_image_patches, same_upper", "HWC", "SAME", partial(_patches, "same_upper")),
            PatchWords("extract_image_patches, valid", "HWC", "VALID", partial(_patches, "valid")),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return called(f"{MODULE}.pad", (*pads_of(((0, 0), pads)), ("pad_mode", mode)), "value")


def _blocks(operator: str, word: str, _: Shape, block: int) -> Plan:
    words: Keywords = (("mode", word), ("block_size", block))
    return channels_first(Invoke(f"{MODULE}.{operator}", (("", "value"),), words))


def _patches(word: str, _: Shape, sizes: Argument, strides: Argument, rates: Argument) -> Plan:
    words: Keywords = (("sizes", sizes), ("strides", strides), ("rates", rates), ("auto_pad", word))
    return channels_first(Invoke(f"{MODULE}.extract_image_patches", (("", "value"),), words))

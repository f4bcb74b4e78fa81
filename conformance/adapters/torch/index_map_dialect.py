"""What the suite expects of PyTorch's words for index maps. Must not know: torch."""

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
from conformance.adapters.plan import Invoke, Plan, Reshape
from reference.index_map.geometry import PadMode
from reference.pooling.geometry import pooled_length

_MODULE = "torch.nn.functional"
_MODES: dict[str, tuple[PadMode, Limit, Negative]] = {
    "constant": ("CONSTANT", "any length", "cut off"),
    "reflect": ("REFLECT", "length - 1", "copies of the whole value"),
    "replicate": ("EDGE", "any length", "cut off"),
    "circular": ("WRAP", "length", "copies of what is left"),
}


def torch_index_map_dialect() -> IndexMapDialect:
    """`F.pad` in four modes, blocks CRD, patches CHW under a number for both sides."""
    return IndexMapDialect(
        tuple(PadWords(f"mode {word}", *held, partial(_pad, word)) for word, held in _MODES.items()),
        tuple(
            BlockWords(f"F.{name}", operator, "CRD", (1, 2, 3), partial(_blocks, name, factor))
            for name, operator, factor in (
                ("pixel_shuffle", "depth_to_space", "upscale_factor"),
                ("pixel_unshuffle", "space_to_depth", "downscale_factor"),
            )
        ),
        (
            PatchWords("F.unfold, padding 0", "CHW", "VALID", partial(_unfold, 0)),
            PatchWords("F.unfold, padding 1", "CHW", "1 on both sides", partial(_unfold, 1)),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return Plan((Invoke(f"{_MODULE}.pad", (("", "value"),), (("pad", pads), ("mode", mode))),))


def _blocks(name: str, factor: str, _: Shape, block: int) -> Plan:
    return channels_first(Invoke(f"{_MODULE}.{name}", (("", "value"),), ((factor, block),)))


def _unfold(
    padding: int, shape: Shape, ksize: tuple[int, int], strides: tuple[int, int], dilations: tuple[int, int]
) -> Plan:
    keywords = (("kernel_size", ksize), ("dilation", dilations), ("padding", padding), ("stride", strides))
    grid = (
        pooled_length(length, kernel, stride, dilation, (padding, padding))
        for length, kernel, stride, dilation in zip(shape[1:3], ksize, strides, dilations, strict=True)
    )
    rows = Reshape("result", (shape[0], ksize[0] * ksize[1] * shape[3], *grid))
    return channels_first(Invoke(f"{_MODULE}.unfold", (("", "value"),), keywords), rows)

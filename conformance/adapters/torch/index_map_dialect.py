"""What the suite expects of PyTorch's words for index maps. Must not know: torch."""

from conformance.adapters.index_map_dialect import IndexMapDialect
from conformance.adapters.index_map_vocabulary_dialect import Modes, index_map_dialect
from conformance.adapters.torch.index_map import VOCABULARY

MODES: Modes = {
    "constant": ("CONSTANT", "any length", "cut off"),
    "reflect": ("REFLECT", "length - 1", "copies of the whole value"),
    "replicate": ("EDGE", "any length", "cut off"),
    "circular": ("WRAP", "length", "copies of what is left"),
}


def torch_index_map_dialect() -> IndexMapDialect:
    """`F.pad` in four modes, blocks CRD, patches CHW under a number for both sides."""
    return index_map_dialect(VOCABULARY, MODES)

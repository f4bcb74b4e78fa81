"""tinygrad's words for plans of index maps: `Tensor.pad`. Must not know: tinygrad."""

from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.tinygrad.words import CLASS

VOCABULARY = IndexMapVocabulary(
    module="tinygrad",
    functions=CLASS,
    modes={"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"},
    pads="padding",
    everywhere=True,
    blocks=False,
)

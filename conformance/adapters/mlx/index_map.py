"""MLX's words for plans of index maps: `mlx.core.pad`. Must not know: mlx."""

from conformance.adapters.index_map_vocabulary import IndexMapVocabulary

VOCABULARY = IndexMapVocabulary(
    module="mlx",
    functions="mlx.core",
    modes={"CONSTANT": "constant", "EDGE": "edge", "REFLECT": "reflect", "SYMMETRIC": "symmetric"},
    pads="pad_width",
    constant="constant_values",
    ordered=lambda pads, _: pads,
    everywhere=True,
    negative=False,
    blocks=False,
)

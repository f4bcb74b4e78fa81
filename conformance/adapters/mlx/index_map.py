"""MLX's words for plans of index maps: `mlx.core.pad`. Must not know: mlx."""

from conformance.adapters.index_map import Keywords
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.plan import Invoke
from conformance.operators.index_map.call import IndexMapCall


def _pad(call: IndexMapCall, pads: tuple[tuple[int, ...], ...], mode: str) -> Invoke:
    constant: Keywords = (("constant_values", call.constant),) if "constant_values" in call.words else ()
    return Invoke("mlx.core.pad", (("", "value"),), (("pad_width", pads), ("mode", mode), *constant))


VOCABULARY = IndexMapVocabulary(
    module="mlx",
    functions="mlx.core",
    modes={"CONSTANT": "constant", "EDGE": "edge", "REFLECT": "reflect", "SYMMETRIC": "symmetric"},
    pad=_pad,
    everywhere=True,
    negative=False,
    blocks=False,
)

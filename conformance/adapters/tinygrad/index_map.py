"""tinygrad's words for plans of index maps: `Tensor.pad`. Must not know: tinygrad."""

from conformance.adapters.convolution_vocabulary import last_axis_first
from conformance.adapters.index_map import Keywords
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.plan import Invoke
from conformance.adapters.tinygrad.words import CLASS
from conformance.operators.index_map.call import IndexMapCall


def _pad(call: IndexMapCall, pads: tuple[tuple[int, ...], ...], mode: str) -> Invoke:
    constant: Keywords = (("value", call.constant),) if "constant_values" in call.words else ()
    return Invoke(f"{CLASS}.pad", (("", "value"),), (("padding", last_axis_first(pads)), ("mode", mode), *constant))


VOCABULARY = IndexMapVocabulary(
    module="tinygrad",
    functions=CLASS,
    modes={"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"},
    pad=_pad,
    everywhere=True,
    blocks=False,
)

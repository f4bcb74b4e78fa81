"""PyTorch's words for plans of index maps: `pad`, `pixel_shuffle`, `pixel_unshuffle`, `unfold` and `fold`.

Pads are named from the last axis on. Those that are no constants are of one to three axes, the last ones of a value
with one or two axes before them, and there is no SYMMETRIC. Must not know: torch.
"""

from conformance.adapters.convolution_vocabulary import last_axis_first
from conformance.adapters.index_map import ROWS, Keywords
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.plan import Invoke
from conformance.operators.index_map.call import IndexMapCall

FUNCTION = "torch.nn.functional"
MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"}
MOST_PADDED = 3
"""axes that pads which are no constants may be of"""


def _pad(call: IndexMapCall, pads: tuple[tuple[int, ...], ...], mode: str) -> Invoke:
    constant: Keywords = (("value", call.constant),) if "constant_values" in call.words else ()
    return Invoke(f"{FUNCTION}.pad", (("", "value"),), (("pad", last_axis_first(pads)), ("mode", mode), *constant))


VOCABULARY = IndexMapVocabulary(
    module="torch",
    functions=FUNCTION,
    modes=MODES,
    most_padded=MOST_PADDED,
    pad=_pad,
    rows=ROWS,
)

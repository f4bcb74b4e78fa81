"""PyTorch's words for plans of index maps: `pad`, `pixel_shuffle`, `pixel_unshuffle`, `unfold` and `fold`.

Pads are named from the last axis on. Those that are no constants are of one to three axes, the last ones of a value
with one or two axes before them, and there is no SYMMETRIC. Must not know: torch.
"""

from conformance.adapters.index_map import ROWS
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary

FUNCTION = "torch.nn.functional"
MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"}
MOST_PADDED = 3
"""axes that pads which are no constants may be of"""


VOCABULARY = IndexMapVocabulary(
    module="torch",
    functions=FUNCTION,
    modes=MODES,
    most_padded=MOST_PADDED,
    rows=ROWS,
)

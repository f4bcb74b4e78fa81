"""Paddle's words for plans of index maps: `pad`, `pixel_shuffle`, `pixel_unshuffle`, `unfold` and `fold`.

Constant pads of all axes are named from the first axis on; others are of the one to three last axes of a value with two
axes before them, and are named from the last one on. Must not know: paddle.
"""

from math import prod

from conformance.adapters.convolution_vocabulary import last_axis_first
from conformance.adapters.index_map import RowWords
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary, Pads
from conformance.adapters.paddle.words import MODULE
from conformance.adapters.plan import Argument


def _ordered(pads: Pads, mode: str) -> Argument:
    return tuple(number for pair in pads for number in pair) if mode == "constant" else last_axis_first(pads)


VOCABULARY = IndexMapVocabulary(
    module="paddle",
    functions=MODULE,
    modes={"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"},
    ordered=_ordered,
    outer=lambda before: before if len(before) == 2 else (1, prod(before)),
    layouts=True,
    rows=RowWords("kernel_sizes", "dilations", "paddings", "strides", "output_sizes", four=True),
    any_rank=False,
    negative=False,
    empty=True,
)

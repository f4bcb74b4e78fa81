"""Paddle's words for plans of index maps: `pad`, `pixel_shuffle`, `pixel_unshuffle`, `unfold` and `fold`.

Constant pads of all axes are named from the first axis on; others are of the one to three last axes of a value with two
axes before them, and are named from the last one on. Must not know: paddle.
"""

from math import prod

from conformance.adapters.convolution_vocabulary import last_axis_first
from conformance.adapters.index_map import Keywords, RowWords
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.paddle.words import MODULE
from conformance.adapters.plan import Invoke
from conformance.operators.index_map.call import IndexMapCall


def _pad(call: IndexMapCall, pads: tuple[tuple[int, ...], ...], mode: str) -> Invoke:
    flat = tuple(number for pair in pads for number in pair) if mode == "constant" else last_axis_first(pads)
    constant: Keywords = (("value", call.constant),) if "constant_values" in call.words else ()
    return Invoke(f"{MODULE}.pad", (("", "value"),), (("pad", flat), ("mode", mode), *constant))


VOCABULARY = IndexMapVocabulary(
    module="paddle",
    functions=MODULE,
    modes={"CONSTANT": "constant", "REFLECT": "reflect", "EDGE": "replicate", "WRAP": "circular"},
    pad=_pad,
    outer=lambda before: before if len(before) == 2 else (1, prod(before)),
    layouts=True,
    rows=RowWords("kernel_sizes", "dilations", "paddings", "strides", "output_sizes", four=True),
    any_rank=False,
    negative=False,
    empty=True,
)

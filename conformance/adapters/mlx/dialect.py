"""What MLX's documents say of its words: numbers for both sides of an axis; channels are last. Must not know: mlx.

Of pads that reflect they state no limit.
"""

from collections.abc import Iterator
from functools import partial

from conformance.adapters.convolution_vocabulary_dialect import convolution_dialect
from conformance.adapters.dialect import Dialect
from conformance.adapters.index_map_dialect import IndexMapDialect
from conformance.adapters.index_map_vocabulary_dialect import Modes, index_map_dialect
from conformance.adapters.mlx.convolution import VOCABULARY
from conformance.adapters.mlx.index_map import VOCABULARY as INDEX_MAPS
from conformance.adapters.mlx.pooling import VOCABULARY as POOLINGS
from conformance.adapters.mlx.resize import RULES, of_scale
from conformance.adapters.pooling_dialect import PoolingDialect
from conformance.adapters.pooling_vocabulary_dialect import pooling_dialect
from conformance.adapters.resize import ResizeSpelling

MODES: Modes = {
    "constant": ("CONSTANT", "any length", None),
    "edge": ("EDGE", "any length", None),
    "reflect": ("REFLECT", "any length", None),
    "symmetric": ("SYMMETRIC", "any length", None),
}
ABSENT = {"SAME": "no such word: padding takes numbers, the same for both ends"}


def mlx_dialect(dtypes: tuple[str, ...]) -> Dialect:
    """Of `conv_transpose2d` and `conv2d`."""
    return convolution_dialect(VOCABULARY, "OHWI", dtypes, absent=ABSENT)


def mlx_pooling_dialect(dtypes: tuple[str, ...]) -> PoolingDialect:
    """Of the layers `MaxPool2d` and `AvgPool2d`."""
    return pooling_dialect(POOLINGS, dtypes)


def mlx_index_map_dialect() -> IndexMapDialect:
    """Of `pad`."""
    return index_map_dialect(INDEX_MAPS, MODES, pad="pad_width", pairs=True)


def mlx_spellings() -> Iterator[ResizeSpelling]:
    """Of `Upsample`, which takes scales; nearest means one of two rules by the length that comes out, so none of it."""
    for words in RULES:
        yield ResizeSpelling(words.text("scale_factor"), words.rule, partial(of_scale, words.keywords), "given")

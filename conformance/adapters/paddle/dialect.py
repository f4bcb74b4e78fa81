"""What Paddle's documents say of its words. Must not know: paddle.

Of a transposed convolution they have the word SAME, and not what it means: it is compared with what it means elsewhere.
"""

from conformance.adapters.convolution_vocabulary_dialect import convolution_dialect
from conformance.adapters.dialect import Dialect
from conformance.adapters.index_map_dialect import IndexMapDialect
from conformance.adapters.index_map_vocabulary_dialect import Modes, index_map_dialect
from conformance.adapters.paddle.convolution import VOCABULARY
from conformance.adapters.paddle.index_map import VOCABULARY as INDEX_MAPS
from conformance.adapters.paddle.pooling import VOCABULARY as POOLINGS
from conformance.adapters.paddle.words import DTYPES
from conformance.adapters.pooling_dialect import PoolingDialect
from conformance.adapters.pooling_vocabulary_dialect import pooling_dialect

MODES: Modes = {
    "constant": ("CONSTANT", "any length", None),
    "reflect": ("REFLECT", "length - 1", None),
    "replicate": ("EDGE", "any length", None),
    "circular": ("WRAP", "any length", None),
}


def paddle_dialect() -> Dialect:
    """Of `conv2d_transpose` and `conv2d`."""
    return convolution_dialect(VOCABULARY, "IOHW", DTYPES["conv2d_transpose"])


def paddle_pooling_dialect() -> PoolingDialect:
    """Of `max_pool2d` and `avg_pool2d`."""
    return pooling_dialect(POOLINGS, DTYPES["max_pool2d"])


def paddle_index_map_dialect() -> IndexMapDialect:
    """Of `pad` in four modes, `pixel_shuffle` and its inverse, `unfold`."""
    return index_map_dialect(INDEX_MAPS, MODES, rank=3)

"""What tinygrad's documents say of its words, which they have from PyTorch's. Must not know: tinygrad."""

from conformance.adapters.convolution_vocabulary_dialect import convolution_dialect
from conformance.adapters.dialect import Dialect
from conformance.adapters.index_map_dialect import IndexMapDialect
from conformance.adapters.index_map_vocabulary_dialect import Modes, index_map_dialect
from conformance.adapters.phrases import below_either
from conformance.adapters.pooling_dialect import PoolingDialect
from conformance.adapters.pooling_vocabulary_dialect import pooling_dialect
from conformance.adapters.tinygrad.convolution import VOCABULARY
from conformance.adapters.tinygrad.index_map import VOCABULARY as INDEX_MAPS
from conformance.adapters.tinygrad.pooling import VOCABULARY as POOLINGS

MODES: Modes = {
    "constant": ("CONSTANT", "any length", "cut off"),
    "reflect": ("REFLECT", "length - 1", "copies of the whole value"),
    "replicate": ("EDGE", "any length", "cut off"),
    "circular": ("WRAP", "length", "copies of what is left"),
}
ABSENT = {"SAME": "no such word: padding takes numbers"}
# Each call is compiled: fewer of each word than of others.
NUMBER = 60


def tinygrad_dialect(dtypes: tuple[str, ...]) -> Dialect:
    """Of `Tensor.conv_transpose2d` and `Tensor.conv2d`."""
    return convolution_dialect(VOCABULARY, "IOHW", dtypes, most=below_either, absent=ABSENT, number=NUMBER)


def tinygrad_pooling_dialect(dtypes: tuple[str, ...]) -> PoolingDialect:
    """Of `Tensor.max_pool2d` and `Tensor.avg_pool2d`."""
    return pooling_dialect(POOLINGS, dtypes, number=NUMBER // 2)


def tinygrad_index_map_dialect() -> IndexMapDialect:
    """Of `Tensor.pad`."""
    return index_map_dialect(INDEX_MAPS, MODES, pad="padding")

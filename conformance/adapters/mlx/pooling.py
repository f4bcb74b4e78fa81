"""MLX's words for plans of poolings: the layers of `mlx.nn`, whose averages count pads. Must not know: mlx."""

from conformance.adapters.mlx.words import POOLINGS
from conformance.adapters.pooling_vocabulary import PoolingVocabulary

VOCABULARY = PoolingVocabulary(
    framework="MLX", module="mlx", functions=POOLINGS, last=True, layers=True, empty=True, any_rank=False
)

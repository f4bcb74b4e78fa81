"""What is expected of each built-in framework's words for index maps.

Knows: frameworks' dialects, by who plans their calls. Must not know: what was measured.
"""

from conformance.adapters.index_map_dialect import IndexMapDialect
from conformance.adapters.jax.index_map_dialect import jax_index_map_dialect
from conformance.adapters.keras.index_map_dialect import keras_index_map_dialect
from conformance.adapters.mlx.dialect import mlx_index_map_dialect
from conformance.adapters.onnx.index_map_dialect import onnx_index_map_dialect
from conformance.adapters.openvino.index_map_dialect import openvino_index_map_dialect
from conformance.adapters.paddle.dialect import paddle_index_map_dialect
from conformance.adapters.planning import Dialects
from conformance.adapters.tensorflow.index_map_dialect import tensorflow_index_map_dialect
from conformance.adapters.tinygrad.dialect import tinygrad_index_map_dialect
from conformance.adapters.torch.index_map_dialect import torch_index_map_dialect

DIALECTS: Dialects[IndexMapDialect] = {
    "tensorflow": lambda adapter: tensorflow_index_map_dialect(),
    "torch": lambda adapter: torch_index_map_dialect(),
    "jax": lambda adapter: jax_index_map_dialect(),
    "keras": lambda adapter: keras_index_map_dialect(adapter.backend),
    "openvino": lambda adapter: openvino_index_map_dialect(),
    "paddle": lambda adapter: paddle_index_map_dialect(),
    "mlx": lambda adapter: mlx_index_map_dialect(),
    "tinygrad": lambda adapter: tinygrad_index_map_dialect(),
    "onnx": lambda adapter: onnx_index_map_dialect(),
    "litert": lambda adapter: tensorflow_index_map_dialect(),
}

"""What is expected of each built-in framework's words for resizes.

Knows: frameworks' dialects, by who plans their calls. Must not know: what was measured.
"""

from collections.abc import Iterator

from conformance.adapters.jax.resize import jax_spellings
from conformance.adapters.keras.resize import keras_spellings
from conformance.adapters.mlx.dialect import mlx_spellings
from conformance.adapters.onnx.resize_dialect import onnx_spellings
from conformance.adapters.openvino.dialect import openvino_spellings
from conformance.adapters.paddle.dialect import paddle_spellings
from conformance.adapters.planning import Dialects
from conformance.adapters.resize import ResizeSpelling
from conformance.adapters.tensorflow.resize import tensorflow_spellings
from conformance.adapters.tinygrad.dialect import tinygrad_spellings
from conformance.adapters.torch.resize import torch_spellings

DIALECTS: Dialects[Iterator[ResizeSpelling]] = {
    "tensorflow": lambda adapter: tensorflow_spellings(),
    "torch": lambda adapter: torch_spellings(),
    "jax": lambda adapter: jax_spellings(),
    "keras": lambda adapter: keras_spellings(),
    "openvino": lambda adapter: openvino_spellings(),
    "paddle": lambda adapter: paddle_spellings(),
    "mlx": lambda adapter: mlx_spellings(),
    "tinygrad": lambda adapter: tinygrad_spellings(),
    "onnx": lambda adapter: onnx_spellings(),
    "litert": lambda adapter: tensorflow_spellings(),
}

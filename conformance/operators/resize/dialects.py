"""What is expected of each built-in framework's words for resizes.

Knows: frameworks' dialects, by who plans their calls. Must not know: what was measured.
"""

from collections.abc import Iterator

from conformance.adapters.jax.resize import jax_spellings
from conformance.adapters.keras.resize import keras_spellings
from conformance.adapters.mlx.dialect import mlx_spellings
from conformance.adapters.onnx.resize_dialect import onnx_spellings
from conformance.adapters.openvino.resize_dialect import openvino_spellings
from conformance.adapters.paddle.resize import VOCABULARY as PADDLE
from conformance.adapters.planning import Dialects
from conformance.adapters.resize import ResizeSpelling
from conformance.adapters.tensorflow.resize import tensorflow_spellings
from conformance.adapters.tinygrad.resize import VOCABULARY as TINYGRAD
from conformance.adapters.torch.resize import torch_spellings

DIALECTS: Dialects[Iterator[ResizeSpelling]] = {
    "tensorflow": lambda adapter: tensorflow_spellings(),
    "torch": lambda adapter: torch_spellings(),
    "jax": lambda adapter: jax_spellings(),
    "keras": lambda adapter: keras_spellings(),
    "openvino": lambda adapter: openvino_spellings(),
    "paddle": lambda adapter: PADDLE.spellings(),
    "mlx": lambda adapter: mlx_spellings(),
    "tinygrad": lambda adapter: TINYGRAD.spellings(),
    "onnx": lambda adapter: onnx_spellings(),
    "litert": lambda adapter: tensorflow_spellings(),
}

"""What is expected of each built-in framework's words for convolutions.

Knows: frameworks' dialects, by who plans their calls. Must not know: what was measured.
"""

from conformance.adapters.dialect import Dialect
from conformance.adapters.jax.dialect import jax_dialect
from conformance.adapters.jax_layers.dialect import layers_dialect
from conformance.adapters.keras.dialect import keras_dialect
from conformance.adapters.mlx.dialect import mlx_dialect
from conformance.adapters.onnx.dialect import onnx_dialect
from conformance.adapters.openvino.dialect import openvino_dialect
from conformance.adapters.paddle.dialect import paddle_dialect
from conformance.adapters.planning import Dialects
from conformance.adapters.protocol import Adapter
from conformance.adapters.support import said_dtypes
from conformance.adapters.tinygrad.dialect import tinygrad_dialect
from conformance.adapters.torch.dialect import torch_dialect
from conformance.operators.convolution.call import Convolution
from conformance.operators.convolution.calls import make_call
from conformance.operators.convolution.subject import FIRST


def _plain(dtype: str) -> Convolution:
    return make_call(FIRST, ((1, 2, 2, 1), (1, 1, 1, 1), (1, 2, 2, 1)), dtype=dtype)


def _dtypes(adapter: Adapter) -> tuple[str, ...]:
    return said_dtypes(adapter, _plain)


DIALECTS: Dialects[Dialect] = {
    **{
        library: lambda adapter: layers_dialect(adapter.library, _dtypes(adapter))
        for library in ("flax", "haiku", "equinox")
    },
    "reference": lambda adapter: adapter.dialect,
    "tensorflow": lambda adapter: adapter.dialect,
    "torch": lambda adapter: torch_dialect(),
    "jax": lambda adapter: jax_dialect(),
    "keras": lambda adapter: keras_dialect(_dtypes(adapter)),
    "openvino": lambda adapter: openvino_dialect(_dtypes(adapter)),
    "paddle": lambda adapter: paddle_dialect(),
    "mlx": lambda adapter: mlx_dialect(_dtypes(adapter)),
    "tinygrad": lambda adapter: tinygrad_dialect(_dtypes(adapter)),
    "onnx": lambda adapter: onnx_dialect(_dtypes(adapter)),
    "litert": lambda adapter: adapter.dialect,
}

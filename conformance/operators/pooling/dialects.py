"""What is expected of each built-in framework's words for poolings.

Knows: frameworks' dialects, by who plans their calls. Must not know: what was measured.
"""

from conformance.adapters.jax.pooling_dialect import jax_pooling_dialect
from conformance.adapters.keras.pooling_dialect import keras_pooling_dialect
from conformance.adapters.mlx.dialect import mlx_pooling_dialect
from conformance.adapters.onnx.pooling_dialect import onnx_pooling_dialect
from conformance.adapters.openvino.pooling_dialect import openvino_pooling_dialect
from conformance.adapters.paddle.dialect import paddle_pooling_dialect
from conformance.adapters.planning import Dialects
from conformance.adapters.pooling_dialect import PoolingDialect
from conformance.adapters.protocol import Adapter
from conformance.adapters.support import said_dtypes
from conformance.adapters.tensorflow.pooling_dialect import tensorflow_pooling_dialect
from conformance.adapters.tinygrad.dialect import tinygrad_pooling_dialect
from conformance.adapters.torch.pooling_dialect import torch_pooling_dialect
from conformance.operators.pooling.call import PoolingCall
from conformance.operators.pooling.calls import make_call


def _plain(dtype: str) -> PoolingCall:
    return make_call("max_pool2d", (1, 2, 2, 1), ksize=1, strides=1, padding="VALID", dtype=dtype)


def _dtypes(adapter: Adapter) -> tuple[str, ...]:
    return said_dtypes(adapter, _plain)


DIALECTS: Dialects[PoolingDialect] = {
    "tensorflow": lambda adapter: tensorflow_pooling_dialect(),
    "torch": lambda adapter: torch_pooling_dialect(),
    "jax": lambda adapter: jax_pooling_dialect(),
    "litert": lambda adapter: tensorflow_pooling_dialect(),
    "keras": lambda adapter: keras_pooling_dialect(_dtypes(adapter)),
    "openvino": lambda adapter: openvino_pooling_dialect(_dtypes(adapter)),
    "paddle": lambda adapter: paddle_pooling_dialect(),
    "mlx": lambda adapter: mlx_pooling_dialect(_dtypes(adapter)),
    "tinygrad": lambda adapter: tinygrad_pooling_dialect(_dtypes(adapter)),
    "onnx": lambda adapter: onnx_pooling_dialect(_dtypes(adapter)),
}

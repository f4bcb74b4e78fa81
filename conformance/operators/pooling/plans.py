"""How each built-in framework is asked a pooling."""

from conformance.adapters.jax.pooling import jax_pooling_plan
from conformance.adapters.keras.pooling import keras_pooling_plan
from conformance.adapters.mlx.pooling import VOCABULARY as MLX
from conformance.adapters.onnx.pooling import onnx_pooling_plan
from conformance.adapters.openvino.pooling import openvino_pooling_plan
from conformance.adapters.paddle.pooling import VOCABULARY as PADDLE
from conformance.adapters.planning import Plans
from conformance.adapters.pooling import reference_pooling_plan
from conformance.adapters.tensorflow.pooling import tensorflow_pooling_plan
from conformance.adapters.tinygrad.pooling import VOCABULARY as TINYGRAD
from conformance.adapters.torch.pooling import VOCABULARY as TORCH

PLANS: Plans = {
    "reference": lambda adapter, call: reference_pooling_plan(call),
    "tensorflow": lambda adapter, call: tensorflow_pooling_plan(call),
    "torch": lambda adapter, call: TORCH.plan(call),
    "tinygrad": lambda adapter, call: TINYGRAD.plan(call),
    "mlx": lambda adapter, call: MLX.plan(call),
    "paddle": lambda adapter, call: PADDLE.plan(call),
    "jax": lambda adapter, call: jax_pooling_plan(call),
    "keras": lambda adapter, call: keras_pooling_plan(call),
    "onnx": lambda adapter, call: onnx_pooling_plan(call, adapter.spelling),
    "openvino": lambda adapter, call: openvino_pooling_plan(call),
    "litert": lambda adapter, call: tensorflow_pooling_plan(call),
}

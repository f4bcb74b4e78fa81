"""How each built-in framework is asked an index map."""

from conformance.adapters.index_map import reference_index_map_plan
from conformance.adapters.jax.index_map import jax_index_map_plan
from conformance.adapters.keras.index_map import keras_index_map_plan
from conformance.adapters.mlx.index_map import VOCABULARY as MLX
from conformance.adapters.onnx.index_map import onnx_index_map_plan
from conformance.adapters.openvino.index_map import openvino_index_map_plan
from conformance.adapters.paddle.index_map import VOCABULARY as PADDLE
from conformance.adapters.planning import Plans
from conformance.adapters.tensorflow.index_map import tensorflow_index_map_plan
from conformance.adapters.tinygrad.index_map import VOCABULARY as TINYGRAD
from conformance.adapters.torch.index_map import VOCABULARY as TORCH

PLANS: Plans = {
    "reference": lambda adapter, call: reference_index_map_plan(call),
    "tensorflow": lambda adapter, call: tensorflow_index_map_plan(call),
    "torch": lambda adapter, call: TORCH.plan(call),
    "tinygrad": lambda adapter, call: TINYGRAD.plan(call),
    "mlx": lambda adapter, call: MLX.plan(call),
    "paddle": lambda adapter, call: PADDLE.plan(call),
    "jax": lambda adapter, call: jax_index_map_plan(call),
    "keras": lambda adapter, call: keras_index_map_plan(call, adapter.backend),
    "onnx": lambda adapter, call: onnx_index_map_plan(call),
    "openvino": lambda adapter, call: openvino_index_map_plan(call),
    "litert": lambda adapter, call: tensorflow_index_map_plan(call),
}

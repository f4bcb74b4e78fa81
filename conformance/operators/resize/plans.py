"""How each built-in framework is asked a resize."""

from conformance.adapters.jax.resize import jax_resize_plan
from conformance.adapters.keras.resize import keras_resize_plan
from conformance.adapters.mlx.resize import mlx_resize_plan
from conformance.adapters.onnx.resize import onnx_resize_plan
from conformance.adapters.openvino.resize import openvino_resize_plan
from conformance.adapters.paddle.resize import VOCABULARY as PADDLE
from conformance.adapters.planning import Plans
from conformance.adapters.resize import reference_resize_plan
from conformance.adapters.tensorflow.resize import tensorflow_resize_plan
from conformance.adapters.tinygrad.resize import VOCABULARY as TINYGRAD
from conformance.adapters.torch.resize import VOCABULARY as TORCH

PLANS: Plans = {
    "reference": lambda adapter, call: reference_resize_plan(call),
    "tensorflow": lambda adapter, call: tensorflow_resize_plan(call),
    "torch": lambda adapter, call: TORCH.plan(call),
    "tinygrad": lambda adapter, call: TINYGRAD.plan(call),
    "mlx": lambda adapter, call: mlx_resize_plan(call),
    "paddle": lambda adapter, call: PADDLE.plan(call),
    "jax": lambda adapter, call: jax_resize_plan(call),
    "keras": lambda adapter, call: keras_resize_plan(call),
    "onnx": lambda adapter, call: onnx_resize_plan(call, adapter.images),
    "openvino": lambda adapter, call: openvino_resize_plan(call),
    "litert": lambda adapter, call: tensorflow_resize_plan(call),
}

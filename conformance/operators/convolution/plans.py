"""How each built-in framework is asked a convolution."""

from conformance.adapters.jax.plans import jax_plan
from conformance.adapters.jax_layers.plans import LIBRARIES
from conformance.adapters.keras.convolution import keras_plan
from conformance.adapters.mlx.convolution import VOCABULARY as MLX
from conformance.adapters.onnx.convolution import onnx_convolution_plan
from conformance.adapters.openvino.convolution import openvino_convolution_plan
from conformance.adapters.paddle.convolution import VOCABULARY as PADDLE
from conformance.adapters.planning import Plans
from conformance.adapters.reference import reference_plan
from conformance.adapters.tinygrad.convolution import VOCABULARY as TINYGRAD
from conformance.adapters.torch.plans import VOCABULARY as TORCH

PLANS: Plans = {
    "reference": lambda adapter, call: reference_plan(call),
    "tensorflow": lambda adapter, call: adapter.plan_convolution(call),
    "torch": lambda adapter, call: TORCH.plan(call),
    "jax": lambda adapter, call: jax_plan(call),
    "keras": lambda adapter, call: keras_plan(call),
    "flax": lambda adapter, call: LIBRARIES["flax"].plan(call),
    "haiku": lambda adapter, call: LIBRARIES["haiku"].plan(call),
    "equinox": lambda adapter, call: LIBRARIES["equinox"].plan(call),
    "tinygrad": lambda adapter, call: TINYGRAD.plan(call),
    "mlx": lambda adapter, call: MLX.plan(call),
    "paddle": lambda adapter, call: PADDLE.plan(call),
    "onnx": lambda adapter, call: onnx_convolution_plan(call, adapter.spelling),
    "openvino": lambda adapter, call: openvino_convolution_plan(call),
    "litert": lambda adapter, call: adapter.plan_composed(call),
}

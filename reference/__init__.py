"""What is true: (transposed) convolutions in NumPy, with TensorFlow's argument meanings."""

from reference.errors import ArgumentError
from reference.operators import (
    bias_add,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    depthwise_conv2d,
    vector_jacobian_product,
)

__all__ = [
    "ArgumentError",
    "bias_add",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "depthwise_conv2d",
    "vector_jacobian_product",
]

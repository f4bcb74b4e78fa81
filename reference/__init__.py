"""What is true: transposed convolutions in NumPy, with TensorFlow's argument meanings."""

from reference.errors import ArgumentError
from reference.operators import conv2d_transpose

__all__ = ["ArgumentError", "conv2d_transpose"]

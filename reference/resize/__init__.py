"""What is true of resizing: values at other coordinates, by the nearest, linear or cubic weights, in NumPy."""

from reference.resize.operators import resize1d, resize2d, resize3d, vector_jacobian_product

__all__ = ["resize1d", "resize2d", "resize3d", "vector_jacobian_product"]

"""What is true of index maps: results of which every element is a copy of one, a constant, or a sum of several."""

from reference.index_map.operators import (
    depth_to_space,
    extract_patches,
    fold,
    pad,
    space_to_depth,
    vector_jacobian_product,
)

__all__ = ["depth_to_space", "extract_patches", "fold", "pad", "space_to_depth", "vector_jacobian_product"]

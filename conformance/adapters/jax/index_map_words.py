"""JAX's words for index maps: what its functions take. Must not know: jax."""

from conformance.adapters.function import REQUIRED, Function, Takes

FUNCTIONS = (
    Function(
        "jax.numpy.pad",
        "pad",
        (
            Takes("array", REQUIRED, "value"),
            Takes("pad_width", REQUIRED, "paddings"),
            Takes("mode", "constant", "mode"),
            Takes("constant_values", 0, "constant_values"),
        ),
    ),
    Function(
        "jax.lax.conv_general_dilated_patches",
        "extract_patches",
        (
            Takes("lhs", REQUIRED, "value"),
            Takes("filter_shape", REQUIRED, "kernel"),
            Takes("window_strides", REQUIRED, "strides"),
            Takes("padding", REQUIRED, "padding"),
            Takes("lhs_dilation", None, "only_default"),
            Takes("rhs_dilation", None, "dilations"),
            Takes("dimension_numbers", None, "dimension_numbers"),
            Takes("precision", None, "nothing"),
            Takes("preferred_element_type", None, "only_default"),
        ),
    ),
)

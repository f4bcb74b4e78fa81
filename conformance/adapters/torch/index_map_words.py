"""PyTorch's words for index maps: what its functions take. Must not know: torch."""

from conformance.adapters.function import REQUIRED, Function, Takes

_INPUT = Takes("input", REQUIRED, "value")
_WINDOWS = (
    Takes("kernel_size", REQUIRED, "kernel", (0, 2)),
    Takes("dilation", 1, "dilations", (0, 2)),
    Takes("padding", 0, "padding", (0, 2)),
    Takes("stride", 1, "strides", (0, 2)),
)
_MODULE = "torch.nn.functional"
FUNCTIONS = (
    Function(
        f"{_MODULE}.pad",
        "pad",
        (
            _INPUT,
            Takes("pad", REQUIRED, "paddings"),
            Takes("mode", "constant", "mode"),
            Takes("value", None, "constant_values"),
        ),
    ),
    Function(f"{_MODULE}.pixel_shuffle", "depth_to_space", (_INPUT, Takes("upscale_factor", REQUIRED, "block_size"))),
    Function(
        f"{_MODULE}.pixel_unshuffle", "space_to_depth", (_INPUT, Takes("downscale_factor", REQUIRED, "block_size"))
    ),
    Function(f"{_MODULE}.unfold", "extract_patches", (_INPUT, *_WINDOWS)),
    Function(f"{_MODULE}.fold", "fold", (_INPUT, Takes("output_size", REQUIRED, "output_size", (0, 2)), *_WINDOWS)),
)

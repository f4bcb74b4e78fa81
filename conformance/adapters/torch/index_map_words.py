"""PyTorch's words for index maps: what its functions take. Must not know: torch."""

from collections.abc import Mapping

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


def _layer(name: str, function: Function) -> Function:
    """A layer that takes all but the value as its function does."""
    return Function(f"torch.nn.{name}", function.operator, function.parameters[1:])


_PADDING, _CONSTANT = Takes("padding", REQUIRED, "paddings"), Takes("value", REQUIRED, "constant_values")
PADDING_LAYERS: Mapping[Function, tuple[str, int]] = {
    Function(f"torch.nn.{name}{rank}d", "pad", (_PADDING, *more)): (mode, rank)
    for rank in (1, 2, 3)
    for name, mode, more in (
        ("ZeroPad", "constant", ()),
        ("ConstantPad", "constant", (_CONSTANT,)),
        ("ReflectionPad", "reflect", ()),
        ("ReplicationPad", "replicate", ()),
        ("CircularPad", "circular", ()),
    )
}
"""the mode, and of how many last axes pads are"""
LAYERS: Mapping[Function, Function] = {
    **{
        _layer(name, function): function
        for name, function in zip(("PixelShuffle", "PixelUnshuffle", "Unfold", "Fold"), FUNCTIONS[1:], strict=True)
    },
    **dict.fromkeys(PADDING_LAYERS, FUNCTIONS[0]),
}
"""layers, by the function that each calls"""

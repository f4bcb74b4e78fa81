"""What the convolutions of Flax, Haiku and Equinox are made with. Must not know: the packages.

Sources: flax/linen/linear.py and flax/nnx/nn/linear.py of Flax 0.12, haiku/_src/conv.py of Haiku 0.0.17,
equinox/nn/_conv.py of Equinox 0.13.
"""

from collections.abc import Callable, Mapping

from conformance.adapters.function import REQUIRED, Function, Takes
from reference.family import DATA_FORMATS

Functions = Mapping[str, Function]
"""by operator; a depthwise convolution is said by groups"""


def _only(*names: str) -> tuple[Takes, ...]:
    return tuple(Takes(name, None, "only_default") for name in names)


def _nothing(*names: str) -> tuple[Takes, ...]:
    return tuple(Takes(name, None, "nothing") for name in names)


_ANY = (0, 1, 2, 3)
_KERNEL = Takes("kernel_size", REQUIRED, "kernel", _ANY)
_SAME, _NO_PAD = Takes("padding", "SAME", "padding"), Takes("padding", 0, "padding")
_USE_BIAS = Takes("use_bias", True, "has_bias")
_TYPES = _only("mask", "dtype", "param_dtype", "precision")
_INITIAL = _nothing("kernel_init", "bias_init")
_FEATURES = Takes("features", REQUIRED, "channels_out")
_BOTH_FEATURES = (Takes("in_features", REQUIRED, "channels_in"), Takes("out_features", REQUIRED, "channels_out"))
_DILATED = (
    Takes("input_dilation", 1, "value_dilation", _ANY), Takes("kernel_dilation", 1, "dilations", _ANY),
    Takes("feature_group_count", 1, "groups"),
)  # fmt: skip
_STRIDE_OF_1 = Takes("strides", 1, "strides", _ANY)
_RATE, _STRIDES = Takes("kernel_dilation", None, "dilations", _ANY), Takes("strides", None, "strides", _ANY)
_TRANSPOSE_KERNEL = Takes("transpose_kernel", False, "transpose_kernel")
_NNX = (*_only("promote_dtype", "preferred_element_type"), *_nothing("rngs", "kernel_metadata", "bias_metadata"))


def _linen(*, transposed: bool) -> Function:
    if transposed:
        return Function(
            "flax.linen.ConvTranspose",
            "",
            (
                _FEATURES, _KERNEL, _STRIDES, _SAME, _RATE, _USE_BIAS, *_TYPES, *_INITIAL, _TRANSPOSE_KERNEL,
                *_only("promote_dtype", "preferred_element_type"), *_nothing("parent", "name"),
            ),
        )  # fmt: skip
    return Function(
        "flax.linen.Conv",
        "",
        (
            _FEATURES, _KERNEL, _STRIDE_OF_1, _SAME, *_DILATED, _USE_BIAS, *_TYPES, *_INITIAL,
            *_only("promote_dtype", "conv_general_dilated", "conv_general_dilated_cls"), *_nothing("parent", "name"),
        ),
    )  # fmt: skip


def _nnx(*, transposed: bool) -> Function:
    own = (_STRIDES, _SAME, _RATE) if transposed else (_STRIDE_OF_1, _SAME, *_DILATED)
    more = (_TRANSPOSE_KERNEL,) if transposed else _only("conv_general_dilated")
    return Function(
        f"flax.nnx.Conv{'Transpose' * transposed}",
        "",
        (*_BOTH_FEATURES, _KERNEL, *own, _USE_BIAS, *_TYPES, *_INITIAL, *more, *_NNX),
    )


def _haiku(rank: int, transposed: bool) -> Function:
    lengths = Takes("output_shape", None, "output_size", (0, rank))
    more = lengths if transposed else Takes("rate", 1, "dilations", (0, rank))
    ends = (*_only("mask"), *(() if transposed else (Takes("feature_group_count", 1, "groups"),)))
    return Function(
        f"haiku.Conv{rank}D{'Transpose' * transposed}",
        "",
        (
            Takes("output_channels", REQUIRED, "channels_out"), Takes("kernel_shape", REQUIRED, "kernel", (0, rank)),
            Takes("stride", 1, "strides", (0, rank)), more, _SAME, Takes("with_bias", True, "has_bias"),
            *_nothing("w_init", "b_init"), Takes("data_format", DATA_FORMATS[rank][0], "data_format"), *ends,
            *_nothing("name"),
        ),
    )  # fmt: skip


def _equinox(rank: int, transposed: bool) -> Function:
    counts = (0, rank)
    more = (Takes("output_padding", 0, "output_padding", counts),) if transposed else ()
    return Function(
        f"equinox.nn.Conv{'Transpose' * transposed}{rank}d",
        "",
        (
            Takes("in_channels", REQUIRED, "channels_in"), Takes("out_channels", REQUIRED, "channels_out"),
            Takes("kernel_size", REQUIRED, "kernel", counts), Takes("stride", 1, "strides", counts), *more, _NO_PAD,
            Takes("dilation", 1, "dilations", counts), Takes("groups", 1, "groups"), _USE_BIAS,
            Takes("padding_mode", "ZEROS", "only_default"), *_only("dtype"), *_nothing("key"),
        ),
    )  # fmt: skip


def _by_operator(layer: Callable[[int, bool], Function]) -> Functions:
    return {
        f"conv{rank}d{'_transpose' * transposed}": layer(rank, transposed)
        for rank in (1, 2, 3)
        for transposed in (False, True)
    }


# Flax takes from the kernel how many spatial axes there are.
LINEN = _by_operator(lambda rank, transposed: _linen(transposed=transposed))
NNX = _by_operator(lambda rank, transposed: _nnx(transposed=transposed))
HAIKU, EQUINOX = _by_operator(_haiku), _by_operator(_equinox)

"""What the functions of each framework mean that say convolutions by a value, a filter, numbers and pads.

Knows: the words in `conformance.adapters`, and the rules beside them. Must not know: the frameworks.
"""

from dataclasses import replace

from conformance.adapters.axes import (
    NoAxis,
    Numbers,
    check_output_padding,
    same_pads,
    scattered_axis,
)
from conformance.adapters.mlx.words import CONVOLUTION_LAYERS as LAYERS_OF_MLX
from conformance.adapters.mlx.words import CONVOLUTIONS as OF_MLX
from conformance.adapters.mlx.words import GENERAL
from conformance.adapters.onnx.words import CONV, CONV_TRANSPOSE
from conformance.adapters.openvino.words import CONVOLUTIONS as OF_OPENVINO
from conformance.adapters.openvino.words import GROUPED
from conformance.adapters.paddle.words import CONVOLUTION_LAYERS as LAYERS_OF_PADDLE
from conformance.adapters.paddle.words import CONVOLUTIONS as OF_PADDLE
from conformance.adapters.paddle.words import FORMATS
from conformance.adapters.tinygrad.words import CONVOLUTION_LAYERS as LAYERS_OF_TINYGRAD
from conformance.adapters.tinygrad.words import CONVOLUTIONS as OF_TINYGRAD
from conformance.adapters.torch.words import FUNCTIONALS, LAYERS, torch_same_axis, torch_transposed_axis
from conformance.operators.convolution.readings.folk import remark_on_torch
from conformance.operators.convolution.readings.spoken import ConvolutionFunctions, Scattered, convolved, cropped
from conformance.translation.pads import Padding
from reference.geometry import Axis


def _torch_convolved(numbers: Numbers, padding: str | tuple[int, int]) -> Axis:
    return torch_same_axis(numbers) if padding == "SAME" else convolved(numbers, padding)


def _torch_scattered(numbers: Numbers, said: Scattered) -> Axis:
    return torch_transposed_axis(numbers, int(said.padding[0]), said.output_padding)


TORCH = ConvolutionFunctions(
    lane="torch",
    functions=tuple(FUNCTIONALS.values()),
    layers={layer: FUNCTIONALS[operator] for operator, layer in LAYERS.items()},
    padding=Padding(words={"same": "SAME", "valid": "VALID"}),
    convolved=_torch_convolved,
    scattered=_torch_scattered,
    remark=lambda axes, operator: remark_on_torch(axes, operator.spatial_names, transposed=operator.transposed),
)


def _paddle_scattered(numbers: Numbers, said: Scattered) -> Axis:
    """Source: `ConvTransposeInferMeta` of Paddle, and `UpdatePaddingAndDilation` of phi/kernels/cpu/conv_util.h, whose
    SAME makes the pads of a forward convolution of the value's length, and drops the dilation.
    """
    pads = said.padding
    if pads == "SAME":
        if numbers[3] != 1:
            raise NoAxis("padding", "Paddle's SAME drops the dilation of a transposed convolution: say the pads")
        pads = same_pads(numbers)
    found = cropped(numbers, replace(said, padding=pads))
    if said.length is None:
        check_output_padding(numbers, said.output_padding)
        return found
    if said.output_padding:
        raise NoAxis("output_padding", "output_padding and output_size exclude one another")
    if not found.output <= said.length < found.output + found.stride:
        legal = f"{found.output} to {found.output + found.stride - 1}"
        raise NoAxis("output_size", f"output_size is {said.length}; it must be {legal}")
    return replace(found, output=said.length)


PADDLE = ConvolutionFunctions(
    lane="paddle",
    functions=tuple(OF_PADDLE.values()),
    layers=LAYERS_OF_PADDLE,
    formats={theirs: ours.endswith("C") for ours, theirs in FORMATS.items()},
    padding=Padding(
        forms=("numbers", "row", "pairs of all axes"), words={"same": "SAME", "valid": "VALID"}, any_case=True
    ),
    scattered_words=True,
    scattered=_paddle_scattered,
)
TINYGRAD = ConvolutionFunctions(
    lane="tinygrad",
    functions=tuple(dict.fromkeys(OF_TINYGRAD.values())),
    layers=LAYERS_OF_TINYGRAD,
    padding=Padding(forms=("numbers", "last axis first")),
)
MLX = ConvolutionFunctions(
    lane="mlx",
    functions=(*OF_MLX.values(), GENERAL),
    layers=LAYERS_OF_MLX,
    last=True,
    filters=("O*I", "O*I"),
    padding=Padding(forms=("numbers", "sides")),
    adds="mlx.core.add",
)


def _onnx_scattered(numbers: Numbers, said: Scattered) -> Axis:
    """Source: the formulas in the documentation of ConvTranspose; runtimes differ where they make a pad negative."""
    check_output_padding(numbers, said.output_padding)
    same = said.padding in ("SAME", "SAME_LOWER")
    if said.length is None and not same:
        return cropped(numbers, said)
    bare = scattered_axis(numbers, (0, 0), said.output_padding)
    length = bare.input * bare.stride if said.length is None else said.length
    total = bare.output - length
    if total < (0 if same else -1):
        message = f"a length of {length} lies {-total} beyond the full result, {bare.output}: runtimes differ there"
        raise NoAxis("padding" if said.length is None else "output_size", message)
    before = max(total, 0) // 2 if said.padding == "SAME" else max(total, 0) - max(total, 0) // 2
    return replace(bare, crop_before=before, output=length)


_ONNX_WORDS = {"NOTSET": "", "SAME_UPPER": "SAME", "SAME_LOWER": "SAME_LOWER", "VALID": "VALID"}
ONNX = ConvolutionFunctions(
    lane="onnx",
    functions=(CONV, CONV_TRANSPOSE),
    padding=Padding(forms=("begins and ends",), words=_ONNX_WORDS),
    scattered_words=True,
    scattered=_onnx_scattered,
)


def _openvino_scattered(numbers: Numbers, said: Scattered) -> Axis:
    """A word alone cuts nothing off; beside a length, SAME_UPPER has the larger half in front, SAME_LOWER the smaller
    one, and other calls end where the length says. Measured of OpenVINO 2026.4
    (`tests/frameworks/test_translations_elsewhere.py`).
    """
    if said.length is None:
        return cropped(numbers, said)
    bare = scattered_axis(numbers, (0, 0), said.output_padding)
    total = max(bare.output - said.length, 0)
    before = {"SAME": total - total // 2, "SAME_LOWER": total // 2}.get(str(said.padding), 0)
    before = before if isinstance(said.padding, str) else said.padding[0]
    return replace(bare, crop_before=before, output=said.length)


OPENVINO = ConvolutionFunctions(
    lane="openvino",
    functions=(*OF_OPENVINO, *GROUPED),
    grouped=GROUPED,
    padding=Padding(
        words={"explicit": "", "notset": "", "same_upper": "SAME", "same_lower": "SAME_LOWER", "valid": "VALID"},
        any_case=True,
    ),
    scattered_words=True,
    scattered=_openvino_scattered,
)
SPOKEN = (TORCH, PADDLE, TINYGRAD, MLX, ONNX, OPENVINO)

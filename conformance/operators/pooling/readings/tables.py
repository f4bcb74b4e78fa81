"""What the functions of each framework mean that say poolings by a value, a window, strides and pads.

Knows: the words in `conformance.adapters`, and the rules beside them. Must not know: the frameworks.
"""

from conformance.adapters.axes import Numbers
from conformance.adapters.keras.pooling_words import (
    ADAPTIVE_AVERAGE_POOL,
    ADAPTIVE_MAX_POOL,
    AVERAGE_POOL,
    MAX_POOL,
)
from conformance.adapters.keras.pooling_words import LAYERS as LAYERS_OF_KERAS
from conformance.adapters.mlx.words import POOLINGS as OF_MLX
from conformance.adapters.onnx.words import POOLINGS as OF_ONNX
from conformance.adapters.openvino.words import POOLINGS as OF_OPENVINO
from conformance.adapters.paddle.words import FORMATS, POOLING_LAYERS
from conformance.adapters.paddle.words import POOLINGS as OF_PADDLE
from conformance.adapters.tinygrad.words import POOLINGS as OF_TINYGRAD
from conformance.adapters.torch.pooling_words import (
    ADAPTIVE,
    ADAPTIVE_LAYERS,
    FUNCTIONALS,
    LAYERS,
    NORMS,
    UNPOOLED,
    UNPOOLED_LAYERS,
    torch_pooled_axis,
)
from conformance.operators.pooling.readings.spoken import PoolingFunctions
from conformance.translation.pads import Padding


def _check_torch(operator: str, numbers: Numbers, pads: tuple[int, int], ceil_mode: bool) -> None:
    if operator not in NORMS:
        torch_pooled_axis(operator, numbers, pads[0], ceil_mode=ceil_mode)


TORCH = PoolingFunctions(
    lane="torch",
    functions=(*FUNCTIONALS.values(), *ADAPTIVE.values(), *NORMS.values(), *UNPOOLED.values()),
    layers={
        **{layer: FUNCTIONALS[operator] for operator, layer in LAYERS.items()},
        **ADAPTIVE_LAYERS,
        **UNPOOLED_LAYERS,
    },
    check=_check_torch,
)
_SAME_OR_VALID = {"valid": "VALID", "same": "SAME"}
KERAS = PoolingFunctions(
    lane="keras",
    functions=(MAX_POOL, AVERAGE_POOL, ADAPTIVE_MAX_POOL, ADAPTIVE_AVERAGE_POOL),
    layers=LAYERS_OF_KERAS,
    last=True,
    formats={"channels_last": True, "channels_first": False},
    without_format="data_format is left out, and taken for channels_last: Keras reads it from keras.json then",
    padding=Padding(forms=(), words=_SAME_OR_VALID, any_case=True),
)
PADDLE = PoolingFunctions(
    lane="paddle",
    functions=tuple(function for operator, function in OF_PADDLE.items() if operator[-1] == "d"),
    layers=POOLING_LAYERS,
    formats={theirs: ours.endswith("C") for ours, theirs in FORMATS.items()},
    padding=Padding(forms=("numbers", "row", "pairs of all axes"), words=_SAME_OR_VALID, any_case=True),
    excludes=True,
)
TINYGRAD = PoolingFunctions(
    lane="tinygrad",
    functions=tuple(OF_TINYGRAD[each] for each in ("max_pool2d", "avg_pool2d", "max_unpool2d")),
    near=False,
    padding=Padding(forms=("numbers", "last axis first")),
)
MLX = PoolingFunctions(lane="mlx", functions=tuple(OF_MLX.values()), last=True, counts=True)
_WORDS = {"SAME_UPPER": "SAME", "SAME_LOWER": "SAME_LOWER", "VALID": "VALID"}
ONNX = PoolingFunctions(
    lane="onnx",
    functions=OF_ONNX,
    padding=Padding(forms=("begins and ends",), words={"NOTSET": "", **_WORDS}),
    window_strides=False,
    flags={0: False, 1: True},
)
OPENVINO = PoolingFunctions(
    lane="openvino",
    functions=OF_OPENVINO,
    padding=Padding(
        words={"explicit": "", "notset": "", **{word.lower(): means for word, means in _WORDS.items()}}, any_case=True
    ),
    flags={"floor": False, "ceil": True, "ceil_torch": True},
    excludes=True,
    plain_ceiling="ceil",
)
SPOKEN = (TORCH, KERAS, PADDLE, TINYGRAD, MLX, ONNX, OPENVINO)

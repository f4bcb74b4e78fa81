"""Layers that compute what a function does, as people write them: each kind of layer that is read beside those of
convolutions and poolings with windows.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

Text = Callable[[Random], str]
PADS = {"ZeroPad": "", "ConstantPad": ", 3", "ReflectionPad": "", "ReplicationPad": "", "CircularPad": ""}
"""layers of torch, and what follows the pads"""


def functions() -> Mapping[str, tuple[str, Text]]:
    """Everything that is read: its name, whose it is, and how a call of it is drawn."""
    return {
        **{f"torch.nn.{name}{rank}d": ("torch", partial(pad, name, rank)) for name in PADS for rank in (1, 2, 3)},
        **{
            f"torch.nn.Adaptive{name}Pool{rank}d": ("torch", partial(adaptive, name, rank))
            for name in ("Max", "Avg")
            for rank in (1, 2, 3)
        },
        "torch.nn.PixelShuffle": ("torch", lambda draw: f"nn.PixelShuffle({draw.choice((1, 2))})(x[2,12,3,2])"),
        "torch.nn.PixelUnshuffle": ("torch", lambda draw: f"nn.PixelUnshuffle({draw.choice((1, 2))})(x[2,3,4,6])"),
        "torch.nn.Unfold": ("torch", lambda draw: f"nn.Unfold((2, 3), padding={draw.choice((0, 1))})(x[2,3,5,6])"),
        "torch.nn.Fold": ("torch", lambda draw: f"nn.Fold((4, 6), 2, stride={2})(x[2,{4 * draw.choice((1, 3))},6])"),
        "torch.nn.UpsamplingNearest2d": ("torch", partial(upsampling, "Nearest")),
        "torch.nn.UpsamplingBilinear2d": ("torch", partial(upsampling, "Bilinear")),
        "keras.layers.UpSampling2D": ("tensorflow", keras_upsampling),
        **{f"keras.layers.ZeroPadding{rank}D": ("tensorflow", partial(keras_pad, rank)) for rank in (1, 2, 3)},
    }


def pad(name: str, rank: int, draw: Random) -> str:
    """Of less than the axis, as all of them take."""
    pads = draw.choice(("1", str(tuple(draw.randint(0, 2) for _ in range(2 * rank)))))
    return f"nn.{name}{rank}d({pads}{PADS[name]})(x{[2, 3, *(4,) * rank]})"


def adaptive(name: str, rank: int, draw: Random) -> str:
    """Of windows with one or two places along an axis, so that averages are exact."""
    size = draw.choice(("2", str((2,) * rank)))
    return f"nn.Adaptive{name}Pool{rank}d({size})(x{[2, 3, *(4,) * rank]})"


def upsampling(name: str, draw: Random) -> str:
    """Of 3 to 5 elements, between whose corners every weight has few binary digits."""
    size = draw.choice(("size=(5, 5)", "(5, 5)", "(5, 3)"))
    return f"nn.Upsampling{name}2d({size})(x[1,2,3,3])"


def keras_upsampling(draw: Random) -> str:
    said = draw.choice(("2", "(2, 1)", "2, interpolation='bilinear'", "(1, 2), None, 'nearest'"))
    return f"keras.layers.UpSampling2D({said})(x[2,4,2,3])"


def keras_pad(rank: int, draw: Random) -> str:
    pairs = tuple((draw.randint(0, 2), draw.randint(0, 2)) for _ in range(rank))
    each = tuple(draw.randint(0, 2) for _ in range(rank))
    pads = draw.choice(("2", "", str(pairs if rank > 1 else pairs[0]), *((str(each),) if rank > 1 else ())))
    said = draw.choice(("", *((", data_format='channels_first'",) if pads else ())))
    return f"keras.layers.ZeroPadding{rank}D({pads}{said})(x{[2, *(3,) * (rank + 1)]})"

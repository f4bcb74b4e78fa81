"""Calls of resizes as people write them, drawn at random: every function and layer that is read.

Lengths are twice or half what they were, of an even number: there all weights but those that are divided by their sum
have few binary digits, and sums of whole numbers are exact.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

Text = Callable[[Random], str]
LEGACY = ("nearest_neighbor", "bilinear", "bicubic")


def functions() -> Mapping[str, tuple[str, Text]]:
    """Everything that is read: its name, whose it is, and how a call of it is drawn."""
    return {
        "tf.image.resize": ("tensorflow", tensorflow),
        **{f"tf.compat.v1.image.resize_{each}": ("tensorflow", partial(legacy, each)) for each in LEGACY},
        "torch.nn.functional.interpolate": ("torch", partial(torch, layer=False)),
        "torch.nn.Upsample": ("torch", partial(torch, layer=True)),
        "jax.image.resize": ("jax", jax),
    }


def lengths(draw: Random, rank: int) -> tuple[list[int], list[int]]:
    """Of the value, and of the result."""
    given = [draw.choice((2, 4)) for _ in range(rank)]
    return given, [draw.choice((2 * length, length // 2, length)) for length in given]


def tensorflow(draw: Random) -> str:
    given, result = lengths(draw, 2)
    method = draw.choice(("", ", 'nearest'", ", method='bilinear'"))
    return f"tf.image.resize(x{[1, *given, 3]}, {tuple(result)}{method})"


def legacy(method: str, draw: Random) -> str:
    given, result = lengths(draw, 2)
    flag = draw.choice(("", ", half_pixel_centers=True")) if method != "bicubic" else ""
    return f"tf.compat.v1.image.resize_{method}(x{[2, *given, 1]}, {result}{flag})"


def torch(draw: Random, *, layer: bool) -> str:
    rank = draw.choice((1, 2, 3))
    given, result = lengths(draw, rank)
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}[rank]
    mode = draw.choice(("nearest", "nearest-exact", linear, *(("bicubic",) if rank == 2 else ())))
    # Of a scale, lengths are those of all axes.
    size = f"size={tuple(result)}" if draw.random() < 0.6 else f"scale_factor={draw.choice((2, 0.5))}"
    said, value = f"{size}, mode='{mode}'", f"x{[1, 2, *given]}"
    return f"nn.Upsample({said})({value})" if layer else f"F.interpolate({value}, {said})"


def jax(draw: Random) -> str:
    rank = draw.choice((1, 2, 3))
    given, result = lengths(draw, rank)
    method = draw.choice(("'nearest'", "'linear', antialias=False", "'cubic-pytorch', False"))
    return f"jax.image.resize(x{[1, *given, 3]}, {(1, *result, 3)}, {method})"

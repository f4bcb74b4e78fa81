"""Calls of index maps as people write them, drawn at random: every function that is read, now and then one that is
illegal.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

Text = Callable[[Random], str]
MODES = {
    "tf.pad": ("CONSTANT", "REFLECT", "SYMMETRIC", "reflect"),
    "F.pad": ("constant", "reflect", "replicate", "circular"),
    "jnp.pad": ("constant", "reflect", "symmetric", "edge", "wrap"),
}


def functions() -> Mapping[str, tuple[str, Text]]:
    """Everything that is read: its name, whose it is, and how a call of it is drawn."""
    return {
        "tf.pad": ("tensorflow", partial(pad, "tf.pad")),
        "tf.nn.depth_to_space": ("tensorflow", partial(blocks, "tf.nn.depth_to_space", upwards=True)),
        "tf.nn.space_to_depth": ("tensorflow", partial(blocks, "tf.nn.space_to_depth", upwards=False)),
        "tf.image.extract_patches": ("tensorflow", tensorflow_patches),
        "F.pad": ("torch", torch_pad),
        "F.pixel_shuffle": ("torch", partial(shuffle, "F.pixel_shuffle", upwards=True)),
        "F.pixel_unshuffle": ("torch", partial(shuffle, "F.pixel_unshuffle", upwards=False)),
        "F.unfold": ("torch", unfold),
        "F.fold": ("torch", fold),
        "jnp.pad": ("jax", partial(pad, "jnp.pad")),
        "jax.lax.conv_general_dilated_patches": ("jax", jax_patches),
    }


def pad(name: str, draw: Random) -> str:
    """Of one to four axes."""
    shape = [draw.randint(3, 5) for _ in range(draw.randint(1, 4))]
    pairs = [(draw.randint(0, 2), draw.randint(0, 2)) for _ in shape]
    mode = draw.choice(MODES[name])
    constant = f", constant_values={draw.randint(1, 9)}" if mode.upper() == "CONSTANT" and draw.random() < 0.5 else ""
    return f"{name}(x{shape}, {pairs}, '{mode}'{constant})"


def torch_pad(draw: Random) -> str:
    """Constants of any axes, copies of the last ones."""
    mode, named = draw.choice(MODES["F.pad"]), draw.randint(1, 3)
    rank = named + draw.randint(1, 2) if mode != "constant" else draw.randint(named, 5)
    shape = [draw.randint(3, 4) for _ in range(rank)]
    flat = [draw.randint(-1 if mode == "constant" else 0, 2) for _ in range(2 * named)]
    value = f", value={draw.randint(1, 9)}" if mode == "constant" and draw.random() < 0.5 else ""
    return f"F.pad(x{shape}, {flat}, mode='{mode}'{value})"


def blocks(name: str, draw: Random, *, upwards: bool) -> str:
    """Channels last."""
    block, channels = draw.randint(2, 3), draw.randint(1, 3)
    height, width = draw.randint(1, 3), draw.randint(1, 3)
    shape = [2, height, width, channels * block**2] if upwards else [1, height * block, width * block, channels]
    return f"{name}(x{shape}, {block})"


def shuffle(name: str, draw: Random, *, upwards: bool) -> str:
    """Channels first."""
    block, channels = draw.randint(1, 3), draw.randint(1, 3)
    height, width = draw.randint(1, 3), draw.randint(1, 3)
    shape = [2, channels * block**2, height, width] if upwards else [1, channels, height * block, width * block]
    return f"{name}(x{shape}, {block})"


def tensorflow_patches(draw: Random) -> str:
    """Windows within the image."""
    numbers = [f"[1, {draw.randint(1, 3)}, {draw.randint(1, 3)}, 1]" for _ in range(2)]
    rates = f"[1, {draw.randint(1, 2)}, {draw.randint(1, 2)}, 1]"
    shape = [2, draw.randint(5, 6), draw.randint(5, 6), draw.randint(1, 3)]
    return (
        f"tf.image.extract_patches(x{shape}, {numbers[0]}, {numbers[1]}, {rates}, '{draw.choice(('SAME', 'VALID'))}')"
    )


def unfold(draw: Random) -> str:
    """One number for both axes, or two."""
    shape = [2, draw.randint(1, 3), draw.randint(4, 6), draw.randint(4, 6)]
    kernel, stride = (draw.randint(1, 3), draw.randint(1, 3)), draw.randint(1, 2)
    return f"F.unfold(x{shape}, {kernel}, dilation={draw.randint(1, 2)}, padding={draw.randint(0, 2)}, stride={stride})"


def fold(draw: Random) -> str:
    """Patches side by side, or overlapping by one."""
    kernel, stride, channels = 2, draw.randint(1, 2), draw.randint(1, 3)
    height, width = draw.randint(2, 3), draw.randint(2, 4)
    size = (stride * (height - 1) + kernel, stride * (width - 1) + kernel)
    return f"F.fold(x[1, {channels * kernel**2}, {height * width}], {size}, {kernel}, stride={stride})"


def jax_patches(draw: Random) -> str:
    """In both layouts."""
    lengths, channels = [draw.randint(4, 6), draw.randint(4, 6)], draw.randint(1, 3)
    last = draw.random() < 0.5
    shape = [1, *lengths, channels] if last else [1, channels, *lengths]
    layout = ", dimension_numbers=('NHWC', 'HWIO', 'NHWC')" if last else ""
    kernel, strides = (draw.randint(1, 3), draw.randint(1, 3)), (draw.randint(1, 2), draw.randint(1, 2))
    padding = draw.choice(("'SAME'", "'VALID'", "[(1, 0), (0, 2)]"))
    dilation = f", rhs_dilation={(draw.randint(1, 2), 1)}" if draw.random() < 0.5 else ""
    return f"jax.lax.conv_general_dilated_patches(x{shape}, {kernel}, {strides}, {padding}{dilation}{layout})"

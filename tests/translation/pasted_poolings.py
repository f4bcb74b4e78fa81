"""Calls of poolings as people write them, drawn at random: every function and layer that is read, now and then one that
is illegal.

Windows of averages have one or two places along an axis, so that every quotient of whole numbers is exact.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from reference.family import DATA_FORMATS
from reference.pooling.family import averages

Text = Callable[[Random], str]
SAID = tuple(f"{reduction}_pool{rank}d" for reduction in ("max", "avg") for rank in (1, 2, 3))
LENGTHS = {1: (3, 9), 2: (3, 6), 3: (2, 4)}
"""least and most spatial length, by rank"""


def functions() -> Mapping[str, tuple[str, Text]]:
    """Everything that is read: its name, whose it is, and how a call of it is drawn."""
    found: dict[str, tuple[str, Text]] = {}
    for operator in SAID:
        found[f"tf.nn.{operator}"] = ("tensorflow", partial(tensorflow, operator, f"tf.nn.{operator}"))
        found[f"tf.nn.pool, {operator}"] = ("tensorflow", partial(pool, operator))
        found[f"keras, {operator}"] = ("tensorflow", partial(keras, operator))
        found[f"torch.nn.functional, {operator}"] = ("torch", partial(torch, operator, layer=False))
        found[f"torch.nn, {operator}"] = ("torch", partial(torch, operator, layer=True))
        found[f"jax.lax, {operator}"] = ("jax", partial(jax, operator))
        found[f"torch.nn.functional, adaptive_{operator}"] = ("torch", partial(adaptive, f"adaptive_{operator}"))
    for rank in (1, 2, 3):
        found[f"torch.nn.functional, lp_pool{rank}d"] = ("torch", partial(norm, f"lp_pool{rank}d"))
    for operator in ("max_pool2d", "avg_pool3d"):
        name = f"tf.nn.{operator[:8]}"
        found[name] = ("tensorflow", partial(tensorflow, operator, name))
    found["tf.nn.max_pool_with_argmax"] = ("tensorflow", argmax)
    found["torch.nn.functional, max_pool2d and its indices"] = ("torch", partial(indices, "F.max_pool2d({}, {})"))
    found["torch.nn, max_pool2d and its indices"] = ("torch", partial(indices, "nn.MaxPool2d({1})({0})"))
    found["torch.nn.functional, max_unpool2d"] = ("torch", partial(unpooled, "F.max_unpool2d({}, {}, {})"))
    found["torch.nn, max_unpool2d"] = ("torch", partial(unpooled, "nn.MaxUnpool2d({2})({0}, {1})"))
    return found


class Numbers:
    """One call's numbers per axis, and its channels."""

    def __init__(self, draw: Random, operator: str) -> None:
        rank = int(operator[-2])
        self.rank = rank
        self.lengths = [draw.randint(*LENGTHS[rank]) for _ in range(rank)]
        self.kernels = [draw.randint(1, 2 if averages(operator) else 3) for _ in range(rank)]
        self.strides = [draw.randint(1, 3) for _ in range(rank)]
        self.dilations = [draw.choice((1, 1, 2)) for _ in range(rank)]
        self.batch, self.channels = draw.randint(1, 2), draw.randint(1, 3)

    def shape(self, last: bool) -> str:
        """Of the value."""
        lengths = [*self.lengths, self.channels] if last else [self.channels, *self.lengths]
        return f"x{[self.batch, *lengths]}"


def compact(draw: Random, numbers: list[int]) -> str:
    """`2` for `[2, 2]` now and then."""
    return str(numbers[0]) if len(set(numbers)) == 1 and draw.random() < 0.5 else str(tuple(numbers))


def argmax(draw: Random) -> str:
    """Indices of maxima in TensorFlow's words, whose channels are last."""
    numbers = Numbers(draw, "max_pool2d")
    counted = draw.choice(("", ", include_batch_in_index=True"))
    padding = draw.choice(("SAME", "VALID"))
    said = f"{compact(draw, numbers.kernels)}, {compact(draw, numbers.strides)}, '{padding}'{counted}"
    return f"tf.nn.max_pool_with_argmax({numbers.shape(last=True)}, {said})"


def indices(written: str, draw: Random) -> str:
    """Indices of maxima in PyTorch's words; now and then of a pad beyond half of the window, which is illegal."""
    numbers = Numbers(draw, "max_pool2d")
    pad = draw.randint(0, min(numbers.kernels) // 2 + (draw.random() < 0.1))
    said = f"{compact(draw, numbers.kernels)}, {compact(draw, numbers.strides)}, {pad}, return_indices=True"
    return written.format(numbers.shape(last=False), said)


def unpooled(written: str, draw: Random) -> str:
    """Maxima that are put back."""
    numbers = Numbers(draw, "max_pool2d")
    shape = numbers.shape(last=False)
    said = f"{compact(draw, numbers.kernels)}, {compact(draw, numbers.strides)}"
    return written.format(shape, f"i{shape[1:]}", said)


def adaptive(operator: str, draw: Random) -> str:
    """Windows of one or two places; now and then none at all, which is illegal."""
    numbers = Numbers(draw, operator)
    sizes = [draw.randint(draw.random() >= 0.1, 3) for _ in range(numbers.rank)]
    numbers.lengths = [max(size, 1) * draw.choice((1, 2)) for size in sizes]
    return f"F.{operator}({numbers.shape(last=False)}, {compact(draw, sizes)})"


def norm(operator: str, draw: Random) -> str:
    """Windows of one place, whose norm is exact."""
    numbers = Numbers(draw, operator)
    said = [
        numbers.shape(last=False),
        "2",
        compact(draw, [1] * numbers.rank),
        f"stride={compact(draw, numbers.strides)}",
    ]
    return f"F.{operator}({', '.join(said)})"


def tensorflow(operator: str, function: str, draw: Random) -> str:
    numbers, last = Numbers(draw, operator), draw.random() < 0.7
    padding = draw.choice(("'SAME'", "'VALID'"))
    if operator in ("max_pool1d", "max_pool2d") and draw.random() < 0.5:
        pads = [(draw.randint(0, 2), draw.randint(0, 2)) for _ in range(numbers.rank)]
        padding = str([(0, 0), *pads, (0, 0)] if last else [(0, 0), (0, 0), *pads])
    said = [numbers.shape(last), compact(draw, numbers.kernels), compact(draw, numbers.strides), padding]
    layout = DATA_FORMATS[numbers.rank][0 if last else 1]
    if not last or draw.random() < 0.3:
        said.append(f"data_format={layout!r}")
    return f"{function}({', '.join(said)})"


def pool(operator: str, draw: Random) -> str:
    numbers = Numbers(draw, operator)
    said = [numbers.shape(last=True), str(numbers.kernels), f"'{operator[:3].upper()}'"]
    if draw.random() < 0.5:
        said += [f"dilations={numbers.dilations}", "padding='VALID'"]
    else:
        said += [f"strides={numbers.strides}", f"padding={draw.choice(('SAME', 'VALID'))!r}"]
    return f"tf.nn.pool({', '.join(said)})"


def keras(operator: str, draw: Random) -> str:
    numbers = Numbers(draw, operator)
    said = [compact(draw, numbers.kernels)]
    said += [f"strides={compact(draw, numbers.strides)}"] if draw.random() < 0.6 else []
    said += [f"padding={draw.choice(('valid', 'same'))!r}"] if draw.random() < 0.6 else []
    name = f"{'Average' if averages(operator) else 'Max'}Pooling{numbers.rank}D"
    return f"{draw.choice(('keras.layers', 'layers'))}.{name}({', '.join(said)})({numbers.shape(last=True)})"


def torch(operator: str, draw: Random, *, layer: bool) -> str:
    numbers = Numbers(draw, operator)
    said = [compact(draw, numbers.kernels)]
    said += [f"stride={compact(draw, numbers.strides)}"] if draw.random() < 0.7 else []
    if draw.random() < 0.6:
        said.append(f"padding={compact(draw, [draw.randint(0, kernel // 2) for kernel in numbers.kernels])}")
    said += ["ceil_mode=True"] if draw.random() < 0.4 else []
    if averages(operator):
        said += [f"count_include_pad={draw.random() < 0.5}"] if draw.random() < 0.6 else []
        said += [f"divisor_override={draw.choice((1, 2, 4))}"] if numbers.rank > 1 and draw.random() < 0.3 else []
    elif draw.random() < 0.4:
        said.append(f"dilation={compact(draw, numbers.dilations)}")
    value = numbers.shape(last=False)
    if layer:
        return f"nn.{operator[:3].capitalize()}Pool{operator[-2:]}({', '.join(said)})({value})"
    return f"{draw.choice(('F', 'torch.nn.functional'))}.{operator}({', '.join([value, *said])})"


def jax(operator: str, draw: Random) -> str:
    numbers, last = Numbers(draw, operator), draw.random() < 0.6

    def laid_out(spatial: list[int] | list[tuple[int, int]], other: object = 1) -> str:
        return str(tuple([other, *spatial, other] if last else [other, other, *spatial]))

    begins, reduction = ("0.0", "lax.add") if averages(operator) else ("-jnp.inf", "jax.lax.max")
    # Below the window: TensorFlow's maximum of no elements is known to be wrong.
    pads = [(draw.randint(0, kernel - 1), draw.randint(0, kernel - 1)) for kernel in numbers.kernels]
    padding = draw.choice(("'SAME'", "'VALID'", "'SAME_LOWER'", laid_out(pads, (0, 0)), laid_out(pads, (0, 0))))
    said = [numbers.shape(last), begins, reduction, laid_out(numbers.kernels), laid_out(numbers.strides), padding]
    said += [f"window_dilation={laid_out(numbers.dilations)}"] if draw.random() < 0.4 else []
    return f"{draw.choice(('lax', 'jax.lax'))}.reduce_window({', '.join(said)})"

"""Calls as people write them, drawn at random: every function and layer that is read, now and then one that is illegal.

Each text is of one framework and is Python as it stands, with `x[...]`, `w[...]` and `b[...]` for tensors.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from reference.family import DATA_FORMATS, OPERATORS, Operator
from reference.geometry import AxisPadding, legal_output_lengths
from tests.translation import pasted_index_maps, pasted_layers, pasted_poolings, pasted_resizes

Text = Callable[[Random], str]
LENGTHS = {1: (1, 9), 2: (1, 6), 3: (2, 4)}
"""least and most spatial length, by rank"""


def functions() -> Mapping[str, tuple[str, Text]]:
    """Everything that is read: its name, whose it is, and how a call of it is drawn."""
    found: dict[str, tuple[str, Text]] = {}
    for operator in OPERATORS.values():
        found[f"tf.nn.{operator.name}"] = ("tensorflow", _drawing(tensorflow, operator))
        found[f"keras, {operator.name}"] = ("tensorflow", _drawing(keras, operator))
        if not operator.depthwise:
            found[f"torch.nn.functional, {operator.name}"] = ("torch", _drawing(torch_function, operator))
            found[f"torch.nn, {operator.name}"] = ("torch", _drawing(torch_layer, operator))
            jax = jax_transposed if operator.transposed else jax_convolution
            found[f"jax.lax, {operator.name}"] = ("jax", _drawing(jax, operator))
            if operator.transposed:
                found[f"jax.lax.conv_general_dilated, {operator.name}"] = ("jax", _drawing(jax_dilated, operator))
    return {
        **found,
        **pasted_poolings.functions(),
        **pasted_index_maps.functions(),
        **pasted_resizes.functions(),
        **pasted_layers.functions(),
    }


def _drawing(text: Callable[[Random, Operator], str], operator: Operator) -> Text:
    return lambda draw: text(draw, operator)


class Numbers:
    """One call's numbers per axis, and its channels."""

    def __init__(self, draw: Random, rank: int) -> None:
        self.lengths = [draw.randint(*LENGTHS[rank]) for _ in range(rank)]
        self.kernels = [draw.randint(1, 4 if rank < 3 else 3) for _ in range(rank)]
        self.strides = [draw.choice((1, 1, 2, 3)) for _ in range(rank)]
        self.dilations = [draw.choice((1, 1, 2, 3 if rank < 3 else 2)) for _ in range(rank)]
        if draw.random() < 0.5:
            self.dilations = [1] * rank
        self.groups = draw.choice((1, 1, 2, 3))
        self.batch = draw.randint(1, 2)
        self.channels = self.groups * draw.randint(1, 2)
        self.out = self.groups * draw.randint(1, 2)


def compact(draw: Random, numbers: list[int]) -> str:
    """`2` for `[2, 2]` now and then."""
    return str(numbers[0]) if len(set(numbers)) == 1 and draw.random() < 0.5 else str(tuple(numbers))


def tensorflow(draw: Random, operator: Operator) -> str:
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    last = draw.random() < 0.7
    if operator.depthwise and numbers.strides[0] > 1:
        numbers.strides, numbers.dilations = [numbers.strides[0]] * 2, [1, 1]
    elif operator.depthwise:
        numbers.strides = [1, 1]
    padding = draw.choice(("SAME", "VALID", "EXPLICIT") if rank == 2 else ("SAME", "VALID"))
    pads = [(draw.randint(0, 2), draw.randint(0, 2)) for _ in range(rank)]

    def laid_out(channels: object, spatial: list[int] | list[tuple[int, int]], batch: object = 1) -> list[object]:
        return [batch, *spatial, channels] if last else [batch, channels, *spatial]

    said = {"padding": repr(padding) if padding != "EXPLICIT" else str(laid_out((0, 0), pads, (0, 0)))}
    arguments = []
    filter = [*numbers.kernels, numbers.channels // numbers.groups, numbers.out]
    if operator.depthwise:
        filter = [*numbers.kernels, numbers.channels, draw.randint(1, 2)]
    if operator.transposed:
        filter = [*numbers.kernels, numbers.out // numbers.groups, numbers.channels]
        rules: list[AxisPadding] = [pair if padding == "EXPLICIT" else padding for pair in pads]  # type: ignore[misc]
        axes = zip(numbers.lengths, numbers.kernels, numbers.strides, numbers.dilations, rules, strict=True)
        outputs = [draw.choice(list(legal_output_lengths(*axis)) or [1]) for axis in axes]
        arguments.append(str(laid_out(numbers.out, outputs, numbers.batch)))
    whole = operator.name in ("conv3d", "depthwise_conv2d") or draw.random() < 0.3
    strides = str(laid_out(1, numbers.strides)) if whole else compact(draw, numbers.strides)
    arguments.append(strides)
    if numbers.dilations != [1] * rank:
        whole = operator.name == "conv3d"
        said["dilations"] = str(laid_out(1, numbers.dilations) if whole else numbers.dilations)
    if not last:
        said["data_format"] = repr(DATA_FORMATS[rank][1])
    value = laid_out(numbers.channels, numbers.lengths, numbers.batch)
    text = _call(f"tf.nn.{operator.name}", [f"x{value}", f"f{filter}", *arguments], said)
    if draw.random() < 0.7:
        return text
    bias = f"b[{numbers.channels * filter[-1] if operator.depthwise else numbers.out}]"
    if last:
        return draw.choice((f"{text} + {bias}", f"tf.nn.bias_add({text}, {bias})"))
    return f"tf.nn.bias_add({text}, {bias}, data_format={said['data_format']})"


def keras(draw: Random, operator: Operator) -> str:
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    if not operator.depthwise and max(numbers.strides) > 1:
        numbers.dilations = [1] * rank
    if operator.depthwise and draw.random() < 0.7:
        numbers.strides = [numbers.strides[0]] * rank
    said = {"strides": compact(draw, numbers.strides), "dilation_rate": compact(draw, numbers.dilations)}
    words = ("valid", "same", "SAME", *(("causal",) if operator.name == "conv1d" else ()))
    said["padding"] = repr(draw.choice(words))
    if operator.transposed and draw.random() < 0.4:
        said["output_padding"] = compact(draw, [draw.randint(0, stride - 1) for stride in numbers.strides])
    if not operator.transposed and not operator.depthwise and numbers.groups > 1:
        said["groups"] = str(numbers.groups)
    if draw.random() < 0.5:
        said["use_bias"] = str(draw.random() < 0.5)
    first = draw.random() < 0.25
    if first:
        said["data_format"] = "'channels_first'"
    named = "DepthwiseConv2D" if operator.depthwise else f"Conv{rank}D{'Transpose' if operator.transposed else ''}"
    channels = [] if operator.depthwise else [str(numbers.out)]
    if operator.depthwise:
        said["depth_multiplier"] = str(draw.randint(1, 2))
    both = (numbers.batch, numbers.channels, *numbers.lengths) if first else (
        numbers.batch, *numbers.lengths, numbers.channels)  # fmt: skip
    module = draw.choice(("keras.layers", "tf.keras.layers", "layers"))
    return f"{_call(f'{module}.{named}', [*channels, compact(draw, numbers.kernels)], said)}(x{list(both)})"


def _torch_numbers(draw: Random, operator: Operator, numbers: Numbers) -> dict[str, str]:
    rank = operator.rank
    said = {"stride": compact(draw, numbers.strides), "dilation": compact(draw, numbers.dilations)}
    said["padding"] = compact(draw, [draw.randint(0, 2)] * rank if draw.random() < 0.5 else [
        draw.randint(0, 2) for _ in range(rank)])  # fmt: skip
    if operator.transposed:
        most = [max(pair) - 1 for pair in zip(numbers.strides, numbers.dilations, strict=True)]
        said["output_padding"] = compact(draw, [draw.randint(0, each + (draw.random() < 0.05)) for each in most])
    elif draw.random() < 0.2:
        said["padding"] = "'valid'"
    elif draw.random() < 0.3 and max(numbers.strides) == 1:
        said["padding"] = "'same'"
    if numbers.groups > 1:
        said["groups"] = str(numbers.groups)
    return {name: text for name, text in said.items() if text != {"stride": "1", "padding": "0"}.get(name)}


def torch_function(draw: Random, operator: Operator) -> str:
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    ends = (numbers.out, numbers.channels // numbers.groups)
    if operator.transposed:
        ends = (numbers.channels, numbers.out // numbers.groups)
    operands = [f"x{[numbers.batch, numbers.channels, *numbers.lengths]}", f"w{[*ends, *numbers.kernels]}"]
    if draw.random() < 0.4:
        operands.append(f"b[{numbers.out}]")
    module = draw.choice(("F", "torch.nn.functional", "nn.functional", "torch"))
    name = f"{module}.conv{'_transpose' if operator.transposed else ''}{rank}d"
    return _call(name, operands, _torch_numbers(draw, operator, numbers))


def torch_layer(draw: Random, operator: Operator) -> str:
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    said = _torch_numbers(draw, operator, numbers)
    if draw.random() < 0.4:
        said["bias"] = str(draw.random() < 0.4)
    module = draw.choice(("nn", "torch.nn"))
    name = f"{module}.Conv{'Transpose' if operator.transposed else ''}{rank}d"
    given = [str(numbers.channels), str(numbers.out), compact(draw, numbers.kernels)]
    return f"{_call(name, given, said)}(x{[numbers.batch, numbers.channels, *numbers.lengths]})"


def _lettered(draw: Random, numbers: Numbers, ends: dict[str, int]) -> tuple[tuple[str, str, str], str]:
    """dimension_numbers, and both operands in their order; now and then JAX's defaults for channels first."""
    spatial = "DHW"[-len(numbers.lengths) :]
    if draw.random() < 0.5:
        lhs, rhs, out = f"NC{spatial}", f"OI{spatial}", f"NC{spatial}"
    else:
        lhs, out = ("".join(draw.sample(f"N{spatial}C", len(spatial) + 2)) for _ in range(2))
        rhs = "".join(draw.sample(f"{spatial}IO", len(spatial) + 2))
    order = "".join(letter for letter in rhs if letter not in "OI")
    value = {"N": numbers.batch, "C": numbers.channels, **dict(zip(order, numbers.lengths, strict=True))}
    filter = {**ends, **dict(zip(order, numbers.kernels, strict=True))}
    operands = f"x{[value[letter] for letter in lhs]}, k{[filter[letter] for letter in rhs]}"
    return (lhs, rhs, out), operands


def _pads(draw: Random, rank: int, least: int, most: int) -> str:
    return str([(draw.randint(least, most), draw.randint(least, most)) for _ in range(rank)])


def jax_convolution(draw: Random, operator: Operator) -> str:
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    words, operands = _lettered(draw, numbers, {"O": numbers.out, "I": numbers.channels // numbers.groups})
    least = -1 if draw.random() < 0.2 else 0
    padding = draw.choice(("'SAME'", "'VALID'", "'SAME_LOWER'", "'same'", *[_pads(draw, rank, least, 2)] * 3))
    strides, dilations = tuple(numbers.strides), tuple(numbers.dilations)
    spatial = "DHW"[-rank:]
    if words == (f"NC{spatial}", f"OI{spatial}", f"NC{spatial}") and numbers.groups == 1:
        if dilations == (1,) * rank:
            return _call("lax.conv", [operands, str(strides), padding], {})
        return _call("lax.conv_with_general_padding", [operands, str(strides), padding, "None", str(dilations)], {})
    said = {"rhs_dilation": str(dilations), "dimension_numbers": str(words)}
    if numbers.groups > 1:
        said["feature_group_count"] = str(numbers.groups)
    text = _call("jax.lax.conv_general_dilated", [operands, str(strides), padding], said)
    return _biased(draw, text, words, numbers)


def jax_dilated(draw: Random, operator: Operator) -> str:
    """A transposed convolution in the words of `conv_general_dilated`."""
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    numbers.strides[0] = max(numbers.strides[0], 2)
    words, operands = _lettered(draw, numbers, {"O": numbers.out, "I": numbers.channels // numbers.groups})
    said = {"lhs_dilation": str(tuple(numbers.strides)), "rhs_dilation": str(tuple(numbers.dilations))}
    said["dimension_numbers"] = str(words)
    if numbers.groups > 1:
        said["feature_group_count"] = str(numbers.groups)
    given = [operands, str((1,) * rank), _pads(draw, rank, -1, 5)]
    return _call("lax.conv_general_dilated", given, said)


def jax_transposed(draw: Random, operator: Operator) -> str:
    rank, numbers = operator.rank, Numbers(draw, operator.rank)
    transposes = draw.random() < 0.5
    ends = {"O": numbers.channels, "I": numbers.out} if transposes else {"I": numbers.channels, "O": numbers.out}
    words, operands = _lettered(draw, numbers, ends)
    padding = draw.choice(("'SAME'", "'VALID'", *[_pads(draw, rank, -1, 5)] * 2))
    said = {"rhs_dilation": str(tuple(numbers.dilations)), "dimension_numbers": str(words)}
    said |= {"transpose_kernel": "True"} if transposes else {}
    said |= {"use_consistent_padding": "True"} if padding[0] == "[" and draw.random() < 0.3 else {}
    text = _call("lax.conv_transpose", [operands, str(tuple(numbers.strides)), padding], said)
    return _biased(draw, text, words, numbers)


def _biased(draw: Random, text: str, words: tuple[str, str, str], numbers: Numbers) -> str:
    """With a bias now and then, where the channels come last."""
    if not words[2].endswith("C") or draw.random() < 0.5:
        return text
    return draw.choice((f"{text} + b[{numbers.out}]", f"jnp.add({text}, b[{numbers.out}])"))


def _call(name: str, positional: list[str], said: dict[str, str]) -> str:
    return f"{name}({', '.join([*positional, *(f'{key}={text}' for key, text in said.items())])})"


def texts(number: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """(function, framework, text): that many of each function."""
    for name, (framework, text) in functions().items():
        draw = Random(f"{seed} {name}")
        for _ in range(number):
            yield name, framework, text(draw)

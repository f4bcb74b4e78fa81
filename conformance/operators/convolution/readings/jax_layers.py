"""The layers of Flax, Haiku and Equinox: `jax.lax`'s convolutions in other words, with kernels that the layers make.

Knows: which function of `jax.lax` each layer calls with what. Must not know: these packages; their lane is JAX's, which
is asked for the function that the layer calls.

`tests/translation/jax_layers.py` runs them against what is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.adapters.function import Function, Role
from conformance.adapters.jax.words import CONV_GENERAL_DILATED, CONV_TRANSPOSE, jax_pads
from conformance.adapters.jax_layers.words import EQUINOX, HAIKU, LINEN, NNX
from conformance.adapters.plan import Argument
from conformance.operators.convolution.readings import jax
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.translation.addition import AddedBias
from conformance.translation.arguments import CallArguments, integers, pairs
from conformance.translation.code import Part
from conformance.translation.notation import Shape
from reference.family import DATA_FORMATS, SPATIAL_NAMES
from reference.geometry import AxisPadding, legal_output_lengths, transposed_axis

_SPATIAL = {1: "W", 2: "HW", 3: "DHW"}


@dataclass(frozen=True, slots=True)
class _Layer:
    """What the packages do not have in common."""

    transposed: bool
    rank: int = 0
    """how many spatial axes; 0 where the kernel says it"""
    first: bool = False
    """whether channels come first"""
    letters: str = "IO"
    """the channel axes of the kernel, in its own order"""
    kernel_first: bool = False
    """whether the kernel has its channels before its spatial axes"""
    dilates: bool = False
    """whether a transposed layer is a convolution of the dilated value"""


LAYERS: Mapping[Function, _Layer] = {
    **{each[f"conv2d{'_transpose' * way}"]: _Layer(way) for each in (LINEN, NNX) for way in (False, True)},
    **{HAIKU[f"conv{rank}d"]: _Layer(False, rank) for rank in (1, 2, 3)},
    **{HAIKU[f"conv{rank}d_transpose"]: _Layer(True, rank, letters="OI") for rank in (1, 2, 3)},
    **{
        EQUINOX[f"conv{rank}d{'_transpose' * transposed}"]: _Layer(transposed, rank, True, "OI", True, transposed)
        for rank in (1, 2, 3)
        for transposed in (False, True)
    },
}
FUNCTIONS = tuple(LAYERS)


def read(arguments: CallArguments, dtype: str) -> ConvolutionReading:
    """What the layer computes; raises CallError for one that its package refuses, or that is not an operator."""
    layer = LAYERS[arguments.function]
    kernels = _kernels(arguments, layer)
    rank = len(kernels)
    value, first = arguments.shape("value", rank + 2), layer.first
    if arguments.has("data_format"):
        formats = DATA_FORMATS[rank]
        if arguments.said("data_format") not in formats:
            raise arguments.unexpected("data_format", " or ".join(map(repr, formats)))
        first = arguments.said("data_format") == formats[1]
    channels, out = value[1] if first else value[-1], arguments.number("channels_out")
    if arguments.has("channels_in") and arguments.number("channels_in") != channels:
        found = f"{arguments.name('channels_in')} is {arguments.number('channels_in')}"
        raise arguments.wrong("channels_in", f"{found}; the value has {channels} channels")
    groups = arguments.number("groups") if arguments.has("groups") else 1
    if channels % groups:
        raise arguments.wrong("groups", f"groups is {groups}, and does not divide the {channels} channels of the value")
    swaps = arguments.has("transpose_kernel") and arguments.flag("transpose_kernel")
    letters = layer.letters[::-1] if swaps else layer.letters
    ends = {"I": channels // groups, "O": out}
    channel_axes = tuple(ends[letter] for letter in letters)
    filter = (*channel_axes, *kernels) if layer.kernel_first else (*kernels, *channel_axes)
    said = _words(arguments, layer, kernels)
    if arguments.has("output_size") and arguments.said("output_size") is not None:
        said["padding"] = _pads_of_lengths(arguments, value[2:] if first else value[1:-1], kernels, said)
    spatial = _SPATIAL[rank]
    # With transpose_kernel, dimension_numbers name the axes of the kernel as the convolution has them.
    named = layer.letters
    order = f"N{'C' * first}{spatial}{'C' * (not first)}"
    said["dimension_numbers"] = (order, f"{named}{spatial}" if layer.kernel_first else f"{spatial}{named}", order)
    addition = None
    if arguments.flag("has_bias"):
        shape = (out, *(1,) * rank) if first else ()
        addition = AddedBias("jax.numpy.add", Part(None, *arguments.call.place), (out,), reshaped=shape)
    function = CONV_TRANSPOSE if layer.transposed and not layer.dilates else CONV_GENERAL_DILATED
    operands: dict[Role, Shape] = {"value": value, "filter": filter}
    return jax.read(arguments.as_call(function, operands, said, addition), dtype)


def _kernels(arguments: CallArguments, layer: _Layer) -> Shape:
    """The kernel's spatial lengths; of Flax's layers it says how many there are."""
    if layer.rank:
        return arguments.numbers("kernel", SPATIAL_NAMES[layer.rank])
    numbers = integers(arguments.said("kernel"))
    if numbers is None or len(numbers) not in _SPATIAL:
        raise arguments.unexpected("kernel", "1, 2 or 3 integers: Flax takes from it how many spatial axes there are")
    return arguments.numbers("kernel", SPATIAL_NAMES[len(numbers)])


def _words(arguments: CallArguments, layer: _Layer, kernels: Shape) -> dict[Role, Argument]:
    """What the function is given by number and pads."""
    names = SPATIAL_NAMES[len(kernels)]
    ones = (1,) * len(names)

    def numbers(role: Role) -> Shape:
        given = arguments.said(role) if arguments.has(role) else None
        if isinstance(given, tuple) and len(given) != len(names):
            raise arguments.unexpected(role, f"an integer or {len(names)} integers, as the kernel has")
        return ones if given is None else arguments.numbers(role, names)

    strides, dilations = numbers("strides"), numbers("dilations")
    said: dict[Role, Argument] = {"strides": strides, "dilations": dilations}
    if not layer.transposed or layer.dilates:
        said["value_dilation"] = numbers("value_dilation") if not layer.dilates else strides
    if layer.transposed and not layer.dilates:
        said["padding"] = _pads(arguments, kernels, dilations)
        return said
    pads = _pads(arguments, kernels, dilations)
    if layer.dilates:
        said["strides"] = ones
        more = numbers("output_padding") if arguments.said("output_padding") != 0 else (0,) * len(names)
        pads = _transposed_pads(pads, tuple(zip(kernels, strides, dilations, more, strict=True)))
    said["padding"] = pads
    return said


def _pads_of_lengths(
    arguments: CallArguments, lengths: Shape, kernels: Shape, said: Mapping[Role, Argument]
) -> tuple[tuple[int, int], ...]:
    """Haiku's pads of the dilated value for a result of a length: those of TensorFlow's words.

    Source: `compute_adjusted_padding` of haiku/_src/conv.py.
    """
    names = SPATIAL_NAMES[len(kernels)]
    if said["padding"] not in ("SAME", "VALID"):
        raise arguments.unexpected("padding", "'SAME' or 'VALID' beside an output_shape")
    word: AxisPadding = "SAME" if said["padding"] == "SAME" else "VALID"
    outputs, strides = arguments.numbers("output_size", names), arguments.numbers("strides", names)
    found = []
    for name, length, kernel, stride, output in zip(names, lengths, kernels, strides, outputs, strict=True):
        legal = legal_output_lengths(length, kernel, stride, 1, word)
        if output not in legal:
            accepted = f"it must be {legal[0]} to {legal[-1]}"
            raise arguments.wrong("output_size", f"{name}: output_shape is {output}; {accepted}")
        found.append(jax_pads(transposed_axis(length, kernel, stride, 1, word, output)))
    return tuple(found)


def _transposed_pads(pads: Argument, axes: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, int], ...]:
    """Equinox' pads of the dilated value: those of the convolution that is transposed, and output_padding after."""
    found = []
    for place, (kernel, stride, dilation, more) in enumerate(axes):
        reach, after = dilation * (kernel - 1), more
        if isinstance(pads, tuple):
            (given,) = pairs((pads[place],), 1) or ((0, 0),)
        elif pads == "VALID":
            given = (0, 0)
        else:
            total = reach - stride + more + 1
            after, total = max(-total, 0), max(total, 0)
            first = (total + (pads == "SAME_LOWER")) // 2
            given = (first, total - first)
        found.append((reach - given[0], reach - given[1] + after))
    return tuple(found)


def _pads(arguments: CallArguments, kernels: Shape, dilations: Shape) -> Argument:
    """A word, or a pair for each axis, of what the layer takes: pairs, a number, a number for each axis."""
    given = arguments.said("padding")
    if given == "CAUSAL" and len(kernels) == 1 and arguments.function.name.startswith("flax"):
        return ((dilations[0] * (kernels[0] - 1), 0),)
    if isinstance(given, str):
        if given.upper() not in ("SAME", "VALID", "SAME_LOWER"):
            raise arguments.unexpected("padding", "'SAME', 'VALID', integers or a pair for each axis")
        return given.upper()
    numbers = integers(given)
    if numbers is not None and len(numbers) == (len(kernels) if isinstance(given, tuple) else 1):
        numbers = numbers if isinstance(given, tuple) else numbers * len(kernels)
        return tuple((number, number) for number in numbers)
    return given


__all__ = ["FUNCTIONS", "read"]

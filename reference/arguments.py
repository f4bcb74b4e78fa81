"""From a call in TensorFlow's words to its geometry, or to the error that names what is wrong with it.

Knows: TensorFlow's spellings and rules of legality. Must not know: arrays (shapes are enough), other frameworks.
Next stage: `reference.transposed` computes with the geometry, and planners translate it for other frameworks.
"""

from collections.abc import Iterable, Sequence
from operator import index
from typing import Literal, TypeAlias

from reference.errors import (
    ArgumentError,
    DataFormatError,
    DilationsError,
    FilterChannelsError,
    OutputShapeError,
    PaddingError,
    RankError,
    SizeError,
    StridesError,
)
from reference.geometry import AxisPadding, TransposedConvolution, legal_output_lengths, transposed_axis

PerAxis: TypeAlias = int | Sequence[int]
Padding: TypeAlias = str | Sequence[Sequence[int]]

_SPATIAL_NAMES = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}
_DATA_FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def conv2d_transpose_geometry(
    value_shape: Sequence[int],
    filter_shape: Sequence[int],
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    dilations: PerAxis | None = None,
) -> TransposedConvolution:
    """The geometry of `tf.nn.conv2d_transpose`, whatever the data_format.

    value_shape: [batch, height, width, in] (NHWC) or [batch, in, height, width] (NCHW)
    filter_shape: [height, width, out, in], for both data formats
    output_shape: four integers in the order of value_shape
    strides, dilations: an int, one or two ints for height and width, or four in the order of data_format
    padding: SAME, VALID, or [[0, 0], [top, bottom], [left, right], [0, 0]] in the order of data_format

    Raises the subclass of ArgumentError whose `reason` names the first thing that is wrong.
    """
    return _transposed_geometry(2, value_shape, filter_shape, output_shape, strides, padding, data_format, dilations)


def channels_last(data_format: str | None, spatial_rank: int = 2) -> bool:
    """Whether the channels come last; None is TensorFlow's default, which has them last.

    Raises DataFormatError for a name that the rank does not have.
    """
    last, first = _DATA_FORMATS[spatial_rank]
    if data_format not in (None, last, first):
        raise DataFormatError(f"data_format is {data_format!r}; legal are {last!r} and {first!r}")
    return data_format != first


def spatial_pairs(
    padding: Sequence[Sequence[int]], data_format: str | None, spatial_rank: int = 2
) -> list[tuple[int, int]]:
    """The (before, after) pairs of the spatial axes of an explicit padding list.

    Raises PaddingError for another number of pairs, for pairs of batch or channels that are not [0, 0], and for
    negative numbers.
    """
    rank = spatial_rank + 2
    legal = f"legal are SAME, VALID, or {rank} pairs [before, after]"
    try:
        pairs = [(index(before), index(after)) for before, after in padding]
    except (TypeError, ValueError) as cause:
        given = _shown(padding) if isinstance(padding, Sequence) else padding
        raise PaddingError(f"padding is {given}; {legal}") from cause
    if len(pairs) != rank:
        raise PaddingError(f"padding is {_shown(padding)}; {legal}")
    outer = {0, rank - 1 if channels_last(data_format, spatial_rank) else 1}
    for axis, pair in enumerate(pairs):
        if axis in outer and pair != (0, 0):
            raise PaddingError(
                f"padding is {_shown(padding)}: batch and channels must have [0, 0], axis {axis} has {list(pair)}"
            )
        if min(pair) < 0:
            raise PaddingError(f"padding is {_shown(padding)}: axis {axis} has a negative number")
    return [pair for axis, pair in enumerate(pairs) if axis not in outer]


def _transposed_geometry(
    spatial_rank: int,
    value_shape: Sequence[int],
    filter_shape: Sequence[int],
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding,
    data_format: str | None,
    dilations: PerAxis | None,
) -> TransposedConvolution:
    last = channels_last(data_format, spatial_rank)
    spatial = _SPATIAL_NAMES[spatial_rank]
    layout = ", ".join(("batch", *spatial, "in") if last else ("batch", "in", *spatial))
    filter_layout = ", ".join((*spatial, "out", "in"))

    batch, lengths, channels = _split(_shape("value", value_shape, layout), last)
    *kernels, channels_out, filter_in = _shape("filter", filter_shape, filter_layout)
    output_batch, outputs, output_channels = _split(
        _shape("output_shape", output_shape, layout.replace("in", "out")), last
    )
    _check_sizes(batch, lengths, channels, kernels, channels_out, filter_shape, value_shape)
    if filter_in != channels:
        raise FilterChannelsError(_filter_channels_message(filter_shape, filter_layout, channels))

    stride_of = _per_axis("strides", strides, spatial_rank, last, StridesError)
    dilation_of = _per_axis("dilations", 1 if dilations is None else dilations, spatial_rank, last, DilationsError)
    padding_of = _axis_paddings(padding, data_format, spatial_rank)

    if output_batch != batch:
        raise OutputShapeError(f"output_shape has batch {output_batch}; the value's batch is {batch}")
    if output_channels != channels_out:
        raise OutputShapeError(
            f"output_shape has {output_channels} channels; the filter {_shown(filter_shape)} "
            f"[{filter_layout}] gives {channels_out}"
        )
    axes = []
    for name, length, kernel, stride, dilation, rule, output in zip(
        spatial, lengths, kernels, stride_of, dilation_of, padding_of, outputs, strict=True
    ):
        legal = legal_output_lengths(length, kernel, stride, dilation, rule)
        if output not in legal:
            raise OutputShapeError(
                f"output_shape has {name} {output}; legal for input {length}, kernel {kernel}, stride {stride}, "
                f"dilation {dilation}, padding {rule if isinstance(rule, str) else list(rule)}: {_span(legal)}"
            )
        axes.append(transposed_axis(length, kernel, stride, dilation, rule, output))
    return TransposedConvolution(batch, channels, channels_out, tuple(axes))


def _shape(name: str, shape: Sequence[int], layout: str) -> list[int]:
    rank = layout.count(",") + 1
    try:
        lengths = [index(length) for length in shape]
    except TypeError as cause:
        raise RankError(f"{name} is {shape!r}; legal are {rank} integers: [{layout}]") from cause
    if len(lengths) != rank:
        raise RankError(f"{name} is {lengths}, {len(lengths)} numbers; legal are {rank}: [{layout}]")
    return lengths


def _split(shape: list[int], last: bool) -> tuple[int, list[int], int]:
    """batch, spatial lengths, channels"""
    return (shape[0], shape[1:-1], shape[-1]) if last else (shape[0], shape[2:], shape[1])


def _check_sizes(
    batch: int,
    lengths: list[int],
    channels: int,
    kernels: list[int],
    channels_out: int,
    filter_shape: Sequence[int],
    value_shape: Sequence[int],
) -> None:
    if batch < 0 or min(lengths) < 0 or channels < 1:
        raise SizeError(
            f"value is {_shown(value_shape)}; batch and spatial lengths are at least 0, channels at least 1"
        )
    if min(kernels) < 1 or channels_out < 1:
        raise SizeError(f"filter is {_shown(filter_shape)}; kernel lengths and channels are at least 1")


def _filter_channels_message(filter_shape: Sequence[int], filter_layout: str, channels: int) -> str:
    *kernels, out, last = filter_shape
    message = (
        f"filter is {_shown(filter_shape)}, layout [{filter_layout}]: its last axis is {last}, "
        f"and the value has {channels} channels"
    )
    if out == channels:
        message += f"; the two channel axes are swapped: {_shown([*kernels, last, out])} would be legal"
    return message


def _per_axis(name: str, given: PerAxis, spatial_rank: int, last: bool, error: type[ArgumentError]) -> list[int]:
    """One number per spatial axis from an int, 1, `spatial_rank` or `spatial_rank + 2` numbers."""
    try:
        numbers = [index(number) for number in given] if isinstance(given, Iterable) else [index(given)]
    except TypeError as cause:
        raise error(f"{name} are {given!r}; legal are 1, {spatial_rank} or {spatial_rank + 2} integers") from cause
    written = given if isinstance(given, int) else list(numbers)
    if len(numbers) == 1:
        numbers *= spatial_rank
    if len(numbers) == spatial_rank + 2:
        outer = (numbers[0], numbers[-1] if last else numbers[1])
        if outer != (1, 1):
            raise error(f"{name} are {_shown(numbers)}; batch and channels must have 1")
        numbers = numbers[1:-1] if last else numbers[2:]
    if len(numbers) != spatial_rank:
        raise error(f"{name} are {_shown(numbers)}; legal are 1, {spatial_rank} or {spatial_rank + 2} numbers")
    if min(numbers) < 1:
        raise error(f"{name} are {written}; each must be at least 1")
    return numbers


def _axis_paddings(padding: Padding, data_format: str | None, spatial_rank: int) -> Sequence[AxisPadding]:
    if isinstance(padding, str):
        words: dict[str, Literal["SAME", "VALID"]] = {"SAME": "SAME", "VALID": "VALID"}
        if padding not in words:
            raise PaddingError(
                f"padding is {padding!r}; legal are 'SAME', 'VALID' (upper case), or a list of {spatial_rank + 2} pairs"
            )
        return [words[padding]] * spatial_rank
    return spatial_pairs(padding, data_format, spatial_rank)


def _shown(numbers: Sequence[int] | Sequence[Sequence[int]]) -> str:
    return str([list(number) if isinstance(number, Sequence) else number for number in numbers])


def _span(legal: range) -> str:
    if not legal:
        return "none"
    return str(legal[0]) if len(legal) == 1 else f"{legal[0]} to {legal[-1]}"

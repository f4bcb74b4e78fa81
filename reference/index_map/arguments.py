"""From a call in TensorFlow's words to its geometry, or to the error that names what is wrong with it.

Knows: the rules of legality. Must not know: arrays (shapes are enough), frameworks. Names are TensorFlow's where it has
the thing (`paddings`, `mode`, `constant_values`, `block_size`, `data_format`), those of the suite's poolings where
`tf.image.extract_patches` has others for the same (`ksize`, `strides`, `dilations`), and PyTorch's `output_size`.
"""

from collections.abc import Sequence
from operator import index
from typing import Any, cast

from reference.errors import (
    BlockSizeError,
    Faults,
    KsizeError,
    ModeError,
    OutputSizeError,
    PaddingError,
    PatchOrderError,
    RankError,
    SizeError,
)
from reference.index_map.family import MODES, OPERATORS, PATCH_ORDERS
from reference.index_map.geometry import Blocks, IndexGeometry, Padded, PaddedLength, PadMode, Patches
from reference.pooling.geometry import pooling_axis
from reference.spelling import (
    Padding,
    PerAxis,
    channels_last,
    check_word,
    numbers_per_axis,
    shown,
    sliding,
    split_shape,
    whole_numbers,
)


def index_geometry(operator: str, value_shape: Sequence[int], **words: Any) -> IndexGeometry:
    """The geometry of a call. Raises the subclass of ArgumentError whose `reason` names the first thing that is wrong.

    value_shape: in the order of data_format, where the operator takes one
    words: as the function of the operator's name in `reference.index_map`; `constant_values` is not an integer of it
    """
    words.pop("constant_values", None)
    match operator:
        case "pad":
            return _padded(value_shape, **words)
        case "depth_to_space" | "space_to_depth":
            return _blocks(operator, value_shape, **words)
        case _:
            return _patches(operator, value_shape, **words)


def _padded(value_shape: Sequence[int], paddings: Sequence[Sequence[int]], mode: str | None = None) -> IndexGeometry:
    lengths = [index(length) for length in value_shape]
    if not lengths or min(lengths) < 0:
        raise SizeError(f"value is {shown(lengths)}; it must have at least one axis, and lengths of at least 0")
    accepted = f"it must be {len(lengths)} pairs [before, after], one for each axis of value {shown(lengths)}"
    try:
        pairs = [(index(before), index(after)) for before, after in paddings]
    except (TypeError, ValueError) as cause:
        given = shown(paddings) if isinstance(paddings, Sequence) else paddings
        raise PaddingError(f"paddings are {given}; {accepted}") from cause
    faults = Faults()
    with faults:
        if len(pairs) != len(lengths):
            raise RankError(f"paddings are {shown(paddings)}; {accepted}")
    with faults:
        chosen = cast(PadMode, _word("mode", mode, MODES["pad"]))
    faults.check()
    for number, (length, pair) in enumerate(zip(lengths, pairs, strict=True)):
        where = f"paddings are {shown(paddings)}: axis {number} of value {shown(lengths)} has {list(pair)}"
        if chosen == "CONSTANT":
            if length + sum(pair) < 0:
                raise SizeError(f"{where}, and would have length {length + sum(pair)}")
            continue
        most = {"REFLECT": length - 1, "SYMMETRIC": length}.get(chosen)
        if min(pair) < 0:
            raise PaddingError(f"{where}; only pads of constants may be negative")
        if length == 0 and max(pair) > 0:
            raise PaddingError(f"{where}; {chosen} has nothing to copy from an empty axis")
        if most is not None and max(pair) > max(most, 0):
            raise PaddingError(f"{where}; {chosen} takes at most {most}")
    axes = tuple(PaddedLength(length, *pair) for length, pair in zip(lengths, pairs, strict=True))
    return IndexGeometry(Padded(axes, chosen), adjoint=False)


def _blocks(
    operator: str, value_shape: Sequence[int], block_size: int, data_format: str | None = None, mode: str | None = None
) -> IndexGeometry:
    batch, lengths, channels = _image(value_shape, data_format)
    if isinstance(block_size, bool) or not isinstance(block_size, int) or block_size < 1:
        raise BlockSizeError(f"block_size is {block_size!r}; it must be an integer of at least 1")
    chosen: Any = _word("mode", mode, MODES[operator])
    block, shape = block_size, shown(value_shape)
    if operator == "depth_to_space":
        if channels % block**2:
            raise BlockSizeError(
                f"value {shape} has {channels} channels; block_size {block} needs a multiple of {block**2}"
            )
        return IndexGeometry(Blocks(batch, tuple(lengths), channels // block**2, block, chosen), adjoint=False)
    for name, length in zip(OPERATORS[operator].spatial_names, lengths, strict=True):
        if length % block:
            raise BlockSizeError(f"value {shape} has {name} {length}; block_size {block} needs a multiple of it")
    size = tuple(length // block for length in lengths)
    return IndexGeometry(Blocks(batch, size, channels, block, chosen), adjoint=True)


def _patches(
    operator: str,
    value_shape: Sequence[int],
    ksize: PerAxis,
    strides: PerAxis,
    padding: Padding,
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    patch_order: str | None = None,
    output_size: Sequence[int] = (),
) -> IndexGeometry:
    rank, last, names = 2, channels_last(data_format), OPERATORS[operator].spatial_names
    batch, found, channels = _image(value_shape, data_format)
    folded = operator == "fold"
    faults = Faults()
    with faults:
        kernels = numbers_per_axis("ksize", ksize, rank, last, KsizeError)
    stride_of, dilation_of, rules = sliding(faults, strides, padding, data_format, dilations, rank)
    with faults:
        order: Any = _word("patch_order", patch_order, PATCH_ORDERS)
    with faults:
        lengths = _output_size(output_size) if folded else found
    faults.check()
    axes = []
    for name, length, kernel, stride, dilation, rule in zip(
        names, lengths, kernels, stride_of, dilation_of, rules, strict=True
    ):
        axis = pooling_axis(length, kernel, stride, dilation, rule)
        if axis.output < 0:
            kind = "output_size" if folded else "value"
            raise SizeError(
                f"there would be {axis.output} windows along the {name}: {kind} {length}, window {kernel}, stride "
                f"{stride}, dilation {dilation}, padding {rule if isinstance(rule, str) else list(rule)}"
            )
        axes.append(axis)
    if not folded:
        return IndexGeometry(Patches(batch, channels, tuple(axes), order), adjoint=False)
    taps, windows = kernels[0] * kernels[1], [axis.output for axis in axes]
    if channels % taps:
        raise KsizeError(f"value {shown(value_shape)} has {channels} channels; a window needs a multiple of {taps}")
    if windows != found:
        raise OutputSizeError(
            f"output_size {shown(lengths)} has {' x '.join(map(str, windows))} windows; "
            f"value {shown(value_shape)} has {' x '.join(map(str, found))}"
        )
    return IndexGeometry(Patches(batch, channels // taps, tuple(axes), order), adjoint=True)


def _image(value_shape: Sequence[int], data_format: str | None) -> tuple[int, list[int], int]:
    """batch, spatial lengths, channels"""
    last = channels_last(data_format)
    layout = "batch, height, width, channels" if last else "batch, channels, height, width"
    value = whole_numbers("value", value_shape, layout)
    batch, lengths, channels = split_shape(value, last)
    if batch < 0 or min(lengths) < 0 or channels < 1:
        raise SizeError(f"value is {shown(value)}; batch and spatial lengths are at least 0, channels at least 1")
    return batch, lengths, channels


def _output_size(given: Sequence[int]) -> list[int]:
    try:
        lengths = [index(length) for length in given]
    except TypeError as cause:
        raise OutputSizeError(f"output_size is {given!r}; it must be [height, width]") from cause
    if len(lengths) != 2 or min(lengths) < 0:
        raise OutputSizeError(f"output_size is {lengths}; it must be [height, width], of at least 0")
    return lengths


def _word(name: str, given: str | None, words: tuple[str, ...]) -> str:
    """The word, the first where none is given."""
    if given is None:
        return words[0]
    check_word(name, given, words, ModeError if name == "mode" else PatchOrderError)
    return given

"""Spellings that all operators share: shapes, numbers per axis, padding, data formats.

Knows: TensorFlow's spellings of one argument. Must not know: what arguments mean together (`reference.arguments`).
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from operator import index
from typing import Literal, TypeAlias

from reference.errors import (
    ArgumentError,
    DataFormatError,
    DilationsError,
    Faults,
    PaddingError,
    RankError,
    SizeError,
    StridesError,
)
from reference.family import DATA_FORMATS
from reference.geometry import AxisPadding

PerAxis: TypeAlias = int | Sequence[int]
Padding: TypeAlias = str | Sequence[Sequence[int]]


def check_word(name: str, given: object, words: Sequence[str], error: type[ArgumentError]) -> None:
    """Raise `error` for what is none of the words, with the one that may be meant."""
    if given in words:
        return
    written = given if isinstance(given, str) else ""
    spelled = {word.lower(): word for word in words}
    near = [spelled[each] for each in get_close_matches(written.lower(), spelled, n=1)]
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    raise error(f"{name} is {given!r}; it must be one of {', '.join(words)}{meant}")


def channels_last(data_format: str | None, spatial_rank: int = 2) -> bool:
    """Whether the channels come last; None is TensorFlow's default, which has them last.

    Raises DataFormatError for a name that the rank does not have.
    """
    last, first = DATA_FORMATS[spatial_rank]
    if data_format not in (None, last, first):
        raise DataFormatError(f"data_format is {data_format!r}; it must be {last!r} or {first!r}")
    return data_format != first


def spatial_pairs(
    padding: Sequence[Sequence[int]], data_format: str | None, spatial_rank: int = 2
) -> list[tuple[int, int]]:
    """The (before, after) pairs of the spatial axes of an explicit padding list.

    Raises PaddingError for another number of pairs, for pairs of batch or channels that are not [0, 0], and for
    negative numbers.
    """
    rank = spatial_rank + 2
    accepted = f"it must be SAME, VALID, or {rank} pairs [before, after]"
    try:
        pairs = [(index(before), index(after)) for before, after in padding]
    except (TypeError, ValueError) as cause:
        given = shown(padding) if isinstance(padding, Sequence) else padding
        raise PaddingError(f"padding is {given}; {accepted}") from cause
    if len(pairs) != rank:
        raise PaddingError(f"padding is {shown(padding)}; {accepted}")
    outer = {0, rank - 1 if channels_last(data_format, spatial_rank) else 1}
    for axis, pair in enumerate(pairs):
        if axis in outer and pair != (0, 0):
            raise PaddingError(
                f"padding is {shown(padding)}: batch and channels must have [0, 0], axis {axis} has {list(pair)}"
            )
        if min(pair) < 0:
            raise PaddingError(f"padding is {shown(padding)}: axis {axis} has a negative number")
    return [pair for axis, pair in enumerate(pairs) if axis not in outer]


def axis_paddings(padding: Padding, data_format: str | None, spatial_rank: int) -> Sequence[AxisPadding]:
    """The rule of each spatial axis; raises PaddingError for another word, and as `spatial_pairs` does."""
    if isinstance(padding, str):
        words: dict[str, Literal["SAME", "VALID"]] = {"SAME": "SAME", "VALID": "VALID"}
        if padding not in words:
            raise PaddingError(
                f"padding is {padding!r}; it must be 'SAME', 'VALID' (upper case), or {spatial_rank + 2} pairs"
            )
        return [words[padding]] * spatial_rank
    return spatial_pairs(padding, data_format, spatial_rank)


def numbers_per_axis(name: str, given: PerAxis, spatial_rank: int, last: bool, error: type[ArgumentError]) -> list[int]:
    """One number per spatial axis from an int, 1, `spatial_rank` or `spatial_rank + 2` numbers; raises `error`."""
    try:
        numbers = [index(number) for number in given] if isinstance(given, Iterable) else [index(given)]
    except TypeError as cause:
        raise error(f"{name} are {given!r}; they must be 1, {spatial_rank} or {spatial_rank + 2} integers") from cause
    written = given if isinstance(given, int) else list(numbers)
    if len(numbers) == 1:
        numbers *= spatial_rank
    if len(numbers) == spatial_rank + 2:
        outer = (numbers[0], numbers[-1] if last else numbers[1])
        if outer != (1, 1):
            raise error(f"{name} are {shown(numbers)}; batch and channels must have 1")
        numbers = numbers[1:-1] if last else numbers[2:]
    if len(numbers) != spatial_rank:
        raise error(f"{name} are {shown(numbers)}; they must be 1, {spatial_rank} or {spatial_rank + 2} numbers")
    if min(numbers) < 1:
        raise error(f"{name} are {written}; each must be at least 1")
    return numbers


def sliding(
    faults: Faults,
    strides: PerAxis,
    padding: Padding,
    data_format: str | None,
    dilations: PerAxis | None,
    spatial_rank: int,
) -> tuple[list[int], list[int], Sequence[AxisPadding]]:
    """How a window moves: stride, dilation and padding of each spatial axis, what is wrong with each among the faults.

    Raises DataFormatError as `channels_last` does.
    """
    last = channels_last(data_format, spatial_rank)
    stride_of, dilation_of = list[int](), list[int]()
    rules: Sequence[AxisPadding] = ()
    with faults:
        stride_of = numbers_per_axis("strides", strides, spatial_rank, last, StridesError)
    with faults:
        given = 1 if dilations is None else dilations
        dilation_of = numbers_per_axis("dilations", given, spatial_rank, last, DilationsError)
    with faults:
        rules = axis_paddings(padding, data_format, spatial_rank)
    return stride_of, dilation_of, rules


def whole_numbers(name: str, shape: Sequence[int], layout: str) -> list[int]:
    """A shape with as many lengths as the layout has names; raises RankError for any other."""
    rank = layout.count(",") + 1
    try:
        lengths = [index(length) for length in shape]
    except TypeError as cause:
        raise RankError(f"{name} is {shape!r}; it must be {rank} integers: [{layout}]") from cause
    if len(lengths) != rank:
        raise RankError(f"{name} is {lengths}, {len(lengths)} numbers; it must be {rank}: [{layout}]")
    return lengths


def split_shape(shape: Sequence[int], last: bool) -> tuple[int, list[int], int]:
    """batch, spatial lengths, channels"""
    return (shape[0], list(shape[1:-1]), shape[-1]) if last else (shape[0], list(shape[2:]), shape[1])


def check_sizes(value: Sequence[int], filter: Sequence[int], last: bool) -> None:
    """Raise SizeError for lengths that no array can have here."""
    batch, lengths, channels = split_shape(value, last)
    if batch < 0 or min(lengths) < 0 or channels < 1:
        raise SizeError(f"value is {shown(value)}; batch and spatial lengths are at least 0, channels at least 1")
    if min(filter[:-1]) < 1:
        raise SizeError(f"filter is {shown(filter)}; kernel lengths and channels are at least 1")


def shown(numbers: Sequence[int] | Sequence[Sequence[int]]) -> str:
    """Numbers or pairs as lists."""
    return str([list(number) if isinstance(number, Sequence) else number for number in numbers])

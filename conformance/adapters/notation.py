"""Notation shared by planners: layouts as axis orders, keywords as an author wrote them.

Knows: integers and names. Must not know: frameworks, arrays.
"""

from typing import Protocol, TypeVar

from conformance.adapters.plan import Argument, Invoke, Reshape
from conformance.operators.convolution.call import Convolution
from conformance.operators.nominal import Nominal
from reference.arguments import channels_last
from reference.errors import ArgumentError
from reference.family import Operator

Item = TypeVar("Item")


def to_channels_first(rank: int) -> tuple[int, ...]:
    """[batch, *spatial, channels] -> [batch, channels, *spatial]"""
    return (0, rank + 1, *range(1, rank + 1))


def to_channels_last(rank: int) -> tuple[int, ...]:
    """[batch, channels, *spatial] -> [batch, *spatial, channels]"""
    return (0, *range(2, rank + 2), 1)


def filter_to_channels_first(rank: int) -> tuple[int, ...]:
    """[*kernel, a, b] -> [b, a, *kernel]: the channels that follow the groups first"""
    return (rank + 1, rank, *range(rank))


def depthwise_as_grouped(call: Convolution) -> tuple[Reshape, ...]:
    """A depthwise filter as one of as many groups as channels: [*kernel, 1, in * multiplier]."""
    if not call.definition.depthwise:
        return ()
    *kernel, channels, multiplier = call.filter_shape
    return (Reshape("filter", (*kernel, 1, channels * multiplier)),)


class LaidOut(Protocol):
    """A call of a kind whose operators have spatial axes."""

    @property
    def data_format(self) -> str | None: ...

    @property
    def definition(self) -> Operator: ...


def is_channels_last(call: LaidOut) -> bool:
    """As `reference.arguments.channels_last`; a data_format that does not exist counts as the default."""
    try:
        return channels_last(call.data_format, call.definition.rank)
    except ArgumentError:
        return True


def along_axes(call: LaidOut, spatial: tuple[Item, ...], other: Item) -> tuple[Item, ...]:
    """One item per axis of the value, in the order of the call: those of the spatial axes, and the other twice."""
    return (other, *spatial, other) if is_channels_last(call) else (other, other, *spatial)


def spatial_of(call: LaidOut, numbers: int | tuple[int, ...] | None) -> tuple[int, ...] | None:
    """One number per spatial axis; None of a wrong call whose mistake is about the others, or how many there are."""
    return spatial_numbers(numbers, is_channels_last(call), call.definition.rank)


def given_keywords(call: Convolution) -> tuple[tuple[str, Argument], ...]:
    """The keywords of a TensorFlow call as the author wrote them; what was left out stays out."""
    keywords: list[tuple[str, Argument]] = []
    if call.definition.transposed:
        keywords.append(("output_shape", call.output_shape))
    keywords += [("strides", call.strides), ("padding", call.padding)]
    if call.data_format is not None:
        keywords.append(("data_format", call.data_format))
    if call.dilations is not None:
        keywords.append(("dilations", call.dilations))
    return tuple(keywords)


def bias_add(call: Convolution, module: str) -> tuple[Invoke, ...]:
    """The addition of the call's bias by a module's `bias_add`, which takes data_format; none for a call without."""
    keywords: tuple[tuple[str, Argument], ...] = (("data_format", call.data_format),) if call.data_format else ()
    return (Invoke(f"{module}.bias_add", (("", "result"), ("", "bias")), keywords),) if call.bias else ()


def nominal_keywords(nominal: Nominal, output: int | None) -> tuple[tuple[str, Argument], ...]:
    """The keywords of a TensorFlow call that says a nominal one, with the output length asked for."""
    return (
        ("output_shape", (1, output, output, 1)),
        ("strides", nominal.stride),
        ("padding", nominal.word),
        ("dilations", nominal.dilation),
    )


def spatial_numbers(numbers: int | tuple[int, ...] | None, last: bool, rank: int = 2) -> tuple[int, ...] | None:
    """The spatial numbers of strides or dilations of a wrong call, None when its mistake is about others."""
    given = 1 if numbers is None else numbers
    if isinstance(given, int):
        return (given,) * rank
    if len(given) == rank:
        return given
    if len(given) == 1:
        return given * rank
    if len(given) == rank + 2:
        outer = (given[0], given[-1] if last else given[1])
        return (given[1:-1] if last else given[2:]) if outer == (1, 1) else None
    return None

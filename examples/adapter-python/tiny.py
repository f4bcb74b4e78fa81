"""A framework as small as one can be, for the adapter beside it: channels first, lazy, with limits of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
DTYPES = ("float32", "float64", "bfloat16")


@dataclass(frozen=True)
class Lazy:
    """An array that nobody has computed yet: what is wrong with a call is first noticed by `evaluate`."""

    compute: Callable[[], Array]


def evaluate(lazy: Lazy) -> Array:
    """The array."""
    return lazy.compute()


def conv2d(value: Array, filter: Array, bias: Array | None = None, **words: Any) -> Lazy:
    """Of a value [batch, in, height, width], a filter [out, in / groups, height, width] and a bias [out].

    Words: stride and padding, each (height, width), and groups.
    """
    return Lazy(lambda: _result(value, filter, bias, **words))


def gradient(
    cotangent: Array, value: Array, filter: Array, bias: Array | None = None, *, for_: str, **words: Any
) -> Lazy:
    """The vector-Jacobian product of conv2d with a cotangent, for the operand of that name."""
    return Lazy(lambda: _gradient(cotangent, value, filter, bias, for_, **words))


def _result(value: Array, filter: Array, bias: Array | None, stride: Any, padding: Any, groups: int) -> Array:
    padded, lengths = _checked(value, filter, bias, stride, padding, groups)
    result = np.zeros((len(value), len(filter), *lengths), padded.dtype)
    for ins, outs, rows, columns, row, column in _taps(filter, lengths, stride, groups):
        weight = filter[outs, :, row, column].astype(padded.dtype)
        result[:, outs] += np.einsum("bihw,oi->bohw", padded[:, ins, rows, columns], weight)
    if bias is not None:
        result += bias.astype(padded.dtype)[:, None, None]
    return result.astype(value.dtype)


def _gradient(
    cotangent: Array, value: Array, filter: Array, bias: Array | None, for_: str, stride: Any, padding: Any, groups: int
) -> Array:
    padded, lengths = _checked(value, filter, bias, stride, padding, groups)
    if cotangent.shape != (len(value), len(filter), *lengths) or cotangent.dtype != value.dtype:
        raise ValueError(f"the cotangent {cotangent.dtype}{cotangent.shape} is not like the result")
    wide, by_value, by_filter = (
        cotangent.astype(padded.dtype),
        np.zeros_like(padded),
        np.zeros(filter.shape, padded.dtype),
    )
    for ins, outs, rows, columns, row, column in _taps(filter, lengths, stride, groups):
        weight = filter[outs, :, row, column].astype(padded.dtype)
        by_value[:, ins, rows, columns] += np.einsum("bohw,oi->bihw", wide[:, outs], weight)
        by_filter[outs, :, row, column] = np.einsum("bohw,bihw->oi", wide[:, outs], padded[:, ins, rows, columns])
    inner = tuple(slice(pad, length + pad) for pad, length in zip(padding, value.shape[2:], strict=True))
    found = {"value": by_value[:, :, *inner], "filter": by_filter, "bias": wide.sum(axis=(0, 2, 3))}
    return found[for_].astype(value.dtype)


def _checked(
    value: Array, filter: Array, bias: Array | None, stride: Any, padding: Any, groups: int
) -> tuple[Array, list[int]]:
    """The padded value, wide enough to sum in, and the lengths of the result."""
    if min(*stride, groups) < 1 or min(padding) < 0:
        raise ValueError(f"stride {stride} and groups {groups} must be positive, padding {padding} not negative")
    if value.ndim != 4 or filter.ndim != 4 or value.shape[1] != filter.shape[1] * groups or len(filter) % groups:
        raise ValueError(f"value {value.shape} does not fit filter {filter.shape} in {groups} groups")
    if bias is not None and bias.shape != filter.shape[:1]:
        raise ValueError(f"bias {bias.shape} does not fit filter {filter.shape}")
    if len({array.dtype for array in (value, filter, bias) if array is not None}) > 1:
        raise TypeError("all operands must have one dtype")
    wide = np.float64 if value.dtype == np.float64 else np.float32
    padded = np.pad(value.astype(wide), [(0, 0), (0, 0), *((pad, pad) for pad in padding)])
    lengths = [
        (full - taps) // step + 1 for full, taps, step in zip(padded.shape[2:], filter.shape[2:], stride, strict=True)
    ]
    if min(filter.shape[2:]) < 1 or min(lengths) < 1 or min(filter.shape[:2]) < 1:
        raise ValueError(f"filter {filter.shape} does not fit into the padded value {padded.shape}")
    return padded, lengths


def _taps(filter: Array, lengths: list[int], stride: Any, groups: int) -> Iterator[tuple[Any, ...]]:
    """Of each group and tap: the channels in and out, the rows and columns that it meets, and its place."""
    out, into = len(filter) // groups, filter.shape[1]
    for group in range(groups):
        for row, column in np.ndindex(*filter.shape[2:]):
            rows = slice(row, row + (lengths[0] - 1) * stride[0] + 1, stride[0])
            columns = slice(column, column + (lengths[1] - 1) * stride[1] + 1, stride[1])
            ins, outs = slice(group * into, (group + 1) * into), slice(group * out, (group + 1) * out)
            yield ins, outs, rows, columns, row, column

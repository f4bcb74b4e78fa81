"""A resize and its adjoint on canonical arrays (batch, *spatial, channels): axis by axis, a matrix of weights each.

Knows: rows of weights. Must not know: argument spellings, layouts (`reference.resize.operators`).

A matrix has few weights a row, side by side: it is cut into blocks of rows, and each block is multiplied by the
elements that its rows span.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.resize.geometry import Resize, Row

Array: TypeAlias = NDArray[Any]
Block: TypeAlias = tuple[int, int, NDArray[np.float64]]
"""the first element, the one after the last, and the weights (rows, elements)"""

# Of a block: 32 rows of a linear 2x are 18 elements long, and BLAS is at its best from about there on.
ROWS = 32


def nearest(value: Array, geometry: Resize) -> Array:
    """The element that each output is rounded to, in the dtype of the value."""
    for number, rows in enumerate(geometry.rows(), start=1):
        value = np.take(value, [row[0][0] for row in rows], axis=number)
    return value


def resized(value: Array, geometry: Resize, absolute: bool = False) -> Array:
    """The sums of elements times weights, in float64; with `absolute` those of the weights' absolute values."""
    return applied(value, geometry.rows(), absolute)


def gradient(cotangent: Array, geometry: Resize, absolute: bool = False) -> Array:
    """The adjoint: every cotangent goes to the elements that its output reads."""
    return applied(cotangent, geometry.columns(), absolute)


def applied(value: Array, matrices: Iterable[tuple[Row, ...]], absolute: bool = False) -> Array:
    """The value with a matrix applied to each spatial axis."""
    finite = bool(np.isfinite(value).all())
    for number, rows in enumerate(matrices, start=1):
        outer, inner = value.shape[:number], value.shape[number + 1 :]
        flat = np.ascontiguousarray(value).reshape(-1, value.shape[number], int(np.prod(inner)))
        result = np.zeros((len(flat), len(rows), flat.shape[2]))
        if finite:
            for place, (first, stop, weights) in enumerate(_blocks(rows, absolute)):
                span = slice(place * ROWS, place * ROWS + len(weights))
                np.matmul(weights, flat[:, first:stop], out=result[:, span])
        else:  # zero times infinity is NaN: what has no weight must not be multiplied
            for output, row in enumerate(rows):
                for element, weight in row:
                    result[:, output] += float(abs(weight) if absolute else weight) * flat[:, element]
        value = result.reshape(*outer, len(rows), *inner)
    return value


def counts(matrices: Iterable[tuple[Row, ...]]) -> NDArray[np.int64]:
    """(*spatial, 1): how many terms are summed into each element."""
    total = np.ones((), np.int64)
    for rows in matrices:
        total = np.multiply.outer(total, np.array([len(row) for row in rows], np.int64))
    return total[..., np.newaxis]


@lru_cache(maxsize=256)
def _blocks(rows: tuple[Row, ...], absolute: bool) -> tuple[Block, ...]:
    blocks = list[Block]()
    for start in range(0, len(rows), ROWS):
        taken = rows[start : start + ROWS]
        reads = [element for row in taken for element, _ in row] or [0]
        first, stop = min(reads), max(reads) + 1
        weights = np.zeros((len(taken), stop - first))
        for number, row in enumerate(taken):
            for element, weight in row:
                weights[number, element - first] = float(abs(weight) if absolute else weight)
        blocks.append((first, stop, weights))
    return tuple(blocks)

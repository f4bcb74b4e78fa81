"""Seeded random geometries, wider than any case: empty axes, crops beyond the result, outputs beyond it too."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from reference.geometry import Axis

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]


@pytest.fixture(scope="session")
def random_axes() -> RandomAxes:
    return _random_axes


def _random_axes(seed: int, rank: int, count: int) -> Iterator[tuple[Axis, ...]]:
    random = np.random.default_rng(seed)
    longest = {1: 7, 2: 5, 3: 3}[rank]

    def below(limit: int) -> int:
        return int(random.integers(limit))

    for _ in range(count):
        axes = []
        for _ in range(rank):
            length, kernel = below(longest + 1), 1 + below(longest)
            stride, dilation = 1 + below(longest + 1), 1 + below(3)
            full = max(stride * (length - 1) + dilation * (kernel - 1) + 1, 0)
            axes.append(Axis(length, kernel, stride, dilation, below(full + 3), below(full + 4)))
        yield tuple(axes)

"""Configurations to be wrong on: canonical operands and plain numbers, with the call they belong to."""

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.inputs import fill
from conformance.suite.generating import Unfit
from reference.errors import ArgumentError

Array = NDArray[np.float64]
Pair = tuple[int, int]
Rule = str | Pair
SAME: tuple[Rule, Rule] = ("SAME", "SAME")
VALID: tuple[Rule, Rule] = ("VALID", "VALID")
ONE = (1, 1)


@dataclass(frozen=True)
class Configuration:
    """Everything per axis is (height, width); value and filter are as in the call."""

    call: RightConvolution
    value: NDArray[Any]
    filter: NDArray[Any]
    s: Pair
    d: Pair
    b: Pair
    o: Pair
    rules: tuple[Rule, Rule]
    last: bool

    @property
    def x(self) -> Array:
        """(batch, height, width, in)"""
        value = self.value.astype(np.float64)
        return value if self.last else value.transpose(0, 2, 3, 1)

    @property
    def w(self) -> Array:
        """(height, width, out, in)"""
        return self.filter.astype(np.float64)

    @property
    def i(self) -> Pair:
        return self.x.shape[1], self.x.shape[2]

    @property
    def k(self) -> Pair:
        return self.filter.shape[0], self.filter.shape[1]

    @property
    def full(self) -> Pair:
        height, width = (
            s * (i - 1) + d * (k - 1) + 1 for s, i, d, k in zip(self.s, self.i, self.d, self.k, strict=True)
        )
        return height, width

    def written(self, y: Array) -> NDArray[Any]:
        """A canonical result in the layout and dtype of the call."""
        with np.errstate(over="ignore"):
            laid_out = y if self.last else y.transpose(0, 3, 1, 2)
            return np.ascontiguousarray(laid_out).astype(self.value.dtype)


def configure(
    size: Pair, kernel: Pair, strides: Pair, dilations: Pair, rules: tuple[Rule, Rule], output: Pair,
    batch: int = 2, channels: Pair = (2, 3), last: bool = True, dtype: str = "float32", generator: str = "mix",
    seed: str = "0",
) -> Configuration:  # fmt: skip
    """Raises ArgumentError for a call that is not right, and Unfit where the generator cannot fill it."""

    def shape(lengths: Pair, count: int) -> tuple[int, ...]:
        return (batch, *lengths, count) if last else (batch, count, *lengths)

    padding: Any = rules[0]
    if not isinstance(padding, str):
        padding = ((0, 0), *rules, (0, 0)) if last else ((0, 0), (0, 0), *rules)
    call = right_call(
        "conv2d_transpose",
        (shape(size, channels[0]), (*kernel, channels[1], channels[0]), shape(output, channels[1])),
        strides=strides,
        padding=padding,
        data_format="NHWC" if last else "NCHW",
        dilations=dilations,
        dtype=dtype,
    )
    value, filter = fill(GENERATORS[generator], call, seed).values()
    height, width = (axis.crop_before for axis in call.geometry.axes)
    return Configuration(call, value, filter, strides, dilations, (height, width), output, rules, last)


def shortest(i: int, k: int, s: int, d: int, rule: Rule) -> int:
    """The smallest legal output, by the rules of the design."""
    full = s * (i - 1) + d * (k - 1) + 1
    if rule == "SAME":
        return s * (i - 1) + 1
    return full if isinstance(rule, str) else max(full - sum(rule), 0)


def random_configurations(
    count: int, seed: int, generators: tuple[str, ...] = ("mix", "normal64")
) -> list[Configuration]:
    """Small ones, as different as can be."""
    choose = random.Random(seed)
    found: list[Configuration] = []
    while len(found) < count:
        try:
            found.append(_random(choose, str(len(found)), generators))
        except (ArgumentError, Unfit):
            continue
    return found


def _random(choose: random.Random, seed: str, generators: tuple[str, ...]) -> Configuration:
    def pair(low: int, high: int) -> Pair:
        return choose.randint(low, high), choose.randint(low, high)

    size, kernel, strides = pair(1, 5), pair(1, 5), pair(1, 3)
    dilations = choose.choice([(1, 1), (1, 1), pair(1, 3)])
    explicit = (pair(0, 2), pair(0, 2))
    kinds: list[tuple[Rule, Rule]] = [SAME, VALID, explicit]
    rules = choose.choice(kinds)
    output = tuple(
        max(shortest(*numbers) + choose.randrange(numbers[2]), 1)
        for numbers in zip(size, kernel, strides, dilations, rules, strict=True)
    )
    return configure(
        size, kernel, strides, dilations, rules, (output[0], output[1]), choose.randint(1, 3),
        choose.choice([(1, 1), (2, 3), (3, 2), (4, 4), (5, 6), (9, 5)]), choose.random() < 0.6,
        choose.choice(["float32", "float64"]), choose.choice(generators), seed,
    )  # fmt: skip


def witnesses(generator: str = "mix", dtype: str = "float32") -> list[Configuration]:
    """A few that together show every fault."""

    def of(
        size: Pair, kernel: Pair, strides: Pair, dilations: Pair, rules: tuple[Rule, Rule], output: Pair,
        batch: int = 2, channels: Pair = (2, 3), last: bool = True,
    ) -> Configuration:  # fmt: skip
        return configure(size, kernel, strides, dilations, rules, output, batch, channels, last, dtype, generator)

    return [
        of((4, 5), (3, 4), (2, 1), ONE, SAME, (8, 5)),
        of((4, 3), (3, 2), (2, 3), (1, 2), SAME, (7, 8), last=False),
        of((3, 4), (4, 5), (3, 2), (2, 1), ((2, 0), (1, 3)), (12, 8), channels=(5, 6)),
        of((4, 3), (2, 3), (3, 2), (1, 3), ((2, 0), (3, 1)), (9, 8), last=False, channels=(9, 5), batch=5),
        of((3, 3), (3, 3), (2, 2), ONE, VALID, (8, 7), channels=(4, 4), batch=3),
        of((2, 4), (5, 1), (4, 3), (1, 2), VALID, (12, 12), channels=(17, 18), batch=1),
        of((1, 3), (4, 5), (1, 3), ONE, SAME, (1, 9), batch=9),
        of((2, 2), (2, 1), (1, 2), (3, 1), SAME, (2, 4), channels=(260, 2), batch=17),
        of((2, 2), (2, 1), (1, 2), ONE, SAME, (2, 4), channels=(2, 260), batch=1),
    ]

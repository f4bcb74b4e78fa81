"""Times the reference's engine and each of its forms against torch, bare products and one product per tap.

    .venv/bin/python benchmarks/reference_speed.py [--rounds 7] [--layers 1,10]

All in float64 with one thread, interleaved, medians of the rounds. `matmul` is one product of as many multiply-adds as
the layer has before its crop, into memory that is there already. `per tap` is the form that the engine started from.
Every result is held to torch's, bitwise: the operands are small integers. Prints Markdown.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from math import prod
from statistics import geometric_mean, median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from reference.forms.planes import by_planes
from reference.forms.runs import by_runs
from reference.forms.sums import by_sums
from reference.forms.windows import by_windows
from reference.geometry import Axis, transposed_axis
from reference.transposed import form_for, transposed

SHORTEST_ROUND = 0.02
FORMS = [by_sums, by_windows, by_planes, by_runs]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer whose output is `stride` times as long as its input."""

    batch: int
    length: int
    channels: tuple[int, int]
    kernel: int
    stride: int

    def __str__(self) -> str:
        inside, out = self.channels
        return f"{self.batch}x{self.length}x{self.length}x{inside}->{out} k{self.kernel} s{self.stride}"

    @property
    def pad(self) -> int:
        return (self.kernel - self.stride + 1) // 2

    @property
    def axes(self) -> tuple[Axis, ...]:
        output = self.stride * self.length
        pads = (self.pad, self.pad)
        return (transposed_axis(self.length, self.kernel, self.stride, 1, pads, output),) * 2


LAYERS = [
    Layer(16, 4, (1024, 512), 5, 2),
    Layer(16, 8, (512, 256), 5, 2),
    Layer(16, 16, (256, 128), 5, 2),
    Layer(16, 32, (128, 3), 5, 2),
    Layer(16, 32, (128, 3), 4, 2),
    Layer(1, 28, (1024, 512), 2, 2),
    Layer(1, 128, (128, 64), 2, 2),
    Layer(1, 64, (21, 21), 16, 8),
    Layer(4, 16, (64, 32), 3, 2),
    Layer(2, 8, (8, 8), 3, 2),
]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the reference's forms.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--layers", default=",".join(str(number + 1) for number in range(len(LAYERS))))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = [measured(LAYERS[int(number) - 1], arguments.rounds) for number in arguments.layers.split(",")]
    columns = list(rows[0])
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for row in rows:
        print("| " + " | ".join(shown(row[column]) for column in columns) + " |")
    for column in [column for column in columns if column.startswith("engine is")]:
        print(f"\ngeometric mean, {column}: {geometric_mean([row[column] for row in rows]):.2f}")


def shown(cell: Any) -> str:
    return (
        f"{cell:.3g}" if isinstance(cell, float) and cell < 1000 else f"{cell:.0f}" if isinstance(cell, float) else cell
    )


def measured(layer: Layer, rounds: int) -> dict[str, Any]:
    """One row of the table: milliseconds, and how many times faster the engine is."""
    random = np.random.default_rng(0)
    value = random.integers(-9, 10, (layer.batch, layer.length, layer.length, layer.channels[0])).astype(np.float64)
    filter = random.integers(-9, 10, (layer.kernel, layer.kernel, *layer.channels[::-1])).astype(np.float64)
    calls = contenders(layer, value, filter)
    expected = np.moveaxis(calls["torch"](), 1, -1)
    for name in calls.keys() - {"torch", "matmul"}:
        assert np.array_equal(calls[name](), expected), (str(layer), name)
    times = {name: 1e3 * seconds for name, seconds in interleaved(calls, rounds).items()}
    return {
        "layer": str(layer),
        **times,
        "chosen": form_for(value, filter, layer.axes).__name__,
        "engine is x torch": times["torch"] / times["engine"],
        "engine is x per tap": times["per tap"] / times["engine"],
        "engine is x matmul": times["matmul"] / times["engine"],
        "MB beyond output": (peak(calls["engine"]) - expected.nbytes) / 2**20,
        "MB of inputs": (value.nbytes + filter.nbytes) / 2**20,
    }


def contenders(layer: Layer, value: NDArray[Any], filter: NDArray[Any]) -> dict[str, Callable[[], Any]]:
    image = torch.from_numpy(np.ascontiguousarray(np.moveaxis(value, -1, 1)))
    weights = torch.from_numpy(np.ascontiguousarray(filter.transpose(3, 2, 0, 1)))
    longer = layer.stride - layer.kernel + 2 * layer.pad

    def by_torch() -> NDArray[Any]:
        result: NDArray[Any] = torch.nn.functional.conv_transpose2d(
            image, weights, stride=layer.stride, padding=layer.pad, output_padding=longer
        ).numpy()
        return result

    left, right = value.reshape(-1, value.shape[-1]), filter.reshape(-1, value.shape[-1]).T
    products = np.empty((left.shape[0], right.shape[1]))
    return {
        "torch": by_torch,
        "matmul": lambda: np.matmul(left, right, out=products),
        "per tap": lambda: per_tap(value, filter, layer.axes),
        **{form.__name__: lambda form=form: form(value, filter, layer.axes) for form in FORMS},
        "engine": lambda: transposed(value, filter, layer.axes),
    }


def per_tap(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """The simplest quick form: one product per tap, of views, added onto a strided view of the output."""
    output = np.zeros((value.shape[0], *(axis.output for axis in axes), filter.shape[-2]), dtype=value.dtype)
    for tap in product(*(range(axis.kernel) for axis in axes)):
        landings = [axis.landing(position) for axis, position in zip(axes, tap, strict=True)]
        if not prod(landing.count for landing in landings):
            continue
        sources = tuple(slice(at.first_input, at.first_input + at.count) for at in landings)
        targets = tuple(
            slice(at.first_output, at.first_output + axis.stride * (at.count - 1) + 1, axis.stride)
            for at, axis in zip(landings, axes, strict=True)
        )
        output[:, *targets] += value[:, *sources] @ filter[tap].T
    return output


def interleaved(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median seconds of a call; quick calls are repeated within a round."""
    often = max(1, int(SHORTEST_ROUND / timed(calls["torch"], 1)))
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(timed(call, often))
    return {name: median(each) for name, each in times.items()}


def timed(call: Callable[[], Any], often: int) -> float:
    start = perf_counter()
    for _ in range(often):
        call()
    return (perf_counter() - start) / often


def peak(call: Callable[[], Any]) -> int:
    """The most bytes that a call holds at once, its result included."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    main()

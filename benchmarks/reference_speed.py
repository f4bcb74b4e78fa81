"""Times the reference against torch, onnx.reference and bare products; writes a section of reports/benchmark.md.

    .venv/bin/python benchmarks/reference_speed.py [--rounds 9] [--output reports]

One thread, one processor, the contenders of a table interleaved and each first in turn; medians of the rounds, in
seconds of the processor. Results are held to torch's, bitwise: the operands are small integers. A ratio is how many
times faster the reference is; its spread is that between the quartiles of the rounds' own ratios.
"""

import os

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)  # the kernels that NumPy picks by itself
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import geometric_mean, median, quantiles
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch
from benchmark_report import Bar, Cell, Section, Table, machine, write
from numpy.typing import NDArray
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from threadpoolctl import threadpool_info

from reference import transposed as engine
from reference.convolution import convolution
from reference.forms import sums, windows
from reference.forms.planes import by_planes
from reference.forms.runs import by_runs
from reference.forms.sums import by_sums
from reference.forms.windows import by_windows
from reference.geometry import Axis
from reference.magnitude import magnitude, magnitude_ceiling, tap_counts
from reference.pooling.family import averages
from reference.pooling.geometry import Pooling, pooling_axis
from reference.pooling.operators import Pooled
from reference.resize.arguments import resize_geometry
from reference.resize.family import OPERATORS as RESIZES
from reference.resize.operators import Resized
from reference.transposed import form_for, transposed

SHORTEST_ROUND = 0.02
"""seconds that quick calls are repeated for within a round"""
FORMS = [by_sums, by_windows, by_planes, by_runs]
SPREAD_BYTES = 2**28
"""by_sums would spread the products of large layers over more memory than this; it is not measured there"""

Calls = dict[str, Callable[[], Any]]


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
    def longer(self) -> int:
        """What torch and ONNX call the output padding."""
        return self.stride - self.kernel + 2 * self.pad

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(
            Axis(self.length, self.kernel, self.stride, 1, self.pad, self.stride * self.length) for _ in range(2)
        )

    @property
    def multiply_adds(self) -> int:
        return self.batch * (self.length * self.kernel) ** 2 * self.channels[0] * self.channels[1]

    def operands(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """value, filter: small integers"""
        random = np.random.default_rng(0)
        value = random.integers(-9, 10, (self.batch, self.length, self.length, self.channels[0]))
        filter = random.integers(-9, 10, (self.kernel, self.kernel, *self.channels[::-1]))
        return value.astype(np.float64), filter.astype(np.float64)


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
MID, SMALL, TINY = LAYERS[8], LAYERS[9], Layer(1, 3, (2, 2), 3, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the reference.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--output", type=Path, default=Path("reports"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    load = os.getloadavg()[0]
    parts = [part(arguments.rounds) for part in PARTS]
    blas = next(
        pool for pool in threadpool_info() if pool["internal_api"] == "openblas" and "numpy" in pool["filepath"]
    )
    about = machine(["numpy", "torch", "onnx"]) | {
        "NumPy's BLAS": f"OpenBLAS {blas['version']}, {blas['architecture']} kernels, {blas['num_threads']} thread",
        "torch's BLAS": f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} thread",
        "load": f"{load:.1f} runnable processes before, {os.getloadavg()[0]:.1f} at the end",
    }
    write(
        arguments.output,
        "reference",
        Section(
            "The reference",
            f"python benchmarks/reference_speed.py --rounds {arguments.rounds}",
            about,
            [bar for bars, _ in parts for bar in bars],
            [table for _, table in parts],
        ),
    )
    print(f"{arguments.output}/benchmark.md")


def layers(rounds: int) -> tuple[list[Bar], Table]:
    """The engine and its forms against torch and the bare product."""
    measured = [layer_row(layer, rounds) for layer in LAYERS]
    to_torch = [float(row[5]) for row in measured]
    of_matmul = [float(row[7]) for row in measured]
    large = [row for layer, row in zip(LAYERS, of_matmul, strict=True) if 2 * layer.multiply_adds > 10**9]
    wide = any("SkylakeX" in pool.get("architecture", "") for pool in threadpool_info())
    mean = geometric_mean(to_torch)
    bars = [
        Bar("geometric mean of the layers: 2 x torch", f"{mean:.2f}", mean >= 2),
        Bar("no layer under 0.95 x torch", f"{min(to_torch):.2f}", min(to_torch) >= 0.95),
        Bar("at most 1.3 x the bare product, over 1 GFLOP", f"{max(large):.2f}", max(large) <= 1.3),
    ]
    if wide:
        bars.insert(1, Bar("with AVX-512 kernels: 2.8 x torch", f"{mean:.2f}", mean >= 2.8))
    about = (
        "Milliseconds; the geometry has been asked about before. `matmul` is one product of as many multiply-adds as "
        "the layer has before its crop, into memory that is there already; `x torch` is torch / engine, `of matmul` is "
        f"engine / matmul (geometric mean {geometric_mean(of_matmul):.2f})."
    )
    names = [form.__name__ for form in FORMS]
    columns = ["layer", "torch", "matmul", "engine", "chosen", "x torch", "spread", "of matmul", *names]
    return bars, Table("Ten layers, float64", about, columns, measured)


def layer_row(layer: Layer, rounds: int) -> list[Cell]:
    value, filter = layer.operands()
    times = interleaved(contenders(layer, value, filter), rounds)
    shown: list[Cell] = [1e3 * median(times[name]) for name in ("torch", "matmul", "engine")]
    chosen = form_for(value, filter, layer.axes).__name__
    forms: list[Cell] = [1e3 * median(times[form.__name__]) if form.__name__ in times else "" for form in FORMS]
    bare = median(times["engine"]) / median(times["matmul"])
    return [str(layer), *shown, chosen, *against(times["torch"], times["engine"]), bare, *forms]


def contenders(layer: Layer, value: NDArray[Any], filter: NDArray[Any]) -> Calls:
    """All of them, once their results have been compared."""
    left, right = value.reshape(-1, value.shape[-1]), filter.reshape(-1, value.shape[-1]).T
    products = np.empty((left.shape[0], right.shape[1]))
    calls: Calls = {
        "torch": by_torch(layer, value, filter),
        "matmul": lambda: np.matmul(left, right, out=products),
        "engine": partial(transposed, value, filter, layer.axes),
    }
    for form in FORMS:
        if form is not by_sums or products.nbytes * layer.kernel**2 < SPREAD_BYTES:
            calls[form.__name__] = partial(form, value, filter, layer.axes)
    expected = np.moveaxis(calls["torch"](), 1, -1)
    for name in calls.keys() - {"torch", "matmul"}:
        assert np.array_equal(calls[name](), expected), (str(layer), name)
    return calls


def by_torch(layer: Layer, value: NDArray[Any], filter: NDArray[Any]) -> Callable[[], NDArray[Any]]:
    image = torch.from_numpy(np.ascontiguousarray(np.moveaxis(value, -1, 1)))
    weights = torch.from_numpy(np.ascontiguousarray(filter.transpose(3, 2, 0, 1)))

    def call() -> NDArray[Any]:
        result: NDArray[Any] = torch.nn.functional.conv_transpose2d(
            image, weights, stride=layer.stride, padding=layer.pad, output_padding=layer.longer
        ).numpy()
        return result

    return call


def first_sight(rounds: int) -> tuple[list[Bar], Table]:
    """Tiny geometries while nothing of them is remembered; every call of either is timed by itself."""
    rows = [first_sight_row(layer, 100 * rounds) for layer in (TINY, SMALL)]
    bars = [Bar(f"first sight of {row[0]}: as quick as torch", f"{row[4]:.2f} x", float(row[4]) >= 1) for row in rows]
    columns = ["layer", "torch", "first sight", "second", "x torch", "spread"]
    return bars, Table("Tiny geometries at first sight, float64", "Microseconds of single calls.", columns, rows)


def first_sight_row(layer: Layer, calls: int) -> list[Cell]:
    value, filter = layer.operands()
    ours, theirs = partial(transposed, value, filter, layer.axes), by_torch(layer, value, filter)
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for _ in range(calls):
        forget()
        for call, kept in zip((theirs, ours, ours), times, strict=True):
            kept.append(timed(call, 1, perf_counter))
    return [str(layer), *[1e6 * median(each) for each in times], *against(times[0], times[1])]


def forget() -> None:
    """As if no geometry had been asked about."""
    for kept in (engine._costs, sums._landings, windows._reaches, windows.reach_of):
        kept.cache_clear()


def against_onnx(rounds: int) -> tuple[list[Bar], Table]:
    """onnx.reference has no state: its time is the same at first sight."""
    rows = [onnx_row(layer, rounds) for layer in (TINY, SMALL, MID)]
    asked = [
        ("tiny, first sight: 30 x onnx.reference", rows[0][4], 30),
        ("tiny, seen before: 80 x onnx.reference", rows[0][5], 80),
        ("small: 1000 x onnx.reference", rows[1][5], 1000),
        ("mid: 1000 x onnx.reference", rows[2][5], 1000),
    ]
    bars = [Bar(bar, f"{ratio:.0f}", float(ratio) >= least) for bar, ratio, least in asked]
    columns = ["layer", "onnx", "first sight", "seen before", "x at first sight", "x seen before"]
    return bars, Table("Against onnx.reference, float64", "Microseconds.", columns, rows)


def onnx_row(layer: Layer, rounds: int) -> list[Cell]:
    value, filter = layer.operands()
    onnx, ours = by_onnx(layer, value, filter), partial(transposed, value, filter, layer.axes)
    assert np.array_equal(np.moveaxis(onnx(), 1, -1), ours())
    times = {name: median(each) for name, each in interleaved({"onnx": onnx, "ours": ours}, rounds).items()}
    first = []
    for _ in range(50 * rounds):
        forget()
        first.append(timed(ours, 1, perf_counter))
    shown: list[Cell] = [1e6 * seconds for seconds in (times["onnx"], median(first), times["ours"])]
    return [str(layer), *shown, times["onnx"] / median(first), times["onnx"] / times["ours"]]


def by_onnx(layer: Layer, value: NDArray[Any], filter: NDArray[Any]) -> Callable[[], NDArray[Any]]:
    operands = {"x": np.moveaxis(value, -1, 1).copy(), "w": filter.transpose(3, 2, 0, 1).copy()}
    node = helper.make_node(
        "ConvTranspose",
        ["x", "w"],
        ["y"],
        strides=[layer.stride] * 2,
        pads=[layer.pad] * 4,
        output_padding=[layer.longer] * 2,
    )
    inputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, array.shape) for name, array in operands.items()]
    output = helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)
    evaluator = ReferenceEvaluator(helper.make_model(helper.make_graph([node], "layer", inputs, [output])))

    def call() -> NDArray[Any]:
        result: NDArray[Any] = evaluator.run(None, operands)[0]
        return result

    return call


def magnitudes(rounds: int) -> tuple[list[Bar], Table]:
    """What the value, S and the counts take together, as a multiple of the value."""
    rows = [magnitude_row(layer, rounds) for layer in LAYERS[:9]]
    ceilings = [float(row[3]) for row in rows]
    within = sum(ceiling <= 1.6 for ceiling in ceilings)
    measured = f"{within} of {len(rows)} layers, {min(ceilings):.2f} to {max(ceilings):.2f}"
    about = (
        "Milliseconds of the value in float64; all three together, as multiples of it. The ceiling is taken from "
        "float64 operands, and from float32 ones where the call's own are."
    )
    columns = ["layer", "value", "S exact", "ceiling of S", "of float32 operands"]
    bars = [Bar("value, S and counts at most 1.6 x the value", measured, within == len(rows))]
    return bars, Table("Value, S and counts", about, columns, rows)


def magnitude_row(layer: Layer, rounds: int) -> list[Cell]:
    value, filter = layer.operands()
    narrow = value.astype(np.float32), filter.astype(np.float32)
    calls: Calls = {
        "value": partial(transposed, value, filter, layer.axes),
        "exact": partial(magnitude, value, filter, layer.axes),
        "ceiling": partial(magnitude_ceiling, value, filter, layer.axes),
        "from float32": partial(magnitude_ceiling, *narrow, layer.axes),
        "counts": partial(tap_counts, layer.axes),
    }
    times = {name: median(each) for name, each in interleaved(calls, rounds).items()}
    alone = times["value"]
    together = [(alone + times[name] + times["counts"]) / alone for name in ("exact", "ceiling", "from float32")]
    return [str(layer), 1e3 * alone, *together]


def convolutions(rounds: int) -> tuple[list[Bar], Table]:
    """The forward convolution, which gradients need."""
    rows = [convolution_row(layer, rounds) for layer in LAYERS]
    mean = geometric_mean([float(row[3]) for row in rows])
    about = f"Milliseconds; from the output's shape back to the input's. Geometric mean {mean:.2f} x torch; no bar."
    return [], Table("The forward convolution, float64", about, ["layer", "torch", "ours", "x torch", "spread"], rows)


def convolution_row(layer: Layer, rounds: int) -> list[Cell]:
    value, filter = layer.operands()
    image = transposed(value, filter, layer.axes) % 19 - 9
    theirs = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 1)))
    weights = torch.from_numpy(np.ascontiguousarray(filter.transpose(3, 2, 0, 1)))
    calls: Calls = {
        "torch": partial(torch.nn.functional.conv2d, theirs, weights, stride=layer.stride, padding=layer.pad),
        "ours": partial(convolution, np.ascontiguousarray(image), filter, layer.axes),
    }
    expected = np.moveaxis(calls["torch"]().numpy()[:, :, : layer.length, : layer.length], 1, -1)
    assert np.array_equal(calls["ours"](), expected), str(layer)
    times = interleaved(calls, rounds)
    return [str(layer), *[1e3 * median(times[name]) for name in calls], *against(times["torch"], times["ours"])]


def poolings(rounds: int) -> tuple[list[Bar], Table]:
    """Maxima and averages, with the channels last, against torch's default layout and its channels_last."""
    rows = [pooling_row(name, kernel, rounds) for name in ("max_pool2d", "avg_pool2d") for kernel in (3, 2)]
    slowest = min(float(row[4]) for row in rows)
    about = (
        "Milliseconds of 16x64x64x64, stride 2, window 3 with a pad of 1 and window 2 without. `x torch` is against "
        "torch with its channels first, `x channels_last` against torch's memory format of the layout that ours has."
    )
    columns = ["pooling", "torch", "channels_last", "ours", "x torch", "spread", "x channels_last"]
    bar = Bar("no pooling slower than torch", f"{slowest:.2f}", slowest >= 1)
    return [bar], Table("Poolings, float64", about, columns, rows)


def pooling_row(name: str, kernel: int, rounds: int) -> list[Cell]:
    value = np.random.default_rng(0).integers(-9, 10, (16, 64, 64, 64)).astype(np.float64)
    image = torch.from_numpy(np.ascontiguousarray(np.moveaxis(value, -1, 1)))
    pad = kernel - 2
    axes = (pooling_axis(64, kernel, 2, 1, (pad, pad)),) * 2
    pooled = Pooled(
        "average" if averages(name) else "maximum", Pooling(16, 64, axes, count_include_pad=True), last=True
    )
    theirs = getattr(torch.nn.functional, name)
    calls: Calls = {
        "torch": partial(theirs, image, kernel, 2, pad),
        "channels_last": partial(theirs, image.contiguous(memory_format=torch.channels_last), kernel, 2, pad),
        "ours": partial(pooled.result, value),
    }
    # A ninth is rounded where torch sums, and here once.
    assert np.allclose(np.moveaxis(calls["torch"]().numpy(), 1, -1), calls["ours"](), rtol=2**-50, atol=0)
    times = interleaved(calls, rounds)
    to_last = median(times["channels_last"]) / median(times["ours"])
    return [f"{name} k{kernel} s2", *[1e3 * median(each) for each in times.values()],
            *against(times["torch"], times["ours"]), to_last]  # fmt: skip


def resizes(rounds: int) -> tuple[list[Bar], Table]:
    """Images resized to twice their lengths and by other ratios, against torch with its channels first and last."""
    asked = [("linear", 256), ("linear", 179), ("linear", 57), ("cubic", 256)]
    rows = [resize_row(method, length, rounds) for method, length in asked]
    columns = ["resize", "torch", "channels_last", "ours", "x torch", "spread", "x channels_last"]
    double = float(rows[0][4])
    bar = Bar("a linear resize to twice the lengths at most 2 x torch's time", f"{double:.2f}", double >= 0.5)
    about = "Milliseconds of 4x128x128x16; columns as of poolings. Cubic weights are torch's, with -0.75."
    return [bar], Table("Resizes, float64", about, columns, rows)


def resize_row(method: str, length: int, rounds: int) -> list[Cell]:
    value = np.random.default_rng(0).integers(-9, 10, (4, 128, 128, 16)).astype(np.float64)
    image = torch.from_numpy(np.ascontiguousarray(np.moveaxis(value, -1, 1)))
    cubic = {"cubic_coeff_a": -0.75, "exclude_outside": False} if method == "cubic" else {}
    geometry = resize_geometry(RESIZES["resize2d"], value.shape, length, method, **cubic)
    theirs = partial(torch.nn.functional.interpolate, size=(length, length), mode=f"bi{method}")
    calls: Calls = {
        "torch": partial(theirs, image),
        "channels_last": partial(theirs, image.contiguous(memory_format=torch.channels_last)),
        "ours": partial(Resized(geometry, last=True).result, value),
    }
    assert np.allclose(np.moveaxis(calls["torch"]().numpy(), 1, -1), calls["ours"](), rtol=0, atol=1e-12)
    times = interleaved(calls, rounds)
    to_last = median(times["channels_last"]) / median(times["ours"])
    return [f"{method} 128 -> {length}", *[1e3 * median(each) for each in times.values()],
            *against(times["torch"], times["ours"]), to_last]  # fmt: skip


def memory(rounds: int) -> tuple[list[Bar], Table]:  # noqa: ARG001
    """The most that a call holds beyond its operands and result, against the largest operand of the bare product."""
    rows = [memory_row(layer) for layer in LAYERS]
    within = sum(float(row[4]) <= float(row[3]) for row in rows)
    about = (
        "MB. `products` is the result of one product of all inputs and taps, `beyond` the most that the engine held at "
        "once beyond inputs and output (tracemalloc)."
    )
    asked = "memory: inputs, output and the largest operand of a product"
    bar = Bar(asked, f"{within} of {len(rows)} layers", within == len(rows))
    return [bar], Table("Memory", about, ["layer", "inputs", "output", "products", "beyond"], rows)


def memory_row(layer: Layer) -> list[Cell]:
    value, filter = layer.operands()
    output = 8 * layer.batch * (layer.length * layer.stride) ** 2 * layer.channels[1]
    products = 8 * layer.multiply_adds // layer.channels[0]
    beyond = peak(partial(transposed, value, filter, layer.axes)) - output
    sizes = (value.nbytes + filter.nbytes, output, products, beyond)
    return [str(layer), *[size / 2**20 for size in sizes]]


PARTS = (layers, first_sight, against_onnx, magnitudes, convolutions, poolings, resizes, memory)


def interleaved(calls: Calls, rounds: int) -> dict[str, list[float]]:
    """The seconds of a call in each round; quick calls are repeated within a round, each contender is first in turn."""
    names = list(calls)
    often = {name: max(1, int(SHORTEST_ROUND / min(timed(calls[name], 1) for _ in range(2)))) for name in names}
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            times[name].append(timed(calls[name], often[name]))
    return times


def timed(call: Callable[[], Any], often: int, clock: Callable[[], float] = process_time) -> float:
    """Seconds of this process, which others on the machine do not lengthen so much; single calls need a quick clock."""
    start = clock()
    for _ in range(often):
        call()
    return (clock() - start) / often


def against(theirs: list[float], ours: list[float]) -> tuple[float, str]:
    """How many times faster ours are: the medians' ratio, and the quartiles of the rounds' own ratios."""
    low, _, high = quantiles([a / b for a, b in zip(theirs, ours, strict=True)], n=4)
    return median(theirs) / median(ours), f"{low:.2f} to {high:.2f}"


def peak(call: Callable[[], Any]) -> int:
    """The most bytes that a call holds at once, its result included."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    main()

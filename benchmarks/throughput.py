"""Times a run of many tiny trials against the same trials as one parametrised pytest process.

    .venv/bin/python benchmarks/throughput.py [--trials 2000] [--rounds 1] [--output reports]

The trials are distinct float32 geometries of conv2d_transpose. Both sides start cold and do all of it: imports,
reference, comparison, reports. The suite asks the lanes tensorflow, torch and jax:jit, which takes 64 calls a module;
the pytest process calls the same three frameworks one call at a time, eagerly, as a suite written by hand does. Then
the suite runs twice more with a `--cache`, which the first of them fills. Seconds are of the wall; `parent` is the
processor time of the suite's own process, `workers` that of its workers: no run is shorter than both on all cores.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmark_report import Bar, Section, Table, machine, write

COLD, WARM = {200: 3, 2000: 5}, {2000: 8}
"""how many times as long the suite written by hand is to take, by the number of trials"""
MOST_PARENT = 0.4
"""milliseconds a record"""
LANES = ("tensorflow", "torch", "jax:jit")
ROOT = Path(__file__).resolve().parents[1]

PARENT = """\
import resource, sys
from conformance.cli.main import main
sys.argv = ["conformance", *sys.argv[1:]]
try:
    main()
finally:
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print("seconds", own.ru_utime + own.ru_stime, workers.ru_utime + workers.ru_stime, file=sys.stderr)
"""

BY_HAND = '''\
"""The same trials as a suite written by hand asks them."""

import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf
import torch

import reference

torch.set_num_threads(1)
TRIALS = json.loads(Path(__file__).with_name("trials.json").read_text())


def inputs(trial):
    random = np.random.default_rng(0)
    return [random.integers(-8, 8, trial[name]).astype(np.float32) for name in ("value", "filter")]


def call_tensorflow(value, filter, trial):
    return tf.nn.conv2d_transpose(value, filter, trial["output_shape"], trial["strides"], "VALID").numpy()


def call_torch(value, filter, trial):
    value, filter = (torch.from_numpy(np.ascontiguousarray(a.transpose(axes))) for a, axes in
                     ((value, (0, 3, 1, 2)), (filter, (3, 2, 0, 1))))
    return torch.nn.functional.conv_transpose2d(value, filter, stride=trial["strides"]).numpy().transpose(0, 2, 3, 1)


def call_jax(value, filter, trial):
    return np.asarray(jax.lax.conv_transpose(jnp.asarray(value), jnp.asarray(filter), trial["strides"], "VALID",
                                             transpose_kernel=True))


@pytest.mark.parametrize("call", [call_tensorflow, call_torch, call_jax])
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial["name"])
def test_trial(trial, call):
    value, filter = inputs(trial)
    expected = reference.conv2d_transpose(value, filter, trial["output_shape"], trial["strides"], "VALID")
    np.testing.assert_allclose(call(value, filter, trial), expected, rtol=1e-5, atol=1e-5)
'''


@dataclass(frozen=True, slots=True)
class Timing:
    """One round, in seconds."""

    suite: float
    parent: float
    workers: float
    warm: float
    by_hand: float


def trials(count: int) -> list[dict[str, object]]:
    """So many distinct geometries: VALID at its smallest output with kernels of a stride at least, which all three
    frameworks say in one call.
    """
    found: list[dict[str, object]] = []
    for height, width, kernel_height, kernel_width, stride, channels in product(
        range(2, 7), range(2, 7), range(1, 5), range(1, 5), (1, 2, 3), ((2, 3), (3, 2), (1, 4))
    ):
        if min(kernel_height, kernel_width) < stride:
            continue
        output = [stride * (height - 1) + kernel_height, stride * (width - 1) + kernel_width]
        found.append(
            {
                "name": f"g{len(found)}",
                "value": [1, height, width, channels[0]],
                "filter": [kernel_height, kernel_width, channels[1], channels[0]],
                "output_shape": [1, *output, channels[1]],
                "strides": [stride, stride],
            }
        )
    if count > len(found):
        sys.exit(f"--trials {count}: at most {len(found)} distinct geometries")
    step = len(found) / count
    return [found[int(number * step)] for number in range(count)]


def case_file(asked: list[dict[str, object]]) -> str:
    """The trials as a case file."""
    lines = ["operator: conv2d_transpose", "cases:"]
    for trial in asked:
        lines += [f"  - {json.dumps({**trial, 'why': 'throughput', 'padding': 'VALID'})}"]
    return "\n".join(lines) + "\n"


def measure(count: int) -> Timing:
    """Both sides once, in a folder of their own."""
    asked = trials(count)
    with TemporaryDirectory() as folder:
        cases, by_hand = Path(folder, "throughput.yaml"), Path(folder, "test_by_hand.py")
        cases.write_text(case_file(asked), encoding="utf-8")
        Path(folder, "trials.json").write_text(json.dumps(asked), encoding="utf-8")
        by_hand.write_text(BY_HAND, encoding="utf-8")
        lanes = [word for lane in LANES for word in ("--lane", lane)]
        command = [sys.executable, "-c", PARENT, "run", str(cases), *lanes, "--output", f"{folder}/report"]
        suite, told = timed(command)
        parent, workers = map(float, told.rpartition("seconds ")[2].split()[:2])
        cached = [*command, "--cache", f"{folder}/cache"]
        timed(cached)  # fills it
        warm, _ = timed(cached)
        hand, _ = timed([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(by_hand)])
        return Timing(suite, parent, workers, warm, hand)


def timed(command: list[str]) -> tuple[float, str]:
    """Seconds of a command that must succeed, and what it said on its standard error."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = perf_counter()
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    seconds = perf_counter() - started
    if done.returncode != 0:
        sys.exit(
            f"{' '.join(command[:6])} ...: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return seconds, done.stderr


def section(rows: dict[int, list[Timing]], command: str) -> Section:
    """What the timings say, beside what was asked for."""
    medians = {
        count: Timing(*(median(column) for column in zip(*map(astuple, timings), strict=True)))
        for count, timings in rows.items()
    }
    bars = [
        Bar(f"{count:,} trials, {how}: at least {asked} x faster than by hand", f"{ratio:.3g}", ratio >= asked)
        for count, found in medians.items()
        for how, wanted, ratio in (
            ("cold", COLD, found.by_hand / found.suite), ("with warm caches", WARM, found.by_hand / found.warm),
        )
        if (asked := wanted.get(count))
    ]  # fmt: skip
    largest = max(rows)
    parent = 1000 * medians[largest].parent / largest / len(LANES)
    bars.append(Bar(f"the parent spends at most {MOST_PARENT} ms a record", f"{parent:.2g}", parent <= MOST_PARENT))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    about = (
        f"Distinct tiny geometries, float32, lanes {', '.join(LANES)}; seconds, medians. Parent and workers: processor "
        f"seconds of the suite's own process and of its workers, cold. Largest process of all: {memory:.2g} GiB."
    )
    columns = ["trials", "suite, cold", "warm", "by hand", "by hand / cold", "by hand / warm", "parent", "workers"]
    cells: list[list[str | float | int]] = [
        [
            f"{count:,}", found.suite, found.warm, found.by_hand, found.by_hand / found.suite,
            found.by_hand / found.warm, found.parent, found.workers,
        ]
        for count, found in medians.items()
    ]  # fmt: skip
    table = Table("The whole", about, columns, cells)
    load = {"load": f"{os.getloadavg()[0]:.1f} runnable processes at the end"}
    packages = machine(["numpy", "tensorflow-cpu", "torch", "jax", "pytest"])
    return Section("Throughput of the whole", command, {**packages, **load}, bars, [table])


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows = {count: [measure(count) for _ in range(arguments.rounds)] for count in arguments.trials or list(COLD)}
    found = section(rows, " ".join(["python", *sys.argv]))
    for bar in found.bars:
        print(f"{bar.asked}: {bar.measured} ({'met' if bar.met else 'not met'})")
    for count, timings in rows.items():
        for timing in timings:
            print(
                f"{count} trials: suite {timing.suite:.3g} s (processor: parent {timing.parent:.3g}, workers "
                f"{timing.workers:.3g}), warm {timing.warm:.3g} s, by hand {timing.by_hand:.3g} s"
            )
    if arguments.output:
        write(arguments.output, "throughput", found)


if __name__ == "__main__":
    main()

"""Times a whole run, tier by tier, against the bare calls of the same plans, and says where its seconds go.

    .venv/bin/python benchmarks/whole_run.py [--tier quick] [--tier full] [--lane LANE]... [--output reports]

Each tier runs twice with one `--cache` folder: cold, while it is empty, and warm. The bare side is one process for each
lane, one after the other, which makes the plans and operands beforehand and then does nothing but import the framework
and make the calls that came out as expected, batched as the adapter batches them. Processor seconds of the suite's own
process are told by part: each is the time of its thread inside one of the functions below and outside of the others.
Outside of all of them is `rest`.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeAlias

from benchmark_report import Bar, Section, Table, machine, write

from conformance.adapters.lane import DEFAULT_LANES, parse_lane
from conformance.journal import read_journal
from conformance.judging.verdict import Outcome
from conformance.operators.registry import packages
from conformance.workers.process import worker_environment

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ("journal.jsonl", "report.html", "junit.xml", "report.md", "summary.json")
PARTS = {
    "YAML": ["conformance.cli.run:select"],
    "inputs": [f"{package}.signature:generate" for package in packages()],
    "oracle": ["conformance.running.examination:make_question"],
    "plans": ["conformance.workers.client:Client.plan", "conformance.workers.client:in_words_of"],
    "wire": ["conformance.workers.process:Worker.ask", "conformance.workers.process:Worker.ask_together"],
    "judging": ["conformance.running.session:judge", "conformance.running.examination:judge"],
    "waivers": ["conformance.judging.waivers:WaiverBook.excuse"],
    "journal": ["conformance.journal.writing:JournalWriter.write", "conformance.cli.run:read_journal"],
    "reports": ["conformance.cli.run:write_results", "conformance.cli.run:print_report"],
}
"""what each part of the suite's own process is spent in, as module:name"""

SUITE = """\
import functools, importlib, json, resource, sys, threading
from time import process_time, thread_time

parts, spent, lock, within = json.loads(sys.argv.pop(1)), {}, threading.Lock(), threading.local()

def counted(part, function):
    @functools.wraps(function)
    def call(*words, **keywords):
        outer, within.inner, started = getattr(within, "inner", 0.0), 0.0, thread_time()
        try:
            return function(*words, **keywords)
        finally:
            took = thread_time() - started
            with lock:
                spent[part] = spent.get(part, 0.0) + took - within.inner
            within.inner = outer + took
    return call

for part, places in parts.items():
    for place in places:
        module, _, name = place.partition(":")
        *owner, name = name.split(".")
        holder = functools.reduce(getattr, owner, importlib.import_module(module))
        setattr(holder, name, counted(part, getattr(holder, name)))
spent["imports"] = process_time()

from conformance.cli.main import main
sys.argv = ["conformance", *sys.argv[1:]]
try:
    main()
finally:
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent["rest"] = own.ru_utime + own.ru_stime - sum(spent.values())
    figures = {"parts": spent, "workers": workers.ru_utime + workers.ru_stime,
               "parent_mib": own.ru_maxrss / 1024, "worker_mib": workers.ru_maxrss / 1024}
    print("figures " + json.dumps(figures), file=sys.stderr)
"""

BARE = """\
import json, sys
from contextlib import suppress
from itertools import zip_longest
from time import perf_counter, process_time

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import ComputesTogether, plan_call
from conformance.operators.registry import signature
from conformance.running.session import units
from conformance.suite.corpus import select

def inputs(trial):
    return signature(trial.call.operator).generate(trial.id, trial.call, trial.inputs)

lane, answered = parse_lane(sys.argv[1]), set(json.loads(sys.stdin.read()))
adapter = load_adapter(lane)
trials = [trial for trial in select([]) if trial.id in answered]
started, began = process_time(), perf_counter()
adapter.describe()
together = adapter.together if isinstance(adapter, ComputesTogether) else 0
processor, wall = process_time() - started, perf_counter() - began
for unit in units(trials, together, lambda trial: False):
    rounds = zip_longest(*unit) if len(unit) > 1 else ([trial] for trial in unit[0])
    for asked in rounds:
        calls = [(plan_call(adapter, trial.call), inputs(trial)) for trial in asked if trial is not None]
        started, began = process_time(), perf_counter()
        results = [None] * len(calls)
        with suppress(Exception):
            if len(calls) > 1:
                results = adapter.execute_together(calls)
        for result, call in zip(results, calls):
            with suppress(Exception):  # a refusal is an answer, too
                if result is None:
                    adapter.execute(*call)
        processor, wall = processor + process_time() - started, wall + perf_counter() - began
print(json.dumps([processor, wall]))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a tier, in seconds, mebibytes and records."""

    wall: float
    parts: dict[str, float]
    """processor seconds of the suite's own process"""
    workers: float
    """processor seconds of all others"""
    parent_mib: float
    worker_mib: float
    """of the largest"""
    records: int
    megabytes: dict[str, float]

    @property
    def parent(self) -> float:
        """Processor seconds of the suite's own process."""
        return sum(self.parts.values())


Measured: TypeAlias = tuple[Run, Run, dict[str, tuple[float, float] | None]]
"""a tier cold and warm; of each lane the processor and wall seconds of its bare calls, None where they died"""


def run_suite(tier: str, lanes: list[str], output: Path, cache: Path) -> Run:
    """The suite once."""
    words = [word for lane in lanes for word in ("--lane", lane)]
    command = [sys.executable, "-c", SUITE, json.dumps(PARTS), "run", "--tier", tier, *words, "--output", str(output)]
    started = perf_counter()
    done = subprocess.run([*command, "--cache", str(cache), "--quiet"], cwd=ROOT, capture_output=True, text=True)
    wall = perf_counter() - started
    head, _, figures = done.stderr.rpartition("figures ")
    if done.returncode not in (0, 1) or not figures:
        sys.exit(f"the run failed with {done.returncode}: {head[-2000:]}{done.stdout[-1000:]}")
    megabytes = {name: (output / name).stat().st_size / 1e6 for name in REPORTS}
    records = len(read_journal(output / "journal.jsonl").records)
    return Run(wall=wall, records=records, megabytes=megabytes, **json.loads(figures))


def run_bare(lane: str, output: Path) -> tuple[float, float] | None:
    """Processor and wall seconds of the calls that agreed, and of nothing else; None where they ended their process.

    They are made in a worker's environment, by as many threads: in more, TensorFlow's gradient of a depthwise
    convolution with many taps reads beyond its operands, which costs the process.

    What was refused, or did not come out as expected, may read beyond its operands: nobody starts this process again.
    """
    answered = [
        record.trial
        for record in read_journal(output / "journal.jsonl").records
        if record.lane == lane and record.outcome == Outcome.AGREES
    ]
    command = [sys.executable, "-c", BARE, lane]
    environment = {**worker_environment(parse_lane(lane)), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, input=json.dumps(answered), cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        print(f"note: the bare calls of {lane} ended their process with {done.returncode}", file=sys.stderr)
        return None
    processor, wall = json.loads(done.stdout.splitlines()[-1])
    return processor, wall


def measure(tier: str, lanes: list[str]) -> Measured:
    """A tier cold and warm, and the bare calls of each lane."""
    with TemporaryDirectory() as folder:
        output, cache = Path(folder, "run"), Path(folder, "cache")
        cold = run_suite(tier, lanes, output, cache)
        bare = {lane: run_bare(lane, output) for lane in lanes}
        return cold, run_suite(tier, lanes, Path(folder, "again"), cache), bare


def section(found: dict[str, Measured], command: str) -> Section:
    """What was measured, beside what was asked for."""
    bars, rows, parts = [], list[list[str | float | int]](), list[list[str | float | int]]()
    for tier, (cold, warm, bare) in found.items():
        whole = [seconds for seconds in bare.values() if seconds is not None]
        died = ", ".join(lane for lane, seconds in bare.items() if seconds is None)
        bare_processor, bare_wall = (sum(each) for each in zip(*whole, strict=True)) if whole else (0.0, 0.0)
        for name, run in (("cold", cold), ("warm", warm)):
            rows.append([
                f"{tier}, {name}", run.records, run.wall, 1000 * run.wall / run.records, run.parent, run.workers,
                "" if died else (run.parent + run.workers) / bare_processor, run.parent_mib, run.worker_mib,
            ])  # fmt: skip
        rows.append([f"{tier}, bare calls{f' without {died}' if died else ''}", cold.records, bare_wall, "", "",
                     bare_processor, 1.0, "", ""])  # fmt: skip
        parts += [[tier, part, seconds, 1000 * seconds / cold.records] for part, seconds in cold.parts.items()]
        if tier == "quick":
            bars.append(Bar("quick tier, cold: at most 30 s", f"{cold.wall:.3g} s", cold.wall <= 30))
        if tier == "full":
            for run, most, name in ((cold, 4.5, "cold"), (warm, 2.3, "with warm caches")):
                each = 1000 * run.wall / run.records
                bars.append(
                    Bar(f"full corpus, {name}: at most {most} ms of wall a record", f"{each:.3g}", each <= most)
                )
            asked = "full corpus: processor time at most 1.6 x the bare calls'"
            if died:
                bars.append(Bar(asked, f"not measured: the bare calls of {died} ended their process", met=False))
            else:
                ratio = (cold.parent + cold.workers) / bare_processor
                bars.append(Bar(asked, f"{ratio:.3g}", ratio <= 1.6))
            bars.append(Bar("the parent stays under 600 MB", f"{cold.parent_mib:.0f} MiB", cold.parent_mib < 572))
    megabytes = [[tier, name, size] for tier, (cold, _, _) in found.items() for name, size in cold.megabytes.items()]
    about = (
        "Wall and processor seconds; milliseconds of wall a record; ratio of processor seconds to the bare calls'; MiB."
    )
    tables = [
        Table("Runs", about, ["run", "records", "wall", "ms a record", "parent", "workers", "ratio", "parent MiB",
                              "largest worker MiB"], rows),
        Table("The suite's own process, cold", "Processor seconds by part, and milliseconds a record.",
              ["tier", "part", "seconds", "ms a record"], parts),
        Table("Files", "Megabytes.", ["tier", "file", "MB"], list(megabytes)),
    ]  # fmt: skip
    packages = machine(["numpy", "tensorflow-cpu", "torch", "jax"])
    load = {"load": f"{os.getloadavg()[0]:.1f} runnable processes at the end"}
    return Section("Whole runs against bare calls", command, {**packages, **load}, bars, tables)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tier", action="append", choices=["quick", "standard", "full"])
    parser.add_argument("--lane", action="append", help="instead of the default lanes")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    lanes = arguments.lane or list(DEFAULT_LANES)
    found = {tier: measure(tier, lanes) for tier in arguments.tier or ["quick", "full"]}
    told = section(found, " ".join(["python", *sys.argv]))
    for bar in told.bars:
        print(f"{bar.asked}: {bar.measured} ({'met' if bar.met else 'not met'})")
    print(
        json.dumps({tier: [asdict(cold), asdict(warm), bare] for tier, (cold, warm, bare) in found.items()}, indent=1)
    )
    if arguments.output:
        write(arguments.output, "whole_run", told)


if __name__ == "__main__":
    main()

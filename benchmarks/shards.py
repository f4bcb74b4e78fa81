"""Holds shards and a cluster against one run: how evenly shards are cut, and whether all tell the same.

    .venv/bin/python benchmarks/shards.py [--lane reference --lane torch] [--shards 4] [SELECT ...]

Runs the selection as a whole, as shards that are merged, and on a dask scheduler with two workers of its own, each in
processes of their own, and compares records, conventions, facts, grades and the footer's problems, but for times and
the last words of processes that crashed, in which addresses differ from process to process. Prints
for each shard what the shipped table predicts and what its trials really took, beside the same for shards cut by count
(every N-th trial in the order of the ids' digests), which are not run: their seconds are those of the whole run.
Exit status 1 on a difference.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from conformance.journal import Journal, Record
from conformance.report.merging import read_run
from conformance.running.costs import SHIPPED, cut, read_costs
from conformance.suite.corpus import shipped_cases


def main() -> None:
    parser = argparse.ArgumentParser(description="Hold shards and a cluster against one run.")
    parser.add_argument("selection", nargs="*")
    parser.add_argument("--lane", action="append", help="may be repeated; reference and torch without it")
    parser.add_argument("--shards", type=int, default=4)
    given = parser.parse_args()
    lanes = given.lane or ["reference", "torch"]
    words = [*given.selection, *(word for lane in lanes for word in ("--lane", lane))]
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = run(folder / "whole", words)
        for number in range(1, given.shards + 1):
            run(folder / "shards" / str(number), [*words, "--shard", f"{number}/{given.shards}"])
        with workers() as address:
            clustered = run(folder / "cluster", [*words, "--executor", f"dask://{address}"])
        shards = [read_run(folder / "shards" / str(number)) for number in range(1, given.shards + 1)]
        print_evenness(whole, shards, lanes)
        same = [compared("merged shards", whole, read_run(folder / "shards")), compared("cluster", whole, clustered)]
    sys.exit(not all(same))


def run(output: Path, words: Sequence[str]) -> Journal:
    """The journal of one run; prints what it took from start to end."""
    command = [sys.executable, "-m", "conformance", "run", *words, "--output", str(output), "--quiet"]
    started = monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    journal = read_run(output)
    print(f"{output.name}: {len(journal.records):,} records, {monotonic() - started:.1f} s, status {done.returncode}")
    return journal


@contextmanager
def workers() -> Iterator[str]:
    """HOST:PORT of a scheduler with two workers of one thread each."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        options = ["--scheduler-file", str(file)]
        scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0", *options]
        worker = ["worker", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", *options]
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for words in (scheduler, worker, worker)
        ]
        try:
            yield _address(file)
        finally:
            for process in processes[::-1]:
                process.terminate()
                process.wait()


def _address(file: Path) -> str:
    import distributed

    deadline = monotonic() + 60
    while not file.exists() and monotonic() < deadline:
        sleep(0.1)
    with distributed.Client(scheduler_file=str(file)) as client:
        client.wait_for_workers(2, timeout=60)
        return str(client.scheduler.address).removeprefix("tcp://")


def print_evenness(whole: Journal, shards: Sequence[Journal], lanes: Sequence[str]) -> None:
    """How far the costliest shard is above the mean, by prediction and by the clock."""
    trials = [*whole.trials]
    predicted = {trial: cost / 1e6 for trial, cost in _costs(trials, lanes).items()}
    real = _seconds(whole)
    by_count = sorted(trials, key=lambda trial: sha256(trial.encode()).digest())
    every = [frozenset(by_count[number :: len(shards)]) for number in range(len(shards))]
    by_cost = cut(_costs(trials, lanes), len(shards))
    assert [set(shard.trials) for shard in shards] == [set(part) for part in by_cost]
    for name, parts, seconds in (
        ("by count, predicted", every, predicted),
        ("by count, in the whole run", every, real),
        ("by cost, predicted", by_cost, predicted),
        ("by cost, in the whole run", by_cost, real),
    ):
        print_row(name, [sum(seconds[trial] for trial in part) for part in parts])
    print_row("by cost, in the shards' own runs", [sum(_seconds(shard).values()) for shard in shards])


def print_row(name: str, seconds: Sequence[float]) -> None:
    above = max(seconds) * len(seconds) / sum(seconds) - 1
    print(f"{name}: {' '.join(f'{each:.3f}' for each in seconds)} s; the costliest is {above:.1%} above the mean")


def _costs(trials: Sequence[str], lanes: Sequence[str]) -> Mapping[str, int]:
    return read_costs(shipped_cases() / SHIPPED).of(trials, lanes)


def _seconds(journal: Journal) -> dict[str, float]:
    seconds = dict.fromkeys(journal.trials, 0.0)
    for record in journal.records:
        seconds[record.trial] += record.elapsed or 0.0
    return seconds


def compared(name: str, whole: Journal, other: Journal) -> bool:
    """Whether the other journal tells what the whole one does, but for times and order."""
    pairs = {
        "records": (_timeless(whole), _timeless(other)),
        "trials": (dict(whole.trials), dict(other.trials)),
        "lanes": (dict(whole.lanes), dict(other.lanes)),
        "measurements": (_measured(whole), _measured(other)),
        "problems": (_problems(whole), _problems(other)),
    }
    for what, (one, two) in pairs.items():
        different = [key for key in one.keys() | two.keys() if one.get(key) != two.get(key)]
        shown = f": {sorted(map(str, different))[:3]}" if different else ""
        print(f"{name}: {what}: {len(different)} of {len(one):,} differ{shown}")
    return all(one == two for one, two in pairs.values())


def _timeless(journal: Journal) -> dict[object, object]:
    return {
        (each.trial, each.lane): replace(each, seconds=None, elapsed=None, detail=_detail(each))
        for each in journal.records
    }


def _detail(record: Record) -> str:
    return record.detail.partition("; last words: ")[0] if record.outcome == "crashed" else record.detail


def _measured(journal: Journal) -> dict[object, object]:
    return {str(asdict(each)): True for each in (*journal.grades, *journal.conventions, *journal.facts)}


def _problems(journal: Journal) -> dict[object, object]:
    assert journal.footer is not None
    return dict.fromkeys(journal.footer.problems, True)


if __name__ == "__main__":
    main()

"""Run the same trials as one run, as four shards merged, and over dask with two workers: the records must be identical.

    python benchmarks/same_records.py [--lane reference --lane torch] [--select PATTERN]

Without --select the whole corpus. Times are left out of the comparison. Exit status 1 at a difference.
"""

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from conformance.report.merging import read_run
from conformance.running.journal import Record

SHARDS = 4


def ran(output: Path, words: list[str]) -> float:
    """Seconds that the run took; a nonconformance is no matter here, an incomplete run is."""
    began = monotonic()
    command = [sys.executable, "-m", "conformance", "run", *words, "--quiet", "--output", str(output)]
    status = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    if status not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit status {status}")
    return monotonic() - began


def timeless(path: Path) -> dict[tuple[str, str], Record]:
    records = read_run(path).records
    return {(record.trial, record.lane): replace(record, seconds=None, elapsed=None) for record in records}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lane", action="append")
    parser.add_argument("--select", action="append", default=[])
    options = parser.parse_args()
    lanes = options.lane or ["reference", "torch"]
    words = [*options.select, *(word for lane in lanes for word in ("--lane", lane))]
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"one run: {ran(folder / 'one', words):.1f} s", flush=True)
        parts = [
            ran(folder / "shards" / str(number), [*words, "--shard", f"{number}/{SHARDS}"])
            for number in range(1, SHARDS + 1)
        ]
        print(f"shards: {', '.join(f'{seconds:.1f}' for seconds in parts)} s", flush=True)
        print(f"over dask: {ran(folder / 'dask', [*words, '--executor', 'dask']):.1f} s", flush=True)
        one = timeless(folder / "one")
        differing = 0
        for other in ("shards", "dask"):
            there = timeless(folder / other)
            keys = sorted(key for key in one.keys() | there.keys() if one.get(key) != there.get(key))
            differing += len(keys)
            print(f"{other}: {len(there)} records, {len(one)} in one run, {len(keys)} differ {keys[:5] or ''}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
